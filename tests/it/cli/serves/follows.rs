//! A page that is open follows the journal: a run to its end, a runner that is killed, a journal
//! that comes, goes and comes back.

use std::collections::BTreeMap;

use mde_offboard::simulator::TenantOptions;
use serde_json::Value;

use super::visit::{Dashboard, Events};
use crate::support::desk::Desk;
use crate::support::machines::{ordinary, table};
use crate::support::page::Page;
use crate::support::program::{Running, kill};

const RUN: &str = "run fleet.csv --comment x --yes --progress none --settle 2s \
                   --poll-interval 200ms --track-timeout 1m";

/// A tenant with 40 machines.
fn fleet() -> Desk {
    Desk::with_fleet(40, "--limit 1000/1s --limit 5000/1m")
}

/// Reads on until the batch is over; the last summary.
#[track_caller]
fn comes_to_its_end(events: &mut Events) -> String {
    let is_end = |html: &str| html.contains("Batch 1 is finished");
    let event =
        events.comes_to("the end", |event| event.section().is_some_and(|(_, html)| is_end(&html)));
    event.data
}

#[test]
fn a_page_that_waits_for_a_batch_is_loaded_again_and_follows_it_to_its_end() {
    let desk = fleet();
    let dashboard = Dashboard::start(&desk, "");
    let page = dashboard.page("");
    assert!(page.contains("Waiting for a batch: journal.db does not exist yet."), "{page}");
    assert!(page.contains("run FILE"), "{page}");
    let mut waiting = dashboard.events("events?batch=0", &[]);
    waiting.comes_to_words("does not exist yet");
    let run = Running(desk.start_quietly(&format!("{RUN} --pace steady --limit 20/1s")));
    waiting.comes_to("the batch", |event| event.name == "page");
    let page = dashboard.page("");
    assert!(page.contains("<h1>Batch 1: fleet.csv</h1>"), "{page}");
    let mut events = dashboard.events("events?batch=1", &[]);
    events.comes_to_words("Batch 1 is running");
    comes_to_its_end(&mut events);
    drop(run);
    // Each number is one of `status --json`.
    let status = desk.status();
    let page = dashboard.page("");
    let counts = status["counts"].as_object().unwrap();
    for (state, number) in counts.iter().filter(|(_, number)| number.as_u64() != Some(0)) {
        let words = format!("<b>{number}</b> {}", state.replace('_', " "));
        assert!(page.contains(&words), "no `{words}`: {page}");
    }
    assert_eq!(counts["succeeded"], 40);
    assert!(page.contains(status["audit"]["head"].as_str().unwrap()), "{page}");
}

#[test]
fn a_page_says_that_the_runner_was_killed_and_what_goes_on() {
    let desk = fleet();
    let mut run = desk.start_quietly(&format!("{RUN} --pace steady --limit 60/1h"));
    desk.wait_for("status --json", |status| status["running"] == true);
    let dashboard = Dashboard::start(&desk, "");
    let mut events = dashboard.events("events?batch=1", &[]);
    events.comes_to_words("Batch 1 is running");
    kill(&mut run);
    events.comes_to_words("the program ended");
    let status = desk.status();
    assert_eq!(status["next"]["command"], "mde-offboard resume 1");
    assert_eq!(Page::parse(&dashboard.page("")).text("code.command"), "mde-offboard resume 1");
    desk.run("resume 1 --progress none --pace burst --limit 5000/1s").ends_with(0);
    comes_to_its_end(&mut events);
}

#[test]
fn who_comes_back_with_the_last_event_is_sent_nothing_that_it_has() {
    let desk = fleet();
    desk.run(RUN).ends_with(0);
    let dashboard = Dashboard::start(&desk, "");
    let page = dashboard.page("");
    let (_, rest) = page.split_once("data-events=\"").unwrap();
    let address = rest.split_once('"').unwrap().0.replace("&amp;", "&");
    let version = address.rsplit('=').next().unwrap().to_owned();
    // A page that was just loaded has everything: only the number of facts is told.
    let first = |events: &mut Events| events.next().unwrap();
    let told = first(&mut dashboard.events(&address, &[]));
    assert_eq!((told.name.as_str(), told.id.as_ref()), ("facts", Some(&version)), "{told:?}");
    // So has one that comes back.
    let back = [("Last-Event-ID", version.as_str())];
    let told = first(&mut dashboard.events("events?batch=1&version=old", &back));
    assert_eq!((told.name.as_str(), told.id.as_ref()), ("facts", Some(&version)), "{told:?}");
    // One that has something else gets all, and the version with the last of it alone.
    let back = [("Last-Event-ID", "another")];
    let mut events = dashboard.events("events?batch=1", &back);
    events.comes_to("the last of it", |event| event.id.is_some());
    let (last, before) = events.seen.split_last().unwrap();
    assert_eq!(last.id.as_ref(), Some(&version));
    assert!(before.iter().all(|event| event.id.is_none()), "{before:#?}");
    let sections: Vec<String> =
        events.seen.iter().filter_map(|event| Some(event.section()?.0)).collect();
    assert!(sections.contains(&"summary".to_owned()), "{sections:?}");
    for id in sections {
        assert!(page.contains(&format!("id=\"{id}\"")), "the page has no {id}");
    }
}

