//! History is not the present: of several rows of a machine the newest counts.

use super::tried::Tried;

const HEADER: &str = "Timestamp,DeviceId,DeviceName,OSPlatform,OnboardingStatus,DeviceManualTags";

/// Rows of machine 1, and one of machine 2, which is always sent.
fn tried(header: &str, rows: &[&str], options: &[&str]) -> Tried {
    let id = |number: u32| format!("{number:040x}");
    let rows = rows.join("\n").replace("<ID>", &id(1));
    let other = HEADER_OTHER.replace("<ID>", &id(2));
    let other = if header == HEADER { other } else { String::new() };
    Tried::with(("list.csv", format!("{header}\n{rows}\n{other}").as_bytes()), options)
}

const HEADER_OTHER: &str = "2026-10-20T05:10:11Z,<ID>,pc-2,Windows11,Onboarded,[]\n";

#[test]
fn the_newest_row_of_a_machine_decides() {
    let (old, new) = (
        "2026-10-01T05:10:11.1234567Z,<ID>,lt-new,Windows11,Can be onboarded,[]",
        "2026-10-20T05:10:11.1234567Z,<ID>,lt-new.corp.example,Windows11,Onboarded,[]",
    );
    for rows in [[old, new], [new, old]] {
        tried(HEADER, &rows, &[]).sends("lt-new.corp.example pc-2").says("times from `Timestamp`");
    }
    // The other way round: it was onboarded, and is no longer.
    let rows = [old.replace("10-01", "11-01"), new.to_owned()];
    let rows = [rows[0].as_str(), rows[1].as_str()];
    tried(HEADER, &rows, &[]).sends("pc-2").skips("lt-new:not_onboarded");
    let options = ["--on", "not_onboarded=refuse"];
    tried(HEADER, &rows, &options)
        .ends_with(7)
        .says("lt-new in line 2 (Windows11, Can be onboarded)");
    tried(HEADER, &[old, new], &options).sends("lt-new.corp.example pc-2");
}

#[test]
fn a_filter_goes_by_the_newest_row() {
    let (old, new) = (
        "2026-10-01T05:10:11Z,<ID>,pc-1,Windows11,Onboarded,[]",
        "2026-10-20T05:10:11Z,<ID>,pc-1,Windows11,Onboarded,\"[\"\"keep\"\"]\"",
    );
    for rows in [[old, new], [new, old]] {
        tried(HEADER, &rows, &["--where", "DeviceManualTags!=keep"])
            .sends("pc-2")
            .says("1 machine left out: --where matches an older row, but not the newest");
        tried(HEADER, &rows, &["--where", "DeviceManualTags=keep"]).sends("pc-1");
        tried(HEADER, &rows, &["--where", "DeviceManualTags="]).sends("pc-2");
    }
    // Which is the newest is not known where both are of the same instant.
    let same = old.replace("10-01", "10-20");
    tried(HEADER, &[&same, new], &["--where", "DeviceManualTags!=keep"])
        .ends_with(3)
        .says("1 machine has several rows that disagree")
        .says("line 2 and line 3 disagree: --where takes one and leaves out the other");
    tried(HEADER, &[&same, new], &["--where", "DeviceManualTags!=keep", "--skip-invalid"])
        .sends("pc-2")
        .says("1 machine left out: their rows disagree");
}

#[test]
fn times_are_read_as_tools_write_them() {
    for (column, old, new) in [
        ("TimeGenerated [UTC]", "\"9/20/2026, 5:10:11.123 PM\"", "\"10/20/2026, 5:10:11.123 AM\""),
        ("Last device update", "2026-10-20 05:10", "2026-10-20 05:11"),
        ("lastSeen", "20.09.2026 05:10:11", "01.10.2026 05:10:11"),
        ("LastSeen", "\"Sep 20, 2026 5:10:11 AM\"", "\"Oct 2, 2026 5:10:11 AM\""),
    ] {
        let header = format!("{column},DeviceId,DeviceName,OnboardingStatus");
        let old = format!("{old},<ID>,pc-1,Can be onboarded");
        let new = format!("{new},<ID>,pc-1,Onboarded");
        tried(&header, &[&old, &new], &[]).sends("pc-1");
        tried(&header, &[&new, &old], &[]).sends("pc-1");
    }
    // Two readings of a day that lead to different ends: nobody knows.
    let header = "Timestamp,DeviceId,DeviceName,OnboardingStatus";
    let rows = [
        "05/06/2026,<ID>,pc-1,Can be onboarded",
        "06/05/2026,<ID>,pc-1,Onboarded",
        "06/05/2026,89abcdef0123456789abcdef0123456789abcdef,pc-2,Onboarded",
    ];
    tried(header, &rows, &[])
        .skips("pc-1:not_onboarded")
        .says("skipped because of one of their rows");
}

#[test]
fn rows_without_a_time_have_to_say_the_same() {
    let header = "DeviceId,DeviceName,OnboardingStatus,Comment";
    tried(header, &["<ID>,pc-1,Onboarded,x", "<ID>,PC-1.corp.example,Onboarded,"], &[])
        .sends("pc-1");
    tried(header, &["<ID>,pc-1,,x", "<ID>,pc-7,,x"], &[])
        .ends_with(3)
        .says("(pc-1): line 2 and line 3 have different names");
    tried(header, &["<ID>,pc-1,,x", "<ID>,pc-1,,y"], &[])
        .ends_with(3)
        .says("line 2 and line 3 have different comments");
    let other = "89abcdef0123456789abcdef0123456789abcdef,pc-2,Onboarded,x";
    let rows = ["<ID>,pc-1,Onboarded,x", "<ID>,pc-1,Unsupported,x", other];
    tried(header, &rows, &[])
        .says("skipped because of one of their rows")
        .skips("pc-1:unsupported");
    // One row without a time may be newer than all that have one.
    let rows = [
        "2026-10-01T05:10:11Z,<ID>,pc-1,Windows11,Onboarded,[]",
        ",<ID>,pc-7,Windows11,Onboarded,[]",
        "2026-10-20T05:10:11Z,<ID>,pc-1,Windows11,Onboarded,[]",
    ];
    tried(HEADER, &rows, &[]).ends_with(3);
    // A newer row settles what two older ones dispute.
    let rows = [
        "2026-10-01T05:10:11Z,<ID>,pc-1,Windows11,Onboarded,[]",
        "2026-10-01T05:10:11Z,<ID>,pc-7,Windows11,Onboarded,[]",
        "2026-10-20T05:10:11Z,<ID>,pc-9,Windows11,Onboarded,[]",
    ];
    tried(HEADER, &rows, &[]).sends("pc-9 pc-2");
}
