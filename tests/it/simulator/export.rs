//! The test portal export.

use mde_offboard::domain::MachineId;
use mde_offboard::simulator::{Behaviour, SimulatedMachine, sample_export};

/// The cells of a row; none of the test ones holds a quote.
fn cells(line: &str) -> Vec<String> {
    let mut cells = vec![String::new()];
    let mut inside = false;
    for c in line.chars() {
        match c {
            '"' => inside = !inside,
            ',' if !inside => cells.push(String::new()),
            other => cells.last_mut().unwrap().push(other),
        }
    }
    cells
}

#[test]
fn the_sample_in_the_repository_is_the_one_of_seed_1() {
    let file = include_str!("../../../samples/fleet.csv").replace("\r\n", "\n");
    assert!(file == sample_export(240, 1), "write it anew with `simulator --sample 240`");
}

#[test]
fn an_export_has_a_byte_order_mark_and_32_columns_in_every_row() {
    let text = sample_export(50, 3);
    let lines: Vec<&str> = text.strip_prefix('\u{feff}').unwrap().lines().collect();
    assert_eq!(lines.len(), 51);
    assert!(lines[0].starts_with("Device ID,Device Name,Device Category,"));
    assert!(lines.iter().all(|line| cells(line).len() == 32));
}

#[test]
fn an_export_is_stable_for_its_seed_and_its_ids_never_repeat() {
    assert_eq!(sample_export(20, 5), sample_export(20, 5));
    assert_ne!(sample_export(20, 5), sample_export(20, 6));
    let text = sample_export(5_000, 5);
    let ids: std::collections::BTreeSet<&str> =
        text.lines().skip(1).map(|line| line.split(',').next().unwrap()).collect();
    assert_eq!(ids.len(), 5_000);
}

#[test]
fn the_sample_is_a_realistic_mix() {
    let text = sample_export(240, 1);
    let machines = text.lines().skip(1).map(|line| {
        let row = cells(line);
        let machine = SimulatedMachine::from_id(MachineId::parse(&row[0]).unwrap(), None, 1);
        // What the export says is what the tenant makes of the ID.
        assert_eq!((&row[1], &row[10]), (&machine.name, &machine.os_platform));
        assert_eq!((&row[22], &row[23]), (&machine.health_status, &machine.onboarding_status));
        machine.behaviour
    });
    let behaviours: Vec<Behaviour> = machines.collect();
    let count = |wanted| behaviours.iter().filter(|each| **each == wanted).count();
    assert!((200..=232).contains(&count(Behaviour::Normal)));
    assert!((5..=30).contains(&count(Behaviour::UnsupportedPlatform)));
    assert!((1..=12).contains(&count(Behaviour::OldSensor)));
    assert!((1..=8).contains(&count(Behaviour::Unknown)));
}
