//! To which class a machine belongs at the edges of what is known of it.

use std::time::Duration;

use mde_offboard::domain::{Device, InventoryMachine, MachineId, Timestamp};
use mde_offboard::guard::{Class, KnownMachine, Offboarding};

use crate::support::batches::START;

const DAY: Duration = Duration::from_hours(24);
const MOMENT: Duration = Duration::from_micros(1);

/// A machine that reported this long before [`START`].
fn silent(silence: Duration) -> KnownMachine {
    let record = InventoryMachine {
        last_seen: Some(START.minus(silence)),
        os_platform: Some("Windows11".to_owned()),
        onboarding_status: Some("Onboarded".to_owned()),
        ..InventoryMachine::blank(MachineId::from_bytes([1; 20]))
    };
    KnownMachine {
        listed: Device::default(),
        name: None,
        record: Some(record),
        offboarding: Offboarding::None,
        in_other_batch: false,
        is_protected: false,
        has_newer_namesake: false,
    }
}

#[track_caller]
fn check(machine: &KnownMachine, expected: &[Class]) {
    assert_eq!(machine.classes(START), expected);
}

#[test]
fn a_silence_has_its_class_to_the_moment() {
    check(&silent(2 * DAY), &[Class::SeenRecently]);
    check(&silent(2 * DAY + MOMENT), &[Class::Ready]);
    check(&silent(6 * DAY + DAY.abs_diff(MOMENT)), &[Class::Ready]);
    check(&silent(7 * DAY), &[Class::Inactive]);
}

#[test]
fn only_a_machine_that_is_inactive_reports_under_another_id() {
    let with_namesake = |silence| KnownMachine { has_newer_namesake: true, ..silent(silence) };
    check(&with_namesake(3 * DAY), &[Class::Ready]);
    check(&with_namesake(8 * DAY), &[Class::Reimaged, Class::Inactive]);
}

#[test]
fn an_action_counts_until_the_machine_reported_a_day_after_its_end() {
    let ended =
        |at: Timestamp| KnownMachine { offboarding: Offboarding::Ended(at), ..silent(3 * DAY) };
    let seen = START.minus(3 * DAY);
    check(&ended(seen.minus(DAY)), &[Class::AlreadyRequested]);
    check(&ended(seen.minus(DAY + MOMENT)), &[Class::OnboardedAgain]);
}

#[test]
fn list_and_tenant_both_have_a_say_on_the_system() {
    for (listed, in_tenant, expected) in [
        ("Windows11", "Linux", Class::OtherSystem),
        ("macOS", "Windows11", Class::OtherSystem),
        ("Windows11", "Android", Class::Unsupported),
        ("Windows10", "Windows11", Class::Ready),
    ] {
        let mut machine = silent(3 * DAY);
        machine.listed.os_platform = Some(listed.to_owned());
        machine.record.as_mut().unwrap().os_platform = Some(in_tenant.to_owned());
        check(&machine, &[expected]);
    }
}
