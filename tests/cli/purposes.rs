//! A purpose of random numbers belongs to one room, so that no two rooms draw from one stream. Held by reading the source.

use crate::layers::product_code;
use spikedeck::random::Purpose;
use std::collections::{BTreeMap, BTreeSet};

#[test]
fn every_purpose_is_drawn_from_by_one_room() {
    let mut rooms: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    // The screen has purposes of another kind.
    let draws = |(room, _, code): &(String, String, String)| room != "random" && code.contains("random::");
    for (room, _, code) in product_code().into_iter().filter(draws) {
        for named in code.split("Purpose::").skip(1) {
            let name = named.chars().take_while(char::is_ascii_alphanumeric).collect();
            rooms.entry(name).or_default().insert(room.clone());
        }
    }
    let shared: Vec<_> = rooms.iter().filter(|(_, rooms)| rooms.len() > 1).collect();
    assert!(shared.is_empty(), "{shared:?}");
    let all: BTreeSet<String> = Purpose::ALL.iter().map(|p| format!("{p:?}")).collect();
    let used: BTreeSet<String> = rooms.into_keys().collect();
    assert_eq!(used, all, "a purpose that nobody draws from goes");
}

#[test]
fn streams_are_begun_by_their_purpose_alone() {
    for (room, file, code) in product_code() {
        let other_ways = ["ChaCha8Rng", "thread_rng", "rand::random"];
        let found = other_ways.iter().find(|way| room != "random" && code.contains(**way));
        assert_eq!(found, None, "src/{file}");
    }
}
