//! What `Cargo.toml` and the template of the `.rpm` say of the packages for apt and dnf, which
//! `.ci/linux-packages` makes and tries.

use std::collections::BTreeMap;

use toml::Value;

/// Where files go, by where they are from.
type Assets = BTreeMap<String, String>;

fn top_level(path: &str) -> String {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    std::fs::read_to_string(path).expect("a text")
}

fn metadata() -> Value {
    let manifest: Value = toml::from_str(&top_level("Cargo.toml")).expect("TOML");
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

/// The lines of a section of the template.
fn section(name: &str) -> Vec<String> {
    let template = top_level(".ci/rpm/mde-offboard.spec.in");
    let after = template.lines().skip_while(|line| *line != name).skip(1);
    let lines = after.take_while(|line| !line.is_empty());
    lines.map(str::to_owned).collect()
}

#[test]
fn each_file_is_where_its_reader_looks_for_it() {
    let (deb, rpm) = (deb(), section("%files"));
    for (source, folder) in [
        ("release/mde-offboard", "/usr/bin/"),
        ("man1", "/usr/share/man/man1/"),
        ("completions/mde-offboard", "/usr/share/bash-completion/completions/"),
        (".fish", "/usr/share/fish/vendor_completions.d/"),
        ("/doc/", "/usr/share/doc/mde-offboard"),
    ] {
        let (_, place) = deb.iter().find(|(from, _)| from.contains(source)).expect(source);
        assert!(place.starts_with(folder), "{source} is in {place}");
        assert!(rpm.iter().any(|place| place.starts_with(folder)), "{folder}: {rpm:?}");
    }
    // The families differ here.
    assert_eq!(deb["target/linux/completions/_mde-offboard"], "/usr/share/zsh/vendor-completions/");
    assert_eq!(deb["target/linux/licences/*"], "/usr/share/doc/mde-offboard/");
    for place in ["/usr/share/zsh/site-functions/_mde-offboard", "/usr/share/licenses/mde-offboard"]
    {
        assert!(rpm.iter().any(|line| line == place), "{place}: {rpm:?}");
    }
    assert_eq!(deb.len(), 7, "the program, its manual, three completions, pages, licences");
}

#[test]
fn a_package_runs_nothing_when_it_is_installed_and_only_the_program_can_be_run() {
    let metadata = metadata();
    for script in ["maintainer-scripts", "triggers-file", "systemd-units", "conf-files"] {
        assert!(metadata["deb"].get(script).is_none(), "{script}");
    }
    for row in metadata["deb"]["assets"].as_array().expect("rows") {
        let is_program = text(&row[0]).starts_with("target/release/");
        assert_eq!(text(&row[2]), if is_program { "755" } else { "644" }, "{row:?}");
    }
    let template = top_level(".ci/rpm/mde-offboard.spec.in");
    let sections: Vec<_> = template.lines().filter(|line| line.starts_with('%')).collect();
    let allowed = ["%description", "%install", "%files", "%docdir /usr/share/doc/mde-offboard"];
    assert_eq!(sections, allowed, "no %post, no %pre");
}
