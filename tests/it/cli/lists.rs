//! What a list says besides the IDs: which rows are meant, which cannot be sent, which are bad.

use crate::support::desk::Desk;
use crate::support::machines::list;
use crate::support::program::Complete;

use super::rehearsed::TOO_MANY;

/// The portal's columns that matter, and a machine of each sort.
const EXPORT: &str = "Device ID,Device Name,First Seen,OS Platform,Tags,Group,Health Status,\
    Onboarding Status\n\
    0000000000000000000000000000000000000001,pc-1,x,Windows11,\"a, b\",Kiosks,Active,Onboarded\n\
    0000000000000000000000000000000000000002,pc-2,x,Windows10,,Lab,Inactive,Onboarded\n\
    0000000000000000000000000000000000000003,mac-3,x,macOS,,Lab,Active,Onboarded\n\
    0000000000000000000000000000000000000004,tv-4,x,Other,,,Active,Can be onboarded\n\
    0000000000000000000000000000000000000005,nas-5,x,Linux,,,Active,Unsupported\n\
    0000000000000000000000000000000000000006,new-6,x,Windows11,,,Active,Insufficient info\n";

fn exported() -> Desk {
    Desk::with_file("export.csv", EXPORT)
}

#[test]
fn machines_that_their_list_rules_out_are_skipped_by_class() {
    let desk = exported();
    desk.run(&format!("{TOO_MANY} export.csv"))
        .ends_with(7)
        .says("1 machine skipped: not_onboarded")
        .says("2 machines skipped: unsupported")
        .says("1 machine skipped: other_system")
        .says("2 machines would be sent");
    let options = "--comment x --simulate --fleet ordinary --yes --track-timeout 0 --limit 1000/1s";
    desk.run(&format!("run export.csv {options}"));
    let report = desk.run("report --simulate --only skipped --format csv").ends_with(0);
    for (id, reason) in [(3, "other_system"), (4, "unsupported"), (6, "not_onboarded")] {
        let row = report.out.lines().find(|line| line.starts_with(&format!("{id:040x}"))).unwrap();
        assert!(row.contains(&format!(",skipped,{reason},")), "{row}");
    }
    desk.run("show mac-3 --simulate").says("in the list: os platform macOS, onboarding");
    // What Defender has no offboarding for is not sent, however it is asked for.
    desk.run("retry --simulate --yes --only skipped")
        .says("retry sends 2 machines of batch 1 again");
}

#[test]
fn what_is_done_with_a_class_can_be_said() {
    let desk = exported();
    desk.run(&format!("{TOO_MANY} export.csv --on not_onboarded=send"))
        .ends_with(7)
        .says("3 machines would be sent");
    desk.run(&format!("{TOO_MANY} export.csv --on unsupported=refuse"))
        .ends_with(7)
        .says("error: 2 machines are unsupported, for instance tv-4 in line 5")
        .says("tv-4 in line 5 (Other, Can be onboarded)")
        .says("hint: leave them out with --on unsupported=skip");
    desk.run("run export.csv --on unsupported=send").ends_with(2).says("are never sent");
    desk.run("run export.csv --on name_taken=skip").ends_with(2).says("no class `name_taken`");
    desk.check_nothing_queued("simulation.db");
}

#[test]
fn a_machine_that_one_of_its_rows_rules_out_is_not_sent() {
    let desk = Desk::new();
    let id = "0000000000000000000000000000000000000001";
    let rows = format!("DeviceId,OnboardingStatus\n{id},Onboarded\n{id},Unsupported\n");
    desk.file("hunting.csv", rows);
    desk.run(&format!("{TOO_MANY} hunting.csv")).says("1 machine skipped: unsupported");
}

#[test]
fn a_list_that_looks_like_the_whole_tenant_is_warned_of() {
    let desk = exported();
    let warning = "warning: this looks like the whole tenant";
    desk.run(&format!("{TOO_MANY} export.csv")).says(warning);
    let mut said = desk.command(&format!("{TOO_MANY} export.csv"));
    let said = said.args(["--where", "Group=Lab"]).complete();
    assert!(!String::from_utf8_lossy(&said.stderr).contains(warning), "somebody chose");
    let picked: String = EXPORT.lines().take(3).map(|line| line.to_owned() + "\n").collect();
    desk.file("picked.csv", picked);
    let said = desk.run(&format!("{TOO_MANY} picked.csv")).says("2 machines would be sent");
    assert!(!said.err.contains(warning), "{said}");
}

#[test]
fn only_the_rows_that_are_wanted_become_the_batch_which_remembers_the_choice() {
    let desk = exported();
    let choose = |words: &str| {
        let mut command = desk.command(&format!("{words} export.csv --simulate --comment x --yes"));
        command.args(["--where", "OS Platform=windows11", "--where", "Group!=", "--limit"]);
        command.args(["1000/1s", "--track-timeout", "0"]).complete()
    };
    let said = String::from_utf8(choose("run").stderr).unwrap();
    assert!(
        said.contains("5 rows left out by --where `OS Platform=windows11`, `Group!=`"),
        "{said}"
    );
    let batches = desk.run("batches --simulate --json").json();
    assert_eq!(batches[0]["total"], 1);
    assert_eq!(batches[0]["where"], serde_json::json!(["OS Platform=windows11", "Group!="]));
    assert_eq!(batches[0]["where_left_out"], serde_json::json!([null, 3]));
    desk.run("batches --simulate").says("export.csv where OS Platform=windows11, Group!=");
    let audit = desk.run("show 0000000000000000000000000000000000000001 --simulate");
    audit.says("os platform Windows11").says("tags a, b").says("group Kiosks");
    let shown = desk.run("show pc-1 --simulate --json").json();
    assert_eq!(shown["machines"][0]["device"]["onboarding_status"], "Onboarded");
    desk.run("run export.csv --simulate --comment x --where Site=1")
        .ends_with(3)
        .says("there is no column `Site` (--where)");
    desk.run("run export.csv --simulate --comment x --where Group=Nowhere")
        .ends_with(3)
        .says("no machines: no row matches --where");
}

