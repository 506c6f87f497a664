//! What the process ends with, as the help and the manual list it.
//!
//! Deliberately absent: when a command ends with which code (`cli::exit`).

/// Each code, and what it means in lines that fit 80 columns.
pub(super) const EXIT_CODES: [(u8, &[&str]); 11] = [
    (0, &["done, or there was nothing to do"]),
    (1, &["an error that no other code names"]),
    (2, &["the command line or the settings are wrong"]),
    (3, &["the list is missing or wrong; nothing was queued"]),
    (4, &["nothing is left to send, and some machines failed"]),
    (5, &["something is left to send or to decide; the message has the command that", "continues"]),
    (6, &["no access: the credentials, the permissions or a certificate were refused"]),
    (7, &["a guard stopped it"]),
    (8, &["the journal cannot be used"]),
    (9, &["everything is sent, and some actions are still pending: run `track` later"]),
    (130, &["Ctrl-C twice; nothing is lost"]),
];

/// The list, with its heading.
pub(super) fn listed() -> String {
    let rows = EXIT_CODES.map(|(code, lines)| format!("\n{code:>5}  {}", lines.join("\n       ")));
    format!("Exit codes:{}", rows.concat())
}
