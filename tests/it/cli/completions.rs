//! Scripts with which a shell completes what is typed.

use crate::support::desk::Desk;
#[cfg(unix)]
use crate::support::program::{Complete, clean};

/// The long options of a command, from its help.
pub(super) fn options(help: &str) -> Vec<&str> {
    let lines = help.lines().map(str::trim_start);
    let lines = lines.filter(|line| line.starts_with("--") || line.starts_with('-'));
    // Behind a name stand its value, or `...` where it can be typed several times.
    let words = lines
        .filter_map(|line| line.split([' ', ',', '[', '.']).find(|word| word.starts_with("--")));
    words.collect()
}

#[test]
fn every_command_and_every_option_of_a_run_is_completed_in_every_shell() {
    let desk = Desk::new();
    let help = desk.run("run --help").ends_with(0).out;
    let options = options(&help);
    assert!(options.len() > 40, "{options:?}");
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = desk.run(&format!("completions {shell}")).ends_with(0).out;
        for command in ["plan", "resume", "verify", "completions"] {
            assert!(script.contains(command), "{shell}: {command}");
        }
        for option in &options {
            // fish has them without the dashes.
            let word = if shell == "fish" { &option[2..] } else { option };
            assert!(script.contains(word), "{shell}: {option}");
        }
        assert!(script.is_ascii(), "a console of Windows reads it in any code page: {shell}");
    }
}

#[test]
fn the_script_for_powershell_registers_the_programs_name() {
    let script = Desk::new().run("completions powershell").ends_with(0).out;
    let registers = "Register-ArgumentCompleter -Native -CommandName 'mde-offboard'";
    assert!(script.contains(registers), "{script}");
}

/// What bash offers where the last of these words is completed.
#[cfg(unix)]
fn offered_by_bash(desk: &Desk, words: &str) -> String {
    let script = format!(
        r#"source <("$0" completions bash)
        function=$(complete -p mde-offboard | sed 's/.*-F \([^ ]*\).*/\1/')
        COMP_WORDS=({words}) COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1))
        "$function" mde-offboard "${{COMP_WORDS[COMP_CWORD]}}" "${{COMP_WORDS[COMP_CWORD - 1]}}"
        printf '%s\n' "${{COMPREPLY[*]}}""#
    );
    let mut bash = clean(std::process::Command::new("bash"), &desk.path(""));
    bash.args(["-c", &script]).arg(desk.command("").get_program());
    bash.said().ends_with(0).out
}

#[test]
#[cfg(unix)]
fn bash_completes_commands_and_the_options_behind_them() {
    let desk = Desk::new();
    for (words, expected) in [
        ("mde-offboard re", "resume retry resolve report\n"),
        ("mde-offboard run --expect-", "--expect-count --expect-plan\n"),
        ("mde-offboard audit verify --write", "--write-head\n"),
        ("mde-offboard config in", "init\n"),
    ] {
        assert_eq!(offered_by_bash(&desk, words), expected, "{words}");
    }
}

#[test]
fn a_script_is_no_document_and_a_shell_has_to_be_one_of_five() {
    let desk = Desk::new();
    desk.run("completions bash --json").ends_with(2).says("leave out --json");
    desk.run("completions cmd").ends_with(2).says("powershell");
}
