//! Machine IDs: what is one, and what each stranger is told.

use mde_offboard::domain::{MachineId, MachineIdError};
use proptest::prelude::*;

const ID: &str = "1e5bc9d7e413ddd7902c2932e418702b84d0cc07";

fn said(text: &str) -> String {
    MachineId::parse(text).expect_err("this is no machine ID").to_string()
}

#[test]
fn an_id_is_40_hexadecimal_digits_of_either_case_and_is_kept_in_lower_case() {
    assert_eq!(MachineId::parse(ID).unwrap().to_string(), ID);
    assert_eq!(MachineId::parse(&ID.to_uppercase()), MachineId::parse(ID));
    assert_eq!(format!("{:?}", MachineId::parse(ID).unwrap()), format!("MachineId({ID})"));
    assert_eq!(format!("{:>44}", MachineId::parse(ID).unwrap()), format!("    {ID}"));
}

#[test]
fn one_digit_less_or_more_is_told_with_the_count() {
    assert_eq!(said(&ID[1..]), "39 characters, 40 expected");
    assert_eq!(said(&format!("{ID}0")), "41 characters, 40 expected");
}

#[test]
fn nothing_is_told_as_empty() {
    for text in ["", "   ", "\t", "\u{a0}"] {
        assert_eq!(MachineId::parse(text), Err(MachineIdError::Empty), "{text:?}");
    }
}

#[test]
fn a_guid_is_taken_for_an_entra_device_id() {
    let guid = "7c9e6679-7425-40de-944b-e07fc1f90ae7";
    for text in [guid, &guid.to_uppercase(), &format!("{{{guid}}}")] {
        assert_eq!(MachineId::parse(text), Err(MachineIdError::EntraDeviceId), "{text}");
    }
}

#[test]
fn a_number_that_excel_made_is_named_as_lost() {
    for text in ["1.23457E+39", "1,23457E+39", "1E+39", "9.9e+38", "123E+037"] {
        assert_eq!(MachineId::parse(text), Err(MachineIdError::SpreadsheetNumber), "{text}");
    }
    for text in ["E+39", "1.2E39", "1.2E+", "1.2E+3x", "1..2E+39"] {
        assert_ne!(MachineId::parse(text), Err(MachineIdError::SpreadsheetNumber), "{text}");
    }
}

#[test]
fn a_look_alike_is_named_with_its_place() {
    assert_eq!(said(&format!("O{}", &ID[1..])), "character 1 is `O`, not a hexadecimal digit");
    assert_eq!(said(&format!("{}l", &ID[1..])), "character 40 is `l`, not a hexadecimal digit");
    // Cyrillic, full width, no-break space, zero width, right-to-left mark.
    for stranger in ['а', '１', '\u{a0}', '\u{200b}', '\u{200f}'] {
        let text = format!("1e{stranger}{}", &ID[3..]);
        let code = format!("character 3 is U+{:04X}, not a hexadecimal digit", stranger as u32);
        assert_eq!(said(&text), code);
    }
}

#[test]
fn white_space_around_an_id_is_the_caller_s_to_trim() {
    assert_eq!(said(&format!(" {ID}")), "character 1 is U+0020, not a hexadecimal digit");
    assert_eq!(said(&format!("{ID}\n")), "character 41 is U+000A, not a hexadecimal digit");
}

#[test]
fn what_would_change_a_url_is_refused() {
    for part in ["/", "..", "%2f", "?", "#", "\\", "\0", "\r\n"] {
        let text = format!("{part}{}", &ID[part.len()..]);
        assert_eq!(text.len(), 40);
        assert!(MachineId::parse(&text).is_err(), "{text:?}");
    }
    assert!(MachineId::parse(&format!("0x{}", &ID[2..])).is_err());
}

proptest! {
    #[test]
    fn every_20_bytes_come_back_from_their_text(bytes: [u8; 20]) {
        let id = MachineId::from_bytes(bytes);
        prop_assert_eq!(id.as_bytes(), &bytes);
        prop_assert_eq!(MachineId::parse(&id.to_string()), Ok(id));
        prop_assert_eq!(MachineId::parse(&id.to_string().to_uppercase()), Ok(id));
    }

    #[test]
    fn whatever_is_read_is_written_as_40_lower_case_digits(text in "[0-9a-fA-F]{36,44}") {
        match MachineId::parse(&text) {
            Ok(id) => prop_assert_eq!(id.to_string(), text.to_lowercase()),
            Err(error) => {
                prop_assert_ne!(text.len(), 40);
                prop_assert_eq!(error, MachineIdError::Length { found: text.len() });
            }
        }
    }

    #[test]
    fn no_text_brings_the_parser_down_or_past_40_digits(text in any::<String>()) {
        if MachineId::parse(&text).is_ok() {
            prop_assert!(text.len() == 40 && text.bytes().all(|byte| byte.is_ascii_hexdigit()));
        }
    }

    #[test]
    fn one_stranger_anywhere_is_found_where_it_stands(place in 0_usize..40, stranger: char) {
        prop_assume!(!stranger.is_ascii_hexdigit());
        let text = format!("{}{stranger}{}", &ID[..place], &ID[place + 1..]);
        let position = place + 1;
        // `1e5...`, an `E` and a `+` may look like a number of Excel's: never like an ID.
        let error = MachineId::parse(&text).unwrap_err();
        let expected = MachineIdError::NotHexadecimal { position, found: stranger };
        prop_assert!(error == expected || error == MachineIdError::SpreadsheetNumber, "{error}");
    }
}
