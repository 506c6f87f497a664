//! A folder in which the commands of the pages can be typed: lists, settings with profiles,
//! journals in the state that a command is about, and a simulator to which all of them lead.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use mde_offboard::domain::{
    ActionId, ActionStatus, Comment, Detail, Doubt, Fact, MachineId, MachineNumber, Missing, Realm,
    Tenant, Timestamp,
};
use mde_offboard::engine::{Clock, RunOptions};
use mde_offboard::journal::{Changes, Entry, Journal, NewBatch, NewMachine};
use mde_offboard::simulator::TenantOptions;

use super::blocks::top;
use crate::support::batches::{CreatePlanned as _, new_batch, new_machine, runner};
use crate::support::desk::Desk;
use crate::support::journals::{open_runner, until_free};
use crate::support::machines::ordinary;

/// Profiles that pages name.
const PROFILES: [&str; 4] = ["contoso", "fabrikam", "adatum", "northwind"];

/// Machines of the lists, and those of the batch that is in each journal already.
const LISTED: usize = 8;
const EARLIER: usize = 4;

/// What is true of the batch in the journals before a command.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Before {
    /// Nothing was sent yet.
    Queued,
    /// Its machines are held.
    Held,
    /// One of them timed out, the others succeeded.
    TimedOut,
    /// All of them succeeded.
    Done,
}

impl Before {
    fn of(command: &str) -> Self {
        match command {
            "resume" | "stop" | "cancel" | "status" | "serve" => Self::Queued,
            "resolve" => Self::Held,
            "retry" => Self::TimedOut,
            _ => Self::Done,
        }
    }
}

pub(super) struct Stage {
    pub(super) desk: Desk,
    /// When what is in the journals was true: they are the same before each call.
    since: Timestamp,
    machines: Vec<MachineId>,
}

/// A list as the portal exports it, with two machines that a condition leaves out.
fn export(machines: &[MachineId]) -> String {
    let mut list = "Device ID,Device Name,OS Platform,Onboarding Status,Tags,Group\n".to_owned();
    for (index, id) in machines.iter().enumerate() {
        let tags = if index == 1 { "keep" } else { "retire-2026" };
        let group = if index == 2 { "Servers" } else { "Kiosks" };
        let name = 1_000 + index;
        writeln!(list, "{id},pc-{name},Windows11,Onboarded,{tags},{group}").expect("a string");
    }
    list
}

/// What had happened to a machine, and how many minutes ago.
fn facts(before: Before, number: u32, ago: &dyn Fn(i64) -> Timestamp) -> Vec<(i64, Fact)> {
    let detail = || Detail::new(None, Some("timeout"), "no answer");
    let uncertain =
        || Fact::Uncertain { doubt: Doubt::NoAnswer, detail: detail(), look_at: ago(1) };
    let ended = match before {
        Before::Queued => return Vec::new(),
        Before::Held => {
            let missing = Fact::Missing(Missing::Resend);
            let held = Fact::Held { detail: detail() };
            let after = [missing, Fact::Sending, uncertain(), held].map(|fact| (2, fact));
            return [(60, Fact::Sending), (59, uncertain())].into_iter().chain(after).collect();
        }
        Before::TimedOut if number == 2 => ActionStatus::TimedOut,
        Before::TimedOut | Before::Done => ActionStatus::Succeeded,
    };
    let action = ActionId::parse(&format!("{number:08}-7557-4ab7-9782-d50480024a4e"));
    let accepted = Fact::Accepted {
        action: action.expect("a GUID"),
        status: ActionStatus::Pending,
        adopted: false,
        found: false,
        http_status: Some(201),
        created_at: Some(ago(58)),
        named_by: None,
    };
    let ended = Fact::ActionEnded { status: ended, device_error: None };
    vec![(60, Fact::Sending), (58, accepted), (50, ended)]
}

impl Stage {
    pub(super) fn new() -> Self {
        let machines = ordinary(LISTED + EARLIER, TenantOptions::default().seed);
        let mut list = export(&machines[..LISTED]);
        for id in &machines[LISTED..] {
            writeln!(list, "{id},,Windows11,Onboarded,,").expect("a string");
        }
        let desk = Desk::with_file("machines.csv", list);
        let desk = desk.beside("--machines machines.csv --fleet ordinary --speed 600");
        let settings = desk.path("settings.toml").display().to_string();
        let desk = desk.with("MDE_OFFBOARD_CONFIG", &settings);
        let since = Clock::new().now().wall;
        let stage = Self { desk, since, machines };
        stage.fill();
        stage
    }

    fn fill(&self) {
        let app = TenantOptions::default();
        let mut settings = String::new();
        for name in PROFILES {
            writeln!(
                settings,
                "[profile.{name}]\ntenant_id = \"{}\"\nclient_id = \"{}\"\n\
                 api_url = \"{url}\"\nauthority_url = \"{url}\"\nsecret_file = \"app.secret\"",
                app.tenant_id,
                app.client_id,
                url = self.desk.url(),
            )
            .expect("a string");
        }
        self.desk.private_file("settings.toml", settings);
        self.desk.private_file("app.secret", app.client_secret);
        self.desk.file("protect.toml", "names = [\"DC*\"]\n");
        self.desk.file("fleet.csv", export(&self.machines[..LISTED]));
        let samples = self.desk.path("samples");
        std::fs::create_dir(&samples).expect("a folder of ours");
        for file in top().join("samples").read_dir().expect("samples").flatten() {
            if file.path().is_file() {
                std::fs::copy(file.path(), samples.join(file.file_name())).expect("copied");
            }
        }
    }

