//! What is planned for the machines of a list, and what the journal takes from it.

use std::collections::BTreeMap;
use std::time::Duration;

use mde_offboard::domain::{
    Action, ActionStatus, Device, InventoryMachine, MachineNumber, Reason, State,
};
use mde_offboard::guard::{Class, ProtectList, Treatment, Treatments};
use mde_offboard::journal::{Journal, JournalError, NewMachine, NewName};
use mde_offboard::plan::{Plan, PlanRequest, PlannedEntry, make};

use crate::support::batches::{START, new_batch, new_machine};
use crate::support::machines::machine_id;
use crate::support::script::action;

const DAY: Duration = Duration::from_hours(24);

/// A machine of the tenant against which nothing speaks.
fn record(number: u32) -> InventoryMachine {
    InventoryMachine {
        name: Some(format!("pc-{number:04}")),
        os_platform: Some("Windows11".to_owned()),
        onboarding_status: Some("Onboarded".to_owned()),
        last_seen: Some(START.minus(3 * DAY)),
        ..InventoryMachine::blank(machine_id(number))
    }
}

fn row(number: u32) -> NewMachine {
    new_machine(machine_id(number), number)
}

/// A list, and the tenant's inventory.
fn journal(rows: &[NewMachine], tenant: &[InventoryMachine]) -> Journal {
    let mut journal = Journal::in_memory().unwrap();
    for row in rows {
        journal.stage(row).unwrap();
    }
    keep(&mut journal, tenant);
    journal.staged(None).unwrap();
    journal
}

fn keep(journal: &mut Journal, tenant: &[InventoryMachine]) {
    journal.clear_tenant().unwrap();
    journal.keep_machines(tenant, 1).unwrap();
    journal.finish_tenant().unwrap();
}

/// The plan, and each entry of it in the order of the list.
fn planned(
    journal: &Journal,
    treatments: &Treatments,
    protect: Option<&ProtectList>,
) -> (Plan, Vec<PlannedEntry>) {
    let tenant = &new_batch(1).tenant;
    let request = PlanRequest { tenant, treatments, protect, now: START };
    let mut entries = Vec::new();
    let plan = make(journal, &request, |entry| {
        entries.push(entry.clone());
        Ok::<(), JournalError>(())
    });
    (plan.unwrap(), entries)
}

fn each(entries: &[PlannedEntry]) -> Vec<(Class, Treatment)> {
    entries.iter().map(|entry| (entry.class(), entry.treatment())).collect()
}

#[test]
fn each_machine_counts_once_in_its_class_and_the_journal_takes_the_verdict() {
    let mac = InventoryMachine { os_platform: Some("macOS".to_owned()), ..record(2) };
    let silent = InventoryMachine { last_seen: Some(START.minus(30 * DAY)), ..record(3) };
    let tenant = [record(1), mac, silent, record(5), record(6), record(7)];
    let mut rows: Vec<NewMachine> = (1..=7).map(row).collect();
    rows[4].skip = Some(Reason::NotOnboarded);
    let mut journal = journal(&rows, &tenant);
    let protect = ProtectList::parse("protect.toml", "names = [\"pc-0006\"]").unwrap();
    let (plan, entries) = planned(&journal, &Treatments::default(), Some(&protect));

    let (skip, send) = (Treatment::Skip, Treatment::Send);
    let expected = [
        (Class::Ready, send),
        (Class::OtherSystem, skip),
        (Class::Inactive, send),
        (Class::NotFound, skip),
        (Class::NotOnboarded, skip),
        (Class::Protected, skip),
        (Class::Ready, send),
    ];
    assert_eq!(each(&entries), expected);
    let classes = plan.classes.iter().map(|planned| {
        let PlannedEntry::Machine(example) = &planned.example else { panic!("{planned:?}") };
        (planned.class, planned.treatment, planned.machines, example.machine.number.0)
    });
    // What is left alone comes first, and in it what speaks most against a request.
    assert_eq!(
        classes.collect::<Vec<_>>(),
        [
            (Class::Protected, skip, 1, 6),
            (Class::NotFound, skip, 1, 4),
            (Class::NotOnboarded, skip, 1, 5),
            (Class::OtherSystem, skip, 1, 2),
            (Class::Inactive, send, 1, 3),
            (Class::Ready, send, 2, 1),
        ]
    );
    assert_eq!((plan.machines(), plan.count(send), plan.count(skip)), (7, 3, 4));
    assert_eq!((plan.count(Treatment::Refuse), plan.names_left_out()), (0, 0));
    let of = |class| plan.of_class(class);
    assert_eq!((of(Class::Ready), of(Class::NotFound), of(Class::Reimaged)), (2, 1, 0));

    let batch = journal.create_batch(&new_batch(1), START).unwrap();
    let stands = (1..=7).map(|number| {
        let machine = journal.machine(batch, MachineNumber(number)).unwrap().unwrap();
        (machine.standing.state, machine.standing.reason)
    });
    let queued = (State::Queued, None);
    let left = |reason| (State::Skipped, Some(reason));
    assert_eq!(
        stands.collect::<Vec<_>>(),
        [
            queued,
            left(Reason::OtherSystem),
            queued,
            left(Reason::NotFound),
            left(Reason::NotOnboarded),
            left(Reason::Protected),
            queued,
        ]
    );
}

