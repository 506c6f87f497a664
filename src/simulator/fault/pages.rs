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
            PageFault::ForeignLink => {
                body["@odata.nextLink"] = Value::String(format!("{elsewhere}/api/next"));
            }
        }
    })
}

fn rewritten(mut response: Response, change: impl FnOnce(&mut Value)) -> Response {
    if let Ok(mut body) = serde_json::from_slice(&response.body) {
        change(&mut body);
        response.body = serde_json::to_vec(&body).expect("what was JSON is JSON");
    }
    response
}
