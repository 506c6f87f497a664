//! A guard says what it could see.

use std::fmt::Write as _;

use super::tried::Tried;

fn tried(header: &str, rows: &[&str], options: &[&str]) -> Tried {
    let mut text = format!("{header}\n");
    for (number, row) in rows.iter().enumerate() {
        writeln!(text, "{number:040x},{row}").unwrap();
    }
    Tried::with(("list.csv", text.as_bytes()), options)
}

#[test]
fn the_notes_name_the_column_of_each_fact_or_say_that_it_is_not_known() {
    let rows = ["pc-0,Windows 11,Onboarded"];
    tried("Device ID,Device Name,OS,Onboarding Status", &rows, &[])
        .says("names from `Device Name`, system from `OS`, onboarding from `Onboarding Status`")
        .sends("pc-0");
    tried("Id,ComputerDnsName,OS Platform", &["srv0,Windows10"], &[])
        .says("not known from this list: onboarding\n")
        .sends("srv0");
    let id = format!("{:040x}\n", 1);
    Tried::with(("plain.txt", id.as_bytes()), &[])
        .says("not known from this list: system, onboarding\n");
}

#[test]
fn a_guard_that_was_asked_for_and_has_nothing_to_read_is_an_error() {
    let header = "Id,ComputerDnsName";
    for (option, fact) in [
        ("unsupported=refuse", "operating system"),
        ("unsupported=skip", "operating system"),
        ("other_system=refuse", "operating system"),
        ("not_onboarded=refuse", "onboarding status"),
    ] {
        tried(header, &["srv0", "srv1"], &["--on", option])
            .ends_with(3)
            .says(&format!("--on {option} has nothing to read: list.csv has no column with the"))
            .says(fact);
    }
    // What the tenant says is not the list's to say.
    let send = ["--on", "other_system=send", "--on", "not_onboarded=send"];
    tried(header, &["srv0"], &send).sends("srv0");
    // What only the journal knows needs no column.
    tried(header, &["srv0"], &["--on", "in_other_batch=refuse"]).sends("srv0");
    // A column without content, or with words that nobody knows, tells nothing either.
    tried("Id,Name,OS", &["a,", "b,"], &["--on", "unsupported=refuse"])
        .ends_with(3)
        .says("`OS` of list.csv is empty in every row");
    tried("Id,Name,OS", &["a,10.0.19045", "b,unknown"], &["--on", "unsupported=refuse"])
        .ends_with(3)
        .says("has no known operating system, for example `10.0.19045`");
    tried("Id,Name,Onboarding Status", &["a,Integriert"], &["--on", "not_onboarded=skip"])
        .ends_with(3);
    // Some rows that say it are enough, and the others are told.
    tried("Id,Name,OS", &["a,", "b,macOS", "c,Windows 10"], &["--on", "unsupported=refuse"])
        .says("1 row without a known operating system in `OS`")
        .sends("a c");
    let json = "[{\"id\": \"0000000000000000000000000000000000000001\", \"osPlatform\": null}]";
    Tried::with(("list.json", json.as_bytes()), &["--on", "unsupported=refuse"]).ends_with(3);
}

#[test]
fn the_system_is_known_by_the_names_of_many_tools() {
    for column in [
        "OS Platform",
        "OSPlatform",
        "osPlatform",
        "OsPlatform",
        "os_platform",
        "OS",
        "operatingSystem",
        "Operating System",
        "OperatingSystem",
        "Device OS",
        "Platform",
        "OSPlatform [string]",
        "Betriebssystem",
        "Betriebssystemplattform",
        "Système d’exploitation",
        "Sistema operativo",
        "オペレーティング システム",
    ] {
        let header = format!("Device ID,Device Name,{column}");
        tried(&header, &["a,Windows10", "b,macOS"], &["--on", "other_system=refuse"])
            .ends_with(7)
            .says("1 machine is other_system, for instance b in line 3 (macOS)");
    }
    tried("Device ID,Device Name,OS Platform,OS", &["a,Windows10,macOS"], &[])
        .says("`OS Platform` is read, `OS` is not");
}

#[test]
fn a_system_is_told_by_its_kind_however_it_is_written() {
    let kinds = [
        ("", ["Windows10", "Windows 11 Enterprise", "Windows Server 2012 R2", "windowsserver2016"]),
        ("", ["Microsoft Windows Server 2022 Datacenter", "Win10", "WINDOWS", "W11"]),
        ("", ["Microsoft Windows NT 10.0.19045.0", "Unknown", "x64", "10.0.22631"]),
        ("other_system", ["macOS", "Mac OS X", "MacMDM", "OS X 10.15"]),
        ("other_system", ["Ubuntu 22.04", "RedHatEnterpriseLinux", "Linux", "SLES"]),
        ("unsupported", ["iOS", "iPadOS", "Android (Personally-Owned Work Profile)", "Chrome OS"]),
        ("unsupported", ["AndroidForWork", "Cisco IOS", "Windows 7", "Windows Phone"]),
    ];
    for (class, systems) in kinds {
        let rows = (0..).zip(systems).map(|(number, system)| format!("m{number},{system}"));
        let rows: Vec<String> = rows.collect();
        let rows: Vec<&str> = rows.iter().map(String::as_str).chain(["x,Windows10"]).collect();
        let tried = tried("Device ID,Device Name,OS", &rows, &[]);
        match class {
            "" => tried.sends("m0 m1 m2 m3 x"),
            _ => tried.sends("x").skips(&format!("m0:{class} m1:{class} m2:{class} m3:{class}")),
        };
    }
}

#[test]
fn mac_os_and_linux_are_sent_where_that_is_said() {
    let header = "Device ID,Device Name,OS,Onboarding Status";
    let rows = ["a,macOS,Onboarded", "b,Linux,Can be onboarded", "c,iOS,Onboarded"];
    tried(header, &[&rows[..], &["d,Windows11,Onboarded"]].concat(), &[])
        .says("1 machine skipped: other_system")
        .says("can be offboarded since August 2026: --on other_system=send")
        .skips("a:other_system b:not_onboarded c:unsupported");
    tried(header, &rows, &["--on", "other_system=send"])
        .sends("a")
        .skips("b:not_onboarded c:unsupported");
    tried(header, &rows, &["--on", "other_system=send", "--on", "not_onboarded=send"])
        .sends("a b")
        .skips("c:unsupported");
    // One class of a machine that is refused is enough.
    tried(header, &rows[1..2], &["--on", "other_system=refuse"]).ends_with(7);
    tried(header, &rows, &["--on", "unsupported=send"]).ends_with(2).says("are never sent");
}
