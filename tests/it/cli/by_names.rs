//! `--by-name`: a list of names is sent only if each name is that of exactly one machine.

use std::fmt::Write as _;

use mde_offboard::domain::MachineId;
use mde_offboard::simulator::TenantOptions;

use crate::support::desk::Desk;
use crate::support::machines::ordinary;

const NAMES: [&str; 5] = ["pc-1.corp.net", "PC-2", "pc-3.a.net", "pc-3.b.net", "dc-01.corp.net"];

/// A tenant with machines of these names.
fn desk() -> (Desk, Vec<MachineId>) {
    let ids = ordinary(NAMES.len(), TenantOptions::default().seed);
    let mut list = "Device ID,Device Name\n".to_owned();
    for (id, name) in ids.iter().zip(NAMES) {
        let _ = writeln!(list, "{id},{name}");
    }
    let desk = Desk::holding(&list, "--speed 600").with("MDE_OFFBOARD_JOURNAL", "journal.db");
    (desk, ids)
}

const RUN: &str = "run names.csv --by-name --comment x --yes --progress none";

#[test]
fn each_name_is_sent_as_the_one_machine_that_has_it() {
    let (desk, ids) = desk();
    desk.file("names.csv", "Asset tag,Hostname\n1,PC-1\n2,pc-2.corp.net\n3,pc-1.corp.net\n");
    desk.run("plan names.csv --by-name --comment x").ends_with(0).says("would send 2");
    assert_eq!(desk.posts(), 0);
    desk.run(RUN)
        .ends_with(0)
        .says("names from `Hostname`")
        .says("1 duplicate dropped: 2 machines");
    assert_eq!(desk.posts(), 2);
    let report = desk.run("report").ends_with(0).out;
    for (id, name) in ids.iter().zip(NAMES).take(2) {
        assert!(report.contains(&format!("{id},{name},succeeded")), "{report}");
    }
    desk.run(RUN).ends_with(0);
    assert_eq!(desk.posts(), 2, "the same names again are the same batch");
}

#[test]
fn a_name_of_several_machines_or_of_none_queues_nothing() {
    let (desk, ids) = desk();
    desk.file("names.csv", "pc-1\npc-3\npc-9\n");
    for command in [RUN, "plan names.csv --by-name --comment x"] {
        let said = desk
            .run(command)
            .ends_with(7)
            .says("2 names are not those of exactly one onboarded machine each; nothing was queued")
            .says("line 2: pc-3: name_ambiguous: ")
            .says("line 3: pc-9: name_not_found")
            .says(&ids[2].to_string())
            .says(&ids[3].to_string())
            .says("hint: list the machines that you mean by their IDs");
        assert!(!said.err.contains(&ids[0].to_string()), "{said}");
    }
    assert_eq!(desk.posts(), 0);
    desk.check_nothing_queued("journal.db");
}

const LEFT_OUT: &str = "--on name_ambiguous=skip --on name_not_found=skip";

#[test]
fn names_without_one_machine_are_left_out_if_that_is_asked_for_and_told() {
    let (desk, ids) = desk();
    desk.file("names.csv", "pc-1\npc-3\npc-9\n");
    desk.run(&format!("{RUN} {LEFT_OUT}"))
        .ends_with(0)
        .says("name_ambiguous         1  skipped")
        .says("name_not_found         1  skipped")
        .says("left out: line 2: pc-3: name_ambiguous: ")
        .says(&ids[2].to_string())
        .says(&ids[3].to_string())
        .says("left out: line 3: pc-9: name_not_found")
        .says("1 machine: 1 to send, 2 names left out");
    assert_eq!(desk.posts(), 1);
    let report = desk.run("report").ends_with(0).out;
    assert!(report.contains(&ids[0].to_string()) && report.lines().count() == 2, "{report}");
    // Nobody leaves them out now, and so the earlier batch is no answer.
    desk.run(RUN).ends_with(7).says("2 names are not those of exactly one onboarded machine each");
    assert_eq!(desk.posts(), 1);
}

