//! What a text is written in: by its mark, by a person's word, or UTF-8.

use mde_offboard::intake::{Kind, TextEncoding, Wanted};

use super::shown::{IDS, check, check_bytes, check_with};

fn utf16(text: &str, unit: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(unit).collect()
}

fn named(encoding: &str) -> Wanted {
    Wanted { encoding: Some(TextEncoding::parse(encoding).unwrap()), ..Wanted::default() }
}

fn with_ids(text: &str) -> String {
    IDS.iter().fold(text.to_owned(), |text, (name, id)| text.replace(name, id))
}

#[test]
fn utf_16_is_read_by_its_mark_and_else_by_name() {
    let text = with_ids("Device ID\tName\tComment\r\n<A>\tBüro 🖥\tweg\r\n<B>\t\t\r\n");
    let expected = "2: <A>, name Büro 🖥, comment weg\n3: <B>";
    let marked = format!("\u{feff}{text}");
    let other = Wanted::default();
    check_bytes(&other, &utf16(&marked, u16::to_le_bytes), expected);
    check_bytes(&other, &utf16(&marked, u16::to_be_bytes), expected);
    check_bytes(&named("utf-16le"), &utf16(&text, u16::to_le_bytes), expected);
    check_bytes(&named("utf-16be"), &utf16(&text, u16::to_be_bytes), expected);
    // A mark is certain; the word of a person who has files of both kinds is not.
    check_bytes(&named("windows-1252"), &utf16(&marked, u16::to_le_bytes), expected);
    check_with(&named("windows-1252"), "\u{feff}Device ID,Name\n<A>,Büro\n", "2: <A>, name Büro");
}

#[test]
fn windows_1252_is_read_where_it_is_named() {
    let mut file = with_ids("Device ID;Gerätename;Name\n<A>;x;").into_bytes();
    file.extend(b"B\xFCro \x80\n");
    file = file.iter().copied().filter(|byte| *byte != 0xC3).collect();
    for byte in &mut file {
        if *byte == 0xA4 {
            *byte = 0xE4;
        }
    }
    for name in ["windows-1252", "CP1252", "latin1"] {
        check_bytes(&named(name), &file, "2: <A>, name Büro €");
    }
    let unknown = TextEncoding::parse("oem\u{1b}").unwrap_err();
    assert_eq!(
        unknown.to_string(),
        "no encoding `oem\\u{1b}` is known; usual are utf-8, utf-16le, utf-16be and windows-1252"
    );
}

#[test]
fn damage_beside_the_ids_is_shown_and_counted() {
    let mut file = with_ids("Device ID,Name,Tags\n<A>,M").into_bytes();
    file.extend(b"\xFCller,\n");
    file.extend(with_ids("<B>,y,b").into_bytes());
    file.extend(b"\xE4r\n");
    check_bytes(
        &Wanted::default(),
        &file,
        "2: <A>, name M\u{fffd}ller
         3: <B>, name y
         note: text that is not UTF-8 in 2 rows, first in column `Name`, is shown with \u{fffd}; \
           if Excel saved it: --encoding windows-1252",
    );
    check_bytes(
        &Wanted::default(),
        &[b"Device ID,Ger\xE4t\n", IDS[0].1.as_bytes(), b",x\n"].concat(),
        "2: <A>
         note: text that is not UTF-8 in 1 row, first in column `Ger\u{fffd}t`, is shown with \
           \u{fffd}; if Excel saved it: --encoding windows-1252",
    );
}

#[test]
fn damage_in_what_is_sent_or_chosen_by_is_a_bad_row() {
    let fix = "(save the file again as UTF-8, or name what it is in: --encoding windows-1252)";
    let mut id = IDS[0].1.as_bytes().to_vec();
    id[38] = 0xE4;
    check_bytes(
        &Wanted::default(),
        &[&b"Device ID,Comment\n"[..], &id, b",x\n"].concat(),
        &format!(
            "line 2, column `Device ID`: `{}\u{fffd}8`: byte 39 of this cell is not UTF-8 {fix}",
            &IDS[0].1[..38]
        ),
    );
    check_bytes(
        &Wanted::default(),
        &[b"Device ID,Comment\n", IDS[0].1.as_bytes(), b",f\xFCr\n"].concat(),
        &format!("line 2, column `Comment`: `f\u{fffd}r`: byte 2 of this cell is not UTF-8 {fix}"),
    );
    // A program before this one has lost the character.
    check(
        "Device ID,Comment\n<A>,f\u{fffd}r\n",
        &format!(
            "line 2, column `Comment`: `f\u{fffd}r`: U+FFFD marks a character that a \
             program lost {fix}"
        ),
    );
}

#[test]
fn half_a_character_at_the_end_of_a_file_is_never_part_of_an_id() {
    let text = format!("\u{feff}Device ID\n{}", IDS[0].1);
    let mut file = utf16(&text, u16::to_le_bytes);
    file.push(b'0');
    let said = "line 2, column `Device ID`: `<A>\u{fffd}`: U+FFFD marks a character that a \
         program lost (save the file again as UTF-8, or name what it is in: --encoding \
         windows-1252)";
    check_bytes(&Wanted::default(), &file, said);
}

#[test]
fn json_may_be_written_in_utf_16_too() {
    let text = format!("\u{feff}[{{\"id\": \"{}\", \"computerDnsName\": \"büro\"}}]", IDS[0].1);
    let wanted = Wanted { kind: Kind::Json, ..Wanted::default() };
    check_bytes(&wanted, &utf16(&text, u16::to_le_bytes), "1: <A>, name büro");
}
