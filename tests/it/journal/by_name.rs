//! Names of a list, and the machines of the tenant that have them.

use mde_offboard::domain::{Device, InventoryMachine, MachineId, RowTime};
use mde_offboard::guard::{Class, names_agree};
use mde_offboard::journal::{
    ComparedMachine, Journal, JournalError, NameCounts, NewName, UnresolvedName,
};

use super::setup::{at, comment, id, new_batch, tenant};
use crate::support::batches::CreatePlanned as _;
use crate::support::dice::Dice;

/// An onboarded machine of the tenant.
fn onboarded(number: u32, name: &str) -> InventoryMachine {
    InventoryMachine {
        name: Some(name.to_owned()),
        onboarding_status: Some("Onboarded".to_owned()),
        health_status: Some("Active".to_owned()),
        last_seen: Some(at(i64::from(number))),
        ..InventoryMachine::blank(id(number))
    }
}

fn row(line: u64, name: &str) -> NewName {
    NewName {
        name: name.to_owned(),
        comment: None,
        source: 0,
        line,
        device: Device::default(),
        skip: None,
        at: None,
        wanted: true,
    }
}

/// A journal that knows this tenant, and has this list.
fn journal(tenant: &[InventoryMachine], rows: &[NewName]) -> Journal {
    let mut journal = Journal::in_memory().unwrap();
    for row in rows {
        journal.stage_name(row).unwrap();
    }
    journal.clear_tenant().unwrap();
    journal.keep_machines(tenant, 1).unwrap();
    journal.finish_tenant().unwrap();
    journal
}

fn named(names: &[&str]) -> Vec<NewName> {
    (2..).zip(names).map(|(line, name)| row(line, name)).collect()
}

fn unresolved(journal: &mut Journal) -> Vec<UnresolvedName> {
    let mut found = Vec::new();
    let visit = |name| {
        found.push(name);
        Ok::<(), JournalError>(())
    };
    journal.each_unresolved(visit).unwrap();
    found
}

fn compared(journal: &Journal) -> Vec<ComparedMachine> {
    let mut found = Vec::new();
    let visit = |machine| {
        found.push(machine);
        Ok::<(), JournalError>(())
    };
    journal.each_compared(&tenant("t"), visit).unwrap();
    found
}

#[test]
fn a_name_that_one_machine_has_is_staged_under_its_id_and_the_tenants_name() {
    let fleet = [onboarded(1, "pc-1.corp.example"), onboarded(2, "PC-2"), onboarded(3, "pc-3")];
    let own = NewName { comment: Some(comment("sold")), ..row(7, "pc-2.corp.example") };
    let mut journal = journal(&fleet, &[row(4, "PC-1"), own]);
    let counts = journal.resolve_names().unwrap();
    assert_eq!(counts, NameCounts { found: 2, ambiguous: 0, not_found: 0 });
    let machines = compared(&journal);
    let told: Vec<_> = machines.iter().map(|m| (m.id, m.known.name.as_deref(), m.line)).collect();
    assert_eq!(told, [(id(1), Some("pc-1.corp.example"), 4), (id(2), Some("PC-2"), 7)]);
    assert_eq!(machines[1].comment, Some(comment("sold")));
    assert!(unresolved(&mut journal).is_empty());
    journal.create_planned(&new_batch(1), at(0)).unwrap();
    assert_eq!(journal.resolve_names().unwrap(), NameCounts::default(), "nothing is staged");
}

#[test]
fn a_name_that_several_machines_have_is_told_with_all_of_them() {
    let fleet = [
        onboarded(1, "pc-1.a.example"),
        onboarded(2, "pc-1.b.example"),
        onboarded(3, "pc-1"),
        onboarded(4, "pc-10"),
    ];
    let mut journal = journal(&fleet, &named(&["pc-10", "pc-1", "pc-1.b.example", "Pc-1"]));
    let counts = journal.resolve_names().unwrap();
    assert_eq!(counts, NameCounts { found: 1, ambiguous: 2, not_found: 0 });
    let found = unresolved(&mut journal);
    let told = |name: &UnresolvedName| {
        let fits: Vec<MachineId> = name.fits.iter().map(|fit| fit.id).collect();
        (name.name.clone(), name.line, name.class, fits)
    };
    let told: Vec<_> = found.iter().map(told).collect();
    let ambiguous = Class::NameAmbiguous;
    assert_eq!(
        told,
        [
            ("pc-1".to_owned(), 3, ambiguous, vec![id(3), id(2), id(1)]),
            // It may also be the one without a domain.
            ("pc-1.b.example".to_owned(), 4, ambiguous, vec![id(3), id(2)]),
        ]
    );
    assert_eq!((found[0].fits_in_all, found[0].fits[0].last_seen), (3, Some(at(3))));
    assert_eq!(found[0].fits[0].health_status.as_deref(), Some("Active"));
    assert_eq!(compared(&journal).len(), 1);
}

