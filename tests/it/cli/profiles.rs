//! Profiles and secrets at work: against the simulator, by the program itself.

use std::process::Stdio;

use mde_offboard::simulator::TenantOptions;

use crate::support::desk::Desk;
use crate::support::machines::{list, machine_id};
use crate::support::program::{Complete, Running, Said, native};
use crate::support::waiting::wait_until;

const RUN: &str = "run fleet.csv --comment x --yes --progress none --profile contoso";

/// A desk beside a simulator to which only a file leads: `conf/settings.toml`, with these lines in
/// its profile.
fn desk(lines: &str) -> Desk {
    let desk = Desk::holding(&list(3), "--speed 600");
    std::fs::create_dir(desk.path("conf")).unwrap();
    write(&desk, lines);
    desk
}

fn write(desk: &Desk, lines: &str) {
    let app = TenantOptions::default();
    let url = desk.url();
    desk.file(
        "conf/settings.toml",
        format!(
            "api_url = '{url}'\nauthority_url = '{url}'\n[profile.contoso]\n\
             tenant_id = '{}'\nclient_id = '{}'\n{lines}\n",
            app.tenant_id, app.client_id
        ),
    );
}

/// Runs without what the environment of a desk says.
fn run(desk: &Desk, words: &str, environment: &[(&str, &str)]) -> Said {
    let mut command = desk.command(&format!("{words} --config conf/settings.toml"));
    for name in [
        "MDE_OFFBOARD_API_URL",
        "AZURE_AUTHORITY_HOST",
        "AZURE_TENANT_ID",
        "AZURE_CLIENT_ID",
        "AZURE_CLIENT_SECRET",
    ] {
        command.env_remove(name);
    }
    command.envs(environment.iter().copied()).said()
}

fn secret() -> String {
    TenantOptions::default().client_secret
}

#[cfg(unix)]
fn chmod(desk: &Desk, name: &str, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(desk.path(name), PermissionsExt::from_mode(mode)).unwrap();
}

#[cfg(unix)]
mod unix {
    use super::*;

    #[test]
    fn a_profile_alone_signs_in_and_has_a_journal_and_commands_of_its_own() {
        let desk = desk("secret_file = 'secret'\nlimit = '2/1s'");
        desk.file("conf/secret", format!("\u{feff}{}\r\n", secret()));
        chmod(&desk, "conf/secret", 0o600);
        let said = run(&desk, &format!("{RUN} --track-timeout 0"), &[]).ends_with(9);
        said.says("mde-offboard track 1 --profile contoso --config conf/settings.toml");
        assert!(desk.journal("contoso.db").exists() && !desk.journal("default.db").exists());
        let status = run(&desk, "status --json --profile contoso", &[]).ends_with(0).json();
        assert_eq!(status["windows"][0]["limit"], 2, "{status}");
        // What a batch remembers is not overruled, also by the same list again.
        write(&desk, "secret_file = 'secret'\nlimit = '7/1s'\nprotect = 'protect.toml'");
        desk.file("conf/protect.toml", format!("ids = ['{}']\n", machine_id(1)));
        run(&desk, &format!("{RUN} --track-timeout 0"), &[]).ends_with(9);
        let status = run(&desk, "status --json --profile contoso", &[]).ends_with(0).json();
        assert_eq!(status["windows"][0]["limit"], 2, "{status}");
        let facts = run(&desk, "audit export --profile contoso", &[]).ends_with(0);
        facts.says("\"run_by\"").never_says("option_changed");
    }

    #[test]
    fn a_secret_that_others_can_read_is_refused_with_the_line_that_closes_it() {
        let desk = desk("secret_file = 'secret'");
        desk.file("conf/secret", secret());
        for mode in [0o644, 0o640, 0o602] {
            chmod(&desk, "conf/secret", mode);
            let said = run(&desk, RUN, &[]).ends_with(6);
            said.says(&format!("mode {mode:04o}")).says("chmod 600 conf/secret");
        }
        chmod(&desk, "conf/secret", 0o400);
        for (content, why) in
            [("", "it is empty"), ("\u{feff}\n", "it is empty"), ("a\nb\n", "more than one line")]
        {
            std::fs::remove_file(desk.path("conf/secret")).unwrap();
            desk.file("conf/secret", content);
            chmod(&desk, "conf/secret", 0o600);
            run(&desk, RUN, &[]).ends_with(6).says(why);
        }
        std::fs::remove_file(desk.path("conf/secret")).unwrap();
        run(&desk, RUN, &[]).ends_with(6).says("conf/secret cannot be read");
        assert_eq!(desk.posts(), 0);
    }

    /// A program at `conf/give`, which counts its calls in `calls`.
    fn program(desk: &Desk, script: &str) {
        desk.file("conf/give", format!("#!/bin/sh\necho x >> calls\n{script}\n"));
        chmod(desk, "conf/give", 0o700);
    }

    fn calls(desk: &Desk) -> usize {
        std::fs::read_to_string(desk.path("calls")).unwrap_or_default().lines().count()
    }

    const COMMAND: &str = "secret_command = ['./give', '$HOME; exit 3', '', 'two words']";

