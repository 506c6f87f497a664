//! Machines of a bench.

use mde_offboard::domain::MachineId;
use mde_offboard::simulator::{Behaviour, SimulatedMachine, TenantOptions};

/// Another one for each number, scattered over all IDs.
pub(crate) fn scattered(number: u32) -> MachineId {
    let mixed = u64::from(number).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    MachineId::parse(&format!("{mixed:016x}{number:024x}")).expect("40 digits")
}

/// Ordinary machines: the simulator accepts each of them.
pub(crate) fn ordinary(machines: usize) -> Vec<MachineId> {
    let seed = TenantOptions::default().seed;
    let is_ordinary =
        |id: &MachineId| SimulatedMachine::from_id(*id, None, seed).behaviour == Behaviour::Normal;
    (1..).map(scattered).filter(is_ordinary).take(machines).collect()
}
