//! Answers that are JSON and say something else than they should.

use serde_json::Value;

use crate::domain::MachineId;

use super::super::answer::Response;
use super::PageFault;

/// The same answer about another machine.
pub(super) fn about_another(response: Response, machine: MachineId) -> Response {
    rewritten(response, |body| {
        if let Some(id) = body.get_mut("machineId") {
            *id = Value::String(machine.to_string());
        }
    })
}

/// A list as it should not come; what is no list stays as it is.
pub(super) fn spoil(response: Response, fault: PageFault, elsewhere: &str) -> Response {
    rewritten(response, |body| {
        let Some(rows) = body.get_mut("value").and_then(Value::as_array_mut) else { return };
        match fault {
            // The same each time, so that a seed repeats: the middle comes first.
            PageFault::Shuffled => {
                let middle = rows.len() / 2;
                rows.rotate_left(middle);
                rows[..middle].reverse();
            }
            PageFault::Repeated => {
                let again = rows.iter().step_by(2).cloned().collect::<Vec<_>>();
                rows.extend(again);
            }
            PageFault::CutShort => rows.truncate(rows.len() / 2),
            PageFault::Uncommented => change(rows, COMMENT, |_| Value::Null),
            PageFault::CommentsCut => change(rows, COMMENT, |text| {
                let kept = text.chars().count().saturating_sub(5);
                Value::String(text.chars().take(kept).collect())
            }),
            PageFault::CommentsInCapitals => {
                change(rows, COMMENT, |text| Value::String(text.to_uppercase()));
            }
            PageFault::TypesInLowerCase => {
                change(rows, COMMENT, |_| Value::Null);
                change(rows, "type", |text| Value::String(text.to_lowercase()));
            }
            PageFault::OtherMachine => {
                let machine = other_machine().to_string();
                change(rows, "machineId", |_| Value::String(machine.clone()));
            }
            PageFault::ForeignLink => {
                body["@odata.nextLink"] = Value::String(format!("{elsewhere}/api/next"));
            }
        }
    })
}

const COMMENT: &str = "requestorComment";

/// Changes one text of each row.
fn change(rows: &mut [Value], name: &str, to: impl Fn(&str) -> Value) {
    for field in rows.iter_mut().filter_map(|row| row.get_mut(name)) {
        if let Some(text) = field.as_str() {
            *field = to(text);
        }
    }
}

/// A machine that is in no list.
pub(super) fn other_machine() -> MachineId {
    MachineId::from_bytes([0xee; 20])
}

fn rewritten(mut response: Response, change: impl FnOnce(&mut Value)) -> Response {
    if let Ok(mut body) = serde_json::from_slice(&response.body) {
        change(&mut body);
        response.body = serde_json::to_vec(&body).expect("what was JSON is JSON");
    }
    response
}
