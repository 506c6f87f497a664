//! What `Cargo.toml` says of the packages for apt and dnf. `.ci/linux-packages` makes and tries them.

use std::collections::BTreeMap;

use toml::Value;

/// Where files go, by where they are from.
type Assets = BTreeMap<String, String>;

fn metadata() -> Value {
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    let manifest = std::fs::read_to_string(manifest).expect("a manifest");
    let manifest: Value = toml::from_str(&manifest).expect("TOML");
    manifest["package"]["metadata"].clone()
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

fn deb() -> Assets {
    let metadata = metadata();
    let rows = metadata["deb"]["assets"].as_array().expect("rows");
    rows.iter().map(|row| (text(&row[0]), format!("/{}", text(&row[1])))).collect()
}

fn rpm() -> Assets {
    let metadata = metadata();
    let rows = metadata["generate-rpm"]["assets"].as_array().expect("rows");
    rows.iter().map(|row| (text(&row["source"]), text(&row["dest"]))).collect()
}

#[test]
fn a_deb_and_an_rpm_hold_the_same_files() {
    let (deb, rpm) = (deb(), rpm());
    assert!(deb.keys().eq(rpm.keys()), "{deb:#?}\n{rpm:#?}");
    assert_eq!(deb.len(), 7, "the program, its manual, three completions, pages, licences");
}

#[test]
fn each_file_is_where_its_reader_looks_for_it() {
    let is_in = |assets: &Assets, source: &str, folder: &str| {
        let (_, place) = assets.iter().find(|(from, _)| from.contains(source)).expect(source);
        assert!(place.starts_with(folder), "{source} is in {place}");
    };
    for (source, folder) in [
        ("release/mde-offboard", "/usr/bin/"),
        ("man1", "/usr/share/man/man1/"),
        ("completions/mde-offboard", "/usr/share/bash-completion/completions/"),
        (".fish", "/usr/share/fish/vendor_completions.d/"),
        ("/doc/", "/usr/share/doc/mde-offboard/"),
    ] {
        is_in(&deb(), source, folder);
        is_in(&rpm(), source, folder);
    }
    // The families differ here.
    is_in(&deb(), "/_mde-offboard", "/usr/share/zsh/vendor-completions/");
    is_in(&rpm(), "/_mde-offboard", "/usr/share/zsh/site-functions/");
    is_in(&rpm(), "licences", "/usr/share/licenses/mde-offboard/");
}

#[test]
fn a_package_runs_nothing_when_it_is_installed_and_only_the_program_can_be_run() {
    let metadata = metadata();
    for script in ["maintainer-scripts", "triggers-file", "systemd-units", "conf-files"] {
        assert!(metadata["deb"].get(script).is_none(), "{script}");
    }
    let rpm = metadata["generate-rpm"].as_table().expect("a table");
    let scripts: Vec<_> = rpm.keys().filter(|key| key.contains("script")).collect();
    assert!(scripts.is_empty(), "{scripts:?}");
    let rows = rpm["assets"].as_array().expect("rows").iter();
    let modes = rows.map(|row| (text(&row["source"]), text(&row["mode"])));
    let deb = metadata["deb"]["assets"].as_array().expect("rows").iter();
    for (source, mode) in modes.chain(deb.map(|row| (text(&row[0]), text(&row[2])))) {
        let expected = if source.starts_with("target/release/") { "755" } else { "644" };
        assert_eq!(mode, expected, "{source}");
    }
}
