//! A strict reader of Prometheus' text format: what `node_exporter` would refuse, it refuses.

use std::collections::{BTreeMap, BTreeSet};

/// Values by series: `name{label="value"}`.
pub(crate) type Series = BTreeMap<String, f64>;

/// Fails unless each name has HELP and TYPE once, in front of its series, which stand together, no
/// series comes twice, nothing has a timestamp, and the last line ends.
#[track_caller]
pub(crate) fn parse(text: &str) -> Series {
    assert!(text.ends_with('\n'), "the last line has no end: {text}");
    let (mut series, mut seen) = (Series::new(), BTreeSet::new());
    let mut current = String::new();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        if let Some(help) = line.strip_prefix("# HELP ") {
            let (name, words) = help.split_once(' ').expect("a name and words");
            assert!(seen.insert(name.to_owned()), "{name} comes twice");
            assert!(is_name(name) && !words.is_empty(), "{line}");
            let kind = lines.next().and_then(|line| line.strip_prefix("# TYPE "));
            let kind = kind.and_then(|kind| kind.strip_prefix(&format!("{name} ")));
            let counts = name.ends_with("_total");
            assert_eq!(kind, Some(if counts { "counter" } else { "gauge" }), "{name}");
            assert!(
                lines.peek().is_some_and(|line| line.starts_with(name)),
                "{name} has no series"
            );
            name.clone_into(&mut current);
            continue;
        }
        let (key, value) = line.rsplit_once(' ').expect("a series and a value");
        assert!(!key.contains("} "), "a timestamp: {line}");
        let (name, labels) = key.split_once('{').expect("labels");
        assert_eq!(name, current, "away from its HELP: {line}");
        check_labels(labels.strip_suffix('}').expect("closed"));
        let value = value.parse().expect("a number");
        assert!(series.insert(key.to_owned(), value).is_none(), "twice: {line}");
    }
    series
}

fn is_name(name: &str) -> bool {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    name.starts_with("mde_offboard_") && name.chars().all(fits)
}

#[track_caller]
fn check_labels(labels: &str) {
    for label in labels.split(',') {
        let (name, value) = label.split_once('=').expect("a label");
        assert!(!name.is_empty() && name.chars().all(|c| c.is_ascii_lowercase()), "{labels}");
        let value = value.strip_prefix('"').and_then(|value| value.strip_suffix('"'));
        assert!(value.is_some_and(|value| !value.contains(['"', '\\', '\n'])), "{labels}");
    }
}

#[test]
fn what_a_collector_would_refuse_is_refused() {
    let refused = |text: &str| {
        let text = text.to_owned();
        std::panic::catch_unwind(move || parse(&text)).is_err()
    };
    let good = "# HELP mde_offboard_a A.\n# TYPE mde_offboard_a gauge\nmde_offboard_a{b=\"1\"} 2\n";
    assert!(!refused(good));
    assert!(refused(good.trim_end()), "no end");
    assert!(refused(&format!("{good}{good}")), "HELP twice");
    assert!(refused(&good.replace("} 2", "} 2 1764000000000")), "a timestamp");
    assert!(refused(&good.replace("# TYPE mde_offboard_a gauge\n", "")), "no TYPE");
    assert!(refused(&format!("{good}mde_offboard_a{{b=\"1\"}} 3\n")), "a series twice");
    assert!(refused(&format!("{good}mde_offboard_c{{b=\"1\"}} 3\n")), "no HELP");
    assert!(refused(&good.replace("} 2", "} two")), "no number");
}