#[test]
fn a_machine_is_protected_by_all_that_list_and_tenant_say_of_it() {
    let device = |tags: Option<&str>, group: Option<&str>| Device {
        tags: tags.map(str::to_owned),
        group: group.map(str::to_owned),
        ..Device::default()
    };
    let mut rows: Vec<NewMachine> = (1..=8).map(row).collect();
    rows[1].name = Some("listed-2".to_owned());
    rows[3].device = device(Some("Lab, Keep"), None);
    rows[5].device = device(None, Some("Tier 0"));
    let mut tenant: Vec<InventoryMachine> = (1..=8).map(record).collect();
    tenant[2].name = Some("srv-3".to_owned());
    tenant[4].tags = vec!["Lab".to_owned(), "Keep".to_owned()];
    tenant[6].group = Some("Tier 0".to_owned());
    let text = format!(
        "ids = [\"{}\"]\nnames = [\"listed-*\", \"srv-*\"]\ntags = [\"keep\"]\n\
         groups = [\"tier 0\"]\n",
        machine_id(1)
    );
    let protect = ProtectList::parse("protect.toml", &text).unwrap();
    let protected = |protect| -> Vec<Option<String>> {
        let (_, entries) = planned(&journal(&rows, &tenant), &Treatments::default(), protect);
        let by = entries.iter().map(|entry| match entry {
            PlannedEntry::Machine(machine) => machine.protected.as_ref().map(ToString::to_string),
            PlannedEntry::Name(name) => panic!("{name:?}"),
        });
        by.collect()
    };
    let by = |what: &str| Some(format!("{what}, protect.toml line {}", line_of(&text, what)));
    assert_eq!(
        protected(Some(&protect)),
        [
            by(&format!("id {}", machine_id(1))),
            by("name listed-*"),
            by("name srv-*"),
            by("tag keep"),
            by("tag keep"),
            by("group tier 0"),
            by("group tier 0"),
            None,
        ]
    );
    assert_eq!(protected(None), [const { None }; 8], "there is no list");
}

/// The line of an entry that is told with its kind.
fn line_of(text: &str, told: &str) -> usize {
    let (_, entry) = told.split_once(' ').unwrap();
    1 + text.lines().position(|line| line.contains(entry)).unwrap()
}

#[test]
fn remarks_are_on_what_would_be_sent_alone() {
    let managed = |number, manager: &str| InventoryMachine {
        managed_by: Some(manager.to_owned()),
        ..record(number)
    };
    let special = |number| InventoryMachine {
        is_excluded: true,
        tags: vec!["Lab".to_owned(), "Restricted security operations".to_owned()],
        os_platform: None,
        ..managed(number, "Intune")
    };
    let other = InventoryMachine { tags: vec!["Lab".to_owned()], ..managed(3, "ConfigMgr") };
    let merged = InventoryMachine { merged_into: Some(machine_id(1)), ..special(4) };
    let unknown = InventoryMachine { os_platform: Some("Unknown".to_owned()), ..managed(5, "") };
    let tenant = [
        special(1),
        special(2),
        other,
        merged,
        unknown,
        managed(6, "Unknown"),
        record(7),
        record(8),
    ];
    let rows: Vec<NewMachine> = (1..=9).map(row).collect();
    // Number 9 is not in the inventory: nothing is known of it.
    let treatments = Treatments::new(&[(Class::NotFound, Treatment::Send)]);
    let (plan, _) = planned(&journal(&rows, &tenant), &treatments, None);
    let remarks = plan.remarks;
    assert_eq!((plan.classes.len(), remarks.excluded, remarks.restricted), (3, 2, 2));
    assert_eq!(remarks.unknown_system, 3);
    let by_manager = BTreeMap::from([("ConfigMgr".to_owned(), 1), ("Intune".to_owned(), 2)]);
    assert_eq!((&remarks.managed, remarks.managed_machines()), (&by_manager, 3));
}

