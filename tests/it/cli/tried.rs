//! A list, tried with the whole program: which machines are sent, or why none is.

use serde_json::Value;

use crate::support::desk::Desk;
use crate::support::program::{Complete, Said};

/// What came of a list.
pub(super) struct Tried {
    /// What `run` said.
    pub(super) said: Said,
    /// Names of the machines that were sent, in the order of the list; where a machine has no name,
    /// the end of its ID.
    pub(super) sent: Vec<String>,
    /// Reasons for which others were skipped, with their names.
    pub(super) skipped: Vec<(String, String)>,
}

impl Tried {
    /// Rehearses `file`, with arguments that may hold spaces.
    pub(super) fn with(file: (&str, &[u8]), options: &[&str]) -> Self {
        let desk = Desk::new();
        desk.file(file.0, file.1);
        let mut run =
            desk.command("run --simulate --fleet ordinary --yes --limit 1000/1s --track-timeout 0");
        run.arg(file.0).args(options);
        if !options.contains(&"--comment") {
            run.args(["--comment", "CHG1 retired"]);
        }
        let said = run.said();
        let mut tried = Self { said, sent: Vec::new(), skipped: Vec::new() };
        // What the simulator makes of a machine goes by its ID; here it matters that it was asked.
        if !matches!(tried.said.code, Some(0 | 4 | 9)) {
            return tried;
        }
        let report = desk.run("report --simulate --format ndjson");
        for line in report.out.lines() {
            let row: Value = serde_json::from_str(line).unwrap();
            let text = |name: &str| row[name].as_str().unwrap_or_default().to_owned();
            let name = match text("device_name") {
                name if name.is_empty() => text("machine_id")[36..].to_owned(),
                name => name,
            };
            match text("state").as_str() {
                "skipped" => tried.skipped.push((name, text("reason"))),
                _ => tried.sent.push(name),
            }
        }
        tried
    }

    #[track_caller]
    pub(super) fn sends(self, names: &str) -> Self {
        assert_eq!(self.sent.join(" "), names, "{}", self.said);
        self
    }

    #[track_caller]
    pub(super) fn ends_with(self, code: i32) -> Self {
        assert_eq!(self.said.code, Some(code), "{}", self.said);
        self
    }

    #[track_caller]
    pub(super) fn says(self, words: &str) -> Self {
        assert!(self.said.has(words), "no `{words}`: {}", self.said);
        self
    }

    #[track_caller]
    pub(super) fn skips(self, names: &str) -> Self {
        let skipped = self.skipped.iter().map(|(name, reason)| format!("{name}:{reason}"));
        assert_eq!(skipped.collect::<Vec<_>>().join(" "), names, "{}", self.said);
        self
    }
}
