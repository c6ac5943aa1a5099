//! Parses orders as people type them on the command line and on the screen: `lambda=0.005`, `lambda=0..0.01/500`.
//! Checked against the table of tunables before anything is sent.

use super::command::{Order, When};
use crate::spec::tunable;

/// The most steps of a ramp.
const LONGEST: u64 = 1_000_000_000;

/// `KEY=VALUE`: the dotted key and the value within its bounds.
///
/// # Errors
/// When it is not of this form, there is no such tunable, or the value is out of its bounds.
pub fn change(text: &str) -> Result<(String, f64), String> {
    let (key, value) = text
        .split_once('=')
        .ok_or_else(|| format!("{text:?}: write KEY=VALUE, such as lambda=0.005"))?;
    let tunable = tunable(key.trim())?;
    Ok((tunable.key.to_string(), tunable.parse(value)?))
}

/// `KEY=VALUE…`: changes that are made together.
///
/// # Errors
/// As [`change`]; and when there is none.
pub fn set(text: &str) -> Result<Order, String> {
    let changes: Vec<_> = text.split_whitespace().map(change).collect::<Result<_, _>>()?;
    match changes.is_empty() {
        true => Err("set: write KEY=VALUE, such as set lambda=0.005".into()),
        false => Ok(Order::Set { changes }),
    }
}

/// `now`, `step:N` or `epoch:N`.
///
/// # Errors
/// When it is none of these.
pub fn when(text: &str) -> Result<When, String> {
    let wrong = || format!("{text:?}: write now, step:N or epoch:N");
    let number = |n: &str| n.parse().map_err(|_| wrong());
    match text.split_once(':') {
        None if text == "now" => Ok(When::Now),
        Some(("step", n)) => number(n).map(When::Step),
        Some(("epoch", n)) => number(n).map(When::Epoch),
        _ => Err(wrong()),
    }
}

/// `KEY=FROM..TO/STEPS`.
///
/// # Errors
/// When it is not of this form, there is no such tunable, or a value is out of its bounds.
pub fn ramp(text: &str) -> Result<Order, String> {
    let wrong = || format!("{text:?}: write KEY=FROM..TO/STEPS, such as lambda=0..0.01/500");
    let (key, rest) = text.split_once('=').ok_or_else(wrong)?;
    let (from, rest) = rest.split_once("..").ok_or_else(wrong)?;
    let (to, steps) = rest.rsplit_once('/').ok_or_else(wrong)?;
    let tunable = tunable(key.trim())?;
    let steps = steps.trim().parse().ok();
    Ok(Order::Ramp {
        key: tunable.key.to_string(),
        from: tunable.parse(from)?,
        to: tunable.parse(to)?,
        steps: steps.filter(|n| (1..=LONGEST).contains(n)).ok_or_else(wrong)?,
    })
}
