//! What the arguments mean, and that what is not built yet is refused.

use super::*;
use clap::CommandFactory;

fn parse(words: &str) -> Result<Cli, clap::Error> {
    Cli::try_parse_from(std::iter::once("spikedeck").chain(words.split_whitespace()))
}

fn refused(words: &str) -> String {
    let error = parse(words)
        .unwrap()
        .chosen()
        .and_then(|command| run(command, Output::new(false)))
        .unwrap_err();
    assert_eq!(Code::of(&error), Code::Usage, "{words}");
    chain(&error)
}

#[test]
fn the_command_tree_is_sound() {
    Cli::command().debug_assert();
}

#[test]
fn the_documented_forms_are_understood() {
    for words in [
        "",
        "experiments --read-only --theme dark",
        "tui experiments",
        "demo --json",
        "train e.toml --data d --runs r --checkpoints c --device flex --set lr=0.1 --set train.epochs=1 --detach --json",
        "train --resume r",
        "train e.toml --resume-weights c --dry-run",
        "attack a b --attack none,fgsm,pgd:50x5 --eps 2/255,0.03 --backward bptt:triangle:1,rate --norm linf --samples 10 --order shuffled --split validation --seed 1 --batch 5 --loss dlr --alpha 1/255 --max-seconds 5 --out o --data d --device cpu --detach --dry-run",
        "status a b --json",
        "attack a --attack gaussian,rfgsm,rfgsm-ta,mifgsm:5,apgd-ce:100,apgd-dlr:9,apgd-t:9,sapgd:100,square:5000 --norm l2 --target least-likely --transfer-from c --twin ann --steps 8 --eot 5 --keep",
        "send r set lambda=0.1 lr=2 --wait",
        "send r --wait --json pause",
        "send r ramp lambda=0..1/50 --at epoch:2",
        "send r undo",
        "send r undo 01ARZ3NDEKTSV4RRFFQ69G5FAV",
        "send r annotate two words",
        "wait r --for step:3 --timeout 5",
        "import w.pth --network vgg11 --out c --set network.steps=4 --json",
        "import runs/7 --out r",
        "export c --to f.safetensors --names reference --force",
        "export r --format csv --to f.csv",
        "pin c --undo",
        "remove r s --yes --json",
        "remove --purge",
        "remove r --undo",
        "remove --list",
        "data list",
        "snapshot . --screen runs --size 80x24 --format svg --keys jjq",
        "snapshot --format png --to a.png --force",
        "export r --format png --to a.png",
        "bench step --network small --T 4 --batch 8 --recipe sr --device flex",
        "bench tui --runs 100 --points 1000 --growing 5 --seconds 2 --json",
        "doctor --json",
        "config check",
        "config show --json",
        "tui --no-config --dots block",
        "worker r",
        "attack-worker r",
    ] {
        assert!(parse(words).is_ok(), "{words}: {}", parse(words).unwrap_err());
    }
}

#[test]
fn wrong_words_are_refused_by_the_parser() {
    for words in [
        "attack c --attack carlini",
        "attack c --attack square:0",
        "attack c --norm l3",
        "attack c --target nearest",
        "attack c --eot 0",
        "attack c --steps 257",
        "attack c --twin snn",
        "train",
        "train e.toml --resume r",
        "train --resume r --runs d",
        "train --extend 3",
        "train s --or-resume a --resume r",
        "attack",
        "attack c --attack carlini",
        "attack c --eps nine",
        "attack c --samples 0",
        "attack c --max-seconds -1",
        "send r",
        "send r set",
        "wait r --for ever",
        "snapshot --size 0x0",
        "status --jsn",
        "remove",
        "remove r --purge --undo",
    ] {
        let error = parse(words).unwrap_err();
        assert_eq!(error.exit_code(), 2, "{words}");
    }
}

#[test]
fn without_a_verb_it_is_the_screen_and_json_may_stand_anywhere() {
    let screen = |words: &str| match parse(words).unwrap().chosen().unwrap() {
        Command::Tui(args) => args,
        other => panic!("{words}: {other:?}"),
    };
    assert!(screen("").dirs.is_empty());
    assert_eq!(screen("here there --read-only").dirs.len(), 2);
    assert_eq!(screen("tui here").dirs.len(), 1);
    assert!(matches!(
        parse("--json status here").unwrap().chosen().unwrap(),
        Command::Status(_)
    ));
    assert!(matches!(
        parse("status here --json").unwrap().chosen().unwrap(),
        Command::Status(_)
    ));
    assert!(refused("--read-only status").contains("after the command"));
}

#[test]
fn what_is_not_built_yet_is_refused_and_never_ignored() {
    assert!(refused("send r suspend").contains("not available in this version"));
    assert!(refused("bench ingest").contains("give one file or more"));
    assert!(refused("bench step a.raw").contains("go with `bench ingest`"));
}

#[test]
fn what_is_not_there_is_wrong_usage() {
    for words in [
        "train /no/such/experiment.toml",
        "attack /no/such/checkpoint",
        "export /no/such/checkpoint --to x",
        "pin /no/such/checkpoint",
        "import /no/such/weights.pth --network vgg11 --out /no/such/folder",
        "status /no/such",
        "tag /no/such +x",
        "note /no/such",
        "send /no/such pause",
        "wait /no/such",
        "train --resume /no/such",
        "remove /no/such",
        "checkpoint list /no/such",
        "attack /no/such:best",
    ] {
        assert!(refused(words).contains("/no/such"), "{words}");
    }
    assert!(refused("send /tmp set batch=3").contains("objective.lambda"));
}

#[test]
fn a_viewer_refuses_to_compute() {
    if cfg!(feature = "engine") {
        return;
    }
    for words in ["demo", "worker r", "attack-worker r", "bench step"] {
        assert!(refused(words).contains("viewer only"), "{words}");
    }
}
