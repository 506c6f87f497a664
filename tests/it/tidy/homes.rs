//! Whoever touches the world has one home: crates, timers, clocks, the environment.

use super::floors::floor;
use super::paths::{Named, paths};
use super::source::{Source, hold, planted, top_level};

/// Where a crate or a module of the standard library may be named.
enum Home {
    /// It touches nothing.
    Anywhere,
    /// It touches nothing, but the words of the program do without it.
    AboveDomain,
    /// Only in these modules of `src`.
    In(&'static [&'static str]),
    /// Only in tests and benches.
    Tests,
    /// Only in `build.rs`.
    Build,
}

use Home::{AboveDomain, Anywhere, Build, In, Tests};

/// Every dependency of `Cargo.toml`. A new one is a new row, with its reason in `docs/decisions/`.
const CRATES: &[(&str, Home)] = &[
    ("anstyle_svg", Tests),
    ("assert_cmd", Tests),
    ("axum", In(&["dashboard", "simulator"])),
    ("base64", In(&["dashboard", "defender", "simulator"])),
    ("boon", Tests),
    ("calamine", In(&["intake"])),
    ("clap", In(&["cli"])),
    ("clap_complete", In(&["cli"])),
    ("clap_mangen", In(&["cli"])),
    ("console", In(&["cli", "report", "reporter"])),
    ("csv", In(&["intake", "report"])),
    ("directories", In(&["cli"])),
    ("divan", Tests),
    ("embed_resource", Build),
    ("encoding_rs", In(&["intake"])),
    ("encoding_rs_io", In(&["intake"])),
    ("form_urlencoded", In(&["report"])),
    ("fs4", In(&["cli"])),
    ("futures", In(&["dashboard", "engine"])),
    ("getrandom", In(&["dashboard"])),
    ("governor", In(&["limiter"])),
    ("h2", In(&["defender"])),
    ("hyper_util", In(&["defender"])),
    ("include_dir", In(&["journal"])),
    ("indicatif", In(&["reporter"])),
    ("insta", Tests),
    ("jiff", Anywhere),
    ("jsonwebtoken", In(&["defender", "simulator"])),
    ("maud", In(&["report"])),
    ("memchr", Tests),
    ("open", In(&["cli"])),
    ("proptest", Tests),
    ("quick_xml", In(&["intake"])),
    ("rcgen", Tests),
    ("reqwest", In(&["defender"])),
    ("rusqlite", In(&["journal"])),
    ("rusqlite_migration", In(&["journal"])),
    ("rust_xlsxwriter", In(&["report"])),
    ("rustix", In(&["cli", "engine"])),
    ("rustls", In(&["defender"])),
    ("rustls_platform_verifier", In(&["defender"])),
    ("schemars", In(&["cli", "report", "reporter"])),
    ("scraper", Tests),
    ("secrecy", AboveDomain),
    ("serde", AboveDomain),
    ("serde_json", AboveDomain),
    ("serde_saphyr", Tests),
    ("sha2", AboveDomain),
    ("subtle", In(&["dashboard"])),
    ("tempfile", In(&["cli"])),
    ("thiserror", Anywhere),
    ("tokio", In(&["cli", "dashboard", "defender", "engine", "simulator"])),
    ("tokio_rustls", Tests),
    ("toml", In(&["cli", "guard"])),
    ("tracing", AboveDomain),
    ("tracing_subscriber", In(&["cli"])),
    ("trycmd", Tests),
    ("vt100", Tests),
    ("win32job", In(&["cli"])),
    ("winapi_util", In(&["cli", "journal"])),
    ("windows_permissions", In(&["journal"])),
    ("winsafe", In(&["defender", "engine", "journal"])),
    ("x509_parser", In(&["defender", "simulator"])),
    ("zip", In(&["intake"])),
];

/// Parts of crates that have a closer home than the crate.
const PARTS: &[(&str, Home)] = &[
    // Outside a run: the sign-in waits for a person with a device code, and ends an Azure CLI that
    // takes too long; the simulator's latency is simulated waiting; the dashboard looks once a
    // second, and closes connections of strangers.
    ("tokio::time", In(&["dashboard", "defender", "engine", "simulator"])),
    // The pause between two looks of `status --watch`, which a signal ends.
    ("std::sync::mpsc::RecvTimeoutError", In(&["cli"])),
    // The Azure CLI, and the command that gives a secret.
    ("tokio::process", In(&["cli"])),
    // For what waits outside the run's one thread: readers of what is written, signals, the
    // simulator of a rehearsal. The journal only yields.
    ("std::thread", In(&["cli", "journal", "reporter"])),
    ("tokio::signal", In(&["cli"])),
    ("std::env", In(&["cli"])),
    ("std::process", In(&["cli"])),
    // The engine: the kernel's name for this start of the computer, and nothing else.
    ("std::fs", In(&["cli", "engine", "journal"])),
];

/// What reads a clock, by the end of its path.
const CLOCK_READS: [&str; 4] = ["SystemTime::now", "Instant::now", "Timestamp::now", "Zoned::now"];

/// The run's only reader of clocks, and the simulator's, which is a server of its own.
const CLOCK_READERS: [&str; 2] = ["src/engine/clock.rs", "src/simulator/shell.rs"];

