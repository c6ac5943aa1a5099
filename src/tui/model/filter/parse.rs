//! Parses a filter, or returns one sentence that says what is wrong. Never panics, whatever the text.

use super::{Claim, Comparison, Filter, Term};

/// The longest first, so that `>=` is not read as `>`.
const SIGNS: &[(&str, Comparison)] = &[
    ("<=", Comparison::AtMost),
    (">=", Comparison::AtLeast),
    ("!=", Comparison::IsNot),
    ("≤", Comparison::AtMost),
    ("≥", Comparison::AtLeast),
    ("<", Comparison::Below),
    (">", Comparison::Above),
    ("=", Comparison::Is),
    (":", Comparison::Has),
];

/// Reads a filter. Whether anybody answers to its names is not asked here.
///
/// # Errors
/// What is missing or too much, in a sentence.
pub fn parse(text: &str) -> Result<Filter, String> {
    let words = split(text)?;
    if let Some((word, _)) = words.iter().find(|(w, quoted)| !quoted && is_joint(w)) {
        return Err(format!(
            "{word} is not an operator: all terms must hold, - before one negates it; \
                 for a run of this name, write \"{word}\""
        ));
    }
    words.iter().map(|(w, _)| term(w)).collect::<Result<_, _>>().map(Filter)
}

/// What joins terms in other languages.
fn is_joint(word: &str) -> bool {
    ["or", "and", "not", "||", "&&", "|", "&"].contains(&word.to_lowercase().as_str())
}

/// Words at white space, and whether a part was between quotes: it stays together and loses them.
fn split(text: &str) -> Result<Vec<(String, bool)>, String> {
    let (mut words, mut word, mut quoted, mut any) = (Vec::new(), String::new(), false, false);
    for c in text.chars() {
        match c {
            '"' => (quoted, any) = (!quoted, true),
            c if c.is_whitespace() && !quoted => {
                if any || !word.is_empty() {
                    words.push((std::mem::take(&mut word), any));
                }
                any = false;
            }
            c => word.push(c),
        }
    }
    if quoted {
        return Err("a quotation mark is not closed: add \"".into());
    }
    if any || !word.is_empty() {
        words.push((word, any));
    }
    Ok(words)
}

fn term(word: &str) -> Result<Term, String> {
    let (not, rest) = match word.strip_prefix('-') {
        Some(rest) if !rest.is_empty() => (true, rest),
        _ => (false, word),
    };
    let found = rest.char_indices().find_map(|(at, _)| {
        SIGNS
            .iter()
            .find(|(sign, _)| rest[at..].starts_with(sign))
            .map(|s| (at, *s))
    });
    let Some((at, (sign, comparison))) = found else {
        return Ok(Term {
            not,
            claim: Claim::Word(rest.to_lowercase()),
        });
    };
    let (name, with) = (&rest[..at], &rest[at + sign.len()..]);
    if name.is_empty() {
        return Err(format!(
            "{word}: a name is missing before {sign}, such as state:running or step>=1000"
        ));
    }
    if with.is_empty() {
        return Err(format!("{word}: a value is missing after {sign}"));
    }
    if let Some((second, _)) = SIGNS.iter().find(|(second, _)| with.starts_with(second)) {
        return Err(format!(
            "{word}: {second} after {sign}: use one of < <= = != >= > : between a name and a value, such as step>=1000"
        ));
    }
    Ok(Term {
        not,
        claim: Claim::Fact {
            name: name.to_lowercase(),
            comparison,
            with: with.into(),
        },
    })
}
