//! Rows of attacks: the views of a job, and starting and cancelling jobs.

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
    action!(NextPanel, ["tab"], "", &[Attacks], Check::Always, "the next view"),
    action!(
        PreviousPanel,
        ["backtab"],
        "",
        &[Attacks],
        Check::Always,
        "the previous view"
    ),
    action!(
        CellBefore,
        ["["],
        "cell",
        &[Attacks],
        Check::HasCells,
        "in classes and samples: the previous cell"
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
        "in curves: read out the previous radius; in samples: the previous image"
    ),
    action!(
        SampleAfter,
        ["right"],
        "",
        &[Attacks],
        Check::HasPlaces,
        "in curves: read out the next radius; in samples: the next image"
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
        "in samples: the previous image that fooled the network"
    ),
    action!(
        Mark,
        ["space"],
        "overlay",
        &[Attacks],
        Check::HasJob,
        "keep this job's curves to overlay them on another job, of this run or another; again removes them"
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
        "quick probe: clean, FGSM and PGD-10 on 200 images, after a confirmation that states the cost"
    ),
    action!(
        CancelAttack,
        ["s"],
        "cancel",
        &[Attacks],
        Check::AttackLive,
        "cancel the attack job; finished cells are kept"
    ),
];
