//! What a plan shows is what a run does, class by class, as the built program sees it over a
//! socket.

use serde_json::Value;

use crate::support::desk::Desk;
use crate::support::machines::{list, machine_id, table};
use crate::support::program::Said;

const RUN: &str = "run fleet.csv --comment x --yes --progress none --settle 1s \
                   --poll-interval 100ms --track-timeout 1s --limit 1000/1s";
const PLAN: &str = "plan fleet.csv --comment x";

/// A tenant with a sample of 200 machines that shows every class, and the sample.
fn sample(more: &str) -> Desk {
    let desk = Desk::new().with("MDE_OFFBOARD_JOURNAL", "journal.db");
    desk.run(&format!("simulator --sample 200 --output fleet.csv {more}")).ends_with(0);
    desk.beside("--machines fleet.csv --limit 1000/1s")
}

/// A tenant with ordinary machines, of which the list holds as many.
fn ordinary(machines: u32) -> Desk {
    Desk::holding(&list(machines), "--limit 1000/1s --speed 5000")
        .with("MDE_OFFBOARD_JOURNAL", "journal.db")
}

fn classes(said: &Said) -> Value {
    said.json()["classes"].clone()
}

/// Each class, with how many of the sample have it.
const CLASSES: [(&str, u64); 14] = [
    ("protected", 0),
    ("in_other_batch", 0),
    ("merged", 2),
    ("unsupported", 2),
    ("already_requested", 4),
    ("not_found", 2),
    ("name_differs", 0),
    ("not_onboarded", 3),
    ("reimaged", 2),
    ("other_system", 5),
    ("onboarded_again", 2),
    ("seen_recently", 4),
    ("inactive", 6),
    ("ready", 168),
];

#[test]
fn every_class_of_the_sample_is_told_and_treated_as_its_default_says() {
    let desk = sample("");
    let planned = desk.run(&format!("{PLAN} --json")).ends_with(0);
    for (class, machines) in CLASSES {
        assert_eq!(classes(&planned)[class], machines, "{class}: {planned}");
    }
    assert_eq!(planned.json()["would_send"], 180, "{planned}");
    assert_eq!(desk.posts(), 0, "a plan sends nothing");
    desk.run(RUN).says("200 machines: 180 to send, 4 adopted, 16 skipped");
    assert_eq!(desk.posts(), 180);
    let skipped = desk.run("report 1 --only skipped --format ndjson").out;
    for class in ["merged", "unsupported", "not_found", "not_onboarded", "reimaged", "other_system"]
    {
        let machines = CLASSES.iter().find(|(name, _)| *name == class).unwrap().1;
        let reason = format!("\"reason\":\"{class}\"");
        assert_eq!(skipped.matches(&reason).count() as u64, machines, "{class}: {skipped}");
    }
    // What is adopted has the action of whoever asked for it, and is followed like our own.
    let status = desk.status();
    assert_eq!(status["counts"]["skipped"], 16, "{status}");
}

#[test]
fn what_a_person_says_of_a_class_is_done_and_what_is_never_sent_stays_unsent() {
    let desk = sample("");
    let on = "--on other_system=send --on not_onboarded=send --on reimaged=send --on inactive=skip";
    let planned = desk.run(&format!("{PLAN} {on} --json")).ends_with(0);
    // Those that were re-imaged are silent, too: a skip outweighs a request.
    assert_eq!(planned.json()["would_send"], 180 + 5 + 3 - 6, "{planned}");
    for class in ["merged", "unsupported", "protected", "in_other_batch"] {
        desk.run(&format!("{PLAN} --on {class}=send")).ends_with(2).says("never sent");
    }
    desk.run(&format!("{PLAN} --on already_requested=send")).ends_with(2).says("--again");
    desk.run(&format!("{RUN} --on merged=refuse"))
        .ends_with(7)
        .says("2 machines are merged; nothing was queued")
        .says("--on merged=skip");
    // The two that were offboarded ten days ago; an action that runs is adopted all the same.
    let again = desk.run(&format!("{PLAN} --again --json")).ends_with(0);
    assert_eq!(classes(&again)["already_requested"], 2, "{again}");
    assert_eq!(desk.posts(), 0);
    desk.run(RUN);
    let named = "retry 1 --only skipped --yes --progress none";
    desk.run(named).says("retry sends 12 machines of batch 1 again");
    assert_eq!(desk.status()["counts"]["skipped"], 4, "merged and unsupported ones are left out");
}

#[test]
fn without_a_tenant_the_list_alone_is_read_and_forecast() {
    let desk = Desk::new();
    desk.run("simulator --sample 4000 --output fleet.csv").ends_with(0);
    let plan = "plan fleet.csv --comment x --offline";
    desk.run(plan).ends_with(0).says("no tenant was asked").says("the last request would go out");
    let document = desk.run(&format!("{plan} --json")).ends_with(0).json();
    let (classes, would_send) = (&document["classes"], &document["would_send"]);
    assert_eq!(classes["not_onboarded"], 60, "{document}");
    assert_eq!(&classes["ready"], would_send, "{document}");
    // Two full hours, and the rest of the list in the third.
    let seconds = document["forecast"]["seconds"].as_u64().unwrap();
    assert!((2 * 3_600..3 * 3_600).contains(&seconds), "{document}");
}

