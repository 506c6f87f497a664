//! IDs of machines that chance makes.

use crate::domain::MachineId;
use crate::simulator::draw::Draw;

/// ID number `index` of the row `purpose`.
pub(in crate::simulator) fn made_id(seed: u64, purpose: &str, index: usize) -> MachineId {
    let number = u64::try_from(index).unwrap_or(u64::MAX);
    drawn_id(Draw::new(seed, purpose, &number.to_le_bytes()))
}

/// The ID of the machine that goes with this one.
pub(super) fn companion_id(id: MachineId) -> MachineId {
    drawn_id(Draw::new(0, "companion", id.as_bytes()))
}

fn drawn_id(mut draw: Draw) -> MachineId {
    let mut bytes = [0_u8; 20];
    for part in bytes.chunks_mut(8) {
        part.copy_from_slice(&draw.number().to_le_bytes()[..part.len()]);
    }
    MachineId::from_bytes(bytes)
}
