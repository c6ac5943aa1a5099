//! What commands do, without any file or clock.

use super::*;

const SPEC: &str = r#"
    [data]
    name = "glyphs"
    [network]
    preset = "small"
    classes = 10
    image = [1, 16, 16]
    mean = [0.2]
    std = [0.3]
    [train]
    recipe = "sr"
    [objective]
    lambda = 0.002
"#;

fn controls() -> Controls {
    Controls::new(Experiment::parse(SPEC, "test", "test", &[]).unwrap())
}

fn command(id: &str, when: When, order: Order) -> Command {
    Command {
        id: id.into(),
        author: "me@here".into(),
        time: String::new(),
        expires: None,
        when,
        order,
    }
}

fn set(id: &str, when: When, key: &str, value: f64) -> Command {
    command(
        id,
        when,
        Order::Set {
            changes: vec![(key.into(), value)],
        },
    )
}

const HERE: Place = Place { step: 10, epoch: 0 };

#[test]
fn a_change_takes_effect_at_once_and_can_be_taken_back() {
    let mut c = controls();
    let effects = c.receive(set("a", When::Now, "lambda", 0.01), HERE);
    assert_eq!(c.experiment.objective.lambda, 0.01);
    assert_eq!(
        effects.replies[0].changes,
        [Change {
            key: "objective.lambda".into(),
            old: 0.002,
            new: 0.01
        }]
    );
    c.receive(command("b", When::Now, Order::Undo { id: None }), HERE);
    assert_eq!(c.experiment.objective.lambda, 0.002);
    let again = c.receive(command("c", When::Now, Order::Undo { id: None }), HERE);
    assert_eq!(again.replies[0].verdict, Verdict::Rejected);
}

#[test]
fn all_changes_of_a_command_are_made_or_none() {
    let mut c = controls();
    let order = Order::Set {
        changes: vec![("lambda".into(), 0.5), ("lr".into(), -1.0)],
    };
    let effects = c.receive(command("a", When::Now, order), HERE);
    assert_eq!(effects.replies[0].verdict, Verdict::Rejected);
    assert!(
        effects.replies[0]
            .why
            .contains("train.lr = -1: must be between 0 and 100")
    );
    assert_eq!(c.experiment.objective.lambda, 0.002);
}

#[test]
fn what_would_do_nothing_is_refused_with_the_reason() {
    let effects = controls().receive(set("a", When::Now, "adversary.eps", 0.1), HERE);
    assert!(effects.replies[0].why.contains("recipe"));
}

#[test]
fn a_later_change_is_accepted_now_and_applied_then() {
    let mut c = controls();
    let now = c.receive(set("a", When::Epoch(2), "lr", 0.01), HERE);
    assert_eq!(now.replies[0].verdict, Verdict::Accepted);
    assert_eq!(c.advance(Place { step: 20, epoch: 1 }), Effects::default());
    let then = c.advance(Place { step: 30, epoch: 2 });
    assert_eq!(then.replies[0].verdict, Verdict::Applied);
    assert_eq!(c.experiment.train.lr, 0.01);
}

#[test]
fn a_ramp_goes_from_one_value_to_the_other_and_a_set_ends_it() {
    let mut c = controls();
    let order = Order::Ramp {
        key: "lambda".into(),
        from: 0.0,
        to: 0.1,
        steps: 10,
    };
    c.receive(command("r", When::Now, order), HERE);
    c.advance(Place { step: 15, epoch: 0 });
    assert!((c.experiment.objective.lambda - 0.05).abs() < 1e-12);
    let end = c.advance(Place { step: 20, epoch: 0 });
    assert_eq!(c.experiment.objective.lambda, 0.1);
    assert!(matches!(&end.events[0], EventKind::Applied { new, .. } if *new == 0.1));
    c.advance(Place { step: 21, epoch: 0 });
    assert_eq!(c.experiment.objective.lambda, 0.1);
}

#[test]
fn pausing_twice_is_pausing_once() {
    let mut c = controls();
    assert_eq!(c.receive(command("a", When::Now, Order::Pause), HERE).events.len(), 2);
    assert_eq!(c.receive(command("b", When::Now, Order::Pause), HERE).events.len(), 1);
    c.receive(command("c", When::Now, Order::Resume), HERE);
    assert!(!c.paused);
}

