//! The test portal export.

use std::collections::HashMap;

use mde_offboard::domain::MachineId;
use mde_offboard::simulator::{
    Behaviour, SampleNames, SampleRole, SimulatedMachine, sample_export,
};

use crate::support::machines::scattered_id;

use super::setup::{Bench, at, json, query, unlimited};

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
    assert!(
        file == sample_export(240, 1, SampleNames::Agree),
        "write it again with `simulator --sample 240`"
    );
}

#[test]
fn an_export_has_a_byte_order_mark_and_32_columns_in_every_row() {
    let text = sample_export(50, 3, SampleNames::Agree);
    let lines: Vec<&str> = text.strip_prefix('\u{feff}').unwrap().lines().collect();
    assert_eq!(lines.len(), 51);
    assert!(lines[0].starts_with("Device ID,Device Name,Device Category,"));
    assert!(lines.iter().all(|line| cells(line).len() == 32));
}

#[test]
fn an_export_is_stable_for_its_seed_and_its_ids_never_repeat() {
    assert_eq!(sample_export(20, 5, SampleNames::Agree), sample_export(20, 5, SampleNames::Agree));
    assert_ne!(sample_export(20, 5, SampleNames::Agree), sample_export(20, 6, SampleNames::Agree));
    let text = sample_export(5_000, 5, SampleNames::Agree);
    let ids: std::collections::BTreeSet<&str> =
        text.lines().skip(1).map(|line| line.split(',').next().unwrap()).collect();
    assert_eq!(ids.len(), 5_000);
}

/// The rows of an export, each with the machine that its ID stands for.
fn rows(text: &str) -> Vec<(Vec<String>, SimulatedMachine)> {
    let rows = text.lines().skip(1).map(cells);
    let with = |row: Vec<String>| {
        let id = MachineId::parse(&row[0]).unwrap();
        // A tenant is given the name that the list has.
        let machine = SimulatedMachine::from_id(id, Some(&row[1]), 1);
        (row, machine)
    };
    rows.map(with).collect()
}

#[test]
fn what_a_sample_says_is_what_the_tenant_makes_of_the_id() {
    for (row, machine) in rows(&sample_export(240, 1, SampleNames::Agree)) {
        assert_eq!((&row[1], &row[10]), (&machine.name, &machine.os_platform));
        assert_eq!(row[15], machine.tags.join(", "));
        assert_eq!(Some(&row[16]), machine.group.as_ref());
        assert_eq!(row[22] == "Inactive", machine.silent_days >= 7, "{row:?}");
        assert_eq!(
            row[23].replace(' ', "").to_lowercase(),
            machine.onboarding_status.to_lowercase()
        );
    }
}

#[test]
fn each_role_is_in_two_hundred_rows_and_most_rows_are_ready() {
    for seed in 1..=5 {
        let mut counts: HashMap<SampleRole, usize> = HashMap::new();
        for (_, machine) in rows(&sample_export(200, seed, SampleNames::Agree)) {
            *counts.entry(SampleRole::of_id(machine.id).expect("a sample's")).or_default() += 1;
        }
        assert_eq!(counts.len(), 13, "{counts:?}");
        assert!(counts.remove(&SampleRole::Ready).unwrap() >= 160);
        assert!(counts.values().all(|count| (2..=6).contains(count)), "{counts:?}");
    }
}

#[test]
fn a_role_is_more_than_a_word() {
    let all = rows(&sample_export(200, 1, SampleNames::Agree));
    let of = |role| all.iter().find(|(_, m)| SampleRole::of_id(m.id) == Some(role)).unwrap();
    let behaviour = |role| of(role).1.behaviour;
    assert_eq!(behaviour(SampleRole::Requested), Behaviour::Busy);
    assert_eq!(behaviour(SampleRole::Offboarded), Behaviour::OffboardedEarlier);
    assert_eq!(behaviour(SampleRole::OnboardedAgain), Behaviour::ReturnedEarlier);
    assert_eq!(behaviour(SampleRole::NotFound), Behaviour::Unknown);
    assert_eq!(behaviour(SampleRole::Unsupported), Behaviour::UnsupportedPlatform);
    assert_eq!(behaviour(SampleRole::OtherSystem), Behaviour::Normal);
    assert!(of(SampleRole::Merged).1.merged_into.is_some());
    assert!(of(SampleRole::Reimaged).1.silent_days > 7);
    assert_eq!(of(SampleRole::NotOnboarded).0[23], "Can be onboarded");
    assert!((3..=5).contains(&of(SampleRole::Ready).1.silent_days));
}

#[test]
fn a_machine_of_a_sample_comes_with_the_other_one_that_it_needs() {
    let all = rows(&sample_export(200, 1, SampleNames::Agree));
    let mut bench = Bench::new(unlimited());
    for (_, machine) in &all {
        bench.tenant.add(machine.clone());
    }
    let named = |bench: &mut Bench, name: &str| {
        let of_name = query(&format!("computerDnsName eq '{name}'"), "", "");
        let listed = bench.tenant.machines(at(0), Some(&bench.bearer), &of_name);
        json(&listed)["value"].as_array().unwrap().clone()
    };
    for (_, machine) in &all {
        let Some(role) = SampleRole::of_id(machine.id) else { panic!("no sample's") };
        if role == SampleRole::NotFound {
            continue;
        }
        let found = named(&mut bench, &machine.name);
        let other = found.iter().find(|row| row["id"] != machine.id.to_string());
        let own = found.iter().find(|row| row["id"] == machine.id.to_string()).unwrap();
        match role {
            SampleRole::Merged => assert_eq!(other.unwrap()["id"], own["mergedIntoMachineId"]),
            SampleRole::Ambiguous => assert_eq!(other.unwrap()["healthStatus"], "Active"),
            SampleRole::Reimaged => {
                let other = other.unwrap();
                assert_eq!(
                    (&other["healthStatus"], &own["healthStatus"]),
                    (&"Active".into(), &"Inactive".into())
                );
                assert!(other["firstSeen"].as_str() > own["firstSeen"].as_str());
            }
            _ => assert!(other.is_none(), "{role:?}"),
        }
    }
}

#[test]
fn names_differ_only_where_that_is_asked_for() {
    let differing = |names| {
        let all = rows(&sample_export(200, 1, names));
        all.iter().filter(|(row, machine)| row[1] != machine.name).count()
    };
    assert_eq!(differing(SampleNames::Agree), 0);
    assert_eq!(differing(SampleNames::Differ), 2);
}

#[test]
fn an_id_that_no_sample_made_has_no_role() {
    assert!((0..20_000).map(scattered_id).all(|id| SampleRole::of_id(id).is_none()));
}
