//! Small truths: what is missing is named at once, and a hint names what really helps.

use crate::support::desk::Desk;
use crate::support::machines::list;
use crate::support::program::Complete;

#[test]
fn everything_that_is_missing_for_a_sign_in_is_named_at_once() {
    let id = "5e1f0000-0000-4000-8000-000000000001";
    let all = "set AZURE_CLIENT_SECRET or MDE_OFFBOARD_TOKEN, AZURE_TENANT_ID, and AZURE_CLIENT_ID \
               in the environment; --tenant-id and --client-id also work";
    let secret = "AZURE_CLIENT_SECRET";
    for (given, options, words) in [
        (vec![], "", all),
        (vec![("AZURE_TENANT_ID", id)], "", "MDE_OFFBOARD_TOKEN, and AZURE_CLIENT_ID in"),
        (vec![(secret, "x")], "", "set AZURE_TENANT_ID, and AZURE_CLIENT_ID in"),
        (vec![(secret, "x")], "--tenant-id contoso", "set AZURE_CLIENT_ID in the environment"),
        (vec![], "--auth token", "set MDE_OFFBOARD_TOKEN in the environment; --simulate"),
    ] {
        let desk =
            given.into_iter().fold(Desk::new(), |desk, (name, value)| desk.with(name, value));
        desk.file("a.csv", list(2));
        let run = format!("run a.csv --comment x --yes {options}");
        desk.run(&run).ends_with(2).says(words);
    }
}

#[test]
fn who_has_only_rehearsed_is_told_where_the_rehearsals_are() {
    let desk = Desk::with_file("a.csv", list(2));
    for words in ["status", "show pc-1", "report", "batches"] {
        let said = desk.run(words);
        assert!(!said.err.contains("simulation.db"), "{words}: {said}");
    }
    desk.run("run a.csv --comment x --yes --simulate --progress none --track-timeout 0s");
    let place = desk.journal("simulation.db").display().to_string();
    let hint = "rehearsals are in a journal of their own: `mde-offboard status --simulate`";
    for words in ["status", "show pc-1", "report"] {
        desk.run(words).ends_with(2).says(hint);
        desk.run(&format!("{words} --journal gone.db")).ends_with(2).says(hint);
    }
    let (code, words) = (Some(0), format!("status --journal {place}"));
    assert_eq!(desk.run(&words).code, code);
    // With the journal of rehearsals itself there is nowhere else to look.
    let said = desk.run(&format!("status 9 --journal {place}")).ends_with(2);
    assert!(!said.err.contains(hint), "{said}");
}

#[test]
fn what_to_do_about_a_journal_is_apart_from_its_name_and_names_the_whole_command() {
    let desk = Desk::new().with("MDE_OFFBOARD_JOURNAL", "a; b.db");
    desk.file("a; b.db", "Device ID\n");
    let said = desk.run("batches").ends_with(8);
    let said = said.says("a; b.db` is not a journal of this program\n");
    said.says("\nhint: name another file with --journal\n");
    desk.file("a.csv", list(2));
    let journal = "--journal own.db";
    desk.run(&format!("run a.csv --comment x --yes --simulate --progress none {journal}"));
    let mut bytes = std::fs::read(desk.path("own.db")).unwrap();
    bytes[4096..].fill(0xff);
    std::fs::write(desk.path("own.db"), bytes).unwrap();
    let whole = format!("`mde-offboard resume {journal} --simulate` finds at Defender");
    desk.run(&format!("status --simulate {journal}")).ends_with(8).says(&whole);
}

#[test]
#[cfg(target_os = "linux")]
fn a_report_to_a_full_device_says_that_it_is_not_whole() {
    let desk = Desk::with_file("a.csv", list(2));
    desk.run("run a.csv --comment x --yes --simulate --progress none --track-timeout 0s");
    for (output, name) in [("--output /dev/stdout", "/dev/stdout"), ("", "standard output")] {
        for format in ["csv", "json"] {
            let words = format!("report --simulate --format {format} {output}");
            let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
            let said = desk.command(&words).stdout(full).said();
            said.ends_with(1)
                .says(&format!("{name} cannot be written; the report is incomplete"))
                .says("No space left")
                .never_says("unchanged");
        }
    }
}

#[test]
fn the_advice_for_what_was_cancelled_names_the_option_that_it_needs() {
    let options = "--limit 100/1s --limit 5000/1m --pending-share 100%";
    let desk = Desk::holding(&list(4), options);
    let quick = "--progress none --poll-interval 200ms --track-timeout 1s";
    desk.run(&format!("run fleet.csv --comment x --yes {quick}"));
    desk.run("cancel 1 --yes --progress none");
    let status = desk.status();
    assert!(status["counts"]["cancelled"].as_u64().unwrap() > 0, "{status}");
    desk.run("status").says("by mistake? retry --only cancelled");
    desk.run("retry 1 --only cancelled").ends_with(7).says("retry sends");
}

#[test]
fn a_rehearsal_is_not_taken_to_a_tenant() {
    let id = "5e1f0000-0000-4000-8000-000000000001";
    let desk = Desk::new().with("AZURE_CLIENT_SECRET", "x").with("AZURE_CLIENT_ID", id);
    desk.file("a.csv", list(2));
    let run = "run a.csv --comment x --yes --simulate --progress none --track-timeout 0s";
    desk.run(&format!("{run} --journal own.db"));
    let address = "--api-url http://127.0.0.1:9 --authority-url http://127.0.0.1:9";
    desk.run(&format!("track --journal own.db {address}"))
        .ends_with(2)
        .says("error: batch 1 is a rehearsal: no tenant knows of it")
        .says("hint: add `--simulate` to the command");
}