#[test]
fn going_back_forgets_what_came_later_and_keeps_the_pause() {
    let mut c = controls();
    c.receive(set("early", When::Step(50), "lr", 0.5), HERE);
    let saved = c.clone();
    let later = Place { step: 20, epoch: 0 };
    c.receive(set("now", When::Now, "lambda", 0.01), later);
    c.receive(set("late", When::Step(60), "lambda", 0.03), later);
    c.receive(command("p", When::Now, Order::Pause), later);
    let back = Order::Rollback {
        checkpoint: "10".into(),
    };
    c.receive(command("r", When::Now, back), later);
    let command = c.take_rollback().unwrap();
    assert_eq!((command.id.as_str(), command.checkpoint.as_str()), ("r", "10"));
    assert_eq!(c.roll_back_to(saved), ["late"]);
    assert!(c.paused && c.experiment.objective.lambda == 0.002);
    c.advance(Place { step: 50, epoch: 0 });
    assert_eq!(
        c.experiment.train.lr, 0.5,
        "what the checkpoint knew of is still to come"
    );
}

#[test]
fn what_is_due_together_with_going_back_waits_for_it() {
    let mut c = controls();
    let back = Order::Rollback {
        checkpoint: "10".into(),
    };
    c.receive(command("r", When::Step(30), back), HERE);
    c.receive(set("s", When::Step(30), "lambda", 0.01), HERE);
    c.advance(Place { step: 30, epoch: 0 });
    assert!(c.take_rollback().is_some() && c.experiment.objective.lambda == 0.002);
}

#[test]
fn a_checkpoint_knows_the_commands_of_its_own_step() {
    let mut c = controls();
    c.receive(set("a", When::Now, "lambda", 0.01), HERE);
    let saved: Controls = serde_json::from_str(&serde_json::to_string(&c).unwrap()).unwrap();
    assert!(saved.has_received("a"));
    c.receive(set("b", When::Now, "lambda", 0.02), Place { step: 11, epoch: 0 });
    assert!(c.has_received("b") && !c.has_received("a"));
}

#[test]
fn a_fork_keeps_ramps_that_it_does_not_change() {
    let mut c = controls();
    let ramp = |key: &str| Order::Ramp {
        key: key.into(),
        from: 0.0,
        to: 1.0,
        steps: 100,
    };
    c.receive(command("a", When::Now, ramp("objective.lambda")), HERE);
    c.receive(command("b", When::Now, ramp("train.lr")), HERE);
    c.receive(set("later", When::Step(90), "lambda", 0.5), HERE);
    let mut changed = c.experiment.clone();
    changed.train.lr = 0.25;
    let mut fork = c.forked(changed);
    fork.advance(Place { step: 100, epoch: 0 });
    assert_eq!(
        (fork.experiment.train.lr, fork.experiment.objective.lambda),
        (0.25, 0.9)
    );
    fork.receive(command("u", When::Now, Order::Undo { id: None }), HERE);
    assert_eq!(
        fork.experiment.objective.lambda, 0.9,
        "nothing of the other run can be taken back"
    );
}

#[test]
fn what_is_to_come_is_told_and_can_be_taken_back_before_it_does() {
    let mut c = controls();
    let ramp = Order::Ramp {
        key: "lr".into(),
        from: 0.1,
        to: 0.2,
        steps: 40,
    };
    c.receive(command("r", When::Now, ramp), HERE);
    c.receive(set("s", When::Step(50), "lambda", 0.03), HERE);
    c.receive(command("e", When::Epoch(3), Order::Stop), HERE);
    let told = c.scheduled();
    let brief: Vec<_> = told
        .iter()
        .map(|x| (x.command.as_str(), x.what.as_str(), x.when))
        .collect();
    assert_eq!(
        brief,
        [
            ("r", "ramp", When::Step(50)),
            ("s", "set", When::Step(50)),
            ("e", "stop", When::Epoch(3))
        ]
    );
    assert_eq!((told[0].since, told[0].share(20)), (Some((10, 0.1)), Some(0.25)));
    assert_eq!(told[1].changes, [("objective.lambda".to_string(), 0.03)]);

    let undo = |id: &str, which: &str| {
        let id_of = Some(which.to_string());
        command(id, When::Now, Order::Undo { id: id_of })
    };
    let effects = c.receive(undo("u", "s"), HERE);
    let answers: Vec<_> = effects.replies.iter().map(|r| (r.id.as_str(), r.verdict)).collect();
    assert_eq!(answers, [("s", Verdict::Rejected), ("u", Verdict::Applied)]);
    c.receive(undo("v", "e"), HERE);
    c.advance(Place { step: 60, epoch: 3 });
    assert!(c.experiment.objective.lambda == 0.002 && c.take_worker_commands().stop.is_none());
    assert_eq!(c.scheduled(), [], "the ramp has arrived");
}
