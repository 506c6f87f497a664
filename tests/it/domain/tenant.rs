//! Whose machines a batch names.

use mde_offboard::domain::{Realm, Tenant};

/// A server on the loopback may be a proxy to Defender.
#[test]
fn only_the_simulator_inside_the_program_is_a_simulation() {
    let simulated = Realm::ALL.into_iter().filter(|realm| {
        let tenant = Tenant { id: "contoso".to_owned(), realm: *realm };
        tenant.is_simulated()
    });
    assert_eq!(simulated.collect::<Vec<_>>(), [Realm::Simulator]);
}
