//! `plan --output` and `run --plan`: what was reviewed is what is sent, or nothing is.

use mde_offboard::plan::SavedPlan;
use mde_offboard::simulator::TenantOptions;

use crate::support::desk::Desk;
use crate::support::machines::{ordinary, table};

const PLAN: &str = "plan fleet.csv --comment x --output plan.json";
const RUN: &str = "run fleet.csv --comment x --yes --progress none --plan plan.json";

/// A tenant with six machines, and the plan to send them all.
fn planned() -> Desk {
    let desk = Desk::with_fleet(6, "");
    desk.run(PLAN).ends_with(0).says("plan saved in plan.json, hash ");
    let plan = SavedPlan::parse(&desk.text("plan.json")).unwrap();
    assert_eq!(plan.machines.len(), 6);
    desk
}

fn hash(desk: &Desk) -> String {
    SavedPlan::parse(&desk.text("plan.json")).unwrap().hash.to_string()
}

/// Nothing is sent, and this is said.
#[track_caller]
fn refused(desk: &Desk, command: &str, code: i32, said: &[&str]) {
    let posts = desk.posts();
    desk.run(command).ends_with(code).says_all(said).says("nothing was queued").says("hint: ");
    assert_eq!(desk.posts(), posts);
    if desk.fleet_journal().exists() {
        desk.run("batches").ends_with(0).says("no batches");
    }
}

#[test]
fn a_reviewed_plan_is_sent_as_it_was_reviewed() {
    let desk = planned();
    assert_eq!(desk.posts(), 0);
    let hash = hash(&desk);
    desk.run(&format!("{RUN} --expect-plan {hash}")).ends_with(0).says(&hash);
    assert_eq!(desk.posts(), 6);
}

#[test]
fn a_plan_for_something_else_is_refused_with_what_is_another() {
    let desk = planned();
    let other = "made for another tenant, another list or other options";
    let with = |more: &str| format!("{RUN} {more}");
    let comment = RUN.replace("--comment x", "--comment y");
    refused(&desk, &comment, 7, &[other, "comment: planned \"x\", now \"y\""]);
    let said = [other, "--on inactive: planned send, now skip"];
    refused(&desk, &with("--on inactive=skip"), 7, &said);
    let said = [other, "--max-machines: planned default, now 6"];
    refused(&desk, &with("--max-machines 6"), 7, &said);
    refused(&desk, &with("--limit 50/1m"), 7, &[other, "--limit: planned"]);
    refused(&desk, &with("--canary 2"), 7, &[other, "--canary: planned 0, now 2"]);
    refused(&desk, &with("--max-failures 5%"), 7, &[other, "--max-failures: planned none, now 5%"]);
    desk.file("protect.toml", "names = [\"dc*\"]\n");
    let said = [other, "protect list: planned none, now sha256"];
    refused(&desk, &with("--protect protect.toml"), 7, &said);
    desk.file("fleet.csv", table(ordinary(5, TenantOptions::default().seed)));
    refused(&desk, RUN, 7, &[other, "list: planned sha256"]);
}

#[test]
fn a_tenant_that_moved_on_since_the_plan_is_told_machine_by_machine() {
    let desk = planned();
    let first = ordinary(1, TenantOptions::default().seed)[0];
    desk.file("one.csv", table([first]));
    desk.run("run one.csv --comment x --yes --progress none --journal other.db").ends_with(0);
    let said = [
        "the tenant moved on since the plan was made: 1 machine is not as planned",
        &first.to_string(),
        "when it was planned, already_requested (adopt) now",
    ];
    refused(&desk, RUN, 7, &said);
}

#[test]
fn a_plan_that_was_changed_or_that_nobody_approved_is_refused() {
    let desk = planned();
    let other = "0".repeat(64);
    let said = [&*format!("this plan has the hash {}", hash(&desk)), "is expected"];
    refused(&desk, &format!("{RUN} --expect-plan {other}"), 7, &said);
    refused(&desk, &format!("{RUN} --plan-max-age 1ms"), 7, &["the plan is 0 h old; at most 1ms"]);
    let text = desk.text("plan.json");
    desk.file("plan.json", text.replacen("\"treatment\":\"send\"", "\"treatment\":\"skip\"", 1));
    refused(&desk, RUN, 7, &["was changed after it was made, first in line 4: machine 9e3779b9"]);
    desk.file("plan.json", format!("{text}\n"));
    refused(&desk, RUN, 7, &["something follows the end of the plan"]);
    desk.file("plan.json", "Device ID\n");
    refused(&desk, RUN, 3, &["this is not a plan of this program"]);
    refused(&desk, &RUN.replace("--plan plan.json", "--plan none.json"), 3, &["cannot be read"]);
    refused(&desk, &RUN.replace("--plan plan.json", "--plan ."), 3, &["this is not a plan"]);
}

#[test]
fn a_plan_that_another_program_saved_again_is_refused_and_says_so() {
    let desk = planned();
    let text = desk.text("plan.json");
    let wide = |order: fn(u16) -> [u8; 2]| {
        let marked = std::iter::once(0xFEFF).chain(text.encode_utf16());
        marked.flat_map(order).collect::<Vec<u8>>()
    };
    for (content, how) in [
        (text.replace('\n', "\r\n").into_bytes(), "with Windows line ends"),
        (format!("\u{feff}{text}").into_bytes(), "with a byte-order mark"),
        (format!("\u{feff}{}", text.replace('\n', "\r\n")).into_bytes(), "with a byte-order mark"),
        (wide(u16::to_le_bytes), "as UTF-16"),
        (wide(u16::to_be_bytes), "as UTF-16"),
        (text.replacen("{\"schema\"", "{\n  \"schema\"", 1).into_bytes(), "with other spaces"),
        (text.replacen("{\"sch", "{\"Sch", 1).into_bytes(), "damaged in line 1"),
        (text.as_bytes()[..20].to_vec(), "damaged in line 1: it ends here"),
        (text.as_bytes()[..text.len() / 2].to_vec(), "it ends here"),
        (text.trim_end().as_bytes().to_vec(), "it ends here"),
    ] {
        desk.file("plan.json", content);
        refused(&desk, RUN, 7, &[how]);
    }
    desk.file("plan.json", "");
    refused(&desk, RUN, 3, &["the file is empty"]);
}

#[test]
fn a_plan_with_a_refused_class_cannot_be_run() {
    let desk = Desk::with_fleet(2, "");
    let ids = ordinary(2, TenantOptions::default().seed);
    desk.file("fleet.csv", format!("Device ID,Name\n{},somebody-else\n{},\n", ids[0], ids[1]));
    desk.run(PLAN).ends_with(7).says("name_differs").says("plan saved in plan.json");
    refused(&desk, RUN, 7, &["the plan has 1 machine of a refused class"]);
}

#[test]
fn a_plan_replaces_only_a_plan() {
    let desk = planned();
    desk.run(PLAN).ends_with(0);
    desk.file("notes.json", "{\"mine\": true}");
    desk.run("plan fleet.csv --comment x --output notes.json").ends_with(2);
    assert_eq!(desk.text("notes.json"), "{\"mine\": true}");
    desk.run("run fleet.csv --comment x --expect-plan 00").ends_with(2).says("64 hexadecimal");
}
