//! No output is written over what matters: the journal, a file beside it, what is read, another
//! output, or a file that somebody else wrote.

use std::path::Path;
#[cfg(unix)]
use std::time::Duration;

use crate::support::desk::Desk;
use crate::support::machines::list;
use crate::support::program::{Complete, Said};
#[cfg(unix)]
use crate::support::waiting::pass;

const MACHINES: u32 = 3;
const RUN: &str = "run fleet.csv --comment x --yes --progress none --track-timeout 0 --simulate \
                   --journal j.db";

/// A desk with a journal that holds a batch, in `j.db`, and its list.
fn desk() -> Desk {
    let desk = Desk::new();
    desk.file("fleet.csv", list(MACHINES)).file("bad.csv", "Device ID\nnone\n");
    desk.run(RUN);
    assert!(desk.path("j.db").exists());
    desk
}

/// Commands that write a file; it is named behind the option that ends each.
const WRITERS: [(&str, &str); 5] = [
    ("report --simulate --journal j.db --format csv --output", "--output"),
    ("run bad.csv --comment x --yes --simulate --journal j.db --rejects", "--rejects"),
    (
        "run fleet.csv --again --comment x --yes --simulate --track-timeout 0 -q --journal j.db \
         --events",
        "--events",
    ),
    ("status --simulate --journal j.db --log-file", "--log-file"),
    ("simulator --sample 3 --journal j.db --output", "--output"),
];

/// Each command that writes refuses the file, and leaves every file as it was.
#[track_caller]
fn check_refused(desk: &Desk, file: &str, says: &str) {
    for (words, option) in WRITERS {
        let before = desk.files();
        for force in ["", " --force"] {
            let said = desk.run(&format!("{words} {file}{force}")).ends_with(2).says(says);
            assert!(said.err.contains(option), "{words} {file}{force}: {said}");
        }
        let changed = before != desk.files();
        assert!(!changed, "`{words} {file}` changed a file");
    }
}

#[test]
fn nothing_is_written_over_the_journal() {
    check_refused(&desk(), "j.db", "overwrite the journal j.db");
}

#[test]
fn nothing_is_written_over_the_journals_log_index_lock_or_copy_there_or_not() {
    let desk = desk();
    let names = ["j.db-wal", "j.db-shm", "j.db.lock", "j.db.schema-1", "j.db-journal"];
    for name in names {
        check_refused(&desk, name, "of the journal j.db");
    }
    desk.file("j.db.schema-1", "a copy").file("j.db-wal", "");
    check_refused(&desk, "j.db.schema-1", "of the journal j.db");
}

#[test]
fn nothing_is_written_over_a_journal_of_another_command_or_what_is_beside_it() {
    let desk = desk();
    std::fs::copy(desk.path("j.db"), desk.path("other.db")).unwrap();
    check_refused(&desk, "other.db", "overwrite a journal");
    check_refused(&desk, "other.db-wal", "of the journal");
    check_refused(&desk, "other.db.lock", "of the journal");
}

#[test]
fn an_input_is_not_written_over_under_any_name() {
    let desk = desk();
    std::fs::hard_link(desk.path("bad.csv"), desk.path("hard.csv")).unwrap();
    let run = "run bad.csv --comment x --yes --simulate --journal j.db --skip-invalid";
    for name in ["bad.csv", "./bad.csv", "hard.csv"] {
        for option in ["--rejects", "--events", "--log-file"] {
            let said = desk.run(&format!("{run} {option} {name} --force"));
            said.ends_with(2).says("which is read");
        }
        let report = "report --simulate --journal j.db --machines bad.csv --format csv --output";
        desk.run(&format!("{report} {name} --force")).ends_with(2).says("which is read");
    }
    assert_eq!(desk.text("bad.csv"), "Device ID\nnone\n");
}

#[test]
#[cfg(unix)]
fn a_link_leads_to_the_file_that_counts() {
    use std::os::unix::fs::symlink;
    let desk = desk();
    for (target, link) in [("j.db", "to.db"), ("j.db-wal", "to-log"), ("to.db", "to-to.db")] {
        symlink(target, desk.path(link)).unwrap();
        check_refused(&desk, link, "journal j.db");
    }
    std::fs::hard_link(desk.path("j.db"), desk.path("hard.db")).unwrap();
    check_refused(&desk, "hard.db", "overwrite the journal j.db");
    std::fs::hard_link(desk.path("j.db.lock"), desk.path("hard.lock")).unwrap();
    check_refused(&desk, "hard.lock", "of the journal j.db");
}

