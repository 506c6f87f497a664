//! What runs over a journal in trouble, and what must hold after it: nothing without an intent.

use std::process::Child;

use crate::support::desk::Desk;
use crate::support::program::Said;

/// `run` as these tests start it; the limit follows.
const RUN: &str = "run fleet.csv --comment Retired --yes --progress none --settle 1s \
                   --poll-interval 100ms --track-timeout 20s --limit";

/// Requests of the turn in which it happened may still go out: as many as are in flight at once.
pub(super) const AT_ONCE: u64 = 8;

/// A desk with a simulator, and a fleet of ordinary machines whose actions end at once.
pub(super) struct Site {
    pub(super) desk: Desk,
    pub(super) machines: u64,
}

impl Site {
    pub(super) fn new(machines: u64) -> Self {
        let desk = Desk::with_fleet(usize::try_from(machines).unwrap(), "--limit 1000/1s");
        Self { desk, machines }
    }

    /// `run` in the background, with a limit.
    pub(super) fn start(&self, limit: &str) -> Child {
        self.desk.start(&format!("{RUN} {limit}"))
    }

    /// `run` to its end, as fast as the simulator takes it.
    pub(super) fn run(&self) -> Said {
        self.desk.run(&format!("{RUN} 1000/1s"))
    }

    /// The same under a limit on the size of files, in blocks of a shell; `before` comes first.
    #[cfg(unix)]
    pub(super) fn run_under(&self, before: &str, blocks: u32) -> Said {
        self.desk.shell(&format!("{before}ulimit -f {blocks}; exec \"$0\" {RUN} 1000/1s"))
    }

    /// This many machines of the latest batch are in this state; none where there is no batch.
    pub(super) fn count(&self, state: &str) -> Option<u64> {
        let said = self.desk.run("status --json");
        let status: serde_json::Value = serde_json::from_str(&said.out).ok()?;
        status["counts"][state].as_u64()
    }

    /// Nothing went out without an intent that is on disk: each machine was sent once at most.
    #[track_caller]
    pub(super) fn check_intents(&self) {
        let intents = self.count("queued").map_or(0, |queued| self.machines - queued);
        let posts = self.desk.posts();
        assert!(posts <= intents, "{posts} POSTs, and {intents} intents on disk");
    }

    /// What is fixed goes on to the end: each machine once, and all of them.
    #[track_caller]
    pub(super) fn check_fixed(&self, command: &str) {
        let said = if command == "run" { self.run() } else { self.desk.run(command) };
        let said = said.ends_with(0);
        assert_eq!(self.count("succeeded"), Some(self.machines), "{said}");
        let truth = self.desk.truth();
        assert_eq!(truth.number("effects_total"), self.machines);
        assert_eq!(truth.number("max_effects_per_machine"), 1);
    }
}
