//! Whatever happens to machines, their rows are the fold of their facts.

use mde_offboard::domain::{
    ActionStatus, Counts, Detail, Doubt, Fact, MachineNumber, Missing, Reason, Standing, State,
};
use mde_offboard::journal::{Changes, Journal, Machine};
use proptest::prelude::*;

use super::setup::{accepted, at, batch_of, detail, ended, entry, machine, open, place};

const MACHINES: u32 = 6;

/// Any fact; most of them are forbidden in most states.
fn any_fact() -> impl Strategy<Value = Fact> {
    let time = (0_i64..1_000).prop_map(at);
    let told = prop_oneof![Just(detail("Code")), Just(Detail::default())];
    let reason = prop::sample::select(Reason::ALL.to_vec());
    prop_oneof![
        4 => Just(Fact::Sending),
        2 => "[a-d]".prop_map(|name| accepted(&name)),
        1 => (reason.clone(), told.clone())
            .prop_map(|(reason, detail)| Fact::Rejected { reason, detail }),
        2 => (time.clone(), any::<bool>(), told.clone()).prop_map(|(not_before, counts, detail)| {
            Fact::Retrying { not_before, counts, detail }
        }),
        2 => (time.clone(), told.clone()).prop_map(|(look_at, detail)| {
            Fact::Uncertain { doubt: Doubt::NoAnswer, detail, look_at }
        }),
        1 => time.prop_map(|look_at| Fact::Missing(Missing::Again { look_at })),
        1 => Just(Fact::Missing(Missing::Resend)),
        1 => told.clone().prop_map(|detail| Fact::Held { detail }),
        1 => Just(Fact::ActionUpdated { status: ActionStatus::InProgress }),
        1 => Just(ended(ActionStatus::Succeeded)),
        1 => Just(ended(ActionStatus::Failed)),
        1 => Just(Fact::CancelAsked),
        1 => told.clone().prop_map(|detail| Fact::CancelRefused { detail }),
        1 => told.prop_map(|detail| Fact::CancelFailed { detail }),
        1 => reason.prop_map(|reason| Fact::Skipped { reason }),
        1 => Just(Fact::Requeued),
    ]
}

fn numbers(machines: &[Machine]) -> Vec<u32> {
    machines.iter().map(|machine| machine.number.0).collect()
}

fn numbers_where(model: &[Standing], belongs: impl Fn(&Standing) -> bool) -> Vec<u32> {
    (1..).zip(model).filter(|(_, standing)| belongs(standing)).map(|(number, _)| number).collect()
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 64,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn rows_counts_queue_and_chain_are_what_the_facts_add_up_to(
        happenings in prop::collection::vec((1..=MACHINES, any_fact(), any::<bool>()), 1..120),
    ) {
        let (_folder, path) = place();
        let mut journal = open(&path);
        let batch = batch_of(&mut journal, MACHINES);
        let mut model = vec![Standing::NEW; MACHINES as usize];
        let mut told = vec![Vec::new(); MACHINES as usize];
        let mut changes = Changes::default();
        for (second, (number, fact, commits)) in (1..).zip(happenings) {
            let index = number as usize - 1;
            if let Ok(after) = model[index].after(&fact, at(second)) {
                model[index] = after;
                told[index].push((at(second), fact.clone()));
                changes.facts.push(entry(batch, number, second, fact));
            }
            if commits {
                journal.commit(&std::mem::take(&mut changes)).unwrap();
            }
        }
        journal.commit(&changes).unwrap();
        drop(journal);
        let journal = Journal::open_reader(&path).unwrap();

        let mut counts = Counts::default();
        for (number, (standing, facts)) in (1..).zip(model.iter().zip(&told)) {
            prop_assert_eq!(&machine(&journal, batch, number).standing, standing);
            prop_assert_eq!(&journal.facts_of(batch, MachineNumber(number)).unwrap(), facts);
            counts.add(standing.state, 1);
        }
        prop_assert_eq!(journal.counts(batch).unwrap(), counts);
        let waits = |standing: &Standing| standing.state == State::Queued;
        let later = |standing: &Standing| standing.not_before.is_some();
        let queued = journal.queued(batch, MachineNumber(0), 100).unwrap();
        prop_assert_eq!(numbers(&queued), numbers_where(&model, |s| waits(s) && !later(s)));
        let in_play = journal.in_play(batch).unwrap();
        let expected = numbers_where(&model, |s| {
            matches!(s.state, State::Sending | State::Uncertain) || waits(s) && later(s)
        });
        prop_assert_eq!(numbers(&in_play), expected);
        journal.verify_rows(batch).unwrap();
        let facts: usize = told.iter().map(Vec::len).sum();
        prop_assert_eq!(journal.verify_chain().unwrap().rows, facts as u64 + 1);
    }
}