#[test]
fn a_plan_shows_and_lists_names_without_one_machine() {
    let (desk, ids) = desk();
    desk.file("names.csv", "Asset tag,Hostname\n7,PC-1\n8,pc-3\n9,pc-9\n");
    let plan = "plan names.csv --by-name --comment x --details details.csv --output plan.json";
    desk.run(plan)
        .ends_with(7)
        .says("name_ambiguous         1  REFUSED")
        .says("name_not_found         1  REFUSED")
        .says("would send 1");
    let details = desk.text("details.csv");
    let line = |name: &str| details.lines().find(|line| line.contains(name)).unwrap_or_default();
    assert!(line("pc-3,name_ambiguous,REFUSED").contains(&ids[2].to_string()), "{details}");
    assert!(line("pc-9,name_not_found,REFUSED").ends_with("names.csv,4"), "{details}");
    let plan: serde_json::Value = serde_json::from_str(&desk.text("plan.json")).unwrap();
    assert_eq!(plan["classes"]["name_ambiguous"], 1);
    let listed = &plan["machines"][2];
    assert_eq!((&listed["id"], &listed["name"]), (&serde_json::Value::Null, &"pc-9".into()));
    assert_eq!((&listed["class"], &listed["line"]), (&"name_not_found".into(), &4.into()));
    desk.run("run names.csv --by-name --comment x --yes --plan plan.json")
        .ends_with(7)
        .says("the plan has 2 machines of a refused class");
    // One document, and the reason beside it.
    let json = desk.run("plan names.csv --by-name --comment x --json").ends_with(7);
    let json = json.says("to leave such names out: --on").json();
    assert_eq!((&json["classes"]["name_not_found"], &json["would_send"]), (&1.into(), &1.into()));
    assert_eq!(desk.posts(), 0);
}

#[test]
fn a_reviewed_plan_of_names_covers_the_comments_of_the_list() {
    let (desk, _) = desk();
    desk.file("names.csv", "Device Name,Comment\npc-1,CHG1 retired\n");
    let plan = "plan names.csv --by-name --output plan.json";
    desk.run(plan).ends_with(0);
    desk.file("names.csv", "Device Name,Comment\npc-1,CHG9 another one\n");
    let run = "run names.csv --by-name --yes --progress none --plan plan.json";
    desk.run(run).ends_with(7).says("comments of the list");
    desk.file("names.csv", "Device Name,Comment\npc-1,CHG1 retired\n");
    desk.run(run).ends_with(0);
    assert_eq!(desk.posts(), 1);
}

#[test]
fn a_plan_whose_names_are_left_out_can_be_run() {
    let (desk, _) = desk();
    desk.file("names.csv", "pc-1\npc-3\npc-9\n");
    let plan = format!("plan names.csv --by-name --comment x --output plan.json {LEFT_OUT}");
    desk.run(&plan).ends_with(0);
    desk.run(&format!("{RUN} {LEFT_OUT} --plan plan.json")).ends_with(0);
    assert_eq!(desk.posts(), 1);
}

#[test]
fn a_list_without_any_name_of_one_machine_is_no_list() {
    let (desk, _) = desk();
    desk.file("names.csv", "pc-3\npc-9\n");
    desk.run(&format!("{RUN} {LEFT_OUT}"))
        .ends_with(3)
        .says("no machines: all are left out (1 name_ambiguous, 1 name_not_found)");
    desk.run(RUN).ends_with(7).says("2 names are not those of exactly one onboarded machine each");
    desk.check_nothing_queued("journal.db");
}

#[test]
fn a_name_without_one_machine_is_never_sent() {
    let (desk, _) = desk();
    desk.file("names.csv", "pc-1\npc-3\n");
    desk.run(&format!("{RUN} --on name_ambiguous=send"))
        .ends_with(2)
        .says("it is not known which machine such a name means")
        .says("name_ambiguous=skip or name_ambiguous=refuse");
    assert_eq!(desk.posts(), 0);
}

#[test]
fn a_list_with_ids_is_never_taken_by_its_names() {
    let (desk, _) = desk();
    desk.run("run fleet.csv --by-name --comment x --yes")
        .ends_with(3)
        .says("line 2 holds a machine ID, and --by-name is for lists without IDs")
        .says("hint: leave out --by-name");
    assert_eq!(desk.posts(), 0);
}

#[test]
fn a_list_of_names_leads_to_by_name_and_never_turns_it_on() {
    let (desk, _) = desk();
    desk.file("names.csv", "PC-1\nPC-2\n");
    desk.run("run names.csv --comment x --yes")
        .ends_with(3)
        .says("if each is the name of exactly one onboarded machine: --by-name");
    assert_eq!(desk.posts(), 0);
}

#[test]
fn a_list_of_names_can_be_rehearsed() {
    let desk = Desk::with_file("names.csv", "pc-1\npc-2.corp.net\n");
    desk.run(&format!("{RUN} --simulate")).ends_with(0).says("2 to send");
}

#[test]
fn the_protect_list_also_knows_the_tenants_names() {
    let (desk, ids) = desk();
    desk.file("ids.csv", format!("Device ID\n{}\n{}\n", ids[0], ids[4]));
    desk.file("protect.toml", "# domain controllers\nnames = [\"DC*\"]\n");
    desk.run("plan ids.csv --comment x --protect protect.toml")
        .ends_with(0)
        .says("name DC*, protect.toml line 2")
        .says("would send 1");
    desk.run("run ids.csv --comment x --protect protect.toml --yes --progress none").ends_with(0);
    assert_eq!(desk.posts(), 1);
}
