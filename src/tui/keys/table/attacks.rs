//! Rows about attacks: the views of a job, and jobs begun and cancelled.

use super::{Act, Action, Check};
use crate::tui::keys::Place;
use Place::{Attacks, Charts, Checkpoints, Controls, Runs};

/// Views of an attack job.
pub static VIEWS: &[Action] = &[
    action!(
        ChoosePanel,
        ["1", "2", "3", "4", "5"],
        "view",
        &[Attacks],
        Check::Always,
        "curves, sanity checks, theory, classes, samples"
    ),
    action!(
        NextPanel,
        ["tab"],
        "",
        &[Attacks],
        Check::Always,
        "the next of these views"
    ),
    action!(
        PreviousPanel,
        ["backtab"],
        "",
        &[Attacks],
        Check::Always,
        "the view before"
    ),
    action!(
        CellBefore,
        ["["],
        "cell",
        &[Attacks],
        Check::HasCells,
        "in classes and samples: the cell before"
    ),
    action!(
        CellAfter,
        ["]"],
        "",
        &[Attacks],
        Check::HasCells,
        "in classes and samples: the next cell"
    ),
    action!(
        SampleBefore,
        ["left"],
        "read",
        &[Attacks],
        Check::HasPlaces,
        "in curves: the radius before is read out; in samples: the image before"
    ),
    action!(
        SampleAfter,
        ["right"],
        "",
        &[Attacks],
        Check::HasPlaces,
        "in curves: the next radius is read out; in samples: the next image"
    ),
    action!(
        FooledAfter,
        ["n"],
        "fooled",
        &[Attacks],
        Check::HasSamples,
        "in samples: the next image that fooled the network"
    ),
    action!(
        FooledBefore,
        ["N"],
        "",
        &[Attacks],
        Check::HasSamples,
        "in samples: the image before that fooled the network"
    ),
    action!(
        Mark,
        ["space"],
        "overlay",
        &[Attacks],
        Check::HasJob,
        "keep this job's curves to lay another job's over them, this run's or another's; again takes them away"
    ),
];

/// Attack jobs.
pub static JOBS: &[Action] = &[
    action!(
        AttackForm,
        ["a"],
        "attack",
        &[Runs, Charts, Controls, Checkpoints, Attacks],
        Check::CanAttack,
        "attack the selected checkpoint (elsewhere: the newest); opens a form"
    ),
    action!(
        QuickAttack,
        ["A"],
        "probe",
        &[Checkpoints, Runs, Charts, Controls, Attacks],
        Check::CanAttack,
        "quick probe: clean, FGSM and PGD-10 on 200 images, after a question that says what it costs"
    ),
    action!(
        CancelAttack,
        ["s"],
        "cancel",
        &[Attacks],
        Check::AttackLive,
        "cancel the attack job; what is done is kept"
    ),
];
