//! A guard that trips while a person looks: what the bar on a real terminal shows from then on.
#![cfg(target_os = "linux")]

use crate::support::pty::OnTerminal;

use super::guards::{Tenant, pending_or_refused, some_refused};

#[test]
fn the_bar_on_a_terminal_says_that_a_guard_stopped_the_run_and_what_is_not_sent() {
    let tenant = Tenant::new(pending_or_refused);
    let desk = tenant.desk(40);
    let run = desk.command(
        "run fleet.csv --comment Retired --yes --poll-interval 100ms --track-timeout 10m \
         --settle 1s --limit 1000/1s --max-failures 2 --concurrency 1 --progress bar",
    );
    let run = OnTerminal::start(&run, 100);
    let text =
        run.wait_for("the picture follows", |text| text.contains("are pending, followed until"));
    let (before, after) = text.split_once(" ! a guard stopped the run: ").expect("it is said");
    let said = "3 machines were rejected or failed";
    assert!(after.trim_start().starts_with(said), "{text}");
    assert!(!before.contains("no more requests"), "{text}");
    // The last picture is below what was said.
    let (_, picture) = after.rsplit_once("batch 1  ").expect("a picture");
    assert!(picture.contains("waiting: no more requests, 28 not sent; 9 actions"), "{picture}");
    assert!(!picture.contains("sending:"), "{picture}");
    tenant.becomes(some_refused);
    let (code, text) = run.end();
    assert_eq!(code, Some(7), "{text}");
    let words: Vec<&str> = text.split_whitespace().collect();
    assert!(words.join(" ").contains("more than --max-failures 2; 28 not sent"), "{text}");
    assert_eq!(tenant.posts(), 12);
}