    #[test]
    fn a_command_gives_the_secret_without_a_shell_and_only_where_one_is_needed() {
        let desk = desk(COMMAND);
        let secret = secret();
        program(
            &desk,
            &format!("echo asked with \"$1$2$3\" >&2\nprintf '\\357\\273\\277{secret}\\r\\n'"),
        );
        for words in ["status", "batches", "config show", "forecast 5", "plan fleet.csv --offline"]
        {
            run(&desk, &format!("{words} --profile contoso"), &[]);
            assert_eq!(calls(&desk), 0, "{words}");
        }
        run(&desk, RUN, &[]).ends_with(0).says("asked with $HOME; exit 3two words");
        assert_eq!(calls(&desk), 1);
        run(&desk, "status --profile contoso", &[]).ends_with(0);
        assert_eq!(calls(&desk), 1);
    }

    #[test]
    fn a_command_that_gives_no_secret_says_why() {
        let desk = desk(COMMAND);
        for (script, said) in [
            ("echo locked >&2; exit 4", "failed with exit code 4"),
            ("exit 0", "it is empty"),
            ("echo", "it is empty"),
            ("printf 'a\\nb'", "more than one line"),
            ("printf '\\377'", "no UTF-8"),
            ("kill -9 $$", "failed with signal: 9"),
        ] {
            program(&desk, script);
            run(&desk, RUN, &[]).ends_with(6).says(said).says("give` (secret_command)");
        }
        program(&desk, "echo locked >&2; exit 4");
        run(&desk, RUN, &[]).ends_with(6).says("locked");
        write(&desk, "secret_command = ['no-such-program']");
        run(&desk, RUN, &[]).ends_with(6).says("`no-such-program` (secret_command) is not there");
        assert_eq!(desk.posts(), 0);
    }

    #[test]
    fn the_profiles_secret_wins_over_the_environments_and_that_over_the_files() {
        let desk = desk("secret_file = 'secret'");
        desk.file("conf/secret", secret());
        chmod(&desk, "conf/secret", 0o600);
        run(&desk, RUN, &[("AZURE_CLIENT_SECRET", "of another tenant")]).ends_with(0);
        let said = run(&desk, RUN, &[("MDE_OFFBOARD_TOKEN", "left over")]).ends_with(0);
        let said = said.says("signing in with a client secret (secret_file of contoso)");
        said.says("MDE_OFFBOARD_TOKEN is set too, and --auth token would use it");
        // Outside of the profile the environment is stronger.
        let text = desk.text("conf/settings.toml").replace("[profile.contoso]\n", "");
        desk.file("conf/settings.toml", text);
        let words = RUN.replace(" --profile contoso", "");
        run(&desk, &words, &[("AZURE_CLIENT_SECRET", "wrong")]).ends_with(6);
        run(&desk, &words, &[]).ends_with(0);
    }
}

#[test]
fn guards_of_the_file_count_while_a_batch_is_made_and_an_option_replaces_them() {
    let desk = desk("max_machines = 2\nprotect = 'protect.toml'");
    desk.file("conf/protect.toml", "names = ['nothing-*']\n");
    let secret = secret();
    let environment = [("AZURE_CLIENT_SECRET", secret.as_str())];
    let said = run(&desk, RUN, &environment).ends_with(7);
    said.says("at most 2 are allowed");
    run(&desk, &format!("{RUN} --max-machines 3"), &environment).ends_with(0);
    assert_eq!(desk.posts(), 3);
    write(&desk, "protect = 'gone.toml'");
    run(&desk, RUN, &environment).ends_with(2).says(&native("conf/gone.toml"));
}

#[test]
fn a_rehearsal_keeps_the_guards_of_a_profile_but_not_its_hours_and_its_journal() {
    let desk =
        desk("max_machines = 2\njournal = 'mine.db'\nlimit = '1/1h'\nbetween = '03:00-03:01'");
    let said = run(&desk, &format!("{RUN} --simulate --fleet ordinary"), &[]).ends_with(7);
    said.says("at most 2 are allowed");
    let words = format!("{RUN} --simulate --fleet ordinary --max-machines 3 --track-timeout 0");
    let mut process = desk.command(&format!("{words} --config conf/settings.toml"));
    process.stdout(Stdio::null()).stderr(Stdio::null());
    // By the hours of the profile it would wait until three in the morning.
    let mut process = Running(process.spawn().unwrap());
    wait_until("the rehearsal ends", || process.0.try_wait().unwrap().is_some());
    assert!(desk.journal("simulation.db").exists() && !desk.path("conf/mine.db").exists());
}

#[test]
fn no_output_is_written_over_a_file_that_the_settings_name() {
    let desk = desk("protect = 'protect.toml'\nsecret_file = 'secret'");
    desk.file("conf/protect.toml", "names = ['x']\n").file("conf/secret", "s");
    for name in ["conf/settings.toml", "conf/secret", "conf/protect.toml"] {
        let words = format!("batches --profile contoso --force --log-file {name}");
        run(&desk, &words, &[]).ends_with(2).says("would overwrite");
    }
}