#[test]
fn a_machine_that_is_not_onboarded_or_was_merged_has_no_name_to_send() {
    let other = InventoryMachine {
        onboarding_status: Some("CanBeOnboarded".to_owned()),
        ..onboarded(1, "pc-1")
    };
    let merged = InventoryMachine { merged_into: Some(id(3)), ..onboarded(2, "pc-2") };
    let fleet = [other, merged, onboarded(3, "pc-2")];
    let mut journal = journal(&fleet, &named(&["pc-1", "pc-2", "pc-9"]));
    let counts = journal.resolve_names().unwrap();
    assert_eq!(counts, NameCounts { found: 1, ambiguous: 0, not_found: 2 });
    assert_eq!(compared(&journal)[0].id, id(3));
    let found = unresolved(&mut journal);
    assert_eq!((found[0].class, found[0].fits.len()), (Class::NameNotFound, 1));
    assert_eq!(found[0].fits[0].onboarding_status.as_deref(), Some("CanBeOnboarded"));
    assert_eq!((found[1].name.as_str(), found[1].fits_in_all), ("pc-9", 0));
}

#[test]
fn names_of_one_machine_are_one_machine() {
    let fleet = [onboarded(1, "pc-1.corp.example")];
    let names = named(&["pc-1", "PC-1", "pc-1.corp.example"]);
    let mut journal = journal(&fleet, &names);
    assert_eq!(journal.resolve_names().unwrap().found, 2);
    let staged = journal.staged(None).unwrap();
    assert_eq!((staged.machines, staged.duplicates), (1, 2));
}

#[test]
fn the_newest_row_of_a_machine_counts_whatever_name_it_goes_by() {
    let fleet = [onboarded(1, "pc-1.corp.example"), onboarded(2, "pc-2")];
    let day = |text: &str| RowTime::parse(text);
    let rows = [
        NewName { at: day("2026-01-01"), ..row(2, "pc-1") },
        NewName { at: day("2026-02-01"), wanted: false, ..row(3, "pc-1.corp.example") },
        NewName { at: day("2026-02-01"), ..row(4, "pc-2") },
        NewName { at: day("2026-01-01"), wanted: false, ..row(5, "PC-2") },
        NewName { wanted: false, ..row(6, "nobody") },
    ];
    let mut journal = journal(&fleet, &rows);
    let counts = journal.resolve_names().unwrap();
    assert_eq!(counts, NameCounts { found: 2, ambiguous: 0, not_found: 0 });
    let staged = journal.staged(None).unwrap();
    assert_eq!((staged.machines, staged.settled.outdated), (1, 1));
    assert_eq!(compared(&journal)[0].id, id(2));
}

#[test]
fn names_are_resolved_again_after_the_inventory_was_read_again() {
    let fleet = [onboarded(1, "pc-1")];
    let mut journal = journal(&fleet, &named(&["pc-1", "pc-2"]));
    assert_eq!(journal.resolve_names().unwrap().not_found, 1);
    journal.keep_machines(&[onboarded(2, "pc-2")], 2).unwrap();
    journal.finish_tenant().unwrap();
    let counts = journal.resolve_names().unwrap();
    assert_eq!(counts, NameCounts { found: 2, ambiguous: 0, not_found: 0 });
    let staged = journal.staged(None).unwrap();
    assert_eq!((staged.machines, staged.duplicates), (2, 0));
    journal.discard_staged().unwrap();
    assert_eq!(journal.resolve_names().unwrap(), NameCounts::default());
}

#[test]
fn the_journal_and_the_guard_agree_on_when_names_agree() {
    let mut dice = Dice::new(14);
    let labels = ["pc", "PC", "pç", "pc-1", "srv"];
    let domains = ["", "", ".corp.example", ".CORP.example", ".lab"];
    let mut name = || format!("{}{}", dice.one_of(&labels), dice.one_of(&domains));
    let fleet: Vec<_> = (1..=12).map(|number| onboarded(number, &name())).collect();
    for _ in 0..40 {
        let wanted = name();
        let mut journal = journal(&fleet, &named(&[&wanted]));
        let counts = journal.resolve_names().unwrap();
        let agree = |m: &&InventoryMachine| names_agree(m.name.as_deref().unwrap(), &wanted);
        let expected = match fleet.iter().filter(agree).count() {
            0 => NameCounts { not_found: 1, ..NameCounts::default() },
            1 => NameCounts { found: 1, ..NameCounts::default() },
            _ => NameCounts { ambiguous: 1, ..NameCounts::default() },
        };
        assert_eq!(counts, expected, "{wanted}");
    }
}
