//! What takes effect, whose answer is lost, and which the server then shows in its own way.

use mde_offboard::domain::{End, State};

use crate::defender::server::{Act, answer};

use super::row::{Row, check_all};
use super::tenant::{Asked, Effect, accepted, fitting, unanswered};

/// The server's clock, a second after it made the actions of all tests.
const DATE: &str = "Mon, 23 Nov 2026 17:40:02 GMT";

/// A page of a server that tells its time.
fn dated(rows: &[String]) -> Act {
    let body = format!(r#"{{"value":[{}]}}"#, rows.join(","));
    let headers = [("Content-Type", "application/json"), ("Date", DATE)];
    Act::Answer(answer(200, &headers, body.as_bytes()))
}

type Change = fn(&Effect, String) -> String;

/// How the action of a machine may come back. Whether Defender returns comments letter by letter
/// was never seen.
const VARIANTS: [(&str, Change); 8] = [
    ("the comment is null", |effect, shown| {
        shown.replace(&format!("\"{}\"", effect.comment), "null")
    }),
    ("the comment is left out", |effect, shown| {
        shown.replace(&format!("\"requestorComment\":\"{}\",", effect.comment), "")
    }),
    ("the comment is empty", |effect, shown| shown.replace(&effect.comment, "")),
    ("the comment is cut within the marker", |effect, shown| {
        let short = &effect.comment[..effect.comment.len() - 5];
        shown.replace(&effect.comment, short)
    }),
    ("the comment is in capitals", |effect, shown| {
        shown.replace(&effect.comment, &effect.comment.to_uppercase())
    }),
    ("the comment is escaped for HTML", |effect, shown| {
        let escaped = effect.comment.replace('[', "&#91;").replace(']', "&#93;");
        shown.replace(&effect.comment, &escaped)
    }),
    ("the comment is escaped for a URL", |effect, shown| {
        let escaped = effect.comment.replace('[', "%5B").replace(']', "%5D").replace(' ', "+");
        shown.replace(&effect.comment, &escaped)
    }),
    ("the type is in lower case, without a comment", |effect, shown| {
        shown.replace("\"Offboard\"", "\"offboard\"").replace(&effect.comment, "")
    }),
];

#[tokio::test]
async fn an_action_is_found_by_its_machine_and_its_time_however_its_comment_comes_back() {
    let endings =
        [("Succeeded", State::Succeeded), ("Failed", State::Failed), ("TimeOut", State::TimedOut)];
    let rows = VARIANTS.into_iter().flat_map(|(name, change)| {
        endings.map(|(status, state)| {
            let lists = move |asked: &Asked, effects: &[Effect]| {
                let shown = fitting(asked, effects).map(|effect| {
                    let first = effect.id.ends_with("000000000000");
                    let shown = effect.shown(if first { status } else { "Succeeded" });
                    change(effect, shown)
                });
                dated(&shown.collect::<Vec<_>>())
            };
            let facts = match state {
                State::Succeeded => "sending uncertain found-adopted succeeded",
                _ => "sending uncertain found-adopted ended",
            };
            let exit = if state == State::Succeeded { 0 } else { 4 };
            Row::new(format!("{name}, {status}"), unanswered)
                .lists(lists)
                .comes_to(state, 1, facts)
                .ends(End::Settled, exit)
        })
    });
    check_all(rows).await;
}

#[tokio::test]
async fn a_look_up_that_is_answered_for_another_machine_stops_the_run() {
    let lists = |asked: &Asked, effects: &[Effect]| {
        // Whatever it is asked, it shows the newest action: a cache on the way.
        let newest = effects.last().map(|effect| effect.shown("Succeeded"));
        let rows = newest.filter(|_| asked.machine.is_some() || asked.nth > 1);
        dated(&rows.into_iter().collect::<Vec<_>>())
    };
    let row = Row::new("another machine's list", unanswered)
        .lists(lists)
        .with(|options| options.poll_interval = std::time::Duration::from_mins(1))
        .comes_to(State::Uncertain, 1, "sending uncertain")
        .ends(End::Tripped, 7)
        .others(State::Pending);
    row.check().await;
}

#[tokio::test]
async fn a_date_that_stands_still_keeps_no_run_from_sending() {
    let lists = |asked: &Asked, effects: &[Effect]| {
        let shown = fitting(asked, effects).map(|effect| effect.shown("Succeeded"));
        dated(&shown.collect::<Vec<_>>())
    };
    Row::new("a cached date", accepted).lists(lists).check().await;
}
