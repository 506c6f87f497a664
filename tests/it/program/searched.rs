//! Each command at the most talkative level, for the search that every test makes of what the
//! program wrote.

use mde_offboard::simulator::CLIENT_SECRET;

use crate::support::desk::Desk;
use crate::support::machines::list;

/// Commands of a batch's life, in order, with all that they can write.
const LIFE: [&str; 17] = [
    "plan fleet.csv --comment Retired --output plan.json --details details.csv",
    "run fleet.csv --comment Retired --yes --progress plain --limit 1000/1s --poll-interval 200ms \
     --track-timeout 1s --events events.ndjson --json",
    "run fleet.csv --comment Retired --yes --progress plain",
    "track 1 --progress plain --track-timeout 1s --poll-interval 200ms --events events.ndjson",
    "verify 1 --output verified.csv",
    "status",
    "status --json",
    "report --output report.json",
    "report --output report.ndjson",
    "report --output report.csv",
    "cancel 1 --yes --progress plain",
    "resume 1 --yes --progress plain --track-timeout 1s",
    "batches --json",
    "check --json",
    "audit export --output audit.ndjson",
    "journal copy copy.db",
    "resume 1 --yes --client-id 00000000-0000-0000-0000-000000000000",
];

#[test]
fn no_command_writes_a_secret_at_the_most_talkative_level() {
    let desk = Desk::holding(&list(6), "--speed 100 --pending-share 50%");
    let desk = desk.with("MDE_OFFBOARD_JOURNAL", "journal.db");
    for command in LIFE {
        // What each says and leaves is searched by the desk itself.
        let said = desk.run(&format!("{command} -vv --log-file trace.log"));
        desk.run(&format!("{command} -vv --log-format json --log-file trace.ndjson"));
        assert!(!matches!(said.code, None | Some(1 | 2)), "{command}: {said}");
    }
    let (text, lines) = (desk.text("trace.log"), desk.text("trace.ndjson"));
    for words in ["sending POST /api/machines/", "authorization: [secret]", "body of GET /api/"] {
        assert!(text.contains(words), "what is searched has no `{words}`");
    }
    assert!(lines.contains("body of GET /api/") && lines.contains("authorization: [secret]"));
    for name in ["trace.log", "plan.json", "events.ndjson", "audit.ndjson"] {
        assert!(desk.path(name).exists(), "{name}");
    }
    // With a wrong secret the sign-in is refused, and says so.
    let desk = desk.with("AZURE_CLIENT_SECRET", &format!("{CLIENT_SECRET}x"));
    let said = desk.run("plan fleet.csv --comment x -vv --log-file trace.log");
    said.ends_with(6).says("AADSTS7000215");
}
