//! Lets `classify` judge one answer, and holds the judgement against the answer.
//!
//! Deliberately absent: the claims themselves.

use std::fmt::Debug;

use mde_offboard::defender::classify;
use mde_offboard::domain::Answer;

use super::kept::{check_detail, check_trouble};
use super::lists::{check_actions, check_cancel, check_machines};
use super::post::check_post;
use super::question::{COMMENT, Kind, Question, action, machine};

/// Panics where a claim does not hold.
pub(crate) fn answers(data: &[u8]) {
    let Some(question) = Question::from_bytes(data) else { return };
    let seen = question.seen();
    match question.kind {
        Kind::Post => {
            let answer = twice(|| classify::submit(&seen, machine(), COMMENT));
            match &answer {
                Answer::Accepted { .. } => {}
                Answer::Busy(detail) | Answer::Refused(detail) | Answer::Absent(detail) => {
                    check_detail(&question, detail);
                }
                Answer::Trouble(trouble) => check_trouble(&question, trouble),
                Answer::Doubtful { detail, .. } => check_detail(&question, detail),
            }
            check_post(&question, &answer);
        }
        Kind::Actions => {
            check_actions(&question, &twice(|| classify::actions(&seen)));
        }
        Kind::Machines => {
            check_machines(&question, &twice(|| classify::machines(&seen)));
        }
        Kind::Cancel => {
            let action = action();
            check_cancel(&question, &twice(|| classify::cancelled(&seen, &action)));
        }
    }
}

/// The same bytes mean the same.
fn twice<T: PartialEq + Debug>(judge: impl Fn() -> T) -> T {
    let first = judge();
    assert_eq!(first, judge());
    first
}
