//! Every command of a page is run, in a folder where what it names is there, and ends as the page
//! says: with 0, or as a comment has it (`# ends with 4`).
//!
//! A page that gets a new command needs no change here. One that a test cannot run is listed in
//! `NOT_RUN` with the reason; its words are still read by the program. So are those of a call in a
//! container, whose files are others.

use std::process::Output;
use std::sync::Mutex;
use std::time::Duration;

use tempfile::TempDir;

use super::blocks::blocks;
use super::calls::{Call, calls};
use super::stage::Stage;
use crate::support::desk::Desk;
use crate::support::program::{Said, kill, started};
use crate::support::waiting::pass;

/// Parts of command lines that are read but not run, and why. A part that no page has fails.
const NOT_RUN: [(&str, &str); 0] = [];

/// How many blocks are tried at a time: most of the time is waited for a simulator.
const AT_A_TIME: usize = 8;

/// Longest that one command may take.
const LONGEST: Duration = Duration::from_mins(1);

/// The names of the commands, as the help lists them.
fn command_names() -> Vec<String> {
    let help = Desk::new().run("help").ends_with(0).out;
    let (_, listed) = help.split_once("\nCommands:\n").expect("a list of commands");
    let lines = listed.lines().take_while(|line| line.starts_with(' '));
    lines.filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect()
}

/// The options of each command that a call needs in a test.
fn takes(command: &str, option: &str) -> bool {
    let confirmed = ["run", "resume", "cancel", "retry", "resolve"];
    let followed = ["run", "resume", "track"];
    match option {
        "--yes" => confirmed.contains(&command),
        "--track-timeout" | "--poll-interval" => followed.contains(&command),
        _ => false,
    }
}

/// Words in capitals that a person replaces, as far as a stage knows by what.
fn filled_in(word: &str, plan: &str) -> String {
    match word {
        "ACTION_ID" => "5382f7ea-7557-4ab7-9782-d50480024a4e".to_owned(),
        "HASH" => plan.to_owned(),
        other => {
            // Paths of other computers are names here.
            let path = other.replace('\\', "/");
            let is_absolute = path.starts_with(['/', '~']) || path.get(1..3) == Some(":/");
            let is_option = path.starts_with('-') || path.contains(' ');
            if let Some(at) = path.find("/samples/").filter(|_| is_absolute && !is_option) {
                return path[at + 1..].to_owned();
            }
            let name = path.rsplit('/').next().filter(|name| !name.is_empty());
            if is_absolute && !is_option { name.unwrap_or(".").to_owned() } else { path }
        }
    }
}

/// The words of a call as they are typed on the stage.
fn on_stage(stage: &Stage, call: &Call, plan: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut given = call.words.iter();
    while let Some(word) = given.next() {
        match word.as_str() {
            // No browser is started, and no port is taken that somebody else may have.
            "--open" => {}
            "--port" => drop(given.next()),
            "--expect-count" => {
                given.next();
                let rows = stage.rows(&filled_in(&call.words[1], plan));
                words.extend([word.clone(), rows.to_string()]);
            }
            _ => words.push(filled_in(word, plan)),
        }
    }
    let command = words[0].clone();
    // In a rehearsal some machines are switched off: they stay pending for as long as it follows.
    let is_rehearsal = words.iter().any(|word| word == "--simulate");
    let followed = if is_rehearsal { "3s" } else { "30s" };
    for (option, value) in
        [("--yes", None), ("--track-timeout", Some(followed)), ("--poll-interval", Some("200ms"))]
    {
        if takes(&command, option) && !words.iter().any(|word| word == option) {
            words.push(option.to_owned());
            words.extend(value.map(str::to_owned));
        }
    }
    words
}

/// Whether a command goes on until somebody ends it.
fn goes_on(words: &[String]) -> bool {
    let has = |option: &str| words.iter().any(|word| word == option);
    match words[0].as_str() {
        "serve" => true,
        "status" => has("--watch"),
        "simulator" => !has("--sample"),
        _ => false,
    }
}

/// What a command says that ends by itself. It goes into files: a pipe that is full would hold it.
fn run(stage: &Stage, words: &[String]) -> Said {
    let folder = TempDir::new().expect("a folder");
    let file = |name: &str| std::fs::File::create(folder.path().join(name)).expect("a file");
    let mut command = stage.desk.command("");
    command.args(words).stdout(file("out")).stderr(file("err"));
    let mut child = started(&mut command);
    pass(LONGEST, &mut child);
    if child.try_wait().expect("ours").is_none() {
        kill(&mut child);
    }
    let read = |name: &str| std::fs::read(folder.path().join(name)).expect("a file");
    let status = child.wait().expect("it has ended");
    Output { status, stdout: read("out"), stderr: read("err") }.into()
}