#[test]
fn bad_rows_are_written_down_in_their_own_columns_and_read_again_once_they_are_mended() {
    let desk = Desk::new();
    let id = |number: u32| format!("{number:040x}");
    desk.file("fleet.csv", format!("Name;Device ID\na;{}\n=b;nonsense\nc\n", id(1)));
    desk.run(&format!("{TOO_MANY} fleet.csv --rejects bad.csv"))
        .ends_with(3)
        .says("2 bad rows written to bad.csv");
    let bad = desk.text("bad.csv");
    assert_eq!(
        bad,
        "\u{feff}rejected_because,rejected_file,rejected_line,Name,Device ID\n\
         \"character 1 is `n`, not a hexadecimal digit\",fleet.csv,3,'=b,nonsense\n\
         \"too few cells: 1, the header has 2 (complete the row; a cell with a line break needs \
         quotes)\",fleet.csv,4,c\n"
    );
    desk.file(
        "bad.csv",
        bad.replace("nonsense", &id(2)).replace(",4,c", &format!(",4,c,{}", id(3))),
    );
    desk.run(&format!("{TOO_MANY} bad.csv")).ends_with(7).says("2 machines would be sent");
    // With nothing to tell there is a table all the same.
    desk.run(&format!("{TOO_MANY} bad.csv --rejects none.csv"))
        .says("0 bad rows written to none.csv");
    let none = desk.text("none.csv");
    assert_eq!(none, "\u{feff}rejected_because,rejected_file,rejected_line\n");
}

#[test]
fn the_file_of_bad_rows_is_one_table_and_never_the_list_itself() {
    let desk = Desk::new();
    desk.file("a.csv", "Device ID\nx\n").file("b.csv", "Name,Device ID\ny,z\n");
    desk.run(&format!("{TOO_MANY} a.csv --rejects ./a.csv"))
        .ends_with(2)
        .says("--rejects ./a.csv would overwrite a.csv, which is read");
    assert_eq!(desk.text("a.csv"), "Device ID\nx\n");
    desk.run(&format!("{TOO_MANY} a.csv b.csv --rejects bad.csv"))
        .ends_with(2)
        .says("b.csv has other columns than the file with the first bad row");
    desk.file("list.txt", format!("{:040x}\nx\n", 1));
    desk.run(&format!("{TOO_MANY} list.txt --rejects bad.csv")).ends_with(3);
    let bad = desk.text("bad.csv");
    assert!(
        bad.starts_with("\u{feff}rejected_because,rejected_file,rejected_line,Device ID\n"),
        "{bad}"
    );
}

#[test]
fn the_report_of_what_failed_is_a_list() {
    let desk = Desk::new();
    desk.run("simulator --sample 300 --output fleet.csv").ends_with(0);
    let mut run = desk.command(
        "run fleet.csv --simulate --yes --limit 1000/1s --track-timeout 0 --on not_found=send",
    );
    run.args(["--comment", "=sold, see CHG 7"]).complete();
    let report = "report --simulate --only unsuccessful --output bad.csv";
    let said = desk.run(report).ends_with(0);
    let count: u32 = said.err.split_whitespace().next().unwrap().parse().unwrap();
    assert!(count > 1, "{said}");
    // Without a comment of its own here: the report has each machine's.
    let again = desk
        .run("run bad.csv --simulate --fleet ordinary --yes --expect-count 999999")
        .ends_with(7);
    again.says(&format!("{count} machines would be sent")).says("comments from `comment`");
    let options = "--limit 1000/1s --track-timeout 0 --json";
    desk.run(&format!("run bad.csv --simulate --fleet ordinary --yes {options}"));
    let rows = desk.run("report 2 --simulate --format ndjson").out;
    assert!(rows.contains("\"comment\":\"=sold, see CHG 7\""), "{rows}");
}

#[test]
fn a_sheet_of_several_is_chosen_by_name() {
    let desk = Desk::new();
    let data = format!("{}/tests/it/data/several.xlsx", env!("CARGO_MANIFEST_DIR"));
    std::fs::copy(data, desk.path("several.xlsx")).unwrap();
    let said = desk.run(&format!("{TOO_MANY} several.xlsx")).ends_with(3);
    said.says("the workbook has several sheets").says("choose one with --sheet");
    desk.file("plain.csv", list(1));
    desk.run(&format!("{TOO_MANY} plain.csv several.xlsx --sheet Nowhere"))
        .ends_with(3)
        .says("the workbook has no sheet `Nowhere`");
}
