//! `samples/deploy` beside the program: its exit codes and options. What Kubernetes and systemd say
//! of them is in `tests/deploy`.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use mde_offboard::cli::Exit;
use serde_json::Value;

use crate::support::desk::Desk;

use super::yaml;

pub(super) const CHART: &str = "helm/mde-offboard/templates/tenants.yaml";
pub(super) const CRON_JOB: &str = "kustomize/base/cronjob.yaml";
pub(super) const UNIT: &str = "systemd/mde-offboard@.service";

/// The text of a sample.
pub(super) fn sample(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/deploy").join(name);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The pod's specification of the job, as it is before a tenant changes it.
pub(super) fn pod() -> Value {
    job()["template"]["spec"].clone()
}

fn job() -> Value {
    yaml::read(&sample(CRON_JOB))["spec"]["jobTemplate"]["spec"].clone()
}

/// A setting of the unit.
pub(super) fn setting(name: &str) -> String {
    let text = sample(UNIT).replace("\\\n", " ");
    let lines = text.lines().filter_map(|line| line.strip_prefix(name)?.strip_prefix('='));
    let values: Vec<&str> = lines.collect();
    assert_eq!(values.len(), 1, "{name}: {values:?}");
    values[0].to_owned()
}

/// Every exit code that the program can end with, as its help lists them.
fn all_codes() -> BTreeSet<u8> {
    let help = Desk::new().run("run --help").ends_with(0).out;
    let (_, listed) = help.split_once("\nExit codes:\n").expect("they are listed");
    let lines = listed.lines().take_while(|line| line.starts_with(' '));
    // Lines that go on are indented further.
    let firsts = lines.filter_map(|line| line.split_whitespace().next()?.parse().ok());
    firsts.collect()
}

/// A second Ctrl-C, which no scheduler sends.
const BY_A_PERSON: u8 = 130;

/// The codes that are lists in a row of YAML, in their order.
fn lists(text: &str) -> Vec<Vec<u8>> {
    let rows = text.lines().filter_map(|line| line.trim().strip_prefix("values: ["));
    let read = |row: &str| {
        let codes = row.trim_end_matches(']').split(',');
        codes.map(|code| code.trim().parse::<u8>().expect("a code")).collect()
    };
    rows.map(read).collect()
}

fn codes(exits: &[Exit]) -> Vec<u8> {
    exits.iter().map(|exit| exit.code()).collect()
}

#[test]
fn every_exit_code_of_the_program_is_a_success_is_fatal_or_is_tried_again() {
    let text = sample(CRON_JOB);
    let [fatal, again] = &lists(&text)[..] else { panic!("two lists") };
    assert_eq!(*again, codes(&[Exit::Unfinished]));
    // `--success-on=pending`, which the check of the rendered manifests demands.
    let successes = codes(&[Exit::Done, Exit::Pending]);
    let known: Vec<u8> = fatal.iter().chain(again).chain(&successes).copied().collect();
    let distinct: BTreeSet<u8> = known.iter().copied().chain([BY_A_PERSON]).collect();
    assert_eq!(distinct, all_codes());
    assert_eq!(known.len(), distinct.len() - 1, "each once: {known:?}");
}

#[test]
fn the_chart_and_the_checks_have_the_same_lists() {
    let wanted = lists(&sample(CRON_JOB));
    assert_eq!(lists(&sample(CHART)), wanted);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/deploy/rules.py");
    let rules = fs::read_to_string(path).expect("a text");
    for (name, codes) in [("FATAL", &wanted[0]), ("RETRIED", &wanted[1])] {
        let line = format!("{name} = {codes:?}");
        assert!(rules.lines().any(|it| it == line), "no `{line}`");
    }
}

#[test]
fn the_unit_takes_9_for_a_success_and_starts_again_after_5_alone() {
    assert_eq!(setting("SuccessExitStatus"), Exit::Pending.code().to_string());
    assert_eq!(setting("RestartForceExitStatus"), Exit::Unfinished.code().to_string());
    assert_eq!(setting("Restart"), "on-abnormal", "which no exit code is");
    assert_eq!(setting("Type"), "exec", "systemd starts no `oneshot` service again");
}

#[test]
fn no_sample_is_asked_or_waits_for_a_terminal() {
    let args = &pod()["containers"][0]["args"];
    let args = args.as_array().expect("a list").iter().filter_map(Value::as_str);
    let unit = setting("ExecStart");
    for words in [args.collect::<Vec<_>>(), unit.split_whitespace().collect()] {
        for option in ["--yes", "--allow-empty"] {
            assert!(words.contains(&option), "{option}: {words:?}");
        }
        let plain = words.join(" ").replace('=', " ");
        assert!(plain.contains("--progress plain"), "{words:?}");
    }
}

#[test]
fn the_version_of_the_chart_and_of_the_images_is_the_programs() {
    let version = env!("CARGO_PKG_VERSION");
    let chart = yaml::read(&sample("helm/mde-offboard/Chart.yaml"));
    assert_eq!([&chart["version"], &chart["appVersion"]], [version, version]);
    for tenant in ["contoso", "fabrikam"] {
        let tenant = yaml::read(&sample(&format!("kustomize/tenants/{tenant}/kustomization.yaml")));
        assert_eq!(tenant["images"][0]["newTag"], version);
    }
}
