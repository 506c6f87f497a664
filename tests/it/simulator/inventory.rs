//! What a plan has to cope with: tags, pages that move, machines that change while a client works.

use std::collections::HashSet;

use mde_offboard::simulator::{Behaviour, LateChange, Shifting, SimulatedMachine, TenantOptions};

use super::setup::{Bench, at, column, id, json, query, refused, unlimited};

#[test]
fn tags_group_and_management_are_in_the_record() {
    let mut bench = Bench::new(unlimited());
    bench.tenant.add(SimulatedMachine {
        tags: vec!["a, b".to_owned(), "c".to_owned()],
        group: Some("Kiosks".to_owned()),
        managed_by: Some("ConfigMgr".to_owned()),
        is_excluded: true,
        ..SimulatedMachine::onboarded(id(1), "kiosk-1")
    });
    let record = json(&bench.tenant.machine(at(0), Some(&bench.bearer), &id(1).to_string()));
    assert_eq!(record["machineTags"], serde_json::json!(["a, b", "c"]));
    assert_eq!(record["rbacGroupName"], "Kiosks");
    assert!(record["rbacGroupId"].as_u64().is_some_and(|number| number > 0));
    assert_eq!(record["managedBy"], "ConfigMgr");
    assert_eq!(record["isExcluded"], true);
    let tagged = query("machineTags eq 'c'", "", "");
    let listed = bench.tenant.machines(at(0), Some(&bench.bearer), &tagged);
    assert_eq!(column(&listed, "id"), [id(1).to_string()]);
    for part in ["a", "b", "a, b, c"] {
        let whole = query(&format!("machineTags eq '{part}'"), "", "");
        let listed = bench.tenant.machines(at(0), Some(&bench.bearer), &whole);
        refused(&listed, 404, "ResourceNotFound");
    }
}

#[test]
fn of_machines_that_are_made_some_are_excluded_and_some_restricted() {
    let made = |number| SimulatedMachine::from_id(id(number), None, 1);
    let share = |has: &dyn Fn(&SimulatedMachine) -> bool| {
        (0..2_000).filter(|number| has(&made(*number))).count()
    };
    let excluded = share(&|machine| machine.is_excluded);
    let restricted = share(&|machine| machine.tags.iter().any(|tag| tag.contains("Restricted")));
    assert!((20..60).contains(&excluded), "{excluded}");
    assert!((20..60).contains(&restricted), "{restricted}");
}

/// All IDs of one reading, two a page.
fn read(bench: &mut Bench) -> Vec<String> {
    let mut all = Vec::new();
    for skip in ["0", "2", "4"] {
        let page = query("", "2", skip);
        let page = bench.tenant.machines(at(0), Some(&bench.bearer), &page);
        all.extend(column(&page, "id"));
    }
    all
}

#[test]
fn pages_that_move_show_one_machine_twice_and_lose_another() {
    for (shifting, moved) in [
        (Shifting::Never, [false, false]),
        (Shifting::Once, [true, false]),
        (Shifting::Always, [true, true]),
    ] {
        let options = TenantOptions { page_rows: 2, shifting, ..unlimited() };
        let mut bench = Bench::with_machines(options, 6);
        for moved in moved {
            let rows = read(&mut bench);
            assert_eq!(rows.len(), 6);
            let machines: HashSet<&String> = rows.iter().collect();
            assert_eq!(machines.len(), 6 - usize::from(moved), "{shifting:?}");
        }
    }
}

#[test]
fn a_machine_changes_after_so_many_calls() {
    let mut bench = Bench::with_machines(unlimited(), 3);
    let renamed = SimulatedMachine::onboarded(id(1), "srv-pay-02");
    let gone = SimulatedMachine::onboarded(id(0), "pc-0");
    let gone = SimulatedMachine { behaviour: Behaviour::Unknown, ..gone };
    bench.tenant.change_later(LateChange { after_calls: 2, machine: renamed });
    bench.tenant.change_later(LateChange { after_calls: 3, machine: gone });
    let list = |bench: &mut Bench| {
        let listed = bench.tenant.machines(at(0), Some(&bench.bearer), &query("", "", ""));
        column(&listed, "computerDnsName")
    };
    let before = ["pc-0.example.com", "pc-1.example.com", "pc-2.example.com"];
    assert_eq!(list(&mut bench), before);
    assert_eq!(list(&mut bench), before);
    assert_eq!(list(&mut bench), ["pc-0.example.com", "srv-pay-02", "pc-2.example.com"]);
    assert_eq!(list(&mut bench), ["srv-pay-02", "pc-2.example.com"]);
    refused(&bench.offboard(at(0), 0), 404, "ResourceNotFound");
    assert_eq!(bench.offboard(at(0), 2).status, 201);
}
