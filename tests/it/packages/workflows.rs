//! The workflows of `.github`, as text and as YAML: they were never run, so what can be held
//! without running them is held here.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use serde_json::Value;

use super::yaml;

const NAMES: [&str; 2] = ["ci", "release"];

fn top_level(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn text(name: &str) -> String {
    top_level(&format!(".github/workflows/{name}.yml"))
}

/// Its jobs by their IDs.
fn jobs(name: &str) -> BTreeMap<String, Value> {
    let workflow = yaml::read(&text(name));
    let jobs = workflow["jobs"].as_object().expect("jobs");
    jobs.iter().map(|(id, job)| (id.clone(), job.clone())).collect()
}

fn steps(job: &Value) -> &Vec<Value> {
    job["steps"].as_array().expect("steps")
}

/// What a job's steps run, a text a job, with continued lines joined.
fn runs(job: &Value) -> String {
    let runs = steps(job).iter().filter_map(|step| step["run"].as_str());
    let all = runs.collect::<Vec<_>>().join("\n").replace("\\\n", " ");
    all.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

fn targets() -> BTreeSet<String> {
    let release = jobs("release");
    let rows = release["package"]["strategy"]["matrix"]["include"].as_array().expect("a matrix");
    rows.iter().map(|row| row["target"].as_str().expect("a target").to_owned()).collect()
}

/// Actions that are used, as `owner/name@commit` and the version in the comment.
fn actions(text: &str) -> Vec<(String, Option<String>)> {
    let used = text.lines().filter_map(|line| {
        let line = line.trim_start().trim_start_matches("- ");
        line.strip_prefix("uses:")
    });
    used.map(|used| match used.split_once('#') {
        Some((action, version)) => (action.trim().to_owned(), Some(version.trim().to_owned())),
        None => (used.trim().to_owned(), None),
    })
    .collect()
}

/// Whether an action is the one of a commit, and says which version that is.
fn is_pinned(action: &str, version: Option<&str>) -> bool {
    let commit = action.split_once('@').map_or("", |(_, commit)| commit);
    let is_commit = commit.len() == 40 && commit.bytes().all(|byte| byte.is_ascii_hexdigit());
    let parts = version.and_then(|version| version.strip_prefix('v'));
    is_commit && parts.is_some_and(|parts| parts.split('.').count() == 3)
}

#[test]
fn every_action_is_pinned_to_a_commit_and_says_its_version() {
    let mut versions: BTreeMap<String, String> = BTreeMap::new();
    for name in NAMES {
        let used = actions(&text(name));
        let in_steps =
            jobs(name).values().flat_map(steps).filter(|s| s["uses"].is_string()).count();
        assert_eq!(used.len(), in_steps, "{name}: as many lines as steps");
        for (action, version) in used {
            assert!(is_pinned(&action, version.as_deref()), "{name}: {action} {version:?}");
            let version = version.unwrap_or_default();
            let known = versions.entry(action.clone()).or_insert_with(|| version.clone());
            assert_eq!(*known, version, "{name}: {action} has two versions");
        }
    }
    let of_one: BTreeSet<_> =
        versions.keys().filter_map(|action| action.split('@').next()).collect();
    assert_eq!(of_one.len(), versions.len(), "one commit an action: {versions:?}");
}

#[test]
fn an_action_that_is_not_pinned_is_found() {
    let commit = "3d3c42e5aac5ba805825da76410c181273ba90b1";
    let found = |line: &str| {
        let all = actions(line);
        all.iter().filter(|(action, version)| !is_pinned(action, version.as_deref())).count()
    };
    assert_eq!(found(&format!("      - uses: actions/checkout@{commit} # v7.0.1\n")), 0);
    assert_eq!(found(&format!("        uses: actions/checkout@{commit}\n")), 1, "which version?");
    assert_eq!(found("      - uses: actions/checkout@v7 # v7.0.1\n"), 1);
    assert_eq!(found("      - uses: actions/checkout@3d3c42e # v7.0.1\n"), 1);
}

#[test]
fn a_workflow_may_nothing_and_a_job_only_what_it_is_for() {
    let may_write = [("package", "id-token"), ("package", "attestations"), ("draft", "contents")];
    for name in NAMES {
        let workflow = yaml::read(&text(name));
        assert_eq!(workflow["permissions"], serde_json::json!({}), "{name}");
        for (id, job) in jobs(name) {
            let permissions = job["permissions"].as_object().expect("permissions of its own");
            for (what, level) in permissions {
                let is_known = name == "release" && may_write.contains(&(&*id, &**what));
                let expected = if is_known { "write" } else { "read" };
                assert_eq!(level, expected, "{name}: {id} has {what}");
            }
        }
    }
}

#[test]
fn every_job_ends_and_waits_only_for_jobs_that_there_are() {
    for name in NAMES {
        let all = jobs(name);
        for (id, job) in &all {
            assert!(job["timeout-minutes"].as_u64().is_some(), "{name}: {id} has no end");
            let needs = match &job["needs"] {
                Value::Array(needs) => needs.clone(),
                Value::Null => Vec::new(),
                one => vec![one.clone()],
            };
            for needed in needs {
                let needed = needed.as_str().expect("a job");
                assert!(all.contains_key(needed), "{name}: {id} needs {needed}");
            }
        }
    }
}

#[test]
fn scripts_that_a_workflow_runs_are_there() {
    let mut seen = BTreeSet::new();
    for job in NAMES.into_iter().flat_map(|name| jobs(name).into_values()) {
        let all = runs(&job);
        let words = all.split_whitespace().map(|word| word.rsplit("$(").next().unwrap_or(word));
        for word in words.filter(|word| word.starts_with(".ci/")) {
            assert!(Path::new(env!("CARGO_MANIFEST_DIR")).join(word).is_file(), "{word}");
            seen.insert(word.to_owned());
        }
    }
    assert_eq!(seen.len(), 10, "{seen:?}");
}

#[test]
fn workflows_use_the_rust_that_the_manifest_names() {
    let manifest = top_level("Cargo.toml");
    let wanted = manifest.lines().find_map(|line| line.strip_prefix("rust-version = "));
    for name in NAMES {
        let workflow = yaml::read(&text(name));
        let told = workflow["env"]["RUST_TOOLCHAIN"].as_str().expect("a version");
        assert_eq!(wanted, Some(&*format!("\"{told}\"")), "{name}");
    }
}

#[test]
fn a_release_is_of_a_tag_that_names_the_version_and_everything_waits_for_that() {
    let release = jobs("release");
    assert_eq!(yaml::read(&text("release"))["on"]["push"]["tags"], serde_json::json!(["v*"]));
    let judged = runs(&release["version"]);
    assert!(judged.contains(r#"[[ $GITHUB_REF_NAME == "v$version" ]]"#), "{judged}");
    assert_eq!(release["package"]["needs"], "version");
    assert_eq!(release["sbom"]["needs"], "version");
    assert!(release["draft"]["needs"].to_string().contains("\"sbom\""), "the draft waits for all");
    for after in ["manifests", "draft"] {
        let needs = release[after]["needs"].to_string();
        assert!(needs.contains("\"package\""), "{after}: {needs}");
    }
    let changes = top_level("CHANGELOG.md");
    let heading = format!("## {}", env!("CARGO_PKG_VERSION"));
    assert!(changes.contains(&heading), "CHANGELOG.md has no `{heading}`");
}

#[test]
fn a_release_is_for_windows_linux_and_macos_and_the_manifests_are_of_one_of_its_packages() {
    let targets = targets();
    for system in ["-pc-windows-msvc", "-linux-gnu", "-linux-musl", "-apple-darwin"] {
        assert!(targets.iter().any(|target| target.ends_with(system)), "{system}: {targets:?}");
    }
    let release = jobs("release");
    let taken: Vec<_> = steps(&release["manifests"])
        .iter()
        .filter_map(|step| step["with"]["name"].as_str()?.strip_prefix("package-"))
        .collect();
    assert_eq!(taken, ["x86_64-pc-windows-msvc"]);
    assert!(taken.iter().all(|target| targets.contains(*target)), "{targets:?}");
}

#[test]
fn a_release_says_of_the_program_for_each_target_what_it_is_made_of() {
    let sbom = &jobs("release")["sbom"];
    let told = sbom["env"]["TARGETS"].as_str().expect("targets");
    let told: BTreeSet<String> = told.split_whitespace().map(str::to_owned).collect();
    assert_eq!(told, targets());
    let built = runs(&jobs("release")["package"]);
    assert!(built.contains("cargo auditable build --release --locked"), "{built}");
    let kept = steps(sbom).iter().filter_map(|step| step["with"]["name"].as_str());
    assert!(kept.eq(["package-sbom"]), "the draft takes what is called package-…");
}

#[test]
fn packages_for_apt_and_dnf_are_tried_and_their_provenance_is_signed() {
    let package = &jobs("release")["package"];
    assert!(runs(package).contains(".ci/linux-packages \"$TARGET\" packages"));
    let position = |found: &dyn Fn(&Value) -> bool| steps(package).iter().position(found);
    let made = position(&|step| step["run"].to_string().contains(".ci/linux-packages"));
    let signed = position(&|step| step["uses"].to_string().contains("attest-build-provenance"));
    let subjects = &steps(package)[signed.expect("signed")]["with"]["subject-path"];
    let subjects: BTreeSet<_> = subjects.as_str().expect("paths").lines().collect();
    assert!(subjects.contains("packages/*.deb") && subjects.contains("packages/*.rpm"));
    assert!(made.expect("made") < signed.expect("signed"), "what is signed is made first");
}

#[test]
fn known_faults_of_dependencies_are_asked_for_by_each_change_and_each_week() {
    assert!(runs(&jobs("ci")["advisories"]).contains(".ci/deny advisories"));
    assert!(yaml::read(&text("ci"))["on"]["schedule"][0]["cron"].is_string());
}

#[test]
fn each_package_is_tried_with_the_rehearsal_of_the_readme() {
    let readme = top_level("README.md");
    let command = readme.lines().find(|line| line.starts_with("cargo run --release -- run "));
    let (command, code) = command.and_then(|line| line.split_once("# ends with ")).expect("a code");
    let arguments = command.trim().trim_start_matches("cargo run --release -- ");
    let tried = runs(&jobs("release")["package"]);
    assert!(tried.contains(&format!("./mde-offboard {arguments} ")), "{arguments}: {tried}");
    assert!(tried.contains(&format!("((code == {code}))")), "{code}: {tried}");
}