impl Home {
    fn allows(&self, source: &Source) -> bool {
        let module = source.module();
        match self {
            Anywhere => true,
            AboveDomain => module.and_then(floor) != Some(0),
            // `main.rs` hands everything to `cli` and shares its homes.
            In(modules) => modules.contains(&module.unwrap_or("cli")),
            Tests | Build => false,
        }
    }

    fn words(&self) -> String {
        match self {
            Anywhere => "is at home everywhere".to_owned(),
            AboveDomain => "stays out of `domain`".to_owned(),
            In(modules) => format!("is at home in {}", modules.join(", ")),
            Tests => "is for tests and benches".to_owned(),
            Build => "is for `build.rs`".to_owned(),
        }
    }
}

fn crates_away_from_home(source: &Source) -> Vec<String> {
    if !source.path.starts_with("src/") {
        return Vec::new();
    }
    let rows = || CRATES.iter().chain(PARTS);
    let judge = |named: &Named| {
        let (place, home) =
            rows().find(|(place, home)| named.is_in(place) && !home.allows(source))?;
        Some(source.offence(named.line, &format!("`{}`: `{place}` {}", named.path, home.words())))
    };
    paths(&source.shipped).iter().filter_map(judge).collect()
}

fn clock_reads(source: &Source) -> Vec<String> {
    let reader = CLOCK_READERS.iter().any(|reader| source.path.starts_with(reader));
    if reader || !source.path.starts_with("src/") {
        return Vec::new();
    }
    paths(&source.code)
        .iter()
        .filter(|named| CLOCK_READS.iter().any(|read| named.path.ends_with(read)))
        .map(|named| source.offence(named.line, &format!("`{}` reads a clock", named.path)))
        .collect()
}

/// Names of the crates in the dependency tables, as code names them.
fn dependencies(manifest: &str) -> Vec<String> {
    let mut section = "";
    let mut found = Vec::new();
    for line in manifest.lines().map(str::trim) {
        if line.starts_with('[') {
            section = line;
        } else if section.ends_with("dependencies]")
            && let Some((name, _)) = line.split_once('=')
            && !line.starts_with('#')
        {
            let name = name.trim().trim_end_matches(".workspace");
            found.push(name.replace('-', "_"));
        }
    }
    found.sort();
    found.dedup();
    found
}

#[test]
fn every_crate_stays_at_home() {
    hold(
        crates_away_from_home,
        "ask the module that is its home, or argue a second home in docs/decisions/",
    );
}

#[test]
fn a_crate_away_from_home_is_found() {
    let found = |path, text| planted(crates_away_from_home, path, text);
    assert_eq!(found("src/engine/driver.rs", "use rusqlite::Connection;"), 1);
    assert_eq!(found("src/defender/client.rs", "fn f(c: reqwest::Client) {}"), 0);
    assert_eq!(found("src/report/status.rs", "fn f(c: reqwest::Client) {}"), 1);
    assert_eq!(found("src/cli/run.rs", "use tokio::{signal, time::timeout};"), 1, "timers");
    assert_eq!(found("src/engine/driver.rs", "use tokio::{signal, time::timeout};"), 1, "signals");
    assert_eq!(found("src/journal/file.rs", "use std::{env, fs};"), 1, "the environment");
    assert_eq!(found("src/limiter/gate.rs", "std::fs::read(path)"), 1, "files");
    assert_eq!(found("src/engine/mod.rs", "std::process::exit(1)"), 1, "the process");
    assert_eq!(found("src/engine/driver.rs", "std::thread::spawn(f)"), 1, "a thread");
    assert_eq!(found("src/main.rs", "fn main() -> std::process::ExitCode {}"), 0);
    assert_eq!(found("src/domain/state.rs", "use serde::Serialize;"), 1);
    assert_eq!(found("src/event/line.rs", "use serde::Serialize;"), 0);
    assert_eq!(found("src/cli/run.rs", "use insta::assert_snapshot;"), 1);
    assert_eq!(found("src/retry.rs", "#[cfg(test)]\nmod tests { use proptest::prelude::*; }"), 0);
}

#[test]
fn only_the_clock_reads_a_clock() {
    hold(clock_reads, "take the time as an argument; `engine::clock` reads it");
}

#[test]
fn a_clock_read_elsewhere_is_found() {
    let found = |path, text| planted(clock_reads, path, text);
    assert_eq!(found("src/limiter/gate.rs", "let now = std::time::Instant::now();"), 1);
    assert_eq!(found("src/journal/commit.rs", "jiff::Timestamp::now()"), 1);
    assert_eq!(found("src/cli/run.rs", "SystemTime :: now()"), 1);
    assert_eq!(found("src/engine/clock.rs", "Instant::now()"), 0);
}

#[test]
fn every_dependency_has_a_home_and_every_home_a_dependency() {
    let mut known: Vec<&str> = CRATES.iter().map(|(name, _)| *name).collect();
    known.sort_unstable();
    assert_eq!(
        dependencies(&top_level("Cargo.toml")),
        known,
        "give a new crate its row in tests/it/tidy/homes.rs and its reason in docs/decisions/"
    );
}

#[test]
fn dependencies_are_read_from_the_manifest() {
    let manifest = "[package]\nname = \"x\"\n[dependencies]\na-b = \"1\" # why\n# c = \"1\"\n\
                    [dev-dependencies]\nd = { version = \"1\" }\n[lints.rust]\ne = \"warn\"\n";
    assert_eq!(dependencies(manifest), ["a_b", "d"]);
}
