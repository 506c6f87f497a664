//! The warning that a list looks like the whole tenant.

use crate::support::desk::Desk;
use crate::support::program::{Complete, Said};

use super::rehearsed::TOO_MANY;

const WARNING: &str = "warning: this looks like the whole tenant";

fn told(desk: &Desk, words: &str) -> Said {
    desk.run(&format!("{TOO_MANY} {words}")).ends_with(7)
}

fn id(number: u32) -> String {
    format!("{number:040x}")
}

#[test]
fn the_programs_own_samples_are_no_tenant() {
    let desk = Desk::new();
    desk.run("simulator --sample 300 --output made.csv").ends_with(0);
    let own = format!("{}/samples/fleet.csv", env!("CARGO_MANIFEST_DIR"));
    std::fs::copy(own, desk.path("fleet.csv")).unwrap();
    for file in ["made.csv", "fleet.csv"] {
        let said = told(&desk, file);
        assert!(!said.err.contains(WARNING), "{said}");
    }
    // One machine of another name is enough.
    let mut made = desk.text("made.csv");
    let row = made.lines().nth(1).unwrap().replace(".corp.example", ".corp.net");
    made += &row.replacen(&row[..40], &id(7), 1);
    desk.file("mixed.csv", made);
    told(&desk, "mixed.csv").says(WARNING);
}

#[test]
fn the_example_of_the_warning_fits_the_file() {
    let desk = Desk::new();
    let (one, two) = (id(1), id(2));
    let header = "Device ID,Device Name,First Seen,OS Platform,Health Status,Onboarding Status";
    let rows = |header: &str, more: [&str; 2]| {
        format!(
            "{header}\n{one},pc,x,Windows11,Active,Onboarded{}\n\
             {two},tv,x,Other,Active,Can be onboarded{}\n",
            more[0], more[1]
        )
    };
    desk.file("group.csv", rows(&format!("{header},RBAC Group Name"), [",", ",North 2"]));
    told(&desk, "group.csv").says(WARNING).says("--where \"RBAC Group Name=North 2\"");
    desk.file("none.csv", rows(header, ["", ""]));
    told(&desk, "none.csv").says(WARNING).says("--where \"OS Platform=Windows11\"");
    // What a shell would read as more than text is no example.
    desk.file("odd.csv", rows(&format!("{header},Group"), [",$(x)", ",`y`"]));
    let said = told(&desk, "odd.csv").says("--where \"OS Platform=Windows11\"");
    assert!(!said.err.contains("$(x)"), "{said}");
    let mut command = desk.command(&format!("{TOO_MANY} group.csv"));
    let said = command.args(["--where", "RBAC Group Name!=North 2"]).complete();
    assert!(!String::from_utf8_lossy(&said.stderr).contains(WARNING), "somebody chose");
}

#[test]
fn the_apis_list_is_as_broad_as_the_portals() {
    let desk = Desk::new();
    let machine = |number: u32, system: &str, more: &str| {
        format!(
            "{{\"id\": \"{}\", \"computerDnsName\": \"m{number}\", \"lastSeen\": \"x\", \
             \"healthStatus\": \"Active\", \"osPlatform\": \"{system}\"{more}}}",
            id(number)
        )
    };
    let client = machine(1, "Windows10", ", \"rbacGroupName\": \"Kiosks\"");
    let server = machine(2, "WindowsServer2019", "");
    desk.file("all.json", format!("{{\"value\": [{server}, {client}]}}"));
    told(&desk, "all.json")
        .says(WARNING)
        .says("The API lists all machines")
        .says("--where \"rbacGroupName=Kiosks\"");
    desk.file("some.json", format!("[{client}]"));
    let said = told(&desk, "some.json");
    assert!(!said.err.contains(WARNING), "{said}");
}
