//! What the tenant says of a machine days later: its action, its report, and who has its name.

use mde_offboard::domain::{
    Action, ActionStatus, ActionType, Fact, InventoryMachine, MachineId, Timestamp,
};
use mde_offboard::journal::{Afterwards, Journal};

use super::setup::{accepted, action, at, batch_of, ended, id, machine, tell};

/// A machine of the tenant with a name, since when it is known and when it was seen last.
fn record(id: MachineId, name: &str, (first, last): (i64, i64)) -> InventoryMachine {
    InventoryMachine {
        name: Some(name.to_owned()),
        onboarding_status: Some("Onboarded".to_owned()),
        first_seen: Some(at(first)),
        last_seen: Some(at(last)),
        ..InventoryMachine::blank(id)
    }
}

fn of_machine(id: MachineId, status: ActionStatus, updated: Option<Timestamp>) -> Action {
    Action {
        id: action("a-1"),
        kind: ActionType::Offboard,
        status,
        machine: Some(id),
        comment: None,
        created_at: Some(at(100)),
        updated_at: updated,
        device_error: None,
    }
}

/// What is said of machine 1, `desktop-1` in its list, which was offboarded in the third second.
fn seen(tenant: &[InventoryMachine], actions: &[Action]) -> Afterwards {
    let mut journal = Journal::in_memory().unwrap();
    let batch = batch_of(&mut journal, 1);
    let life = [Fact::Sending, accepted("a-1"), ended(ActionStatus::Succeeded)];
    tell(&mut journal, batch, 1, &life);
    journal.clear_tenant().unwrap();
    journal.keep_machines(tenant, 1).unwrap();
    journal.keep_actions(actions).unwrap();
    journal.finish_tenant().unwrap();
    journal.afterwards(&machine(&journal, batch, 1)).unwrap()
}

#[test]
fn the_tenants_word_on_the_action_counts_before_the_journals() {
    let journals = seen(&[], &[]);
    assert_eq!((journals.offboarded_at, journals.pending_since), (Some(at(3)), None));
    let later = seen(&[], &[of_machine(id(1), ActionStatus::Succeeded, Some(at(500)))]);
    assert_eq!(later.offboarded_at, Some(at(500)));
    // Without an instant, the journal's is kept.
    let unsaid = seen(&[], &[of_machine(id(1), ActionStatus::Succeeded, None)]);
    assert_eq!(unsaid.offboarded_at, Some(at(3)));
    let pending = seen(&[], &[of_machine(id(1), ActionStatus::Pending, None)]);
    assert_eq!((pending.offboarded_at, pending.pending_since), (None, Some(at(100))));
    let failed = seen(&[], &[of_machine(id(1), ActionStatus::Failed, Some(at(500)))]);
    assert_eq!((failed.offboarded_at, failed.pending_since), (None, None));
    // The same number on another machine is no word on this one.
    let others = seen(&[], &[of_machine(id(2), ActionStatus::Failed, Some(at(500)))]);
    assert_eq!(others.offboarded_at, Some(at(3)));
}

#[test]
fn only_a_newer_onboarded_machine_with_an_agreeing_name_is_a_namesake() {
    let own = || record(id(1), "desktop-1.corp.example", (10, 20));
    let named = |name: &str| record(id(2), name, (30, 40));
    let other = named("desktop-1.corp.example");
    let cases: [(&str, InventoryMachine, bool); 9] = [
        ("the same name", other.clone(), true),
        ("in capitals", named("DESKTOP-1.CORP.example"), true),
        ("without a domain", named("desktop-1"), true),
        ("with another domain", named("desktop-1.lab.example"), false),
        ("another label", named("desktop-10.corp.example"), false),
        ("merged", InventoryMachine { merged_into: Some(id(9)), ..other.clone() }, false),
        (
            "not onboarded",
            InventoryMachine {
                onboarding_status: Some("CanBeOnboarded".to_owned()),
                ..other.clone()
            },
            false,
        ),
        ("older", InventoryMachine { first_seen: Some(at(9)), ..other.clone() }, false),
        ("of unknown age", InventoryMachine { first_seen: None, ..other }, true),
    ];
    for (what, other, is_namesake) in cases {
        let seen = seen(&[own(), other], &[]);
        assert_eq!(seen.namesake_seen, is_namesake.then(|| at(40)), "{what}");
        assert_eq!((seen.is_listed, seen.last_seen), (true, Some(at(20))), "{what}");
    }
    assert_eq!(seen(&[own()], &[]).namesake_seen, None, "it is not its own namesake");
}

#[test]
fn where_the_inventory_lost_the_machine_the_name_in_the_list_finds_its_namesake() {
    let newer = |name: &str| [record(id(2), name, (30, 40))];
    let found = seen(&newer("desktop-1.corp.example"), &[]);
    assert_eq!((found.is_listed, found.last_seen), (false, None));
    assert_eq!(found.namesake_seen, Some(at(40)), "the list has the name without a domain");
    assert_eq!(seen(&newer("desktop-2"), &[]).namesake_seen, None);
    // Of several the one that was seen last.
    let two = [record(id(2), "desktop-1", (30, 40)), record(id(3), "desktop-1", (31, 45))];
    assert_eq!(seen(&two, &[]).namesake_seen, Some(at(45)));
}
