//! The claims of `tests/fuzz`, on each seed and on some thousands of mutations of them.
//!
//! This is the short run of what cargo-fuzz does for as long as one likes (docs/testing.md): no
//! coverage leads it, but it needs nothing but `cargo test`. Longer:
//! `MDE_OFFBOARD_FUZZ=1000000 cargo test --test it fuzzed::`, from number
//! `MDE_OFFBOARD_FIRST_SEED` on. Deliberately absent: the claims (`tests/fuzz/checks`).

#[path = "../fuzz/checks/answers/mod.rs"]
mod answers;
#[path = "../fuzz/checks/intake/mod.rs"]
mod intake;
mod mutator;

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use super::engine::seeds::number;
use mutator::{Mutator, dictionary};

/// Small, since each seed is read again by every run, here and by libFuzzer.
const SEED_BYTES_MAX: usize = 2_048;
const SEED_FILES_MAX: usize = 60;

/// The seeds of a target, in the order of their names.
fn seeds(target: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let entries = fs::read_dir(folder().join("seeds").join(target)).unwrap();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths.into_iter().map(|path| (path.clone(), fs::read(path).unwrap())).collect()
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz")
}

fn hold(target: &str, rounds: u64, check: fn(&[u8])) {
    let named = seeds(target);
    let seeds: Vec<&[u8]> = named.iter().map(|(_, bytes)| bytes.as_slice()).collect();
    for (path, seed) in &named {
        hold_one(check, seed, || format!("the seed {}", path.display()));
    }
    let words = fs::read_to_string(folder().join(format!("{target}.dict"))).unwrap();
    let words = dictionary(&words);
    let first = number("MDE_OFFBOARD_FIRST_SEED", 0);
    for round in first..first + rounds {
        let mutated = Mutator::new(round, &seeds, &words).mutated();
        hold_one(check, &mutated, || {
            format!("MDE_OFFBOARD_FIRST_SEED={round} MDE_OFFBOARD_FUZZ=1")
        });
    }
}

fn rounds() -> u64 {
    number("MDE_OFFBOARD_FUZZ", 4_000)
}

/// Tells the input as bytes that can be kept as a seed, behind the panic's own message.
fn hold_one(check: fn(&[u8]), input: &[u8], name: impl Fn() -> String) {
    let held = catch_unwind(AssertUnwindSafe(|| check(input)));
    assert!(held.is_ok(), "{} does not hold: {}", name(), input.escape_ascii());
}

/// What `long` shows of thousands of mutations, of a few.
#[test]
fn the_seeds_and_a_few_mutations_of_them_hold() {
    hold("intake", 200, intake::intake);
    hold("answers", 200, answers::answers);
}

#[test]
fn seeds_are_few_and_small() {
    for target in ["answers", "intake"] {
        let seeds = seeds(target);
        assert!((1..=SEED_FILES_MAX).contains(&seeds.len()), "{target}: {}", seeds.len());
        for (path, seed) in seeds {
            assert!(seed.len() <= SEED_BYTES_MAX, "{}: {}", path.display(), seed.len());
        }
    }
}

/// Not in the quick run: `--skip long::`.
mod long {
    use super::{answers, hold, intake, rounds};

    #[test]
    fn whatever_a_file_holds_only_ids_that_stand_in_it_are_taken() {
        hold("intake", rounds(), intake::intake);
    }

    #[test]
    fn whatever_a_server_answers_only_its_own_clear_words_are_taken() {
        hold("answers", rounds(), answers::answers);
    }
}
