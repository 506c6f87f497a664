//! By what topic `--help` lists an option: where a person looks for it. One table, so that an
//! option stands in the same place in the help of every command.
//!
//! Deliberately absent: the text of an option, which stands where the option is.

use clap::{Arg, Command};

/// A heading of the help, and what stands below it, in the order in which it is shown.
struct Topic {
    heading: &'static str,
    /// What `-h` shows too, by the names in clap.
    everyday: &'static [&'static str],
    /// What only `--help` shows.
    more: &'static [&'static str],
}

/// In the order in which a person decides: what, how safely, how fast, then the rest.
const TOPICS: [Topic; 10] = [
    Topic {
        heading: "What to send",
        everyday: &["comment", "filters", "on", "by_name"],
        more: &[
            "again",
            "skip_invalid",
            "allow_empty",
            "id_column",
            "name_column",
            "comment_column",
            "no_comment_column",
            "delimiter",
            "encoding",
            "sheet",
        ],
    },
    Topic {
        heading: "Which machines",
        everyday: &["batch", "only", "machines"],
        more: &["code", "others", "changes", "changes_after"],
    },
    Topic { heading: "Decision", everyday: &["resend", "submitted", "skip"], more: &[] },
    Topic {
        heading: "Safety",
        everyday: &[
            "yes",
            "expect_count",
            "protect",
            "canary",
            "max_failures",
            "plan",
            "head",
            "hand_over",
        ],
        more: &[
            "canary_wait",
            "max_machines",
            "max_share",
            "expect_plan",
            "plan_max_age",
            "on_uncertain",
        ],
    },
    Topic {
        heading: "Pace",
        everyday: &["between", "until"],
        more: &["not_before", "limits", "quota_share", "pace"],
    },
    Topic {
        heading: "Progress",
        everyday: &["watch"],
        more: &[
            "progress",
            "track_timeout",
            "events",
            "metrics_file",
            "notify_command",
            "success_on",
            "quiet",
            "verbose",
            "log_file",
        ],
    },
    Topic {
        heading: "Output",
        everyday: &["sample", "output", "format", "details", "write_head", "json"],
        more: &["rejects", "differing_names", "force"],
    },
    Topic {
        heading: "Connection",
        everyday: &["open", "port", "profile", "offline", "listen"],
        more: &[
            "auth",
            "tenant_id",
            "client_id",
            "cloud",
            "region",
            "api_url",
            "authority_url",
            "timeout",
            "ca_file",
            "proxy",
            "certificate",
            "permissions",
            "token_lifetime",
            "person",
        ],
    },
    Topic {
        heading: "Advanced",
        everyday: &["journal", "help"],
        more: &[
            "config",
            "concurrency",
            "max_attempts",
            "settle",
            "poll_interval",
            "offline_timeout",
            "shared_reads",
            "log_format",
            "color",
            "version",
        ],
    },
    Topic {
        heading: "Rehearsal",
        everyday: &["simulate"],
        more: &[
            "fleet",
            "faults",
            "seed",
            "latency",
            "speed",
            "pending_share",
            "fail_share",
            "return_share",
            "shifting_pages",
        ],
    },
];

/// Where an option stands: its topic, then its place in there; and whether `-h` shows it.
struct Place {
    heading: &'static str,
    rank: usize,
    is_everyday: bool,
}

fn place(id: &str) -> Option<Place> {
    let mut rank = 0;
    for Topic { heading, everyday, more } in &TOPICS {
        let all = everyday.iter().map(|id| (id, true)).chain(more.iter().map(|id| (id, false)));
        for (known, is_everyday) in all {
            rank += 1;
            if *known == id {
                return Some(Place { heading, rank, is_everyday });
            }
        }
    }
    None
}

/// The command with its options, and the `global` ones of all commands, below their topics.
///
/// clap shows headings in the order of their first options, so the options themselves are sorted.
pub(super) fn by_topic(command: Command, global: &[Arg]) -> Command {
    let missing = global
        .iter()
        .filter(|argument| command.get_arguments().all(|own| own.get_id() != argument.get_id()));
    let missing: Vec<Arg> = missing.cloned().collect();
    let command = command.args(missing);
    let options = command.get_arguments().filter(|argument| !argument.is_positional());
    let mut ids: Vec<String> =
        options.map(|argument| argument.get_id().as_str().to_owned()).collect();
    ids.sort_by_key(|id| place(id).map(|place| place.rank));
    let command = ids.iter().fold(command, |command, id| {
        // An argument that is changed moves to the end.
        command.mut_arg(id, |argument| match place(id) {
            Some(Place { heading, rank, is_everyday }) => {
                argument.hide_short_help(!is_everyday).help_heading(heading).display_order(rank)
            }
            None => argument,
        })
    });
    command.mut_args(|argument| {
        let is_needed = argument.is_required_set();
        if is_needed { argument.hide_short_help(false) } else { argument }
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::definition;
    use super::*;

    /// Every command with options, those inside others too.
    fn all(command: &Command) -> Vec<&Command> {
        let inner = command.get_subcommands().flat_map(all);
        [command].into_iter().chain(inner).collect()
    }

    #[test]
    fn every_option_has_its_topic_and_every_topic_its_options() {
        let root = definition();
        let mut seen = BTreeSet::new();
        for command in all(&root) {
            for argument in command.get_arguments().filter(|argument| !argument.is_positional()) {
                let id = argument.get_id().as_str();
                let heading = place(id).map(|place| place.heading);
                assert!(heading.is_some(), "`{id}` of `{}` has no topic", command.get_name());
                assert_eq!(argument.get_help_heading(), heading, "{id}");
                seen.insert(id.to_owned());
            }
        }
        for id in TOPICS.iter().flat_map(|topic| topic.everyday.iter().chain(topic.more)) {
            assert!(seen.contains(*id), "no command has `{id}`");
        }
    }

    #[test]
    fn the_options_of_every_command_are_in_the_order_of_their_topics() {
        for command in all(&definition()) {
            let options = command.get_arguments().filter(|argument| !argument.is_positional());
            let ranks = options.map(|argument| place(argument.get_id().as_str()).unwrap().rank);
            assert!(ranks.is_sorted(), "{}", command.get_name());
        }
    }
}
