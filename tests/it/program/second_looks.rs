//! A batch that rested: its machines are compared with the inventory again before they are sent,
//! over a real socket.

use mde_offboard::simulator::{
    Behaviour, LateChange, ShellOptions, SimulatedMachine, SimulatedTenant, TenantOptions,
};

use super::foreign::Here;
use crate::support::desk::Desk;
use crate::support::machines::machine_id;

fn machine(index: u32) -> SimulatedMachine {
    let machine = SimulatedMachine::onboarded(machine_id(index), &format!("pc-{index:04}"));
    // Of use every day: nothing but what a test changes speaks against it.
    SimulatedMachine { silent_days: 3, ..machine }
}

/// A batch of six machines, whose first one was refused, which stopped it; then the tenant changed.
fn rested(changed: Vec<SimulatedMachine>) -> (Desk, Here) {
    let options = TenantOptions { speed: 6_000.0, ..TenantOptions::default() };
    let mut tenant = SimulatedTenant::new(options);
    tenant.add(SimulatedMachine { behaviour: Behaviour::UnsupportedPlatform, ..machine(1) });
    (2..=6).for_each(|index| tenant.add(machine(index)));
    let here = Here::serving(tenant, ShellOptions::default());
    let desk = Desk::new().leading_to(&here.url);
    let row = |index: u32| format!("{},pc-{index:04}\n", machine_id(index));
    let rows: String = (1..=6).map(row).collect();
    desk.file("fleet.csv", format!("Device ID,Device Name\n{rows}"));
    desk.file("protect.toml", "tags = [\"keep\"]\n");
    let said = desk.run(
        "run fleet.csv --comment Retired --yes --progress none --max-failures 0 --concurrency 1 \
         --protect protect.toml --settle 1s --poll-interval 100ms --track-timeout 1s",
    );
    assert_eq!(said.code, Some(7), "{said}");
    // The list is not needed again: the batch remembers it.
    std::fs::remove_file(desk.path("protect.toml")).unwrap();
    {
        let mut tenant = here.tenant.lock().unwrap();
        for machine in changed {
            tenant.change_later(LateChange { after_calls: 0, machine });
        }
    }
    (desk, here)
}

#[test]
fn what_changed_while_a_batch_rested_is_left_alone_and_told() {
    let (desk, _here) = rested(vec![
        SimulatedMachine { tags: vec!["Keep".to_owned()], ..machine(2) },
        SimulatedMachine { name: "srv-pay-02".to_owned(), ..machine(3) },
        SimulatedMachine { merged_into: Some(machine_id(99)), ..machine(4) },
        SimulatedMachine { onboarding_status: "CanBeOnboarded".to_owned(), ..machine(5) },
    ]);
    let said = desk.run("resume 1 --yes --progress plain --max-failures none --events e.ndjson");
    assert_eq!(desk.posts(), 2, "the one that was refused, and the last one: {said}");
    let report = desk.run("report 1 --format csv");
    let reason = |index: u32| {
        let id = machine_id(index).to_string();
        let row = report.out.lines().find(|row| row.contains(&id)).unwrap_or_default();
        let cells: Vec<&str> = row.split(',').collect();
        (cells[2].to_owned(), cells[3].to_owned())
    };
    for (index, why) in [(2, "protected"), (3, "name_differs"), (4, "merged"), (5, "not_onboarded")]
    {
        assert_eq!(reason(index), ("skipped".to_owned(), why.to_owned()), "{report}");
        let line = format!("left_alone={} now={why}", machine_id(index));
        assert!(said.err.contains(&line), "{said}");
        let event =
            format!("\"event\":\"skipped\",\"batch\":1,\"machine_id\":\"{}\"", machine_id(index));
        assert!(desk.text("e.ndjson").contains(&event), "{}", desk.text("e.ndjson"));
    }
    assert_ne!(reason(6).0, "skipped", "{report}");
}

#[test]
fn a_run_that_is_refused_replaces_no_protect_list() {
    let (desk, _here) =
        rested(vec![SimulatedMachine { tags: vec!["Keep".to_owned()], ..machine(2) }]);
    desk.file("other.toml", "names = [\"pc-0006\"]\n");
    let again = "fleet.csv --comment Retired --yes --progress none --protect other.toml";
    assert_eq!(desk.run(&format!("run {again}")).code, Some(7), "a guard had stopped it");
    let said = desk.run("resume 1 --yes --progress plain --max-failures none");
    let alone = |index: u32| said.err.contains(&format!("left_alone={}", machine_id(index)));
    assert!(alone(2) && !alone(6), "nothing was replaced: {said}");
}
