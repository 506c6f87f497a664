//! Names from outside drive no terminal, no page and no spreadsheet.

use console::measure_text_width;
use mde_offboard::journal::Journal;
use mde_offboard::report::{
    Overview, ReportError, TenantRow, TenantState, overview_sections, tenant_state,
};

use crate::report::{Book, commands, defender, now, zone};
use crate::support::desk::Desk;
use crate::support::journals::until_free;

use super::{FOLDER, desk, journal, overview, runner, tenant};

const HOSTILE: [&str; 12] = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "' onmouseover='alert(1)",
    "javascript:alert(1)//",
    "&lt;b&gt;&#x3c;i>",
    "</table></main></html>",
    "\u{202e}moc.osotnoc",
    "\u{1b}[2J\u{1b}]0;x\u{7}",
    "line\nbreak\r\u{2028}more",
    "=HYPERLINK(\"http://x\",\"y\")",
    "\u{200b}\u{feff}\u{e0041}unseen",
    "日本語の組織と長い名前がとても長い会社\u{1f469}\u{200d}\u{1f4bb}",
];

/// A character that a terminal or a browser would obey, or hide.
fn is_bad(c: char) -> bool {
    let unseen = ['\u{202e}', '\u{200b}', '\u{feff}', '\u{2028}', '\u{e0041}'];
    (c.is_control() && c != '\n') || unseen.contains(&c)
}

#[track_caller]
fn clean(text: &str) {
    // The mark at the beginning of a CSV file is ours.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let found = text.chars().find(|c| is_bad(*c));
    assert_eq!(found, None, "{}", text.escape_debug());
}

/// A folder with a journal of each name, which is that of the tenant and of the list.
fn hostile() -> Desk {
    let desk = desk();
    for (number, name) in HOSTILE.into_iter().enumerate() {
        let path = journal(&desk, &format!("j{number}"));
        let opened = Journal::open_runner(&path, runner()).unwrap();
        let mut book = Book::about(opened, 2, tenant(name), name);
        book.held(1, 0);
        drop(book);
        until_free(&path);
    }
    desk
}

#[test]
fn a_table_of_hostile_names_fits_80_columns_and_has_no_character_that_drives_a_terminal() {
    let desk = hostile();
    let said = desk.run(&format!("status --journal {FOLDER}")).ends_with(0);
    clean(&said.out);
    for line in said.out.lines() {
        let is_command = line.starts_with("    mde-offboard ");
        assert!(is_command || measure_text_width(line) <= 80, "{line}");
    }
    let document = overview(&desk, 0);
    for name in HOSTILE {
        let rows = document["journals"].as_array().unwrap();
        assert!(rows.iter().any(|row| row["tenant_id"] == name), "{name:?}: {document:#}");
    }
    let batches = desk.run(&format!("batches --journal {FOLDER}")).ends_with(0);
    clean(&batches.out);
    assert_eq!(batches.out.lines().count(), HOSTILE.len() + 1, "{batches}");
    let report = desk.run(&format!("report --journal {FOLDER}")).ends_with(0);
    clean(&report.out.replace("\r\n", "\n"));
    assert_eq!(report.out.lines().count(), HOSTILE.len() * 2 + 1, "{report}");
    assert!(report.out.contains(r#""'=HYPERLINK(""http://x"",""y"")""#), "{report}");
}

/// A file of a hostile name, which every printed command names.
#[cfg(unix)]
#[test]
fn a_file_of_a_hostile_name_is_shown_escaped_and_its_commands_can_be_pasted() {
    let desk = desk();
    let name = "a b;$(touch pwned)'\u{202e}";
    super::left(&desk, name, 1, |_| ());
    let said = desk.run(&format!("status --journal {FOLDER}")).ends_with(0);
    clean(&said.out);
    std::fs::write(desk.path(FOLDER).join("x\u{202e}.db"), "SQLite format 3").unwrap();
    desk.run(&format!("status --journal {FOLDER} --journal {FOLDER}/x\u{202e}.db"))
        .ends_with(8)
        .says("\nx\\u{202e}.db ");
    let document = overview(&desk, 0);
    let command = document["journals"][0]["next"]["command"].as_str().unwrap();
    let pasted = command.replacen("mde-offboard resume 1", "\"$0\" status 1", 1);
    desk.shell(&pasted).ends_with(0).says("1 to go");
    assert!(!desk.path("pwned").exists());
}

/// The page of journals of these tenants and lists.
fn page(names: &[String]) -> String {
    let row = |(number, name): (usize, &String)| {
        let mut book = Book::about(Journal::in_memory().unwrap(), 2, tenant(name), name);
        book.held(1, 0);
        let state = tenant_state(&book.journal, now(1_000), |_| Ok::<_, ReportError>(defender()));
        let file = format!("{}.db", name.escape_debug());
        let (journal, profile) = (format!("tenants/{file}"), None);
        TenantRow { number, journal, file, profile, commands: commands(), state: state.unwrap() }
    };
    let mut rows: Vec<TenantRow> = names.iter().enumerate().map(row).collect();
    let (why, to_do) = (names[0].clone(), Some(names[0].clone()));
    rows.push(TenantRow { state: TenantState::Unreadable { why, to_do }, ..rows[0].clone() });
    let overview = Overview::new(now(1_000).wall, rows);
    let link = |row: &TenantRow| Some(format!("journal/{}/", row.number));
    let sections = overview_sections(&overview, &zone(), &link);
    sections.into_iter().map(|section| section.html.into_string()).collect()
}

#[test]
fn three_hundred_hostile_names_are_text_on_the_page() {
    let mut names = Vec::new();
    for number in 0..25 {
        names.extend(HOSTILE.map(|name| format!("{name}{number}")));
    }
    let plain: Vec<String> = (0..names.len()).map(|number| format!("tenant{number}")).collect();
    let (hostile, plain) = (page(&names), page(&plain));
    clean(&hostile);
    let tags = |page: &str| -> String {
        let tags = page.split('<').skip(1).map(|rest| rest.split('>').next().unwrap_or_default());
        tags.fold(String::new(), |all, tag| all + "<" + tag)
    };
    let without_numbers = |tags: &str| tags.replace(|c: char| c.is_ascii_digit(), "");
    let same = without_numbers(&tags(&hostile)) == without_numbers(&tags(&plain));
    assert!(same, "a name became markup");
    for name in names.iter().filter(|name| !name.chars().any(is_bad)) {
        let text = name.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        assert!(hostile.contains(&text.replace('"', "&quot;")), "{name}");
    }
}
