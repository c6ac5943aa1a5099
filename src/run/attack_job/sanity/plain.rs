//! What each check asks, in one plain sentence, and the order that the checks come in.

/// Every check, in order, and what it asks.
pub(super) const ORDER: [(&str, &str); 13] = [
    (
        "clean-accuracy-above-chance",
        "Without any attack, does the network recognise images better than by guessing?",
    ),
    (
        "iterated-beats-single-step",
        "Does an attack of many steps fool at least as many images as one of a single step?",
    ),
    (
        "larger-radius-is-stronger",
        "Does an attack that may change pixels more fool at least as many images?",
    ),
    (
        "unbounded-attack-reaches-chance",
        "Does an attack that may change every pixel as it likes fool practically every image?",
    ),
    (
        "gradient-beats-noise",
        "Do attacks that know the network fool at least as many images as random noise of the same size?",
    ),
    (
        "white-box-beats-transfer",
        "Do attacks on the network itself fool at least as many images as attacks made on another one?",
    ),
    (
        "gradient-beats-square",
        "Do attacks that follow the gradient fool at least as many images as a random search that knows none?",
    ),
    (
        "more-iterations-change-little",
        "Was the attack given enough steps, so that twice as many find hardly anything new?",
    ),
    (
        "restarts-agree",
        "Is the result about the same when the attack starts again from another random point?",
    ),
    (
        "gradients-are-not-zero",
        "Is there a gradient that an attack can follow, and does it point the right way?",
    ),
    (
        "surrogates-agree",
        "Is the result about the same whichever stand-in is used for the derivative of a spike?",
    ),
    (
        "logits-are-deterministic",
        "Does the network give the same answer each time it sees the same image?",
    ),
    (
        "loss-is-a-margin-too",
        "Did an attack use a loss that still works where the network is completely sure of itself?",
    ),
];

/// What the check of that name asks; empty for a name that there is not.
pub fn asks(check: &str) -> &'static str {
    let found = ORDER.iter().find(|(name, _)| *name == check);
    found.map_or("", |(_, asks)| asks)
}
