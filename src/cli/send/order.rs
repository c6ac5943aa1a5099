//! Words on the command line → an order for the worker, checked against the table of tunables before it is sent.

use crate::{
    cli::failure::usage,
    run::{command::Order, order_syntax},
};
use anyhow::Result;
use clap::Subcommand;

/// The commands of a worker.
#[derive(Debug, Clone, Subcommand)]
pub enum OrderArg {
    /// Change hyper-parameters, all or none: `set lambda=0.005 lr=0.01`
    Set {
        /// KEY=VALUE
        #[arg(required = true, value_name = "KEY=VALUE")]
        changes: Vec<String>,
    },
    /// Wait; commands are still applied
    Pause,
    /// Free the device and wait
    #[command(hide = true)]
    Suspend,
    /// Go on
    Resume,
    /// Save a checkpoint
    Checkpoint,
    /// Measure the validation accuracy
    Evaluate,
    /// Save and stop
    Stop,
    /// End the worker's process at once; what was not saved is lost
    Kill,
    /// Change one hyper-parameter little by little: `ramp lambda=0..0.01/500`
    Ramp {
        /// KEY=FROM..TO/STEPS
        #[arg(value_name = "KEY=FROM..TO/STEPS")]
        change: String,
    },
    /// Take back a change; without an id, the latest
    Undo {
        /// The id of the command to take back
        id: Option<String>,
    },
    /// Write a remark into the run's record
    Annotate {
        /// The remark
        #[arg(required = true)]
        text: Vec<String>,
    },
    /// Go back to a checkpoint of the run: later steps no longer count, later checkpoints are set aside
    Rollback {
        /// Its step, its folder's name or its path; latest or best
        #[arg(value_name = "CKPT")]
        checkpoint: String,
    },
    /// Start another run that continues from a checkpoint, with changes: `fork 120 lambda=0.005 epochs=40`
    Fork {
        /// Its step, its folder's name or its path; latest or best
        #[arg(value_name = "CKPT")]
        checkpoint: String,
        /// Keys of the specification
        #[arg(value_name = "KEY=VALUE")]
        changes: Vec<String>,
    },
}

/// What is meant.
#[derive(Debug, Clone, PartialEq)]
pub enum Request {
    /// A command for the inbox.
    Order(Order),
    /// A signal to the process.
    Kill,
    /// Another run: no command, this program starts it.
    Fork {
        /// The checkpoint as it was typed.
        checkpoint: String,
        /// `KEY=VALUE`.
        changes: Vec<String>,
    },
    /// Something of a later version.
    Later(&'static str),
}

impl OrderArg {
    /// Checks the words.
    ///
    /// # Errors
    /// Wrong usage: an unknown key, a value out of bounds, a ramp that is none.
    pub fn order(&self) -> Result<Request> {
        Ok(Request::Order(match self {
            OrderArg::Set { changes } => Order::Set {
                changes: changes.iter().map(|c| change(c)).collect::<Result<_>>()?,
            },
            OrderArg::Ramp { change } => ramp(change)?,
            OrderArg::Pause => Order::Pause,
            OrderArg::Resume => Order::Resume,
            OrderArg::Checkpoint => Order::Checkpoint,
            OrderArg::Evaluate => Order::Evaluate,
            OrderArg::Stop => Order::Stop,
            OrderArg::Undo { id } => Order::Undo { id: id.clone() },
            OrderArg::Annotate { text } => Order::Annotate { text: text.join(" ") },
            OrderArg::Kill => return Ok(Request::Kill),
            OrderArg::Suspend => return Ok(Request::Later("suspend")),
            OrderArg::Rollback { checkpoint } => Order::Rollback {
                checkpoint: checkpoint.clone(),
            },
            OrderArg::Fork { checkpoint, changes } => {
                return Ok(Request::Fork {
                    checkpoint: checkpoint.clone(),
                    changes: changes.clone(),
                });
            }
        }))
    }
}

fn change(text: &str) -> Result<(String, f64)> {
    order_syntax::change(text).map_err(usage)
}

fn ramp(text: &str) -> Result<Order> {
    order_syntax::ramp(text).map_err(usage)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(arg: OrderArg) -> String {
        arg.order().unwrap_err().to_string()
    }

    #[test]
    fn changes_take_bare_names_and_are_bounded() {
        let set = |text: &str| OrderArg::Set {
            changes: vec![text.into()],
        };
        let request = set("lambda=0.005").order().unwrap();
        assert_eq!(
            request,
            Request::Order(Order::Set {
                changes: vec![("objective.lambda".into(), 0.005)]
            })
        );
        assert!(said(set("lambda")).contains("KEY=VALUE"));
        assert!(said(set("lambda=-1")).contains("between 0 and 1000"));
        assert!(said(set("batch=3")).contains("objective.lambda"));
    }

    #[test]
    fn ramps_are_parsed_whole() {
        let ramp = |text: &str| OrderArg::Ramp { change: text.into() };
        let expected = Order::Ramp {
            key: "adversary.eps".into(),
            from: 0.0,
            to: 8.0 / 255.0,
            steps: 500,
        };
        assert_eq!(ramp("eps=0..8/255/500").order().unwrap(), Request::Order(expected));
        for text in ["lambda", "lambda=0..1", "lambda=0/5", "lambda=0..1/0", "lambda=0..1/x"] {
            assert!(said(ramp(text)).contains("FROM..TO/STEPS"), "{text}");
        }
    }

    #[test]
    fn moments_are_parsed() {
        assert_eq!(when("now"), Ok(When::Now));
        use crate::run::{command::When, order_syntax::when};
        assert_eq!(when("step:7"), Ok(When::Step(7)));
        assert_eq!(when("epoch:2"), Ok(When::Epoch(2)));
        assert!(when("soon").is_err() && when("step:x").is_err() && when("day:3").is_err());
    }

    proptest::proptest! {
        #[test]
        fn no_words_make_the_parser_panic(text in ".{0,30}") {
            let _ = ramp(&text);
            let _ = change(&text);
            let _ = order_syntax::when(&text);
        }
    }
}
