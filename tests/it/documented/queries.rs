//! The queries of `docs/journal.md` find what they say in a journal that a run left behind, and
//! its tables have the columns that it names.

use std::collections::BTreeSet;

use rusqlite::{Connection, OpenFlags};

use super::blocks::{blocks, top};
use crate::support::desk::Desk;

/// The page with the tables and the queries.
const PAGE: &str = "docs/journal.md";

/// A journal after a run in which one machine was refused, one is pending and one was sent twice.
fn journal_of_a_run() -> Desk {
    let desk = Desk::new();
    desk.run("simulator --sample 60 --output try.csv").ends_with(0);
    let list = desk.text("try.csv").replacen("pc-", "lt-2210-", 1);
    desk.file("named.csv", list);
    let said = desk.run(
        "run named.csv --comment gone --simulate --yes --faults flaky --seed 3 --track-timeout 3s \
         --on name_differs=send --progress none --journal j.db",
    );
    assert!(matches!(said.code, Some(4 | 5 | 9)), "{said}");
    desk
}

fn opened(desk: &Desk) -> Connection {
    desk.run("journal copy look.db --journal j.db").ends_with(0);
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY;
    Connection::open_with_flags(desk.path("look.db"), flags).expect("a database")
}

#[test]
fn each_query_of_the_page_finds_something_in_the_journal_of_a_run() {
    let desk = journal_of_a_run();
    let db = opened(&desk);
    let queries: Vec<_> = blocks()
        .into_iter()
        .filter(|block| block.page == PAGE && block.language == "sql")
        .collect();
    assert!(queries.len() >= 6, "{} queries were found", queries.len());
    for query in queries {
        let text = query.text();
        let mut statement = db.prepare(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
        let mut rows = statement.query([]).expect("it runs");
        let mut found = 0;
        while rows.next().unwrap_or_else(|error| panic!("{error}: {text}")).is_some() {
            found += 1;
        }
        assert!(found > 0, "nothing is found by\n{text}");
    }
}

/// The names in backticks of a text.
fn names(text: &str) -> Vec<&str> {
    text.split('`').skip(1).step_by(2).collect()
}

#[test]
fn the_page_names_every_table_and_no_column_that_is_not_there() {
    let desk = journal_of_a_run();
    let db = opened(&desk);
    let page = std::fs::read_to_string(top().join(PAGE)).expect("a page");
    let (_, rest) = page.split_once("| table | one row is |").expect("the table of tables");
    let rows = rest.lines().skip(2).take_while(|line| line.starts_with('|'));
    let mut named = BTreeSet::new();
    for row in rows {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        for table in names(cells[1]) {
            let columns = db.prepare(&format!("SELECT * FROM {table}")).expect("a table");
            let columns: BTreeSet<&str> = columns.column_names().into_iter().collect();
            let of_one = if names(cells[1]).len() == 1 { names(cells[3]) } else { Vec::new() };
            for column in of_one.into_iter().filter(|name| !name.starts_with('-')) {
                assert!(columns.contains(column), "`{table}` has no `{column}`: {columns:?}");
            }
            named.insert(table.to_owned());
        }
    }
    let query = "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') \
                 AND name NOT LIKE 'sqlite_%'";
    let mut statement = db.prepare(query).expect("a query");
    let there: Vec<String> = statement
        .query_map([], |row| row.get(0))
        .expect("rows")
        .collect::<Result<_, _>>()
        .expect("texts");
    let missing: Vec<_> =
        there.iter().filter(|table| *table != "devices" && !named.contains(*table)).collect();
    assert!(missing.is_empty(), "{PAGE} does not name {missing:?}");
}
