//! The filter's language: what it lets through, and that no text breaks it.

use super::*;
use proptest::prelude::*;

struct Run;

impl Asked for Run {
    fn is_called(&self, word: &str) -> bool {
        "vgg sr 20261123".contains(word)
    }

    fn fact(&self, name: &str) -> Option<Fact> {
        Some(match name {
            "state" => Fact::Text("running running".into()),
            "lambda" => Fact::Number(0.01),
            "best.pgd" => Fact::Number(0.25),
            "eps" => Fact::Number(8.0 / 255.0),
            "loss" => Fact::Number(f64::NAN),
            _ => return None,
        })
    }
}

fn passes(text: &str) -> bool {
    parse(text).unwrap().passes(&Run)
}

#[test]
fn all_words_must_hold_and_a_minus_turns_one_round() {
    for text in [
        "",
        "vgg",
        "VGG sr",
        "state:running lambda>=0.005 best.pgd>0.2",
        "best.pgd>20%",
        "eps=8/255",
        "-resnet -lambda<0.01",
        "loss!=1",
        "state:\"running run\"",
    ] {
        assert!(passes(text), "{text}");
    }
    for text in [
        "resnet",
        "-vgg",
        "lambda>0.01",
        "vgg state:done",
        "nothing=1",
        "nothing!=1",
        "loss<1",
        "lambda:fast",
    ] {
        assert!(!passes(text), "{text}");
    }
}

#[test]
fn what_cannot_be_read_is_said_in_a_sentence() {
    assert!(parse("lambda>=").unwrap_err().contains("a value is missing after >="));
    assert!(parse(":done").unwrap_err().contains("a name is missing before :"));
    assert!(parse("name:\"a b").unwrap_err().contains("quotation mark"));
    assert!(parse("val.accuracy>>x").unwrap_err().contains("> after >"));
    assert!(parse("seed:2 or seed:1").unwrap_err().contains("or is not an operator"));
    assert!(parse("\"or\"").is_ok());
}

#[test]
fn a_state_that_there_is_none_of_and_a_number_that_is_none_are_said() {
    let wrong = |text: &str| parse(text).unwrap().impossible(|name| name == "step");
    for fine in [
        "state:d",
        "state:done",
        "state=finished",
        "state!=running",
        "step>12k",
        "name>b",
    ] {
        assert_eq!(wrong(fine), None, "{fine}");
    }
    assert!(wrong("state:dnoe").unwrap().contains("running, paused"));
    assert!(wrong("-state=don").unwrap().contains("not a state"));
    assert!(wrong("step>fast").unwrap().contains("step is a number and fast is not"));
}

proptest! {
    #[test]
    fn every_text_is_a_filter_or_a_sentence(text in "[-a-zé0-9<>=!:≥\"/%. ]{0,40}") {
        match parse(&text) {
            Ok(filter) => { let _ = filter.passes(&Run); }
            Err(sentence) => prop_assert!(!sentence.is_empty()),
        }
    }
}
