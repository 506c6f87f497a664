//! Whatever points to another host: neither a token nor a secret ever goes there.

use mde_offboard::simulator::{Fault, PageFault, Route, Rule, Which};

use super::foreign::{Foreign, Here};
use super::stage::{Stage, finish, machines_of};

const RUN: [&str; 14] = [
    "run",
    "fleet.csv",
    "--comment",
    "Retired in Q4",
    "--yes",
    "--timeout",
    "1s",
    "--settle",
    "500ms",
    "--poll-interval",
    "300ms",
    "--track-timeout=10s",
    // A sign-in that something between answers is tried again: a hotel's page goes away.
    "--offline-timeout",
    "3s",
];

const MACHINES: u32 = 20;

/// One run against one rule: its exit code, what it said, and what the other host heard.
fn run_under(rule: Rule) -> (i32, String, Vec<String>, usize) {
    let machines = machines_of(MACHINES, 1);
    let foreign = Foreign::new();
    let here = Here::new(&machines, vec![rule], &foreign);
    let stage = Stage::beside(&here.url, &machines);
    let (code, told) = finish(stage.connected(&RUN));
    let effects = here.tenant.lock().expect("whole").effects().len();
    (code, told, foreign.heard(), effects)
}

#[test]
fn a_redirected_request_ends_the_run_and_the_other_host_hears_nothing() {
    let rule = Rule { route: Route::Offboard, which: Which::Nth(5), fault: Fault::Redirect };
    let (code, told, heard, effects) = run_under(rule);
    assert_eq!(heard, [""; 0], "{told}");
    assert_eq!(code, 7, "{told}");
    assert!(effects < 20, "it stopped: {told}");
}

#[test]
fn a_redirected_list_is_not_read_elsewhere() {
    let rule = Rule { route: Route::Actions, which: Which::Always, fault: Fault::Redirect };
    let (code, told, heard, effects) = run_under(rule);
    assert_eq!(heard, [""; 0], "{told}");
    assert_eq!(code, 7, "{told}");
    assert_eq!(effects, 0, "nothing is sent before the list was read: {told}");
}

#[test]
fn a_redirected_sign_in_takes_no_secret_elsewhere() {
    let rule = Rule { route: Route::SignIn, which: Which::Always, fault: Fault::Redirect };
    let (code, told, heard, effects) = run_under(rule);
    assert_eq!(heard, [""; 0], "{told}");
    assert_eq!(code, 5, "{told}");
    assert_eq!(effects, 0);
}

#[test]
fn a_link_to_a_next_page_elsewhere_is_not_followed() {
    let fault = Fault::Page(PageFault::ForeignLink);
    let rule = Rule { route: Route::Actions, which: Which::Nth(1), fault };
    let (code, told, heard, effects) = run_under(rule);
    assert_eq!(heard, [""; 0], "{told}");
    assert_eq!((code, effects), (0, 20), "{told}");
}
