//! What a machine of a sample shows of a plan, and how its ID says so.
//!
//! The role is part of the ID, since a tenant is given nothing else. An ID that no sample made has
//! none: a person's own list is rehearsed without obstacles.

use crate::domain::MachineId;

use super::made_id::made_id;
use crate::simulator::draw::Draw;

/// What a machine of a sample is made to show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SampleRole {
    /// Nothing stands in the way.
    Ready,
    Inactive,
    SeenRecently,
    /// Somebody else's Offboard action runs.
    Requested,
    /// Somebody else's Offboard action succeeded; the machine has been silent since.
    Offboarded,
    /// The same, and the machine has reported since.
    OnboardedAgain,
    /// macOS or Linux.
    OtherSystem,
    NotOnboarded,
    /// A phone.
    Unsupported,
    Merged,
    /// Its device reports under another ID.
    Reimaged,
    /// The tenant does not know it.
    NotFound,
    /// Another active machine has its name.
    Ambiguous,
    /// The tenant has it under another name than the sample.
    NameDiffers,
}

/// Of 200 rows this many have this role; the others are ready, but for [`SampleRole::NameDiffers`],
/// which stops a plan and is only there where it is asked for.
const OF_200: [(usize, SampleRole); 12] = [
    (6, SampleRole::Inactive),
    (4, SampleRole::SeenRecently),
    (2, SampleRole::Requested),
    (2, SampleRole::Offboarded),
    (2, SampleRole::OnboardedAgain),
    (5, SampleRole::OtherSystem),
    (3, SampleRole::NotOnboarded),
    (2, SampleRole::Unsupported),
    (2, SampleRole::Merged),
    (2, SampleRole::Reimaged),
    (2, SampleRole::NotFound),
    (2, SampleRole::Ambiguous),
];

/// How many of 200 rows differ where differing names are asked for.
const DIFFERING: usize = 2;

/// Where an ID has its role, and the check that it is a sample's.
const CODE_AT: usize = 17;

impl SampleRole {
    const ALL: [Self; 14] = [
        Self::Ready,
        Self::Inactive,
        Self::SeenRecently,
        Self::Requested,
        Self::Offboarded,
        Self::OnboardedAgain,
        Self::OtherSystem,
        Self::NotOnboarded,
        Self::Unsupported,
        Self::Merged,
        Self::Reimaged,
        Self::NotFound,
        Self::Ambiguous,
        Self::NameDiffers,
    ];

    /// The role of row `index` of a sample: the same mix in every 200 rows, in another order.
    pub(in crate::simulator) fn of_row(index: usize, differing: bool) -> Self {
        // 77 and 200 have no common divisor: each place comes up once.
        let mut place = (index * 77 + index / 200 * 13) % 200;
        let last = differing.then_some((DIFFERING, Self::NameDiffers));
        for (count, role) in OF_200.into_iter().chain(last) {
            if place < count {
                return role;
            }
            place -= count;
        }
        Self::Ready
    }

    /// The ID of row `index` of a sample of this seed, with the role in it.
    pub(in crate::simulator) fn into_id(self, seed: u64, index: usize) -> MachineId {
        let mut bytes = *made_id(seed, "sample", index).as_bytes();
        let code = Self::ALL.iter().position(|role| *role == self).unwrap_or_default();
        let [mask, checks @ ..] = code_of(&bytes);
        bytes[CODE_AT] = mask ^ u8::try_from(code).unwrap_or_default();
        bytes[CODE_AT + 1..].copy_from_slice(&checks);
        MachineId::from_bytes(bytes)
    }

    /// The role that an ID carries; none where no sample made it.
    pub fn of_id(id: MachineId) -> Option<Self> {
        let bytes = id.as_bytes();
        let [mask, checks @ ..] = code_of(bytes);
        let role = Self::ALL.get(usize::from(bytes[CODE_AT] ^ mask)).copied();
        role.filter(|_| bytes[CODE_AT + 1..] == checks)
    }
}

/// A mask for the role's number, and two bytes that a chance ID has once in 65,536.
fn code_of(bytes: &[u8; 20]) -> [u8; 3] {
    let [a, b, c, ..] = Draw::new(0, "role", &bytes[..CODE_AT]).number().to_le_bytes();
    [a, b, c]
}
