//! The file of settings: what is read, what wins, and what is said of a wrong one.

use serde_json::Value;

use crate::support::desk::Desk;
use crate::support::machines::list;
use crate::support::program::{Complete, native};

/// Where the user's own file is on a desk.
const OWN: &str = "data/.config/mde-offboard/mde-offboard.toml";

/// A desk whose user has this file.
fn desk(text: impl AsRef<[u8]>) -> Desk {
    let desk = Desk::new();
    std::fs::create_dir_all(desk.path(OWN).parent().unwrap()).unwrap();
    desk.file(OWN, text);
    desk
}

fn show(desk: &Desk, words: &str) -> Value {
    desk.run(&format!("config show --json {words}")).ends_with(0).json()
}

fn setting<'a>(shown: &'a Value, name: &str) -> &'a Value {
    let settings = shown["settings"].as_array().expect("settings");
    settings.iter().find(|setting| setting["name"] == name).expect("such a setting")
}

/// What is said of a file of the user with this text, without the path before the place.
fn refused(text: &str) -> String {
    let said = desk(text).run("config show").ends_with(2);
    assert!(said.out.is_empty(), "{said}");
    let prose = said.prose();
    let (_, place) = prose.split_once("mde-offboard.toml ").expect("it names the file");
    place.to_owned()
}

#[test]
fn of_two_origins_the_stronger_one_wins_and_shows_what_it_overrides() {
    // From the strongest to the weakest, each as a person gives it, with what is shown for it.
    const VALUES: [(&str, &str); 4] =
        [("option", "o.db"), ("profile", "p.db"), ("environment", "e.db"), ("file", "f.db")];
    for (stronger, (origin, value)) in VALUES.into_iter().enumerate() {
        for weaker in stronger + 1..=VALUES.len() {
            let given = |name: &str| {
                let at = |index: usize| VALUES.get(index).is_some_and(|value| value.0 == name);
                at(stronger) || at(weaker)
            };
            let line = |name: &str, line: &str| {
                if given(name) { line.to_owned() } else { String::new() }
            };
            let desk = Desk::with_file(
                "s.toml",
                format!(
                    "{}\n[profile.contoso]\n{}\n",
                    line("file", "journal = 'f.db'"),
                    line("profile", "journal = 'p.db'")
                ),
            );
            let desk = desk.with("MDE_OFFBOARD_JOURNAL", &line("environment", "e.db"));
            let option = line("option", "--journal o.db");
            let shown = show(&desk, &format!("--config s.toml --profile contoso {option}"));
            let journal = setting(&shown, "journal");
            let case = format!("{stronger} over {weaker}: {journal}");
            assert_eq!(journal["origin"], origin, "{case}");
            assert_eq!(journal["value"], value, "{case}");
            let overridden = journal["overrides"].as_array().unwrap();
            match VALUES.get(weaker) {
                None => assert!(overridden.is_empty(), "{case}"),
                Some((origin, value)) => {
                    assert_eq!(overridden.len(), 1, "{case}");
                    assert_eq!(overridden[0]["origin"], *origin, "{case}");
                    assert_eq!(overridden[0]["value"], *value, "{case}");
                }
            }
        }
    }
    let shown = show(&Desk::new(), "");
    assert_eq!(setting(&shown, "journal")["origin"], "default");
    assert!(setting(&shown, "journal")["value"].as_str().unwrap().ends_with("default.db"));
}

#[test]
fn a_profile_keeps_a_variable_of_another_tenant_from_leading_its_requests_away() {
    let desk = desk("[profile.gov]\ncloud = 'gcc-high'\ntenant_id = 't'\n")
        .with("MDE_OFFBOARD_API_URL", "https://api.security.microsoft.com")
        .with("AZURE_AUTHORITY_HOST", "login.microsoftonline.com")
        .with("AZURE_TENANT_ID", "another");
    let shown = show(&desk, "--profile gov");
    let value = |name: &str| setting(&shown, name)["value"].clone();
    assert_eq!(value("api_url"), "https://api-gov.securitycenter.microsoft.us");
    assert_eq!(value("authority_url"), "https://login.microsoftonline.us");
    assert_eq!(value("tenant_id"), "t");
    let overridden = &setting(&shown, "api_url")["overrides"][0];
    assert_eq!(overridden["by"], "MDE_OFFBOARD_API_URL", "{shown}");
    // Without the profile the variable leads.
    let shown = show(&desk, "");
    assert_eq!(setting(&shown, "authority_url")["value"], "https://login.microsoftonline.com");
}

