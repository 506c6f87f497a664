//! What a person finds in the table of machines, beside a search that reads every machine.

use std::cmp::Ordering;

use mde_offboard::domain::{ActionStatus, BatchId, Fact, Reason, State};
use mde_offboard::journal::{
    Filter, Journal, MACHINES_A_PAGE, Machine, MachineColumn, MachineQuery, SortDirection,
};

use super::setup::{accepted, at, batch_of, comment, detail, ended, new_batch, row, tell};
use crate::support::batches::CreatePlanned as _;

const COLUMNS: [MachineColumn; 9] = [
    MachineColumn::Number,
    MachineColumn::Name,
    MachineColumn::Id,
    MachineColumn::State,
    MachineColumn::Code,
    MachineColumn::Attempts,
    MachineColumn::SentAt,
    MachineColumn::SettledAt,
    MachineColumn::Comment,
];

/// Names in which a wildcard, an escape or a quote would do harm.
const NAMES: [Option<&str>; 10] = [
    Some("PC-100%"),
    Some("pc_100"),
    Some("pcx100"),
    Some("back\\slash"),
    Some("it's \"quoted\""),
    Some("BÜRO-Köln"),
    Some("büro-münchen"),
    Some("'; DROP TABLE machines; --"),
    None,
    Some("ΑΘΗΝΑ-1"),
];

/// 230 machines in all states that a few facts lead to, and a second batch that nothing is found
/// in.
fn fleet() -> (Journal, BatchId) {
    let mut journal = Journal::in_memory().unwrap();
    for number in 1..=230_u32 {
        let mut machine = row(number);
        let name = NAMES[number as usize % NAMES.len()];
        machine.name = name.map(|name| format!("{name}-{}", number / 20));
        machine.comment = number.is_multiple_of(7).then(|| comment("Lab 50%_\\ closed"));
        journal.stage(&machine).unwrap();
    }
    let batch = journal.create_planned(&new_batch(1), at(0)).unwrap();
    for number in 1..=180 {
        let action = accepted(&format!("action-{number}"));
        let code = if number % 2 == 0 { "OsPlatformNotSupported" } else { "NotFound_%" };
        let refused = Fact::CancelRefused { detail: detail("Ended") };
        let facts = match number % 6 {
            0 => vec![Fact::Sending],
            1 => vec![Fact::Sending, action],
            2 => vec![Fact::Sending, action, ended(ActionStatus::Failed)],
            3 => vec![Fact::Sending, action, refused, ended(ActionStatus::Succeeded)],
            _ => {
                let reason = Reason::Refused;
                vec![Fact::Sending, Fact::Rejected { reason, detail: detail(code) }]
            }
        };
        tell(&mut journal, batch, number, &facts);
    }
    batch_of(&mut journal, 300);
    (journal, batch)
}

fn all(journal: &Journal, batch: BatchId) -> Vec<Machine> {
    let mut machines = Vec::new();
    let keep = |machine| {
        machines.push(machine);
    };
    journal.each_machine(batch, &Filter::default(), keep).unwrap();
    machines
}

fn code(machine: &Machine) -> Option<String> {
    let code = machine.standing.error().map(|detail| detail.code().to_owned());
    code.filter(|code| !code.is_empty())
}

fn matches(machine: &Machine, query: &MachineQuery) -> bool {
    let needle = query.text.to_lowercase();
    let texts = [
        Some(machine.id.to_string()),
        machine.name.clone(),
        code(machine),
        Some(machine.comment.as_str().to_owned()),
    ];
    let found = texts.into_iter().flatten().any(|text| text.to_lowercase().contains(&needle));
    found && (query.states.is_empty() || query.states.contains(&machine.standing.state))
}