#[test]
fn a_machine_with_another_name_than_in_the_list_stops_the_list() {
    let desk = sample("--differing-names");
    let planned = desk.run(&format!("{PLAN} --json")).ends_with(7);
    assert!(planned.out.contains("\"name_differs\":2"), "{planned}");
    desk.run(RUN)
        .ends_with(7)
        .says("2 machines have another name in the tenant than in fleet.csv")
        .says("REFUSED")
        .says("--on name_differs=skip");
    assert_eq!(desk.posts(), 0);
    desk.run(&format!("{PLAN} --on name_differs=skip")).ends_with(0);
}

#[test]
fn a_list_of_another_tenant_costs_no_request() {
    let desk = ordinary(20);
    desk.file("other.csv", table((1_000..1_200).map(machine_id)));
    let run = RUN.replace("fleet.csv", "other.csv");
    desk.run(&run)
        .ends_with(7)
        .says("200 of 200 machines are not in this tenant; nothing was queued")
        .says("is it the right tenant?");
    assert_eq!(desk.posts(), 0);
    assert!(!desk.run("batches").out.contains("other.csv"));
    // Said on purpose, all of them are left alone.
    desk.run(&format!("{run} --on not_found=skip"));
    assert_eq!(desk.posts(), 0);
}

#[test]
fn a_list_that_is_too_long_or_too_large_a_part_of_the_tenant_is_refused() {
    let desk = Desk::holding(&list(120), "--limit 1000/1s --speed 5000 --others 80")
        .with("MDE_OFFBOARD_JOURNAL", "journal.db");
    desk.run(RUN)
        .ends_with(7)
        .says("120 machines are 60 % of the 200 onboarded in this tenant; at most 50 %")
        .says("--max-share 60%");
    desk.run(&format!("{RUN} --max-share 59%")).ends_with(7);
    desk.run(&format!("{PLAN} --max-share 60% --max-machines 119"))
        .ends_with(7)
        .says("120 machines would be sent; at most 119 are allowed");
    assert_eq!(desk.posts(), 0);
    desk.run(&format!("{RUN} --max-share 60% --max-machines 120")).ends_with(0);
    assert_eq!(desk.posts(), 120);
    // A short list may be all of a small tenant.
    let desk = Desk::holding(&list(100), "--limit 1000/1s --speed 5000 --others 0");
    desk.run(PLAN).ends_with(0).says("100 % of the onboarded machines");
}

#[test]
fn a_lost_journal_or_a_colleague_leads_to_adoption_not_to_a_second_request() {
    let desk = ordinary(30);
    desk.run(RUN).ends_with(0);
    assert_eq!(desk.posts(), 30);
    let desk = desk.with("MDE_OFFBOARD_JOURNAL", "other.db");
    desk.run(PLAN).ends_with(0).says("already_requested        30  adopted").says("offboarded");
    desk.run(RUN).ends_with(0).says("0 to send, 30 adopted");
    assert_eq!(desk.posts(), 30, "sent twice");
    assert_eq!(desk.status()["counts"]["succeeded"], 30);
}

#[test]
fn the_details_name_each_machine_with_its_class_and_what_is_known() {
    let desk = sample("");
    desk.run(&format!("{PLAN} --details plan.csv")).ends_with(0);
    let text = desk.text("plan.csv");
    assert!(text.starts_with("\u{feff}machine_id,device_name,class,what_happens,known,"), "{text}");
    assert_eq!(text.lines().count(), 201);
    let of = |class: &str| text.lines().filter(|line| line.contains(&format!(",{class},"))).count();
    assert_eq!((of("merged"), of("onboarded_again"), of("inactive")), (2, 2, 6));
    assert!(text.contains(",reimaged,skipped,reports as "), "{text}");
    // What this program did not write is not replaced.
    desk.file("mine.csv", "a,b\n");
    desk.run(&format!("{PLAN} --details mine.csv")).ends_with(2);
    assert_eq!(desk.text("mine.csv"), "a,b\n");
}

#[test]
fn rows_that_move_between_pages_are_read_again_and_then_told() {
    // More than one page of 10,000 rows.
    let tenant = |shifting: &str| {
        let options = format!("--limit 1000/1s --others 20100 --shifting-pages {shifting}");
        Desk::holding(&list(40), &options).with("MDE_OFFBOARD_JOURNAL", "journal.db")
    };
    let desk = tenant("once");
    desk.run(PLAN).ends_with(0).never_says("changed while it was read").says("would send 40");
    tenant("always").run(PLAN).ends_with(0).says("the inventory changed while it was read");
}

#[test]
fn machines_that_another_unfinished_batch_holds_are_left_alone() {
    let desk = Desk::holding(&list(40), "--limit 1000/1s --pending-share 100%")
        .with("MDE_OFFBOARD_JOURNAL", "journal.db");
    desk.run(RUN).ends_with(9);
    desk.file("more.csv", table((11..=60).map(machine_id)));
    let planned = desk.run("plan more.csv --comment x --on not_found=skip --json").ends_with(0);
    assert_eq!(classes(&planned)["in_other_batch"], 30, "{planned}");
    assert_eq!(planned.json()["would_send"], 0, "{planned}");
}
