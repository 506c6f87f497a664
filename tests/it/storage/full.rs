//! A disk without room, by the system's limit on file sizes: no write beyond it succeeds.
#![cfg(unix)]

use super::site::Site;

/// Where the limit lies, in blocks: before the journal is made, and at several places of a run.
const LIMITS: [u32; 5] = [40, 260, 300, 400, 500];

#[track_caller]
fn check(before: &str) {
    for blocks in LIMITS {
        let site = Site::new(150);
        let said = site.run_under(before, blocks);
        said.ends_with(8).says_all(&[
            "the disk refused the journal",
            "has room",
            "`mde-offboard resume`",
        ]);
        site.check_intents();
        let posts = site.desk.posts();
        assert!(posts < site.machines, "{blocks} blocks were enough for a whole run");
        site.check_fixed(if site.count("queued").is_some() { "resume" } else { "run" });
    }
}

/// Not in the quick run: `--skip long::`.
mod long {
    use super::check;

    #[test]
    fn a_write_beyond_the_limit_ends_with_8_and_not_by_a_signal() {
        check("");
    }

    #[test]
    fn a_full_disk_ends_with_8_sends_nothing_without_an_intent_and_resume_is_clean() {
        // The signal is ignored: the write itself fails, as on a disk that is full.
        check("trap '' XFSZ; ");
    }
}
