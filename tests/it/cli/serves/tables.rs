//! The table of machines over the wire: searched, sorted, turned over; beside SQL of the test.

use rusqlite::Connection;

use super::visit::Dashboard;
use crate::support::desk::Desk;
use crate::support::machines::ordinary;

/// 130 machines with names in which wildcards and quotes would do harm, sent; some are skipped.
fn fleet() -> Desk {
    let ids = ordinary(130, 1);
    let name = |number: usize| match number % 5 {
        0 => format!("lab_{number}"),
        1 => format!("LAB-{number}"),
        2 => format!("100% {number}"),
        3 => format!("it's {number}"),
        _ => format!("<b>{number}</b>"),
    };
    let rows = ids.iter().enumerate().map(|(number, id)| format!("{id},{}\n", name(number)));
    let list: String = std::iter::once("Device ID,Device Name\n".to_owned()).chain(rows).collect();
    let desk = Desk::holding(&list, "--speed 600 --limit 1000/1s --limit 5000/1m");
    desk.with("MDE_OFFBOARD_JOURNAL", "journal.db")
}

/// The machines on a page of the table, in order.
fn shown(page: &str) -> Vec<String> {
    let rows = page.split("<a id=\"machine-").skip(1);
    let ids = rows.filter_map(|row| row.split('"').next());
    ids.filter(|id| id.len() == 40).map(str::to_owned).collect()
}

fn by_sql(desk: &Desk, condition: &str) -> Vec<String> {
    let db = Connection::open(desk.fleet_journal()).unwrap();
    let sql =
        format!("SELECT lower(hex(machine_id)) FROM machines WHERE batch = 1 AND {condition}");
    let mut statement = db.prepare(&sql).unwrap();
    let ids = statement.query_map([], |row| row.get(0)).unwrap();
    ids.collect::<Result<_, _>>().unwrap()
}

#[test]
fn what_is_asked_for_is_what_the_table_shows() {
    let desk = fleet();
    desk.run(
        "run fleet.csv --comment Retired --yes --progress none --settle 1s \
              --poll-interval 200ms --track-timeout 1m",
    )
    .ends_with(0);
    let dashboard = Dashboard::start(&desk, "");
    let first = |condition: &str| format!("{condition} LIMIT 50");
    for (query, condition) in [
        ("", first("1 ORDER BY number")),
        ("?page=2", "1 ORDER BY number LIMIT 50 OFFSET 50".to_owned()),
        ("?page=99", "1 ORDER BY number LIMIT 50 OFFSET 100".to_owned()),
        ("?page=0", first("1 ORDER BY number")),
        ("?sort=-number", first("1 ORDER BY number DESC")),
        ("?sort=name", first("1 ORDER BY name COLLATE NOCASE, number")),
        (
            "?sort=-name&page=2",
            "1 ORDER BY name COLLATE NOCASE DESC, number LIMIT 50 OFFSET 50".to_owned(),
        ),
        ("?sort=-id", first("1 ORDER BY machine_id DESC")),
        ("?sort=sent", first("1 ORDER BY sent_at, number")),
        ("?sort=-settled", first("1 ORDER BY settled_at DESC, number")),
        ("?q=lab_", first("instr(lower(name), 'lab_') ORDER BY number")),
        ("?q=LAB&sort=-number", first("instr(lower(name), 'lab') ORDER BY number DESC")),
        ("?q=100%25", first("instr(name, '100%') ORDER BY number")),
        ("?q=it%27s+1", first("instr(name, 'it''s 1') ORDER BY number")),
        ("?q=%3Cb%3E1", first("instr(name, '<b>1') ORDER BY number")),
        ("?q=retired&page=3", "1 ORDER BY number LIMIT 50 OFFSET 100".to_owned()),
        ("?state=succeeded", first("state = 'succeeded' ORDER BY number")),
        ("?state=failed&state=held", first("state IN ('failed', 'held') ORDER BY number")),
        ("?q=lab&state=pending,succeeded", first("instr(lower(name), 'lab') ORDER BY number")),
    ] {
        let expected = by_sql(&desk, &condition);
        assert_eq!(shown(&dashboard.page(query)), expected, "{query}");
        // Alone, as a page that is open asks for it.
        assert_eq!(shown(&dashboard.page(&format!("machines{query}"))), expected, "{query}");
    }
    let one = by_sql(&desk, "number = 70");
    let id = &one[0];
    assert_eq!(shown(&dashboard.page(&format!("?q={}", &id[8..30]))), one);
    assert_eq!(shown(&dashboard.page(&format!("?q={}", id.to_uppercase()))), one);
}

#[test]
fn numbers_links_and_the_form_say_what_is_shown() {
    let desk = fleet();
    desk.run(
        "run fleet.csv --comment x --yes --progress none --settle 1s --poll-interval 200ms \
              --track-timeout 1m",
    )
    .ends_with(0);
    let dashboard = Dashboard::start(&desk, "");
    let page = dashboard.page("batch/1/?q=lab&state=succeeded&sort=-name");
    for words in [
        "1 to 50 of 52 that match, of 130 machines",
        "name=\"q\" value=\"lab\"",
        "name=\"sort\" value=\"-name\"",
        "value=\"succeeded\" checked>",
        "aria-sort=\"descending\"",
        "href=\"?q=lab&amp;state=succeeded&amp;sort=name#machines\"",
        "href=\"?q=lab&amp;state=succeeded&amp;sort=-name&amp;page=2#machines\"",
        "Page 1 of 2",
    ] {
        assert!(page.contains(words), "no `{words}`: {page}");
    }
    assert_eq!(page.matches("checked>").count(), 1);
    let none = dashboard.page("?q=nothing-like-it");
    assert!(none.contains("None of 130 machines matches.") && none.contains("Show all machines"));
    let all = dashboard.page("?page=3");
    assert!(all.contains("101 to 130 of 130 machines") && all.contains("Page 3 of 3"), "{all}");
}