/// Turns all pages over.
fn found(journal: &Journal, batch: BatchId, query: &MachineQuery) -> Vec<Machine> {
    let mut machines = Vec::new();
    let mut query = query.clone();
    loop {
        let page = journal.search(batch, &query).unwrap();
        assert!(page.machines.len() as u64 <= MACHINES_A_PAGE);
        let is_last = query.page + 1 >= page.pages();
        assert_eq!(page.page, query.page);
        machines.extend(page.machines);
        query.page += 1;
        if is_last {
            assert_eq!(page.total, machines.len() as u64, "{query:?}");
            return machines;
        }
    }
}

/// Absent values after all others, whichever way it goes.
fn by<T: Ord>(a: Option<T>, b: Option<T>, direction: SortDirection) -> Ordering {
    match (a, b) {
        (Some(a), Some(b)) if direction == SortDirection::Up => a.cmp(&b),
        (Some(a), Some(b)) => b.cmp(&a),
        (a, b) => b.is_some().cmp(&a.is_some()),
    }
}

fn compared(a: &Machine, b: &Machine, query: &MachineQuery) -> Ordering {
    let way = query.direction;
    let (one, two) = (&a.standing, &b.standing);
    let text = |text: Option<&str>| text.map(str::to_ascii_lowercase);
    let order = match query.column {
        MachineColumn::Number => by(Some(a.number), Some(b.number), way),
        MachineColumn::Name => by(text(a.name.as_deref()), text(b.name.as_deref()), way),
        MachineColumn::Id => by(Some(a.id.to_string()), Some(b.id.to_string()), way),
        MachineColumn::State => by(Some(one.state.word()), Some(two.state.word()), way),
        MachineColumn::Code => by(text(code(a).as_deref()), text(code(b).as_deref()), way),
        MachineColumn::Attempts => by(Some(one.attempts), Some(two.attempts), way),
        MachineColumn::SentAt => by(one.sent_at, two.sent_at, way),
        MachineColumn::SettledAt => by(one.settled_at, two.settled_at, way),
        MachineColumn::Comment => {
            by(text(Some(a.comment.as_str())), text(Some(b.comment.as_str())), way)
        }
    };
    order.then(a.number.cmp(&b.number))
}

#[test]
fn every_search_in_every_order_finds_what_reading_all_machines_finds() {
    let (journal, batch) = fleet();
    let machines = all(&journal, batch);
    let id = machines[20].id.to_string();
    let texts = [
        "",
        "pc",
        "PC-100%",
        "%",
        "_",
        "\\",
        "'",
        "\"",
        "büro",
        "BÜRO",
        "Αθηνα",
        "notfound_%",
        "osplatform",
        "lab 50%_\\",
        "RETIRED",
        "ended",
        "' OR 1=1 --",
        &id,
        &id[4..12],
        "zzz",
    ];
    let states = [Vec::new(), vec![State::Failed, State::Rejected], vec![State::Held]];
    for (text, states) in texts.iter().flat_map(|text| states.iter().map(move |s| (text, s))) {
        for column in COLUMNS {
            for direction in [SortDirection::Up, SortDirection::Down] {
                let (text, states) = ((*text).to_owned(), states.clone());
                let query = MachineQuery { text, states, column, direction, page: 0 };
                let mut expected: Vec<&Machine> =
                    machines.iter().filter(|machine| matches(machine, &query)).collect();
                expected.sort_by(|a, b| compared(a, b, &query));
                let found = found(&journal, batch, &query);
                assert_eq!(found.iter().collect::<Vec<_>>(), expected, "{query:?}");
            }
        }
    }
}

#[test]
fn a_page_beyond_the_end_is_the_last_one_and_an_empty_batch_has_none() {
    let (journal, batch) = fleet();
    let page = |page| MachineQuery { page, ..MachineQuery::default() };
    let last = journal.search(batch, &page(u64::MAX)).unwrap();
    assert_eq!((last.page, last.total, last.machines.len(), last.pages()), (4, 230, 30, 5));
    let none = journal.search(BatchId(99), &page(3)).unwrap();
    assert_eq!((none.page, none.total, none.machines.len(), none.pages()), (0, 0, 0, 1));
}