#[test]
fn the_file_is_looked_for_where_it_is_named_then_here_then_in_the_users_folder() {
    let desk = desk("client_id = 'own'");
    let found = |words: &str| setting(&show(&desk, words), "client_id")["value"].clone();
    assert_eq!(found(""), "own");
    desk.file("mde-offboard.toml", "client_id = 'here'");
    assert_eq!(found(""), "here");
    desk.file("named.toml", "client_id = 'named'");
    assert_eq!(found("--config named.toml"), "named");
    let desk = desk.with("MDE_OFFBOARD_CONFIG", "named.toml");
    assert_eq!(setting(&show(&desk, ""), "client_id")["value"], "named");
    let said = desk.run("status --config gone.toml").ends_with(2).says("gone.toml cannot be read");
    said.says("mde-offboard config init --config gone.toml");
}

#[test]
fn a_file_as_notepad_saves_it_is_read() {
    let text = "\u{feff}# mine\r\n[profile.contoso]\r\ntenant_id = \"t\"\r\nlimit = '5/1m'\r\n";
    let shown = show(&desk(text), "--profile contoso");
    assert_eq!(setting(&shown, "tenant_id")["value"], "t");
    assert_eq!(setting(&shown, "tenant_id")["line"], 3);
    let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    desk(wide).run("config show").ends_with(2).says("is not UTF-8").says("Notepad");
}

