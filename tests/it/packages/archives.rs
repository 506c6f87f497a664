//! What is in a package, and that it is the same each time.

use std::collections::BTreeSet;
use std::path::Path;

use super::made::{LICENCES, Made, PROGRAM, WINDOWS, script, sha256};

#[test]
fn a_package_for_windows_is_one_folder_with_the_program_and_all_that_is_promised() {
    let made = Made::new(WINDOWS);
    let files = made.zipped();
    let folder = made.name();
    let inside = |path: &str| files.get(&format!("{folder}/{path}"));
    assert_eq!(inside("mde-offboard.exe").map(Vec::as_slice), Some(PROGRAM));
    assert_eq!(inside("THIRD-PARTY-LICENSES.txt").map(Vec::as_slice), Some(LICENCES));
    let promised = [
        "CHANGELOG.md",
        "CONTRIBUTING.md",
        "LICENSE-APACHE",
        "LICENSE-MIT",
        "README.md",
        "SECURITY.md",
        "docs/guide.md",
        "samples/fleet.csv",
    ];
    let top = Path::new(env!("CARGO_MANIFEST_DIR"));
    for path in promised {
        let ours = std::fs::read(top.join(path)).expect("in the repository");
        assert!(inside(path) == Some(&ours), "{path} is not in the package as it is here");
    }
    let strays: Vec<_> =
        files.keys().filter(|path| !path.starts_with(&format!("{folder}/"))).collect();
    assert!(strays.is_empty(), "outside the one folder: {strays:?}");
}

/// Links of Markdown to files, from the folder of the page.
fn links(text: &str) -> impl Iterator<Item = &str> {
    let targets = text.split("](").skip(1).filter_map(|rest| rest.split([')', '#']).next());
    targets.filter(|target| !target.is_empty() && !target.contains("://"))
}

/// `a/b/../c` is `a/c`.
fn resolved(folder: &str, target: &str) -> String {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in target.split('/').filter(|part| !part.is_empty() && *part != ".") {
        if part == ".." {
            parts.pop();
        } else {
            parts.push(part);
        }
    }
    parts.join("/")
}

#[test]
fn no_link_of_a_page_in_the_package_leads_nowhere() {
    let files = Made::new(WINDOWS).zipped();
    let (mut seen, mut broken) = (0, Vec::new());
    let is_page = |path: &str| Path::new(path).extension().is_some_and(|ending| ending == "md");
    for (page, text) in files.iter().filter(|(path, _)| is_page(path)) {
        let text = std::str::from_utf8(text).expect("pages are UTF-8");
        let folder = page.rsplit_once('/').map_or("", |(folder, _)| folder);
        for target in links(text) {
            let path = resolved(folder, target);
            let is_there = files.keys().any(|file| {
                file.strip_prefix(&path)
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            });
            seen += 1;
            if !is_there {
                broken.push(format!("{page}: {target}"));
            }
        }
    }
    assert!(broken.is_empty(), "not in the package: {broken:#?}");
    assert!(seen > 20, "{seen} links were seen");
}

#[test]
fn the_checksum_beside_a_package_is_the_packages() {
    for target in [WINDOWS, "x86_64-unknown-linux-musl"] {
        let made = Made::new(target);
        let name = made.path().file_name().expect("a name").to_string_lossy().into_owned();
        assert_eq!(made.checksum_file(), format!("{}  {name}\n", sha256(&made.bytes())));
    }
}

#[test]
fn the_same_program_and_time_make_the_same_bytes() {
    for target in [WINDOWS, "aarch64-apple-darwin"] {
        let (one, other) = (Made::new(target).bytes(), Made::new(target).bytes());
        assert_eq!(sha256(&one), sha256(&other), "{target}");
    }
}

#[test]
fn elsewhere_it_is_a_tar_with_the_modes_and_the_time_of_the_commit_and_nobodys_name() {
    let package = Made::new("x86_64-unknown-linux-gnu");
    let lines = package.listed();
    let program = format!("{}/mde-offboard", package.name());
    let mut modes = BTreeSet::new();
    for line in &lines {
        let (mode, rest) = line.split_once(' ').expect("columns");
        let expected = if line.ends_with(&program) { "-rwxr-xr-x" } else { "-rw-r--r--" };
        assert_eq!(mode, expected, "{line}");
        assert!(rest.starts_with("root") && rest.contains("root"), "{line}");
        assert!(rest.contains("2026-01-02 03:04") || rest.contains("Jan  2  2026"), "{line}");
        modes.insert(mode);
    }
    assert_eq!(modes.len(), 2, "the program is there, and pages: {lines:#?}");
}

#[test]
fn without_a_program_there_is_no_package() {
    let folder = tempfile::TempDir::new().expect("a folder");
    let missing = folder.path().join("mde-offboard");
    let said = script("package", &[&missing, Path::new(WINDOWS), folder.path()], &[]);
    assert!(!said.status.success());
    let told = String::from_utf8_lossy(&said.stderr);
    assert!(told.contains("there is no program at"), "{told}");
    assert_eq!(folder.path().read_dir().expect("a folder").count(), 0, "nothing is made");
}

#[test]
#[cfg(target_os = "linux")]
fn licences_are_those_of_the_crates_in_the_program_and_of_no_others() {
    let folder = tempfile::TempDir::new().expect("a folder");
    let file = folder.path().join("licences.txt");
    // This machine's own, whose crates are there.
    let target = format!("{}-unknown-linux-gnu", std::env::consts::ARCH);
    let said = script("licences", &[Path::new(&target), &file], &[]);
    assert!(said.status.success(), "{said:?}");
    let text = std::fs::read_to_string(&file).expect("a text");
    let (list, texts) = text.split_once("\n\n====").expect("a list and texts");
    let listed = |name: &str| list.lines().any(|line| line.starts_with(&format!("- {name} v")));
    for linked in ["aws-lc-sys", "axum", "libsqlite3-sys", "tokio", "toml"] {
        assert!(listed(linked), "{linked} is linked in: {list}");
        assert!(texts.contains(&format!("\n{linked} v")), "{linked} has a text");
    }
    // For tests, for the build, and for Windows.
    for other in ["boon", "cc", "mde-offboard", "serde_derive", "winsafe"] {
        assert!(!listed(other), "{other} is not linked in: {list}");
    }
    let crates = list.lines().filter(|line| line.starts_with("- ")).count();
    assert!(crates > 100, "{crates} crates");
}