#[test]
fn who_lost_the_connection_in_the_middle_of_a_look_is_sent_the_rest_of_it() {
    let desk = fleet();
    desk.run(RUN).ends_with(0);
    let dashboard = Dashboard::start(&desk, "");
    let address = "events?batch=1&version=old";
    let mut whole = dashboard.events(address, &[]);
    whole.comes_to("the last of it", |event| event.id.is_some());
    let sections = |events: &Events| -> BTreeMap<String, String> {
        events.seen.iter().filter_map(super::visit::Event::section).collect()
    };
    let all = sections(&whole);
    assert!(all.len() > 5, "{all:?}");
    for lost_after in 1..whole.seen.len() {
        let mut events = dashboard.events(address, &[]);
        events.by_ref().take(lost_after).for_each(drop);
        // What a browser says when it comes back: the last version that it was told.
        let told = events.seen.iter().rev().find_map(|event| event.id.clone());
        let head: Vec<(&str, &str)> =
            told.iter().map(|id| ("Last-Event-ID", id.as_str())).collect();
        let mut back = dashboard.events(address, &head);
        back.comes_to("the last of it", |event| event.id.is_some());
        let mut shown = sections(&events);
        assert!(shown.len() < all.len(), "{lost_after}");
        shown.extend(sections(&back));
        assert_eq!(shown, all, "lost after {lost_after}");
    }
}

#[test]
fn a_section_that_has_not_changed_is_not_sent_again() {
    let desk = fleet();
    let run = Running(desk.start_quietly(&format!("{RUN} --pace steady --limit 20/1s")));
    desk.wait_for("status --json", |status| status["running"] == true);
    let dashboard = Dashboard::start(&desk, "");
    let mut events = dashboard.events("events?batch=1", &[]);
    comes_to_its_end(&mut events);
    drop(run);
    let mut last = std::collections::HashMap::new();
    for (id, html) in events.seen.iter().filter_map(super::visit::Event::section) {
        assert_ne!(last.insert(id.clone(), html.clone()), Some(html), "{id} is sent again");
    }
}

#[test]
fn the_current_batch_is_the_one_that_runs_and_each_has_its_own_page() {
    let desk = fleet();
    let ids = ordinary(40, TenantOptions::default().seed);
    desk.file("one.csv", table(&ids[..30])).file("more.csv", table(&ids[30..]));
    desk.run(&RUN.replace("fleet.csv", "one.csv")).ends_with(0);
    desk.run(&RUN.replace("fleet.csv", "more.csv")).ends_with(0);
    let dashboard = Dashboard::start(&desk, "");
    assert!(dashboard.page("").contains("<h1>Batch 2: more.csv</h1>"));
    assert!(dashboard.page("batch/1/").contains("<h1>Batch 1: one.csv</h1>"));
    assert!(dashboard.page("batch/9/").contains("There is no batch 9 in journal.db."));
    let list = dashboard.page("batches/");
    assert!(list.contains("href=\"../batch/1/\"") && list.contains("href=\"../batch/2/\""));
    let batches: Value = desk.run("batches --json").json();
    assert_eq!(batches.as_array().unwrap().len(), 2);
}

#[test]
fn a_journal_that_cannot_be_read_is_told_until_it_can_be_again() {
    let desk = fleet();
    desk.run(RUN).ends_with(0);
    let whole = std::fs::read(desk.fleet_journal()).unwrap();
    let dashboard = Dashboard::start(&desk, "");
    let mut events = dashboard.events("events?batch=1", &[]);
    events.comes_to_words("Batch 1 is finished");
    desk.file("journal.db", "no journal at all");
    let notice = events.comes_to_words("The journal cannot be read");
    assert_eq!(notice.section().unwrap().0, "notice");
    assert!(notice.data.contains("role=\\\"alert\\\""), "{notice:?}");
    assert!(dashboard.page("").contains("The journal cannot be read"));
    let answer = dashboard.get("batches/");
    assert_eq!(answer.status, 503, "{answer:?}");
    assert!(answer.body.contains("The journal cannot be read"), "{answer:?}");
    desk.file("journal.db", whole);
    events.comes_to("it again", |event| {
        event.section().is_some_and(|(id, html)| id == "notice" && html.is_empty())
    });
    assert!(dashboard.page("").contains("Batch 1 is finished"));
}