#[test]
fn a_mistake_is_shown_with_its_place_and_what_would_be_right() {
    let told: Vec<String> = [
        "client_id = 'x'\ntenant_idd = 'x'\n",
        "offline-timeout = '1s'",
        "comment = 'CHG1'",
        "nonsense = 1",
        "[contoso]\ntenant_id = 'x'",
        "profile = 'contoso'",
        "[profile.a]\n  cloud = \"pub\"",
        "limit = [\"100/1m\", \"5\"]",
        "canary = -1",
        "canary = 99999999999999999999999",
        "max_share = 101",
        "max_failures = 1.5",
        "shared_reads = 'yes'",
        "tenant_id = 5",
        "tenant_id = ' '",
        "between = '22-6'",
        "secret_command = 'pass show mde'",
        "secret_command = []",
        "protect = '~/protect.toml'",
        "api_url = 'https://api.security.microsoft.com/api'",
        "authority_url = \"https://login.microsoftonline.com/contoso.com\"",
        "[profile.'a/b']",
        "[profile.CON]",
        "[profile.default]",
        "[profile.a]\n[profile.A]",
        "[profile.a]\nsecret_file = 'a'\nsecret_command = ['b']",
        "cloud = 'gcc'\ncloud = 'dod'",
        "tenant_id = x",
    ]
    .into_iter()
    .map(|text| format!("{text}\n----\n{}", refused(text)))
    .collect();
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn nothing_that_could_be_a_secret_is_repeated() {
    for text in [
        "client_secret = 'hunter2'",
        "client_secret = hunter2",
        "AZURE_CLIENT_SECRET = 'hunter2'",
        "token = '''\nhunter2\n'''",
        "secret_command = 'op hunter2'",
        "secret_command = ['op', 5, 'hunter2']",
        "secret_command = ['op',\n 'hunter2'\n 'x']",
        "client_id = '5d1e', client_secret = 'hunter2'",
        "tenant_id = 'a' client_secret = 'hunter2'",
        "tenant_id = 72f9 # the secret is hunter2",
        "hunter2",
        "secret = \"hunter2",
        "proxy = \"http://me:hunter2@proxy\" x",
        "api_url = 'https://me:hunter2@api.example'",
        "authority_url = 'https://hunter2@api.example'",
    ] {
        let said = refused(text);
        assert!(!said.contains("hunter2") && !said.contains("unter"), "{text}\n{said}");
    }
    let desk = desk("proxy = 'http://me:hunter2@proxy:80'\nsecret_command = ['op', 'hunter2']");
    let desk = desk.with("AZURE_CLIENT_SECRET", "hunter2").with("MDE_OFFBOARD_TOKEN", "hunter2");
    for words in ["config show", "config show --json", "config show -vv"] {
        let said = desk.run(words).ends_with(0);
        assert!(!said.to_string().contains("hunter2"), "{said}");
        said.says("set, not shown").says("http://...@proxy:80");
    }
}

#[test]
fn a_file_that_only_lies_here_may_name_no_host_secret_or_command() {
    for line in [
        "api_url = 'https://evil.example'",
        "authority_url = 'https://evil.example'",
        "proxy = 'http://evil.example'",
        "ca_file = 'evil.pem'",
        "secret_file = 'x'",
        "secret_command = ['./evil']",
        "certificate = 'x.pem'",
        "auth = 'azure-cli'",
    ] {
        let desk = Desk::with_file("mde-offboard.toml", format!("[profile.a]\n{line}\n"));
        let key = line.split(' ').next().unwrap();
        for words in ["config show", "run a.csv --comment x", "status"] {
            desk.run(words)
                .ends_with(2)
                .says(&format!("mde-offboard.toml line 2, column 1: `{key}` cannot be set here"))
                .says("--config mde-offboard.toml");
        }
        desk.run("config show --config mde-offboard.toml").ends_with(0);
    }
    let desk = Desk::with_file("mde-offboard.toml", "tenant_id = 't'\ncanary = 5\n");
    desk.run("config show").ends_with(0).says("found in this folder");
}

#[test]
fn a_profile_that_is_not_there_names_those_that_are() {
    let desk = desk("[profile.contoso]\n[profile.fabrikam]\n");
    for words in ["status --profile contos", "check --profile Contoso"] {
        desk.run(words).ends_with(2).says("it has these: contoso, fabrikam");
    }
    let said = Desk::new().run("run a.csv --comment x --profile contoso").ends_with(2);
    said.says("there is no configuration").says("mde-offboard config init");
    let desk = desk.with("MDE_OFFBOARD_PROFILE", "gone");
    desk.run("batches").ends_with(2).says("`gone` (from MDE_OFFBOARD_PROFILE)");
    desk.run("batches --profile contoso").ends_with(0);
}

#[test]
fn the_written_file_is_for_its_user_alone_and_never_replaced_unasked() {
    let desk = Desk::new();
    let said = desk.run("config init").ends_with(0).says("check --profile NAME");
    assert!(said.out.contains(&native(OWN)), "{said}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |path: &str| desk.path(path).metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(OWN), 0o600);
        assert_eq!(mode("data/.config/mde-offboard"), 0o700);
    }
    desk.run("config show").ends_with(0);
    desk.file(OWN, "client_id = 'mine'");
    desk.run("config init").ends_with(2).says("is there already");
    assert_eq!(desk.text(OWN), "client_id = 'mine'");
    desk.run("config init --force").ends_with(0);
    let said = desk.run("config init --config new/own.toml").ends_with(0);
    said.says("mde-offboard check --config new/own.toml --profile NAME");
    // One that cannot be read does not stand in the way of a new one.
    desk.file("mde-offboard.toml", "nonsense");
    desk.run("config init --config other.toml").ends_with(0);
    desk.run("").ends_with(0).says("mde-offboard config init");
}

#[test]
fn without_a_configuration_all_that_is_missing_is_named_at_once() {
    let desk = Desk::with_file("a.csv", list(1));
    let said = desk.run("run a.csv --comment x --yes").ends_with(2).says("no credentials");
    let said = said.says("AZURE_TENANT_ID").says("AZURE_CLIENT_ID").says("AZURE_CLIENT_SECRET");
    said.says("`mde-offboard config init`");
    let settings = "[profile.contoso]\ntenant_id = 't'\n[profile.fabrikam]\n";
    desk.file("named.toml", settings);
    let words = "run a.csv --comment x --yes --config named.toml";
    let said = desk.run(words).ends_with(2);
    said.says("or name a profile with --profile: contoso, fabrikam");
    let said = desk.run(&format!("{words} --profile contoso")).ends_with(2);
    let said = said.says("or write secret_file or secret_command, and client_id into the profile");
    said.never_says("AZURE_TENANT_ID");
}

#[test]
fn an_address_that_is_more_than_the_base_is_refused_at_once() {
    let desk = Desk::new();
    for (option, meant) in [
        ("--api-url https://api.example/api", "give https://api.example: /api/..."),
        ("--authority-url https://login.example/t.example", "give https://login.example: /TENANT"),
    ] {
        // Before the list is looked for, which is not there.
        desk.run(&format!("run gone.csv --comment x {option}")).ends_with(2).says(meant);
        let variable = match option {
            "--api-url https://api.example/api" => "MDE_OFFBOARD_API_URL",
            _ => "AZURE_AUTHORITY_HOST",
        };
        let desk = Desk::with_file("a.csv", list(1));
        let mut command = desk.command("run a.csv --comment x --yes");
        let said = command.env(variable, option.split(' ').nth(1).unwrap()).said();
        said.ends_with(2).says(meant);
    }
}
