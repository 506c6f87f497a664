//! What `-v`, `-vv` and `--log-file` hold, seam by seam.

use serde_json::Value;

use crate::support::canary;
use crate::support::desk::Desk;
use crate::support::machines::{list, machine_id};
use crate::support::server::{response, serve};

const RUN: &str = "run fleet.csv --comment Retired --yes --progress none --settle 1s \
                   --poll-interval 200ms --track-timeout 2s";

/// The lines that a run leaves in a log at a level.
fn logged(level: &str) -> (Desk, Vec<String>) {
    let desk = Desk::with_fleet(12, "--limit 5/1s --limit 1000/1m");
    desk.run(&format!("{RUN} --limit 5/1s --limit 1000/1m {level} --log-file run.log"));
    let lines = desk.text("run.log").lines().map(str::to_owned).collect();
    (desk, lines)
}

/// One line that has all of these.
#[track_caller]
fn check_line(lines: &[String], parts: &[&str]) {
    let has_all = |line: &&String| parts.iter().all(|part| line.contains(part));
    let found = lines.iter().any(|line| has_all(&line));
    assert!(found, "no line has {parts:?}:\n{}", lines.join("\n"));
}

#[test]
fn each_seam_has_its_line() {
    let (_desk, lines) = logged("-v");
    let seams: [&[&str]; 12] = [
        &["INFO  mde_offboard::program: started", "version=", "pid="],
        &["mde_offboard::journal: opened to run batches, with the lock", "journal.db", "schema="],
        &["mde_offboard::http: POST /", "/oauth2/v2.0/token", "status=200", "ms=", "host=127."],
        &["mde_offboard::sign_in: signed in", "credential=client-secret", "ends_at=20"],
        &["mde_offboard::http: GET /api/machines?$top=10000&$skip=0", "status=200", "bytes="],
        &["mde_offboard::answer: machines from 0 on: 112 rows"],
        &["mde_offboard::run: batch_started", "batch=1", "command=run", "machines=12"],
        &["mde_offboard::http: POST /api/machines/", "/offboard status=201", "ms=", "bytes="],
        &["mde_offboard::answer: offboard ", ": accepted, action ", " is Pending"],
        &["mde_offboard::run: submitted", "machine_id=", "action_id="],
        &["mde_offboard::run: waiting", "reason=window", "until=20"],
        &["mde_offboard::program: ended", "exit_code="],
    ];
    for parts in seams {
        check_line(&lines, parts);
    }
    assert!(!lines.iter().any(|line| line.contains(" TRACE ")), "only -vv has bodies");
    let posts = lines.iter().filter(|line| line.contains("/offboard status=201")).count();
    assert_eq!(posts, 12, "each request has one line");
}

#[test]
fn headers_and_bodies_are_at_the_second_level() {
    let (_desk, lines) = logged("-vv");
    for parts in [
        &["TRACE mde_offboard::http: sending POST /api/", "authorization: [secret]"] as &[&str],
        &["TRACE mde_offboard::http: sending POST /api/", "Comment", "Retired ["],
        &["TRACE mde_offboard::http: answer to POST /api/", "content-type: application/json"],
        &["TRACE mde_offboard::http: body of POST /api/", "Offboard", "Pending"],
        &["TRACE mde_offboard::http: sending POST /", "/token", "bytes that may hold a secret"],
        &["TRACE mde_offboard::http: body of POST /", "/token", "bytes that may hold a secret"],
    ] {
        check_line(&lines, parts);
    }
}

#[test]
fn no_line_is_a_librarys() {
    for (format, target) in [("text", "mde_offboard::"), ("json", "\"target\":\"mde_offboard::")] {
        let (_desk, lines) = logged(&format!("-vv --log-format {format}"));
        assert!(lines.len() > 100);
        for line in lines {
            assert!(line.contains(target), "{line}");
        }
    }
}

#[test]
fn a_line_of_text_has_the_local_time_with_its_offset() {
    let desk = Desk::with_file("fleet.csv", list(1)).with("TZ", "JST-9");
    desk.run("batches -v --log-file run.log").ends_with(0);
    let text = desk.text("run.log");
    let line = text.lines().next().expect("a line");
    let (time, rest) = line.split_once(' ').expect("words");
    assert_eq!((time.len(), &time[23..]), (29, "+09:00"), "{line}");
    assert!(time.parse::<jiff::Timestamp>().is_ok(), "{line}");
    assert!(rest.starts_with("INFO  mde_offboard::program: started version="), "{line}");
    // It is appended to without --force.
    desk.run("batches -v --log-file run.log").ends_with(0);
    assert!(desk.text("run.log").starts_with(&text));
}

