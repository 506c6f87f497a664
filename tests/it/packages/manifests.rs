//! The filled manifests of winget and Scoop: what the package managers demand, and that they are
//! about the package.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::Value;

use super::made::{Made, WINDOWS, script, sha256};
use super::{rules, yaml};

const ADDRESS: &str = "https://github.com/contoso/mde-offboard";

/// Manifests by the name of what they have to fit.
struct Filled {
    made: Made,
    texts: BTreeMap<&'static str, String>,
}

impl Filled {
    fn new() -> Self {
        let made = Made::new(WINDOWS);
        let out = made.beside("manifests");
        let variables = [("MDE_OFFBOARD_ADDRESS", ADDRESS), ("RELEASE_DATE", "2026-01-02")];
        let said = script("manifests", &[&made.path(), &out], &variables);
        assert!(said.status.success(), "{said:?}");
        let files = [
            ("winget-version", "winget/contoso.mde-offboard.yaml"),
            ("winget-installer", "winget/contoso.mde-offboard.installer.yaml"),
            ("winget-defaultLocale", "winget/contoso.mde-offboard.locale.en-US.yaml"),
            ("scoop", "scoop/mde-offboard.json"),
        ];
        let text = |path| fs::read_to_string(out.join(path)).expect("a manifest");
        let texts = files.into_iter().map(|(kind, path)| (kind, text(path))).collect();
        Self { made, texts }
    }

    fn read(&self, kind: &str) -> Value {
        let text = &self.texts[kind];
        if kind == "scoop" { serde_json::from_str(text).expect("JSON") } else { yaml::read(text) }
    }

    fn url(&self) -> String {
        let version = env!("CARGO_PKG_VERSION");
        format!("{ADDRESS}/releases/download/v{version}/{}.zip", self.made.name())
    }
}

#[test]
fn the_manifests_fit_what_winget_and_scoop_demand() {
    let filled = Filled::new();
    for kind in filled.texts.keys() {
        let wrong = rules::errors(kind, &filled.read(kind));
        assert!(wrong.is_empty(), "{}\n{}", wrong.join("\n"), filled.texts[kind]);
    }
}

#[test]
fn a_manifest_with_a_fault_is_found() {
    let filled = Filled::new();
    let faults = [
        ("winget-version", "/DefaultLocale", "x"),
        ("winget-installer", "/NestedInstallerType", "setup"),
        ("winget-installer", "/Installers/0/InstallerSha256", "abc"),
        ("winget-installer", "/ReleaseDate", "tomorrow"),
        ("winget-defaultLocale", "/PackageUrl", "github.com/contoso"),
        ("scoop", "/architecture/64bit/hash", "sha256"),
    ];
    for (kind, place, value) in faults {
        let mut manifest = filled.read(kind);
        *manifest.pointer_mut(place).expect(place) = value.into();
        assert!(!rules::errors(kind, &manifest).is_empty(), "{kind}: {place} = {value}");
    }
}

#[test]
fn the_manifests_name_the_package_by_its_address_its_checksum_and_its_version() {
    let filled = Filled::new();
    let (checksum, url) = (sha256(&filled.made.bytes()), filled.url());
    let installer = filled.read("winget-installer");
    assert_eq!(installer["Installers"][0]["InstallerSha256"], *checksum);
    assert_eq!(installer["Installers"][0]["InstallerUrl"], *url);
    assert_eq!(installer["ReleaseDate"], "2026-01-02");
    let scoop = filled.read("scoop");
    assert_eq!(scoop["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(scoop["architecture"]["64bit"]["hash"], *checksum);
    assert_eq!(scoop["architecture"]["64bit"]["url"], *url);
    for kind in ["winget-version", "winget-installer", "winget-defaultLocale"] {
        let manifest = filled.read(kind);
        assert_eq!(manifest["PackageVersion"], env!("CARGO_PKG_VERSION"), "{kind}");
        assert_eq!(manifest["PackageIdentifier"], "contoso.mde-offboard", "{kind}");
    }
}

#[test]
fn the_program_is_in_the_zip_where_the_manifests_look_for_it() {
    let filled = Filled::new();
    let files = filled.made.zipped();
    let installer = filled.read("winget-installer");
    let nested = installer["NestedInstallerFiles"][0]["RelativeFilePath"].as_str().expect("a path");
    assert!(files.contains_key(&nested.replace('\\', "/")), "{nested}: {:?}", files.keys());
    let scoop = filled.read("scoop");
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    let folder = text(&scoop["architecture"]["64bit"]["extract_dir"]);
    let path = format!("{folder}/{}", text(&scoop["bin"]));
    assert!(files.contains_key(&path), "{path}: {:?}", files.keys());
}

#[test]
fn the_next_version_is_looked_for_where_this_one_is() {
    let filled = Filled::new();
    let scoop = filled.read("scoop");
    let next = &scoop["autoupdate"]["architecture"]["64bit"];
    let now = &scoop["architecture"]["64bit"];
    for key in ["url", "extract_dir"] {
        let template = next[key].as_str().expect("text");
        let as_now = template.replace("$version", env!("CARGO_PKG_VERSION"));
        assert_eq!(as_now, now[key].as_str().expect("text"), "{key}");
    }
}

#[test]
fn nothing_is_left_to_fill_and_each_manifest_says_that_it_is_not_submitted() {
    for (kind, text) in Filled::new().texts {
        assert!(!text.contains('@') && !text.contains("OWNER"), "{kind}: {text}");
        let first = text.lines().find(|line| line.len() > 1).expect("a line");
        assert!(first.contains("Not submitted to"), "{kind}: {first}");
    }
}

#[test]
fn without_an_address_the_script_says_so_and_a_wrong_one_is_refused() {
    let made = Made::new(WINDOWS);
    let fill = |variables: &[(&str, &str)]| {
        let said = script("manifests", &[&made.path(), &made.beside("manifests")], variables);
        (said.status.success(), String::from_utf8_lossy(&said.stderr).into_owned())
    };
    let (is_filled, told) = fill(&[("RELEASE_DATE", "2026-01-02")]);
    assert!(is_filled && told.contains("set MDE_OFFBOARD_ADDRESS"), "{told}");
    for wrong in ["github.com/contoso/mde-offboard", "https://github.com/a|b/c", "https://x/y"] {
        let (is_filled, told) = fill(&[("MDE_OFFBOARD_ADDRESS", wrong)]);
        assert!(!is_filled && told.contains("must be https://HOST/OWNER/REPOSITORY"), "{told}");
    }
}

#[test]
fn manifests_are_made_of_a_package_for_windows_only() {
    let made = Made::new("x86_64-unknown-linux-gnu");
    let said = script("manifests", &[&made.path(), &made.beside("manifests")], &[]);
    let told = String::from_utf8_lossy(&said.stderr);
    assert!(!said.status.success() && told.contains("the manifests are for"), "{told}");
    assert!(!Path::exists(&made.beside("manifests")), "nothing is made");
}
