//! What a recipe does to the network after the optimiser has moved it: which code runs what the table of recipes names.

use super::{Settings, orthogonal};
use crate::snn::Network;
use crate::spec::{Recipe, StepHook};

/// Changes the network once, after the step of these settings.
pub type Hook = fn(&mut Network, &Settings<'_>);

/// The code of a hook.
fn hook(of: StepHook) -> Hook {
    match of {
        StepHook::Orthogonal => |network, s| orthogonal::regularise(network, s.train.seed, s.step),
    }
}

/// The hook of a recipe, where it has one.
pub fn of(recipe: Recipe) -> Option<Hook> {
    recipe.facts().hook.map(hook)
}