#[test]
fn of_many_management_authorities_the_first_eight_are_counted() {
    let managed =
        |number: u32| InventoryMachine { managed_by: Some(format!("M{number}")), ..record(number) };
    // A ninth one has no place any more; the second one still counts.
    let mut tenant: Vec<InventoryMachine> = (1..=12).map(managed).collect();
    tenant[11].managed_by = Some("M2".to_owned());
    let rows: Vec<NewMachine> = (1..=12).map(row).collect();
    let (plan, _) = planned(&journal(&rows, &tenant), &Treatments::default(), None);
    let expected = (1..=8).map(|number| (format!("M{number}"), if number == 2 { 2 } else { 1 }));
    assert_eq!(plan.remarks.managed, expected.collect());
    assert_eq!(plan.remarks.managed_machines(), 9);
}

#[test]
fn names_of_no_machine_are_refused_or_left_out_and_counted() {
    let name = |line, name: &str| NewName {
        name: name.to_owned(),
        comment: None,
        source: 0,
        line,
        device: Device::default(),
        skip: None,
        at: None,
        wanted: true,
    };
    let mut journal = Journal::in_memory().unwrap();
    for row in [name(2, "pc-0001"), name(3, "pc-0002"), name(4, "pc-0003"), name(5, "pc-0009")] {
        journal.stage_name(&row).unwrap();
    }
    let mac = InventoryMachine { os_platform: Some("macOS".to_owned()), ..record(3) };
    keep(&mut journal, &[record(1), record(2), mac]);
    journal.keep_machines(&[InventoryMachine { id: machine_id(22), ..record(2) }], 1).unwrap();
    journal.finish_tenant().unwrap();
    journal.resolve_names().unwrap();
    journal.staged(None).unwrap();

    let (plan, entries) = planned(&journal, &Treatments::default(), None);
    assert_eq!((plan.machines(), entries.len()), (4, 4));
    assert_eq!((plan.count(Treatment::Refuse), plan.names_left_out()), (2, 0));
    assert_eq!((plan.of_class(Class::NameAmbiguous), plan.of_class(Class::NameNotFound)), (1, 1));
    let left_out = [Class::NameAmbiguous, Class::NameNotFound].map(|c| (c, Treatment::Skip));
    let (plan, _) = planned(&journal, &Treatments::new(&left_out), None);
    assert_eq!((plan.count(Treatment::Refuse), plan.names_left_out()), (0, 2));
    assert_eq!(plan.count(Treatment::Skip), 3, "the Mac is no name");
}

#[test]
fn with_again_what_ended_is_sent_and_what_is_active_is_not() {
    let action = |number, status| Action {
        updated_at: Some(START.minus(DAY)),
        ..action(&format!("action-{number}"), machine_id(number), "", status)
    };
    let tenant: Vec<InventoryMachine> = (1..=3).map(record).collect();
    let rows: Vec<NewMachine> = (1..=3).map(row).collect();
    let of = |treatments: &Treatments| {
        let mut journal = journal(&rows, &tenant);
        let actions = [action(1, ActionStatus::Succeeded), action(2, ActionStatus::Pending)];
        journal.keep_actions(&actions).unwrap();
        journal.finish_tenant().unwrap();
        each(&planned(&journal, treatments, None).1)
    };
    let adopted = (Class::AlreadyRequested, Treatment::Adopt);
    let ready = (Class::Ready, Treatment::Send);
    assert_eq!(of(&Treatments::default()), [adopted, adopted, ready]);
    assert_eq!(of(&Treatments::default().sending_again(true)), [ready, adopted, ready]);
}