/// What is wrong with a call; none: it does what its page says.
fn trouble(stage: &Stage, call: &Call, plan: &mut String) -> Option<String> {
    let words = on_stage(stage, call, plan);
    let line = words.join(" ");
    if call.is_contained || NOT_RUN.iter().any(|(part, _)| line.contains(part)) {
        return trouble_of_reading(stage, &words);
    }
    stage.restore_journals(&words);
    stage.write_lists(&words);
    if goes_on(&words) {
        let said = stage.desk.first_line_of(&words);
        return said.out.is_empty().then(|| format!("`{line}` shows nothing: {said}"));
    }
    let said = run(stage, &words);
    // The hash of a plan is printed when it is saved.
    let is_hash = |word: &&str| word.len() == 64 && word.chars().all(|c| c.is_ascii_hexdigit());
    if words[0] == "plan"
        && let Some(hash) =
            said.out.split_whitespace().chain(said.err.split_whitespace()).find(is_hash)
    {
        hash.clone_into(plan);
    }
    let fits = said.code.is_some_and(|code| call.codes.contains(&code));
    (!fits).then(|| format!("`{line}` does not end with {:?}: {said}", call.codes))
}

/// What is wrong with words that are only read: they are right where the program goes on to the
/// settings, which are not there.
fn trouble_of_reading(stage: &Stage, words: &[String]) -> Option<String> {
    let mut command = stage.desk.command("");
    let said = Said::by(started(command.args(words).env("MDE_OFFBOARD_CONFIG", "gone.toml")));
    (!said.err.contains("gone.toml")).then(|| format!("`{}`: {said}", words.join(" ")))
}

/// The calls of each block that has some.
fn documented() -> Vec<Vec<Call>> {
    let names = command_names();
    let found = blocks().into_iter().map(|block| calls(&block, &names));
    found.filter(|calls| !calls.is_empty()).collect()
}

#[test]
#[cfg(unix)] // The same pages; there a folder, a path and a quote are written in other ways.
fn every_command_of_a_page_can_be_typed_and_ends_as_the_page_says() {
    let documented = documented();
    let calls: usize = documented.iter().map(Vec::len).sum();
    assert!(calls > 40, "{calls} calls were found");
    let (open, wrong) = (Mutex::new(documented), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..AT_A_TIME {
            scope.spawn(|| {
                loop {
                    let Some(block) = open.lock().expect("whole").pop() else { break };
                    let (stage, mut plan) = (Stage::new(), String::new());
                    for call in &block {
                        if let Some(what) = trouble(&stage, call, &mut plan) {
                            let what = format!("{}: {what}", call.place);
                            wrong.lock().expect("whole").push(what);
                        }
                    }
                }
            });
        }
    });
    let mut wrong = wrong.into_inner().expect("whole");
    wrong.sort();
    assert!(wrong.is_empty(), "{} of {calls}:\n{}", wrong.len(), wrong.join("\n\n"));
}

/// Parts of command lines that no page has.
fn stale<'a>(parts: &[(&'a str, &str)], documented: &[Vec<Call>]) -> Vec<&'a str> {
    let lines: Vec<String> = documented.iter().flatten().map(|call| call.words.join(" ")).collect();
    let is_there = |part: &str| lines.iter().any(|line| line.contains(part));
    parts.iter().map(|(part, _)| *part).filter(|part| !is_there(part)).collect()
}

#[test]
fn each_command_that_is_not_run_is_on_a_page() {
    let documented = documented();
    assert_eq!(stale(&NOT_RUN, &documented), [""; 0], "no page has these any more");
    let planted = [("frob --now", "it is on no page"), ("resume", "it is on one")];
    assert_eq!(stale(&planted, &documented), ["frob --now"]);
}

#[test]
fn words_that_are_only_read_are_still_the_programs() {
    let stage = Stage::new();
    let trouble = |line: &str| {
        let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
        trouble_of_reading(&stage, &words)
    };
    assert_eq!(trouble("run a.csv --comment x --auth device-code"), None);
    assert!(trouble("run a.csv --comment x --auth device-codes").is_some());
    assert!(trouble("runs a.csv").is_some());
}
