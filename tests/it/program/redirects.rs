//! Whatever points to another host: neither a token nor a secret ever goes there.

use mde_offboard::simulator::{Fault, PageFault, Route, Rule, Which};

use crate::support::desk::Desk;
use crate::support::machines::{ordinary, table};

use super::foreign::{Foreign, Here};

/// A sign-in that something between answers is tried again: a hotel's page goes away.
const RUN: &str = "run fleet.csv --comment Retired --yes --timeout 1s --settle 500ms \
                   --poll-interval 300ms --track-timeout 10s --offline-timeout 3s";

const MACHINES: usize = 20;

/// One run against one rule, of which the other host hears nothing: how many machines are
/// offboarded.
#[track_caller]
fn check(rule: Rule, code: i32) -> usize {
    let is_redirect = matches!(rule.fault, Fault::Redirect);
    let machines = ordinary(MACHINES, 1);
    let foreign = Foreign::new();
    let here = Here::new(&machines, vec![rule], &foreign);
    let desk = Desk::new().leading_to(&here.url);
    desk.file("fleet.csv", table(&machines));
    let said = desk.run(RUN).ends_with(code);
    assert_eq!(foreign.heard(), [""; 0], "{said}");
    if is_redirect {
        let text = said.to_string();
        assert!(text.contains("a redirect to `"), "{said}");
        assert!(!text.contains("an empty answer"), "{said}");
    }
    here.tenant.lock().expect("whole").effects().len()
}

#[test]
fn a_redirected_request_ends_the_run_and_the_other_host_hears_nothing() {
    let rule = Rule { route: Route::Offboard, which: Which::Nth(5), fault: Fault::Redirect };
    assert!(check(rule, 7) < MACHINES, "it did not stop");
}

#[test]
fn a_redirected_list_is_not_read_elsewhere() {
    let rule = Rule { route: Route::Actions, which: Which::Always, fault: Fault::Redirect };
    assert_eq!(check(rule, 7), 0, "nothing is sent before the list was read");
}

#[test]
fn a_redirected_sign_in_takes_no_secret_elsewhere() {
    let rule = Rule { route: Route::SignIn, which: Which::Always, fault: Fault::Redirect };
    assert_eq!(check(rule, 7), 0);
}

#[test]
fn a_link_to_a_next_page_elsewhere_is_not_followed() {
    let fault = Fault::Page(PageFault::ForeignLink);
    let rule = Rule { route: Route::Actions, which: Which::Nth(1), fault };
    assert_eq!(check(rule, 0), MACHINES);
}
