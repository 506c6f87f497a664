//! Names that are not those of one machine, in a saved plan.

use mde_offboard::domain::ContentHash;
use mde_offboard::guard::Class;
use mde_offboard::plan::{PlanDifference, SavedMachine, SavedPlan};

use super::{header, machine, machines, moved, plan, with, with_header};

#[test]
fn a_name_of_no_machine_is_compared_by_its_name() {
    let same = with(6, |entry| entry.name = Some(" PC-7".into()));
    assert_eq!(moved(&same), [""; 0]);
    let ambiguous = with(6, |entry| entry.class = Class::NameAmbiguous);
    assert_eq!(
        moved(&ambiguous),
        ["pc-7: name_not_found (refuse) when it was planned, name_ambiguous (refuse) now"]
    );
    let found = with(6, |entry| *entry = machine(7, Some("pc-7"), Class::Ready));
    let said = moved(&found);
    assert!(said[0].ends_with("not in the plan, ready (send) now"), "{said:?}");
    assert_eq!(said[1], "pc-7: in the plan, and not in the list now");
}

#[test]
fn two_names_of_no_machine_are_two_entries() {
    let name = |number, class| {
        let name = format!("pc-{number}");
        SavedMachine { id: None, ..machine(number, Some(&name), class) }
    };
    let plan = |first, second| {
        let names = [name(8, first), name(9, second)];
        SavedPlan::seal(header(), machines().into_iter().chain(names).collect())
    };
    let (found, ambiguous) = (Class::NameNotFound, Class::NameAmbiguous);
    let reviewed = plan(found, found);
    assert_eq!(reviewed.differences(&plan(found, found)), None);
    let moved = reviewed.differences(&plan(ambiguous, found));
    let Some(PlanDifference::Moved { machines, in_all: 1 }) = moved else { panic!("{moved:?}") };
    assert!(machines[0].to_string().starts_with("pc-8: name_not_found"), "{machines:?}");
}

/// Which IDs it has is another list then, too.
#[test]
fn a_plan_of_ids_is_not_for_a_list_of_names() {
    let by_name = with_header(|header| {
        header.by_name = true;
        header.content = ContentHash([8; 32]);
    });
    for (saved, now) in [(plan(), by_name.clone()), (by_name, plan())] {
        let Some(PlanDifference::MadeForAnother(parts)) = saved.differences(&now) else { panic!() };
        let parts: Vec<&str> = parts.iter().map(|part| part.part.as_str()).collect();
        assert_eq!(parts, ["--by-name", "list"]);
    }
}
