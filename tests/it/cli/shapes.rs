//! Lists as other tools write them: what is read, and what is said of the others that leads on.

use crate::support::desk::Desk;
use crate::support::program::Said;

use super::rehearsed::TOO_MANY;

const A: &str = "c5ea71554c774daf7fab320fc3476afc0617eb00";
const B: &str = "b9c69e5488ff88b92096f1137382e67fe1172fa6";

/// What the program says of a list in a file of this name, with `<A>` and `<B>` for two IDs.
fn told(name: &str, list: &str, options: &str) -> Said {
    let desk = Desk::with_file(name, list.replace("<A>", A).replace("<B>", B));
    let said = desk.run(&format!("{TOO_MANY} {name} {options}"));
    desk.check_nothing_queued("simulation.db");
    said
}

/// As [`told`], on standard input.
fn told_of_input(list: &str) -> Said {
    let list = list.replace("<A>", A).replace("<B>", B);
    Desk::new().hand(&format!("{TOO_MANY} -"), list.as_bytes())
}

const ENTRIES: [&str; 2] = [
    "{\"id\": \"<A>\", \"computerDnsName\": \"a0\"}",
    "{\"id\": \"<B>\", \"osPlatform\": \"Windows10\", \"machineTags\": [\"x\"]}",
];

#[test]
fn json_is_read_in_every_form_in_which_tools_write_it() {
    let [one, other] = ENTRIES;
    let lines = format!("{one}\r\n\r\n{other}\r\n");
    let list = format!("[{one},{other}]");
    let answer = |key: &str| format!("{{\"@odata.context\": \"x\", \"{key}\": {list}}}");
    for (name, text) in [
        ("machines.json", list.clone()),
        ("machines.jsonl", lines.clone()),
        ("machines.ndjson", lines.clone()),
        ("machines.json", lines.clone()),
        ("machines.json", answer("value")),
        ("machines.JSON", format!("\u{feff}{}", answer("value"))),
        ("hunting.json", answer("Results")),
    ] {
        told(name, &text, "").ends_with(7).says("2 machines would be sent");
    }
    for text in [lines, list.clone(), answer("value"), format!("\u{feff}{}", answer("machines"))] {
        told_of_input(&text).ends_with(7).says("2 machines would be sent");
    }
    told("answer.json", &answer("value"), "").says("the list under `value` is read");
}

#[test]
fn what_is_said_of_json_speaks_of_entries_and_keys() {
    let bad = "[{\"id\": \"<A>\"}, {\"id\": \"pc-1\", \"Name\": \"x\"}]";
    told("a.json", bad, "").ends_with(3).says("entry 2, key `id`: `pc-1`");
    let unknown = "[{\"Hostname\": \"x\", \"Owner\": \"me\"}]";
    let said = told("a.json", unknown, "").ends_with(3);
    assert!(!said.err.contains("column is known") && !said.err.contains("delimiter"), "{said}");
}

#[test]
fn a_large_list_on_standard_input_is_read_twice_as_well() {
    let padding = "x".repeat(500);
    let entry = |number: u32| {
        format!(
            "{{\"Name\": \"pc-{number}\", \"id\": \"{number:040x}\", \"more\": \"{padding}\"}}\n"
        )
    };
    let list: String = (1..=4_000).map(entry).collect();
    assert!(list.len() > 2 * 1024 * 1024);
    told_of_input(&list).ends_with(7).says("4,000 machines would be sent");
}

#[test]
fn the_report_of_this_program_is_a_list_in_every_format() {
    let desk = Desk::with_file("list.txt", format!("{A}\n{B}\n"));
    desk.run("run list.txt --comment old --simulate --yes --limit 1000/1s --track-timeout 0");
    for format in ["json", "ndjson", "csv"] {
        desk.run(&format!("report --simulate --output report.{format}")).ends_with(0);
        let run = "run --simulate --fleet ordinary --yes --expect-count 999999";
        desk.run(&format!("{run} report.{format}"))
            .ends_with(7)
            .says("2 machines would be sent")
            .says("IDs from `machine_id`")
            .says("comments from `comment`");
        let text = std::fs::read(desk.path(&format!("report.{format}"))).unwrap();
        desk.hand(&format!("{run} -"), &text).ends_with(7).says("2 machines would be sent");
    }
}
