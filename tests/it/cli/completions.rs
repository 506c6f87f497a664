//! Scripts with which a shell completes what is typed.

use crate::support::desk::Desk;

/// The long options of a command, from its help.
fn options(help: &str) -> Vec<&str> {
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

#[test]
fn a_script_is_no_document_and_a_shell_has_to_be_one_of_five() {
    let desk = Desk::new();
    desk.run("completions bash --json").ends_with(2).says("leave out --json");
    desk.run("completions cmd").ends_with(2).says("powershell");
}