#[test]
fn two_outputs_are_two_files() {
    let desk = desk();
    for second in ["--rejects", "--log-file"] {
        let words = format!("{RUN} --again --events a.txt {second} ./a.txt");
        desk.run(&words).ends_with(2).says("overwrite the file of --");
        assert!(!desk.path("a.txt").exists());
    }
}

#[test]
fn a_file_that_somebody_else_wrote_is_replaced_only_by_force() {
    let desk = desk();
    for (number, (words, _)) in WRITERS.into_iter().enumerate() {
        let name = format!("foreign-{number}");
        desk.file(&name, "my notes\n");
        desk.run(&format!("{words} {name}")).ends_with(2).says("--force");
        assert_eq!(desk.text(&name), "my notes\n");
        let said = desk.run(&format!("{words} {name} --force"));
        assert_ne!(said.code, Some(2), "{said}");
        let text = desk.text(&name);
        let appended = words.ends_with("--events") || words.ends_with("--log-file");
        assert_eq!(text.starts_with("my notes\n"), appended, "{words}: {text}");
    }
}

#[test]
fn what_this_program_wrote_is_written_again_without_force() {
    let desk = desk();
    for (number, (words, _)) in WRITERS.into_iter().enumerate() {
        let command = format!("{words} own-{number}");
        let first = desk.run(&command).code;
        assert_ne!(first, Some(2));
        assert_eq!(desk.run(&command).code, first, "{command}");
    }
    for form in ["csv", "json", "ndjson"] {
        let command = format!("report --simulate --journal j.db --output r.{form}");
        for _ in 0..2 {
            desk.run(&command).ends_with(0);
        }
    }
    desk.run("report --simulate --journal j.db --format csv --output own-3").ends_with(0);
    desk.run("report --simulate --journal j.db --format csv --output own-4").ends_with(2);
}

#[test]
fn a_real_export_is_no_sample() {
    let desk = desk();
    desk.run("simulator --sample 2 --output sample.csv").ends_with(0);
    let sample = desk.text("sample.csv");
    desk.file("export.csv", sample.replace("corp.example", "corp.contoso.com"));
    desk.run("simulator --sample 2 --output export.csv").ends_with(2).says("--force");
}

#[test]
fn what_cannot_be_written_is_told_before_anything_is_queued() {
    let desk = Desk::with_file("fleet.csv", list(MACHINES));
    std::fs::create_dir(desk.path("folder")).unwrap();
    for option in ["--events", "--rejects", "--log-file"] {
        for name in ["missing/file", "folder", "fleet.csv/file"] {
            let said = desk.run(&format!("{RUN} {option} {name}"));
            said.ends_with(2).says(option).says("hint: ");
            assert!(!desk.path("j.db").exists(), "{option} {name}");
        }
    }
    let mut left: Vec<_> = desk.files().into_iter().map(|(name, _)| name).collect();
    left.sort();
    assert_eq!(left, ["fleet.csv"], "something was left behind");
}

/// What the system lets nobody write to, not even its administrator: a folder that takes no files,
/// and a file that is only read.
#[test]
#[cfg(target_os = "linux")]
fn what_the_system_lets_nobody_write_is_told_before_anything_is_queued() {
    let desk = Desk::with_file("fleet.csv", list(MACHINES));
    for option in ["--events", "--rejects", "--log-file"] {
        let said = desk.run(&format!("{RUN} {option} /proc/new-file"));
        said.ends_with(2).says(option).says("cannot be written").says("hint: ");
        assert!(!desk.path("j.db").exists(), "{option}");
    }
    for option in ["--events", "--log-file"] {
        let said = desk.run(&format!("{RUN} {option} /proc/sys/kernel/ostype --force"));
        said.ends_with(2).says(option).says("cannot be written").says("hint: ");
        assert!(!desk.path("j.db").exists(), "{option}");
    }
}

#[test]
#[cfg(unix)]
fn a_pipe_or_a_device_is_refused_at_once() {
    let desk = desk();
    let made = std::process::Command::new("mkfifo").arg(desk.path("fifo")).status();
    assert!(made.unwrap().success());
    for (words, _) in WRITERS {
        let mut process = desk.start(&format!("{words} fifo"));
        pass(Duration::from_secs(30), &mut process);
        if process.try_wait().unwrap().is_none() {
            process.kill().unwrap();
            process.wait().unwrap();
            panic!("`{words} fifo` waits for the other end of the pipe");
        }
    }
    let _socket = std::os::unix::net::UnixListener::bind(desk.path("socket")).unwrap();
    for name in ["fifo", "socket", "/dev/full"] {
        check_refused(&desk, name, "not a regular file");
    }
}

