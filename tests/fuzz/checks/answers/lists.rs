//! The claims about lists and cancels: a list is read only where it is whole.
//!
//! "Not found" leads to a second request, so a list that lacks a row must never look whole: each
//! element was read, and a page with a link to the next one says so (decisions 0008 and 0019).
//! Deliberately absent: how pages follow one another.

use mde_offboard::domain::{Action, InventoryMachine, MachineId, Page, ReadAnswer};

use super::body::{Body, Tree};
use super::kept::{check_detail, check_trouble, has_words_alone, is_defenders_own, is_status};
use super::question::{ACTION, Question};

pub(super) fn check_actions(question: &Question<'_>, reading: &ReadAnswer<Page<Action>>) {
    let Some(page) = checked(question, reading, &[200]) else { return };
    assert_eq!(page.items.len(), page.rows, "an action is missing");
    let Some(elements) = elements(question, page) else { return };
    for (action, element) in page.items.iter().zip(&elements) {
        check_action(action, element);
    }
}

pub(super) fn check_machines(
    question: &Question<'_>,
    reading: &ReadAnswer<Page<InventoryMachine>>,
) {
    let Some(page) = checked(question, reading, &[200, 404]) else { return };
    if question.status == 404 {
        assert!(is_defenders_own(question) && page.rows == 0 && page.items.is_empty(), "{page:?}");
        return;
    }
    let Some(elements) = elements(question, page) else { return };
    let id = |element: &Tree| MachineId::parse(element.text("id").unwrap_or_default()).ok();
    let named: Vec<MachineId> = elements.iter().filter_map(id).collect();
    let read: Vec<MachineId> = page.items.iter().map(|machine| machine.id).collect();
    assert_eq!(read, named, "machines that were read, and machines that are there");
    for element in &elements {
        assert!(element.text("id").is_some(), "a machine without an ID: {element:?}");
    }
}

pub(super) fn check_cancel(question: &Question<'_>, reading: &ReadAnswer<Action>) {
    let Some(action) = checked(question, reading, &[200, 201, 202]) else { return };
    assert_eq!(action.id.as_str(), ACTION);
    if let Body::Read(tree) = Body::read(question.body) {
        check_action(action, &tree);
    }
}

/// What was read, where anything was: with one of these statuses, out of JSON.
fn checked<'a, T: std::fmt::Debug>(
    question: &Question<'_>,
    reading: &'a ReadAnswer<T>,
    done: &[u16],
) -> Option<&'a T> {
    match reading {
        ReadAnswer::Read(read) => {
            assert!(done.contains(&question.status), "{}: {read:?}", question.status);
            let is_json = !matches!(Body::read(question.body), Body::NotJson);
            assert!(question.may_be_json() && is_json, "read without JSON: {read:?}");
            Some(read)
        }
        ReadAnswer::Refused(detail) => {
            check_detail(question, detail);
            let is_own = is_defenders_own(question) || has_words_alone(question);
            let is_refused = matches!(question.status, 400 | 404) && is_own;
            assert!(is_refused, "{}: {detail:?}", question.status);
            None
        }
        ReadAnswer::Trouble(trouble) => {
            check_trouble(question, trouble);
            None
        }
    }
}

/// The elements of the list, where the second reader can read it. They are as many as were counted,
/// and a link to a next page was not overlooked.
fn elements<T>(question: &Question<'_>, page: &Page<T>) -> Option<Vec<Tree>> {
    let (rows, has_next) = (page.rows, page.has_next);
    let Body::Read(tree) = Body::read(question.body) else { return None };
    let is_last = tree.lacks("@odata.nextLink");
    let Tree::Fields(fields) = tree else { panic!("a list that is no object: {tree:?}") };
    assert_ne!(has_next, is_last, "the list goes on, or does not: {fields:?}");
    let mut values = fields.into_iter().filter(|(name, _)| name == "value");
    match (values.next(), values.next()) {
        (Some((_, Tree::List(elements))), None) => {
            assert_eq!(elements.len(), rows, "rows that are counted, and rows that are there");
            Some(elements)
        }
        other => panic!("not one list: {other:?}"),
    }
}

/// The action is the one of the element, and of no other machine.
fn check_action(action: &Action, element: &Tree) {
    assert_eq!(element.text("id"), Some(action.id.as_str()), "{element:?}");
    assert!(element.text("status").is_some_and(|s| is_status(&action.status, s)), "{element:?}");
    assert!(element.text("type").is_some(), "{element:?}");
    let named = element.text("machineId").and_then(|id| MachineId::parse(id).ok());
    assert_eq!(action.machine, named, "{element:?}");
    assert_eq!(action.comment.as_deref(), element.text("requestorComment"), "{element:?}");
}
