//! Files that are no plan as this program wrote it: what each is told.

use mde_offboard::plan::{PlanFileError, SavedPlan, is_saved_plan};

use super::plan;

fn wide(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(bytes).collect()
}

#[track_caller]
fn check(bytes: impl AsRef<[u8]>, said: &str) {
    let error = SavedPlan::read(bytes.as_ref()).unwrap_err().to_string();
    assert!(error.ends_with(said), "{said}: {error}");
}

#[test]
fn a_plan_that_another_program_saved_is_told_with_how() {
    let text = plan().to_text();
    let newer = text.replacen("plan/1", "plan/2", 1);
    // Also without a mark, as some programs write it, and of any version.
    for text in [text.clone(), newer] {
        for mark in ["", "\u{feff}"] {
            let marked = format!("{mark}{text}");
            check(wide(&marked, u16::to_le_bytes), "another program saved it as UTF-16");
            check(wide(&marked, u16::to_be_bytes), "another program saved it as UTF-16");
        }
    }
    check(format!("\u{feff}{text}"), "saved it with a byte-order mark");
    check(text.replace('\n', "\r\n"), "saved it with Windows line ends");
    let spaced = text.replacen("{\"schema\":", "{\n  \"schema\": ", 1);
    check(spaced, "saved it with other spaces or line breaks");
    check(text.replacen(",\n", ",", 1), "saved it with other spaces or line breaks");
}

#[test]
fn the_beginning_of_a_plan_is_a_damaged_plan_once_it_can_be_told() {
    let text = plan().to_text();
    check("{\"schema\":", "this is not a plan of this program");
    check("{\"schema\":\"", "damaged in line 1: it ends here");
    // It holds a plan, and begins with something else.
    let (_, without_first) = text.split_once('\n').unwrap();
    let said = "damaged in line 1: this is not how a plan begins";
    check(format!("{{{without_first}"), said);
    check("{\"machines\":[],\"schema\":\"mde-offboard.plan/1\"}\n", said);
}

/// It was taken for one of another version, named as this one.
#[test]
fn a_plan_that_ends_with_its_first_line_is_of_this_version() {
    check("{\"schema\":\"mde-offboard.plan/1\",", "damaged in line 1: it ends here");
}

#[test]
fn a_document_of_another_kind_is_no_plan_of_another_version() {
    let report = "{\"schema\":\"mde-offboard.report/1\",\n\"machines\":[]}\n";
    for other in [report, "Device ID\n", "[]"] {
        check(other, "this is not a plan of this program");
        assert!(!is_saved_plan(other), "{other}");
    }
    let (text, newer) = (plan().to_text(), plan().to_text().replacen("plan/1", "plan/2", 1));
    assert!(is_saved_plan(&text) && is_saved_plan(&newer));
    let error = SavedPlan::parse(&newer).unwrap_err();
    let PlanFileError::OtherVersion { schema } = error else { panic!("{error}") };
    assert_eq!(schema, "mde-offboard.plan/2");
}