    /// The list that is read where a page names one that is not there.
    fn list_of(&self, kind: &str, of_batch: bool) -> Option<String> {
        let machines = if of_batch { &self.machines[LISTED..] } else { &self.machines[..LISTED] };
        let ids = machines.iter().map(ToString::to_string);
        match kind {
            "csv" => Some(export(machines)),
            "txt" => Some(ids.collect::<Vec<_>>().join("\n")),
            "json" => Some(serde_json::to_string(&ids.collect::<Vec<_>>()).expect("JSON")),
            "ndjson" | "jsonl" => {
                Some(ids.map(|id| format!("\"{id}\"")).collect::<Vec<_>>().join("\n"))
            }
            _ => None,
        }
    }

    /// Writes the lists that a call reads, and makes the folder that manual pages go to.
    pub(super) fn write_lists(&self, words: &[String]) {
        const WRITTEN: [&str; 11] = [
            "--output",
            "--details",
            "--rejects",
            "--events",
            "--log-file",
            "--metrics-file",
            "--write-head",
            "--head",
            "--plan",
            "--comment",
            "--notify-command",
        ];
        if let ["man", folder] = words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
            std::fs::create_dir_all(self.desk.path(folder)).expect("a folder");
        }
        for (index, word) in words.iter().enumerate().skip(1) {
            let before = words[index - 1].as_str();
            let kind = Path::new(word).extension().and_then(|kind| kind.to_str());
            let path = self.desk.path(word);
            if word.starts_with('-') || WRITTEN.contains(&before) || path.exists() {
                continue;
            }
            let of_batch = before == "--machines" && words[0] != "simulator";
            if let Some(list) = kind.and_then(|kind| self.list_of(kind, of_batch)) {
                self.desk.file(word, list);
            }
        }
    }

    /// How many machines a list has.
    pub(super) fn rows(&self, list: &str) -> usize {
        if list.ends_with("csv") { self.desk.text(list).lines().count() - 1 } else { LISTED }
    }

    /// A journal with one batch, whose first machines have these names.
    fn journal(&self, path: &Path, realm: Realm, before: Before, names: &[String]) {
        let app = TenantOptions::default();
        let options = RunOptions {
            settle: Duration::from_secs(1),
            poll_interval: Duration::from_millis(200),
            track_timeout: Duration::from_secs(20),
            ..RunOptions::default()
        };
        let api = if realm == Realm::Simulator { "simulator" } else { self.desk.url() };
        let new = NewBatch {
            tenant: Tenant { id: app.tenant_id, realm },
            api: api.to_owned(),
            comment: Some(Comment::parse("gone").expect("a comment")),
            options: options.to_json(),
            ..new_batch(1)
        };
        let ago =
            |minutes: i64| Timestamp::from_micros(self.since.as_micros() - minutes * 60_000_000);
        let mut journal: Journal = open_runner(path, &runner());
        let mut entries = Vec::new();
        for (number, id) in (1..).zip(&self.machines[LISTED..]) {
            let name = names.get(number as usize - 1).cloned();
            journal.stage(&NewMachine { name, ..new_machine(*id, number) }).expect("staged");
        }
        let batch = journal.create_planned(&new, ago(61)).expect("a batch");
        for number in 1..=u32::try_from(EARLIER).expect("few") {
            for (minutes, fact) in facts(before, number, &ago) {
                let (number, at) = (MachineNumber(number), ago(minutes));
                entries.push(Entry { batch, number, at, fact });
            }
        }
        let changes = Changes { facts: entries, ..Changes::default() };
        journal.commit(&changes).expect("committed");
        drop(journal);
        until_free(path);
    }

    /// The journals as they are before a call: in the user's folder, and where the call names some
    /// that are not there.
    pub(super) fn restore_journals(&self, words: &[String]) {
        let before = Before::of(&words[0]);
        let names = words.iter().skip(1).take_while(|word| !word.starts_with('-'));
        let mut names: Vec<String> = names.cloned().collect();
        if !matches!(words[0].as_str(), "show" | "resolve") {
            // A name that the tenant does not know would be left alone.
            names.clear();
        }
        let folder = self.desk.journal("");
        drop(std::fs::remove_dir_all(&folder));
        std::fs::create_dir_all(&folder).expect("a folder");
        let (real, rehearsed) = (folder.join("default.db"), folder.join("simulation.db"));
        self.journal(&real, Realm::Loopback, before, &names);
        self.journal(&rehearsed, Realm::Simulator, before, &names);
        let copy = |to: PathBuf| {
            if !to.exists() {
                std::fs::copy(&real, to).expect("copied");
            }
        };
        PROFILES.iter().for_each(|name| copy(folder.join(format!("{name}.db"))));
        for pair in words.windows(2).filter(|pair| pair[0] == "--journal") {
            let path = self.desk.path(&pair[1]);
            if pair[1].ends_with('/') {
                std::fs::create_dir_all(&path).expect("a folder");
                PROFILES[..2].iter().for_each(|name| copy(path.join(format!("{name}.db"))));
            } else {
                copy(path);
            }
        }
    }
}
