//! Networks known by name, at the reference's widths (method: section 2).

use super::family::{BlockItem, Family};

/// Every name that `network.preset` takes.
pub const PRESETS: &[&str] = &[
    "small", "vgg5", "vgg11", "vgg13", "vgg16", "vgg19", "vgg-dvs", "wrn-16-4",
];

/// `P` in the tables below: 2×2 average pool.
const P: usize = 0;

fn blocks(table: &[&[usize]]) -> Vec<Vec<BlockItem>> {
    let item = |&width: &usize| {
        if width == P {
            BlockItem::pool()
        } else {
            BlockItem::Convolution(width)
        }
    };
    table.iter().map(|block| block.iter().map(item).collect()).collect()
}

/// The architecture a preset stands for, or `None` if the name is unknown.
pub(super) fn family(name: &str) -> Option<Family> {
    let vgg = |table: &[&[usize]], hidden: &[usize]| {
        Some(Family::Vgg {
            blocks: blocks(table),
            hidden: hidden.to_vec(),
        })
    };
    const HIDDEN: &[usize] = &[4096, 4096];
    match name {
        "small" => vgg(&[&[32, P], &[64, P], &[128, P]], &[]),
        "vgg5" => vgg(&[&[64, P], &[128, 128, P]], HIDDEN),
        "vgg11" => vgg(&[&[64, P], &[128, 256, P], &[512, 512, 512, P], &[512, 512]], HIDDEN),
        "vgg13" => vgg(
            &[
                &[64, 64, P],
                &[128, 128, P],
                &[256, 256, P],
                &[512, 512, P],
                &[512, 512],
            ],
            HIDDEN,
        ),
        "vgg16" => vgg(
            &[
                &[64, 64, P],
                &[128, 128, P],
                &[256, 256, 256, P],
                &[512, 512, 512, P],
                &[512, 512, 512],
            ],
            HIDDEN,
        ),
        "vgg19" => vgg(
            &[
                &[64, 64, P],
                &[128, 128, P],
                &[256, 256, 256, 256, P],
                &[512, 512, 512, 512, P],
                &[512, 512, 512, 512],
            ],
            HIDDEN,
        ),
        "vgg-dvs" => vgg(&[&[64, 128, P], &[256, 256, P], &[512, 512, P], &[512, 512, P]], &[]),
        "wrn-16-4" => Some(Family::WideResnet { depth: 16, width: 4 }),
        _ => None,
    }
}
