//! Machine IDs, and lists of them.

use std::fmt::Display;

use mde_offboard::domain::MachineId;
use mde_offboard::simulator::{Behaviour, SimulatedMachine};

/// The machine with this number, in its last digits.
pub(crate) fn machine_id(number: u32) -> MachineId {
    MachineId::parse(&format!("{number:040x}")).expect("40 hexadecimal digits")
}

/// Another machine for each number, scattered over all IDs as real ones are.
pub(crate) fn scattered_id(number: u32) -> MachineId {
    let mut bytes = [0xA5; 20];
    bytes[..4].copy_from_slice(&number.wrapping_mul(0x9E37_79B9).to_be_bytes());
    bytes[4..8].copy_from_slice(&number.to_be_bytes());
    MachineId::from_bytes(bytes)
}

/// Ordinary machines: with this seed the simulator accepts each of them.
pub(crate) fn ordinary(machines: usize, seed: u64) -> Vec<MachineId> {
    (1..)
        .map(scattered_id)
        .filter(|id| behaviour(*id, seed) == Behaviour::Normal)
        .take(machines)
        .collect()
}

/// What the simulator does with a machine, with this seed.
pub(crate) fn behaviour(id: MachineId, seed: u64) -> Behaviour {
    SimulatedMachine::from_id(id, None, seed).behaviour
}

/// A list of these machines, as a table of one column.
pub(crate) fn table(ids: impl IntoIterator<Item = impl Display>) -> String {
    let rows = ids.into_iter().map(|id| format!("{id}\n"));
    std::iter::once("Device ID\n".to_owned()).chain(rows).collect()
}

/// A list of the machines from 1 to `machines`.
pub(crate) fn list(machines: u32) -> String {
    table((1..=machines).map(machine_id))
}
