//! Machines of the list that the inventory does not hold: which of them are asked for by their ID,
//! and when the inventory is read once more.

use std::ops::RangeInclusive;
use std::sync::{Arc, Mutex};

use serde_json::Value;

use crate::support::desk::Desk;
use crate::support::machines::{list, machine_id};
use crate::support::server::{response, serve};

use super::scripted::{Reply, machine_of, record};

/// Machines of the list; the tenant has twice as many others.
const LISTED: u32 = 200;

/// What a tenant was asked for, and what the plan said.
struct Planned {
    /// How often the inventory was read.
    readings: usize,
    /// Machines that were asked for by their ID, in the order of the list.
    asked: Vec<String>,
    not_found: u64,
}

/// A plan against a tenant that has the machines of the list but for `gone`, and whose inventory
/// leaves machines out: for each reading which, and the last ones for all that follow.
fn plan(gone: RangeInclusive<u32>, left_out: Vec<RangeInclusive<u32>>) -> Planned {
    let heard = Arc::new(Mutex::new(Vec::<String>::new()));
    let log = Arc::clone(&heard);
    let is_reading = |line: &String| line.starts_with("GET /api/machines?");
    let url = serve(move |request| {
        let line = request.lines().next().unwrap_or_default();
        let mut heard = log.lock().unwrap();
        heard.push(line.to_owned());
        let has = |id: &str| (1..=LISTED).any(|n| machine_id(n).to_string() == id);
        let is_gone = |id: &str| gone.clone().any(|n| machine_id(n).to_string() == id);
        let reply = if line.contains("/oauth2/") {
            let token = r#""token_type":"Bearer","expires_in":3599,"access_token":"t0ken""#;
            Reply::json(200, format!("{{{token}}}"))
        } else if line.starts_with("GET /api/machines?") {
            let reading = heard.iter().filter(|line| is_reading(line)).count() - 1;
            let hidden = &left_out[reading.min(left_out.len() - 1)];
            Reply::json(200, inventory(|n| gone.contains(&n) || hidden.contains(&n)))
        } else if line.starts_with("GET /api/machineactions") {
            Reply::json(200, r#"{"value":[]}"#)
        } else {
            match machine_of(line).filter(|id| has(id) && !is_gone(id)) {
                Some(id) => Reply::json(200, record(&id)),
                None => Reply::error(404, "ResourceNotFound", "Words"),
            }
        };
        response(reply.0, reply.1, &reply.2)
    });
    let desk = Desk::with_file("fleet.csv", list(LISTED)).leading_to(&url);
    let planned = desk.run("plan fleet.csv --comment x --json").ends_with(0).json();
    let heard = heard.lock().unwrap();
    let one = |line: &&String| line.starts_with("GET /api/machines/");
    let position = |id: &String| (1..=LISTED).find(|n| machine_id(*n).to_string() == *id);
    let mut asked: Vec<String> =
        heard.iter().filter(one).filter_map(|line| machine_of(line)).collect();
    // Several are on their way together.
    asked.sort_by_key(position);
    Planned {
        readings: heard.iter().filter(|line| is_reading(line)).count(),
        asked,
        not_found: planned["classes"]["not_found"].as_u64().expect("a number"),
    }
}

fn inventory(is_hidden: impl Fn(u32) -> bool) -> String {
    let others = 1_000_000..1_000_000 + 2 * LISTED;
    let numbers = (1..=LISTED).filter(|number| !is_hidden(*number)).chain(others);
    let records: Vec<Value> = numbers
        .map(|number| serde_json::from_str(&record(&machine_id(number).to_string())).unwrap())
        .collect();
    serde_json::json!({ "value": records }).to_string()
}

fn ids(numbers: RangeInclusive<u32>) -> Vec<String> {
    numbers.map(|number| machine_id(number).to_string()).collect()
}

/// None of the list.
const NONE: RangeInclusive<u32> = 0..=0;

#[test]
fn up_to_fifty_machines_that_the_inventory_leaves_out_are_all_asked_for() {
    let planned = plan(151..=160, vec![161..=200]);
    assert_eq!(planned.asked, ids(151..=200));
    assert_eq!((planned.readings, planned.not_found), (1, 10));
}

#[test]
fn more_than_fifty_that_the_tenant_does_not_know_cost_fifty_questions_and_no_second_reading() {
    let planned = plan(101..=180, vec![NONE]);
    assert_eq!(planned.asked, ids(101..=150));
    assert_eq!((planned.readings, planned.not_found), (1, 80));
}

#[test]
fn an_inventory_that_leaves_out_a_machine_of_the_sample_is_read_again() {
    // One of the sample is known; the second reading brings the other sixty.
    let planned = plan(101..=149, vec![150..=210, NONE]);
    assert_eq!(planned.asked, ids(101..=150), "nobody is asked for twice");
    assert_eq!((planned.readings, planned.not_found), (2, 49));
}

#[test]
fn what_a_second_reading_leaves_out_too_is_asked_for() {
    let planned = plan(101..=120, vec![121..=200, 181..=200]);
    assert_eq!(planned.asked, [ids(101..=150), ids(181..=200)].concat());
    assert_eq!((planned.readings, planned.not_found), (2, 20));
}

/// Not in the quick run: `--skip long::`.
mod long {
    use super::{ids, plan};

    /// More than a minute's budget of reads.
    #[test]
    fn up_to_fifty_that_a_second_reading_leaves_out_too_are_asked_for() {
        let planned = plan(101..=120, vec![61..=200]);
        assert_eq!(planned.asked, [ids(61..=110), ids(111..=160)].concat());
        assert_eq!((planned.readings, planned.not_found), (2, 20 + 40));
    }
}