#[test]
#[cfg(unix)]
fn standard_output_and_nothing_at_all_can_be_written_to() {
    let desk = desk();
    for (words, option) in WRITERS {
        for name in ["/dev/null", "/dev/stdout", "/dev/stderr"] {
            let said = desk.run(&format!("{words} {name}"));
            assert!(matches!(said.code, Some(0 | 3 | 4 | 5 | 9)), "{words} {name}: {said}");
            let shown = name == "/dev/stdout" && option == "--events";
            assert!(!shown || said.out.contains("\"batch_ended\""), "{said}");
        }
        let said = desk.run(&format!("{words} -"));
        let is_events = option == "--events";
        assert!(!is_events || said.out.contains("\"batch_ended\""), "{said}");
        said.never_says("standard input");
        assert!(!desk.path("-").exists(), "a file of that name: {words}");
    }
}

#[cfg(unix)]
fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    path.metadata().unwrap().permissions().mode() & 0o777
}

#[test]
#[cfg(unix)]
fn what_is_written_is_for_its_user_alone_whatever_the_umask() {
    for mask in ["000", "277"] {
        let desk = desk();
        for (number, (words, _)) in WRITERS.into_iter().enumerate() {
            let said = desk.shell(&format!("umask {mask}; exec \"$0\" {words} new-{number}"));
            assert_eq!(mode(&desk.path(&format!("new-{number}"))), 0o600, "{words}: {said}");
        }
    }
}

#[test]
fn half_a_line_that_was_left_behind_gets_an_end() {
    let desk = desk();
    let whole = "{\"at\":\"2026-11-24T00:14:15Z\",\"event\":\"batch_started\",\"batch\":1}\n";
    desk.file("events", format!("{whole}{{\"at\":\"2026-11"));
    desk.run(&format!("{RUN} --again --events events"));
    let text = desk.text("events");
    let broken: Vec<&str> = text
        .lines()
        .filter(|line| serde_json::from_str::<serde_json::Value>(line).is_err())
        .collect();
    assert_eq!(broken, ["{\"at\":\"2026-11"]);
    assert!(text.contains("\"batch_ended\"") && text.ends_with('\n'), "{text}");
}

#[test]
#[cfg(target_os = "linux")]
fn a_result_that_does_not_reach_standard_output_is_not_done() {
    let desk = desk();
    for words in ["status --simulate --journal j.db --json", "report --simulate --journal j.db"] {
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let said = desk.command(words).stdout(full).said();
        said.ends_with(1).says("No space left");
        // A reader that goes away has what it wanted.
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let said = desk.command(words).stdout(writer).said();
        said.ends_with(0);
    }
}

#[test]
#[cfg(unix)]
fn a_disk_that_is_full_in_the_end_is_1_and_what_was_there_stays() {
    let desk = Desk::new();
    desk.run("simulator --sample 3 --output sample.csv").ends_with(0);
    let before = desk.files();
    let said = desk.shell("ulimit -f 4; exec \"$0\" simulator --sample 100 --output sample.csv");
    said.ends_with(1).says("sample.csv cannot be written").says("hint: ");
    assert!(before == desk.files(), "{:?}", desk.files().iter().map(|f| &f.0).collect::<Vec<_>>());
}

#[test]
fn a_live_run_loses_nothing_to_an_output_and_goes_on() {
    let limits = "--limit 40/1s --limit 5000/1m";
    let desk = Desk::holding(&list(200), &format!("{limits} --speed 500"));
    let desk = desk.with("MDE_OFFBOARD_JOURNAL", "j.db");
    let run = desk.start(&format!(
        "run fleet.csv --comment x --yes --progress none {limits} --settle 2s \
         --poll-interval 200ms --track-timeout 3s"
    ));
    desk.wait_for("status --json", |status| status["counts"]["queued"].as_u64() < Some(180));
    for name in ["j.db", "j.db-wal", "j.db-shm", "j.db.lock", "j.db.schema-1"] {
        let report = format!("report --force --format csv --output {name}");
        desk.run(&report).ends_with(2).says("journal j.db");
        let sample = format!("simulator --sample 3 --force --output {name}");
        desk.run(&sample).ends_with(2).says("journal j.db");
        desk.run(&format!("status --force --log-file {name}")).ends_with(2).says("journal j.db");
    }
    // The simulator lets some actions fail.
    let said = Said::by(run);
    assert!(matches!(said.code, Some(0 | 4)), "{said}");
    assert_eq!(desk.status()["settled"], true);
    desk.run("check").ends_with(0);
}
