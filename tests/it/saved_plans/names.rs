//! Names that are not those of one machine, in a saved plan.

use mde_offboard::guard::Class;

use super::{machine, moved, with};

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
