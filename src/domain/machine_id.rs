//! The name of one machine in Defender for Endpoint.

use std::fmt;

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
    /// Nothing but white space.
    #[error("empty, 40 hexadecimal digits expected")]
    Empty,
    /// Eight-four-four-four-twelve, with dashes: what Entra calls a device ID.
    #[error("this looks like an Entra device ID; the Defender machine ID has 40 digits")]
    EntraDeviceId,
    /// What a spreadsheet makes of a long number.
    #[error("Excel turned this ID into a number, it is lost; export the list again")]
    SpreadsheetNumber,
    /// A character that is no hexadecimal digit, at `position` (counted from 1).
    #[error("character {position} is {}, not a hexadecimal digit", shown(*.found))]
    NotHexadecimal {
        /// Position of the character in the text, counted from 1.
        position: usize,
        /// The character itself.
        found: char,
    },
    /// Hexadecimal digits, but not 40 of them.
    #[error("{found} character{}, 40 expected", if *.found == 1 { "" } else { "s" })]
    Length {
        /// How many there are.
        found: usize,
    },
}

fn shown(c: char) -> String {
    if c.is_ascii_graphic() { format!("`{c}`") } else { format!("U+{:04X}", c as u32) }
}

impl MachineId {
    /// Number of hexadecimal digits of an ID.
    pub const DIGITS: usize = 40;

    /// Reads an ID; letters may be of either case, nothing else may stand beside the digits.
    ///
    /// # Errors
    /// [`MachineIdError`] says what was found instead.
    pub fn parse(text: &str) -> Result<Self, MachineIdError> {
        let digits = text.as_bytes();
        if digits.len() == Self::DIGITS
            && let Some(bytes) = decode(digits)
        {
            return Ok(Self(bytes));
        }
        Err(Self::explain(text))
    }

    fn explain(text: &str) -> MachineIdError {
        if text.trim().is_empty() {
            return MachineIdError::Empty;
        }
        if is_guid(text) {
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

    /// The ID from its 20 bytes, as the journal keeps it.
    pub const fn from_bytes(bytes: [u8; 20]) -> Self {
        Self(bytes)
    }

    /// The 20 bytes of the ID.
    pub const fn as_bytes(&self) -> &[u8; 20] {
        &self.0
    }
}

fn decode(digits: &[u8]) -> Option<[u8; 20]> {
    let mut bytes = [0_u8; 20];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        let high = char::from(pair[0]).to_digit(16)?;
        let low = char::from(pair[1]).to_digit(16)?;
        *byte = u8::try_from(high * 16 + low).ok()?;
    }
    Some(bytes)
}

fn is_guid(text: &str) -> bool {
    let bare = text.trim_start_matches('{').trim_end_matches('}');
    let groups: Vec<&str> = bare.split('-').collect();
    groups.iter().map(|group| group.len()).eq([8, 4, 4, 4, 12])
        && groups.iter().all(|group| group.bytes().all(|byte| byte.is_ascii_hexdigit()))
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
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let mut text = [0_u8; Self::DIGITS];
        for (pair, byte) in text.chunks_exact_mut(2).zip(self.0) {
            pair[0] = DIGITS[usize::from(byte >> 4)];
            pair[1] = DIGITS[usize::from(byte & 15)];
        }
        f.pad(std::str::from_utf8(&text).expect("hexadecimal digits are ASCII"))
    }
}

impl fmt::Debug for MachineId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MachineId({self})")
    }
}
