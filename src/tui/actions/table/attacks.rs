//! Rows about attacks: the views of a job, and jobs begun and cancelled.

use super::{Act, Action};
use crate::tui::actions::{
    Place,
    checks::{always, attack_live, can_attack, has_cells, has_job, has_places, has_samples},
};
use Place::{Attacks, Charts, Checkpoints, Controls, Runs};

/// Views of an attack job.
pub static VIEWS: &[Action] = &[
    action!(
        ChoosePanel,
        ["1", "2", "3", "4", "5"],
        "view",
        &[Attacks],
        always,
        "curves, sanity checks, theory, classes, samples"
    ),
    action!(NextPanel, ["tab"], "", &[Attacks], always, "the next of these views"),
    action!(PreviousPanel, ["backtab"], "", &[Attacks], always, "the view before"),
    action!(
        CellBefore,
        ["["],
        "cell",
        &[Attacks],
        has_cells,
        "in classes and samples: the cell before"
    ),
    action!(
        CellAfter,
        ["]"],
        "",
        &[Attacks],
        has_cells,
        "in classes and samples: the next cell"
    ),
    action!(
        SampleBefore,
        ["left"],
        "read",
        &[Attacks],
        has_places,
        "in curves: the radius before is read out; in samples: the image before"
    ),
    action!(
        SampleAfter,
        ["right"],
        "",
        &[Attacks],
        has_places,
        "in curves: the next radius is read out; in samples: the next image"
    ),
    action!(
        FooledAfter,
        ["n"],
        "fooled",
        &[Attacks],
        has_samples,
        "in samples: the next image that fooled the network"
    ),
    action!(
        FooledBefore,
        ["N"],
        "",
        &[Attacks],
        has_samples,
        "in samples: the image before that fooled the network"
    ),
    action!(
        Mark,
        ["space"],
        "overlay",
        &[Attacks],
        has_job,
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
        can_attack,
        "attack the selected checkpoint (elsewhere: the newest); opens a form"
    ),
    action!(
        QuickAttack,
        ["A"],
        "probe",
        &[Checkpoints, Runs, Charts, Controls, Attacks],
        can_attack,
        "quick probe: clean, FGSM and PGD-10 on 200 images, after a question that says what it costs"
    ),
    action!(
        CancelAttack,
        ["s"],
        "cancel",
        &[Attacks],
        attack_live,
        "cancel the attack job; what is done is kept"
    ),
];
