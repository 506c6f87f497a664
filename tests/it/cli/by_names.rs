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