#[test]
fn json_is_one_plain_object_a_line() {
    let (desk, lines) = logged("-vv --log-format json");
    let mut statuses = 0;
    for line in &lines {
        assert!(line.is_ascii() && !line.bytes().any(|byte| byte.is_ascii_control()), "{line}");
        let value: Value = serde_json::from_str(line).expect("JSON");
        for name in ["timestamp", "level", "target", "message"] {
            assert!(value[name].is_string(), "{line}");
        }
        statuses += u64::from(value["status"] == 201 && value["ms"].is_u64());
    }
    assert_eq!(statuses, 12);
    desk.run("batches -v --log-format json --log-file run.log").ends_with(0);
}

/// A server whose every answer holds what it was sent, hostile text and an ID of the request.
fn parrot() -> String {
    serve(|request| {
        if request.contains("/oauth2/") {
            let token = format!("opaque-{}", mde_offboard::simulator::TOKEN_END);
            let body = format!(r#"{{"access_token":"{token}","expires_in":3599}}"#);
            return response(200, "Content-Type: application/json\r\n", &body);
        }
        let echo = serde_json::to_string(request).expect("a text");
        let odd = "\u{1b}]0;x\u{7} \u{202e}";
        let body = format!(r#"{{"error":{{"code":"Odd","message":{echo},"more":"{odd}"}}}}"#);
        let id = "request-id: 5e1f0a5c-0000-4000-8000-00000000000a\r\n";
        response(400, &format!("Content-Type: application/json\r\nSet-Cookie: a=b\r\n{id}"), &body)
    })
}

#[test]
fn what_a_server_repeats_is_logged_without_secrets_and_without_control_characters() {
    for format in ["text", "json"] {
        let desk = Desk::with_file("fleet.csv", list(1)).leading_to(&parrot());
        let words = format!("plan fleet.csv --comment x -vv --log-format {format}");
        // What it says and the log are searched for the secrets.
        let said = desk.run(&format!("{words} --log-file run.log"));
        let text = desk.text("run.log");
        canary::check("the log", text.as_bytes());
        let id = "5e1f0a5c-0000-4000-8000-00000000000a";
        let answered = |line: &&str| line.contains("400") && line.contains(id);
        assert!(text.lines().any(|line| answered(&line)), "{said}\n{text}");
        assert!(text.contains("body of GET /api/machines"), "{text}");
        assert!(text.contains("set-cookie: [secret]"), "{text}");
        let unfit = |c: char| c != '\n' && (c.is_control() || c == '\u{202e}');
        assert!(!text.contains(unfit), "{text}");
    }
}

#[test]
fn without_v_a_file_holds_what_went_wrong_alone() {
    let mut desk = Desk::with_fleet(1, "");
    desk.run(&format!("{RUN} --log-file run.log"));
    assert_eq!(desk.text("run.log"), "");
    desk.end_simulator();
    let words = "plan fleet.csv --comment x --offline-timeout 1s --log-file run.log";
    let said = desk.run(words);
    let text = desk.text("run.log");
    assert!(text.lines().all(|line| line.contains(" WARN ") || line.contains(" ERROR ")), "{text}");
    assert!(text.contains("WARN  mde_offboard::http: POST /"), "{text}");
    assert!(text.contains("was not answered"), "{text}");
    let code = said.code.expect("it ended");
    assert!(text.contains("ERROR mde_offboard::program: "), "{said}\n{text}");
    assert!(text.contains(&format!("exit_code={code}")), "{said}\n{text}");
}

#[test]
fn a_rejected_machine_is_a_warning() {
    let desk = Desk::holding(&list(1), "--speed 600 --fleet mixed");
    let desk = desk.with("MDE_OFFBOARD_JOURNAL", "j.db");
    desk.file("fleet.csv", format!("Device ID\n{}\n", machine_id(99)));
    desk.run(&format!("{RUN} --on not_found=send --max-attempts 1 --log-file run.log"));
    check_line(
        &desk.text("run.log").lines().map(str::to_owned).collect::<Vec<_>>(),
        &["WARN ", "mde_offboard::run: rejected", "machine_id=", "http_status=404"],
    );
}
