//! A filter never looks past what it must exclude.

use std::fmt::Write as _;

use super::tried::Tried;

/// A table of four machines with this column, each cell as it stands in the file.
fn table(column: &str, cells: [&str; 4]) -> Vec<u8> {
    let mut text = format!("Device ID,Device Name,{column}\r\n");
    for (number, cell) in cells.iter().enumerate() {
        write!(text, "{number:040x},pc-{number},{cell}\r\n").unwrap();
    }
    text.into_bytes()
}

fn tried(column: &str, cells: [&str; 4], condition: &str) -> Tried {
    Tried::with(("list.csv", &table(column, cells)), &["--where", condition])
}

#[test]
fn a_list_of_tags_is_compared_entry_by_entry() {
    let cells = ["", "\"Keep, Berlin\"", "Berlin; 'keep'", "keeper"];
    for column in ["Tags", "machineTags", " Device_Tag ", "DeviceManualTags", "AD Groups"] {
        tried(column, cells, &format!("{}!=keep", column.trim())).sends("pc-0 pc-3");
    }
    tried("Tags", cells, "tags=KEEP").sends("pc-1 pc-2");
    tried("Tags", cells, "Tags=").sends("pc-0");
    tried("Tags", cells, "Tags!=").sends("pc-1 pc-2 pc-3");
    // The whole cell is meant, too, in any order.
    tried("Tags", cells, "Tags!=berlin,keep").sends("pc-0 pc-3");
}

#[test]
fn a_cell_that_is_written_as_a_list_is_one_in_any_column() {
    let cells = ["[]", "\"[\"\"DoNotTouch\"\"]\"", "\"[\"\"Berlin\"\",\"\"donottouch\"\"]\"", "x"];
    for condition in ["Marks!=DoNotTouch", "Marks!=[\"DoNotTouch\"]"] {
        tried("Marks", cells, condition).sends("pc-0 pc-3");
    }
    let cells =
        ["{}", "\"{DoNotTouch, Berlin}\"", "\"['DoNotTouch']\"", "\"{\"\"DoNotTouch\"\":1}\""];
    tried("Marks", cells, "Marks!=DoNotTouch").sends("pc-0");
}

#[test]
fn the_arrays_of_json_are_lists() {
    let entry = |number: u32, tags: &str| {
        format!(
            "{{\"id\": \"{number:040x}\", \"computerDnsName\": \"pc-{number}\", \"x\": {tags}}}"
        )
    };
    let tags = ["[]", "[\"DoNotTouch\"]", "[\"Berlin\", \"DoNotTouch\"]", "null", "[\"a, b\"]"];
    let entries: Vec<String> = (0..).zip(tags).map(|(number, tags)| entry(number, tags)).collect();
    let file = format!("[{}]", entries.join(",\n"));
    let with = |condition| Tried::with(("list.json", file.as_bytes()), &["--where", condition]);
    with("x!=DoNotTouch").sends("pc-0 pc-3 pc-4");
    with("x!=c").sends("pc-0 pc-1 pc-2 pc-3 pc-4").says("x!=c leaves out no row of this list");
    // A comma inside an entry: whether one tag or two are meant is not known.
    with("x!=a").ends_with(7).says("entry 5");
    with("x=a, b").sends("pc-4");
    let lost = format!("[{}, {}]", entry(1, "[{\"name\": \"keep\"}]"), entry(2, "[]"));
    Tried::with(("list.json", lost.as_bytes()), &["--where", "x!=keep"])
        .ends_with(3)
        .says("entry 1, key `x`");
}

#[test]
fn where_a_tool_lost_the_content_a_filter_does_not_guess() {
    for lost in [
        "System.Object[]",
        "System.String[]",
        "\"system.collections.generic.list`1[System.String]\"",
        "@{vmId=0; cloudProvider=Unknown}",
        "[object Object]",
    ] {
        let cells = ["", "retire", lost, lost];
        tried("machineTags", cells, "machineTags!=keep")
            .ends_with(3)
            .says("2 bad rows")
            .says("lost this value");
        tried("machineTags", cells, "machineTags=keep").ends_with(3);
        // The rest is the same for each form.
        if lost != "[object Object]" {
            continue;
        }
        let file = table("machineTags", cells);
        let options = ["--where", "machineTags!=keep", "--skip-invalid"];
        Tried::with(("list.csv", &file), &options).sends("pc-0 pc-1");
        // Nobody asks about that column: it is not looked at.
        Tried::with(("list.csv", &file), &[]).sends("pc-0 pc-1 pc-2 pc-3");
        // Left out by another column, such a row is not missed.
        let options = ["--where", "machineTags!=keep", "--where", "Device Name=pc-1"];
        Tried::with(("list.csv", &file), &options).sends("pc-1");
    }
}

#[test]
fn a_value_that_is_only_a_part_of_cells_stops() {
    tried("Site", ["a", "b", "Keep this one", "c"], "Site!=keep")
        .ends_with(7)
        .says("would be included")
        .says("line 4: `Keep this one`");
    // What people write with and without a space.
    tried("OS Platform", ["Windows 11", "Windows10", "", ""], "OS Platform!=Windows11")
        .ends_with(7);
    // A list that nothing announces, also where another cell is the value.
    tried("Etikett", ["keep", "\"keep, Berlin\"", "a", "b"], "Etikett!=keep")
        .ends_with(7)
        .says("line 3: `keep, Berlin`");
    // What PowerShell's "$tags" makes of a list.
    tried("Tags", ["keep Berlin", "a", "b", "c"], "Tags!=keep").ends_with(7).says("`keep Berlin`");
    // It is said, but no reason to stop, where the value is a cell of its own as well.
    tried("Site", ["keep", "keeper", "a", "b"], "Site!=keep")
        .sends("pc-1 pc-2 pc-3")
        .says("1 row included with `keep` inside a longer `Site`: line 3: `keeper`");
    // Rows that another condition leaves out are not asked about.
    let file = table("Site", ["a", "b", "keep this one", "c"]);
    let options = ["--where", "Site!=keep", "--where", "Device Name!=pc-2"];
    Tried::with(("list.csv", &file), &options).sends("pc-0 pc-1 pc-3");
}

#[test]
fn a_condition_that_excludes_nothing_is_said() {
    let file = table("Tags", ["a", "b", "", "c"]);
    let options = ["--where", "Tags!=keep", "--where", "Tags!=a", "--json"];
    let tried = Tried::with(("list.csv", &file), &options)
        .sends("pc-1 pc-2 pc-3")
        .says("Tags!=keep leaves out no row of this list");
    let status = tried.said.json();
    assert_eq!(status["batch"]["where"], serde_json::json!(["Tags!=keep", "Tags!=a"]));
    assert_eq!(status["batch"]["where_left_out"], serde_json::json!([0, 1]));
}
