//! The pictures of the bar in `docs/pictures` are what the program draws today.
//!
//! After a change: `MDE_OFFBOARD_PICTURES=write cargo test --test it reporter::pictures`.

use std::path::PathBuf;

use anstyle_svg::Term;
use mde_offboard::event::{Snapshot, WaitReason};
use mde_offboard::reporter::{Charset, Colouring, Heading, Look, Moment, frame};

use super::frames::{following, waiting};
use super::{at, heading, snapshot};

const HOW: &str = "MDE_OFFBOARD_PICTURES=write cargo test --test it reporter::pictures";

/// As wide as a page shows without scrolling.
const LOOK: Look =
    Look { columns: 92, rows: 50, charset: Charset::Unicode, colouring: Colouring::On };

#[track_caller]
fn check(name: &str, moment: &Moment<'_>) {
    let next_command = "mde-offboard status 1 --watch".to_owned();
    let heading = Heading { next_command, ..heading() };
    let lines = frame(&heading, moment, &LOOK).join("\n");
    let svg = Term::new().min_width_px(820).render_svg(&lines);
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs/pictures").join(name);
    if std::env::var_os("MDE_OFFBOARD_PICTURES").is_some() {
        std::fs::write(&path, &svg).expect("written");
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == svg, "docs/pictures/{name} is behind: {HOW}");
}

#[test]
fn a_run_that_waits_for_the_hourly_limit_is_pictured() {
    let snapshot = snapshot();
    check("waiting.svg", &Moment { is_calm: true, ..Moment::of(&snapshot) });
}

#[test]
fn a_run_whose_network_is_away_is_pictured() {
    let (since, gives_up_at) = (at("2026-11-24T01:20:00"), at("2026-11-24T13:20:00"));
    let snapshot = waiting(WaitReason::Network { since, gives_up_at }, "2026-11-24T01:27:00", 0);
    check("network.svg", &Moment::of(&snapshot));
}

#[test]
fn a_run_that_stops_is_pictured() {
    let snapshot = Snapshot { waiting: None, prospect: None, ..snapshot() };
    let stopping_since = Some(at("2026-11-24T01:25:52"));
    check("stopping.svg", &Moment { stopping_since, ..Moment::of(&snapshot) });
}

#[test]
fn a_run_that_follows_its_actions_is_pictured() {
    let snapshot = following();
    check("following.svg", &Moment::of(&snapshot));
}
