//! The name of one machine in Defender for Endpoint.

use std::fmt;

use super::hex;
use super::text::{is_guid, plural};

/// A machine ID: 40 hexadecimal digits, kept as 20 bytes and written in lower case.
///
/// Microsoft's page for the offboard call speaks of a "40 digit alphanumeric" number; every client
/// seen in public uses 40 hexadecimal digits. The URL of the call is built from this type only, so
/// nothing but `[0-9a-f]{40}` can ever stand in it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MachineId([u8; 20]);

/// Why a text is not a [`MachineId`]. The caller adds file, line and column.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MachineIdError {
    #[error("empty, 40 hexadecimal digits expected")]
    Empty,
    /// Eight-four-four-four-twelve, with dashes: what Entra calls a device ID.
    #[error("this looks like an Entra device ID; the Defender machine ID has 40 digits")]
    EntraDeviceId,
    /// What a spreadsheet makes of a long number.
    #[error("Excel turned this ID into a number, so it is lost")]
    SpreadsheetNumber,
    /// A character that is no hexadecimal digit, at `position` (counted from 1).
    #[error("character {position} is {}, not a hexadecimal digit", shown(*.found))]
    NotHexadecimal { position: usize, found: char },
    #[error("{found} character{}, 40 expected", plural(*.found, "", "s"))]
    Length { found: usize },
}

fn shown(c: char) -> String {
    if c.is_ascii_graphic() { format!("`{c}`") } else { format!("U+{:04X}", c as u32) }
}

impl MachineId {
    pub const DIGITS: usize = 40;

    /// Reads an ID; letters may be of either case, nothing else may stand beside the digits.
    ///
    /// # Errors
    /// [`MachineIdError`] says what was found instead.
    pub fn parse(text: &str) -> Result<Self, MachineIdError> {
        hex::decode(text).map(Self).ok_or_else(|| Self::explain(text))
    }

    fn explain(text: &str) -> MachineIdError {
        if text.trim().is_empty() {
            return MachineIdError::Empty;
        }
        if is_guid(text.trim_start_matches('{').trim_end_matches('}')) {
            return MachineIdError::EntraDeviceId;
        }
        if is_spreadsheet_number(text) {
            return MachineIdError::SpreadsheetNumber;
        }
        let stranger = text.chars().enumerate().find(|(_, c)| !c.is_ascii_hexdigit());
        match stranger {
            Some((index, found)) => MachineIdError::NotHexadecimal { position: index + 1, found },
            None => MachineIdError::Length { found: text.chars().count() },
        }
    }

    pub const fn from_bytes(bytes: [u8; 20]) -> Self {
        Self(bytes)
    }

    pub const fn as_bytes(&self) -> &[u8; 20] {
        &self.0
    }
}

/// `1.23457E+39`, also with the decimal comma of a German Excel.
fn is_spreadsheet_number(text: &str) -> bool {
    let Some((mantissa, exponent)) = text.split_once(['E', 'e']) else { return false };
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let (Some(power), false) = (exponent.strip_prefix('+'), mantissa.is_empty()) else {
        return false;
    };
    digits(power) && mantissa.split(['.', ',']).all(digits)
}

impl fmt::Display for MachineId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&hex::encode(&self.0))
    }
}

impl fmt::Debug for MachineId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MachineId({self})")
    }
}
