//! Comments of the list, and machines without one.

use crate::support::desk::Desk;

const CMDB: &str = "Device ID,Device Name,Comment\r\n\
    2f22765d04931a078909145ca628d2264c852d7d,c1,\"Lent to N. N., room 4\nreturn by 5/1\"\r\n\
    6b1f53303a732ccc8c6aae6640399827c15250e3,c2,\r\n\
    a625406f6977d45c1391b078f4d3656e0b75bfcb,c3,private\r\n";

#[test]
fn a_column_of_comments_that_is_not_meant_is_neither_read_nor_sent() {
    let desk = Desk::with_file("cmdb.csv", CMDB);
    let run = "run cmdb.csv --simulate --yes --track-timeout 0 --limit 1000/1s --comment CHG1";
    desk.run(run).ends_with(3).says("or ignore this column: --no-comment-column");
    let said = desk.run(&format!("{run} --no-comment-column"));
    let said = said.says("`Comment` is ignored: --no-comment-column");
    assert!(!said.err.contains("comments from"), "{said}");
    let rows = desk.run("report --simulate --format ndjson").ends_with(0).out;
    assert_eq!(rows.matches("\"comment\":\"CHG1\"").count(), 3, "{rows}");
    assert!(!rows.contains("private") && !rows.contains("Lent"), "{rows}");
}

#[test]
fn json_and_lists_without_such_a_column_take_the_option_as_well() {
    let desk = Desk::new();
    let id = "2f22765d04931a078909145ca628d2264c852d7d";
    desk.file("a.json", format!("[{{\"id\": \"{id}\", \"Comment\": \"private\"}}]"));
    desk.file("ids.txt", format!("{id}\n"));
    for file in ["a.json", "ids.txt"] {
        let run = "--comment x --no-comment-column --simulate --yes --expect-count 9";
        desk.run(&format!("run {file} {run}")).ends_with(7).says("1 machine would be sent");
        // Without a comment of the command, none is left.
        let said = desk.run(&format!("run {file} --no-comment-column --simulate --yes"));
        said.ends_with(3).says("1 machine without a comment");
    }
    desk.run("run a.json --no-comment-column --comment-column Comment")
        .ends_with(2)
        .says("cannot be used with");
    desk.run("forecast a.json --no-comment-column").ends_with(0);
}

#[test]
fn the_row_of_a_machine_without_a_comment_is_named() {
    let desk = Desk::new();
    let id = |number: u32| format!("{number:040x}");
    let (one, two) = (id(1), id(2));
    desk.file("a.csv", format!("Device ID,Comment\n{one},old\n{two},\n{one},\n"));
    desk.file(
        "b.json",
        format!("[{{\"id\": \"{one}\", \"Comment\": \"x\"}}, {{\"id\": \"{two}\"}}]"),
    );
    desk.file("c.txt", format!("{one}\n{two}\n"));
    for (file, place) in [
        (
            "a.csv",
            "1 machine without a comment (the first is in line 3 of a.csv, column `Comment`)",
        ),
        (
            "b.json",
            "1 machine without a comment (the first is in entry 2 of b.json, key `Comment`)",
        ),
        ("c.txt", "(the first is in line 1 of c.txt, which has no column of comments)"),
        ("a.csv c.txt", "(the first is in line 3 of a.csv, column `Comment`)"),
    ] {
        let said = desk.run(&format!("run {file} --simulate --yes")).ends_with(3);
        said.says(place).says("--comment \"CHG0041233 retired\"");
    }
}
