//! The manual, and that it, the completions and the help tell the same options.

use std::collections::BTreeMap;
use std::fs;

use super::completions::options;
use crate::support::desk::Desk;

/// The commands that a help lists.
fn commands(help: &str) -> Vec<&str> {
    let after = help.split_once("\nCommands:\n").map_or("", |(_, after)| after);
    let lines = after.lines().take_while(|line| line.starts_with("  "));
    let names = lines.filter_map(|line| line.strip_prefix("  ")?.split(' ').next());
    names.filter(|name| !name.is_empty() && *name != "help").collect()
}

/// The help of the program and of each command, by its words: `audit verify`.
fn helps(desk: &Desk) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut open = vec![String::new()];
    while let Some(words) = open.pop() {
        let help = desk.run(&format!("{words} --help")).ends_with(0).out;
        let inner = commands(&help).into_iter();
        open.extend(inner.map(|name| format!("{words} {name}").trim_start().to_owned()));
        found.insert(words, help);
    }
    found
}

/// The pages by the words of their commands, as they are read: without what only `roff` reads.
fn pages(desk: &Desk, words: impl Iterator<Item = String>) -> BTreeMap<String, String> {
    fs::create_dir(desk.path("man1")).expect("made");
    desk.run("man man1").ends_with(0).says("man -l ");
    let read = |words: String| {
        let name = format!("mde-offboard {words}").trim_end().replace(' ', "-");
        let text = desk.text(&format!("man1/{name}.1"));
        let text = [(r"\-", "-"), (r"\fB", ""), (r"\fI", ""), (r"\fR", ""), (r"\*(Aq", "'")]
            .into_iter()
            .fold(text, |text, (from, to)| text.replace(from, to));
        (words, text)
    };
    words.map(read).collect()
}

/// What a shell is told of one command: the part of its script.
fn part(shell: &str, script: &str, words: &str) -> String {
    let inner: Vec<&str> = words.split_whitespace().collect();
    let named = |between: &str, all: &str| {
        let names = ["mde-offboard"].into_iter().chain(inner.iter().copied());
        names.collect::<Vec<_>>().join(between).replace('-', all)
    };
    let (start, end) = match shell {
        "bash" => (format!("\n        {})\n", named("__subcmd__", "__")), "return 0\n"),
        "powershell" => (format!("\n        '{}' {{\n", named(";", "-")), "break\n"),
        // The whole script: its parts are in one another.
        _ => return script.to_owned(),
    };
    let after = script.split_once(&start).unwrap_or_else(|| panic!("{shell}: {start}")).1;
    after.split(end).next().unwrap_or(after).to_owned()
}

#[test]
fn every_option_of_every_command_is_in_its_manual_page_and_completed_in_every_shell() {
    let desk = Desk::new();
    let helps = helps(&desk);
    let pages = pages(&desk, helps.keys().cloned());
    let shells = ["bash", "fish", "powershell", "zsh"];
    let scripts =
        shells.map(|shell| (shell, desk.run(&format!("completions {shell}")).ends_with(0).out));
    let mut seen = 0;
    for (words, help) in &helps {
        let page = &pages[words];
        for option in options(help) {
            let is_told = |line: &str| line.split([' ', ',', '[']).any(|word| word == option);
            assert!(page.lines().any(is_told), "{option} of `{words}` is not in its page\n{page}");
            for (shell, script) in &scripts {
                // fish has them without the dashes.
                let word =
                    if *shell == "fish" { format!(" -l {}", &option[2..]) } else { option.into() };
                let part = part(shell, script, words);
                assert!(part.contains(&word), "{shell}: {option} of `{words}`\n{part}");
            }
            seen += 1;
        }
    }
    assert!(helps.len() > 25 && seen > 400, "{} commands, {seen} options", helps.len());
}

#[test]
fn a_page_has_the_words_of_the_help_and_its_examples_and_exit_codes() {
    let desk = Desk::new();
    let helps = helps(&desk);
    let pages = pages(&desk, helps.keys().cloned());
    let plain = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    for (words, help) in &helps {
        let page = plain(&pages[words]);
        // A text is broken into lines at other places in each; its first words are in one.
        let texts = help.lines().filter(|line| line.starts_with("          "));
        for text in texts.map(plain).filter(|text| !text.is_empty()) {
            assert!(page.contains(&text), "`{text}` of `{words}` is not in its page\n{page}");
        }
        for code in ["0 done, or", "5 something is left to send", "130 Ctrl-C twice"] {
            assert!(page.contains(code), "{words}: {code}\n{page}");
        }
        let examples = help.lines().filter(|line| line.starts_with("  mde-offboard "));
        for example in examples.map(plain) {
            assert!(page.contains(&example), "{words}: {example}\n{page}");
        }
        assert!(page.is_ascii(), "{words}");
    }
    assert!(pages[""].contains("mde-offboard-audit(1)"), "{}", pages[""]);
    assert!(pages["audit verify"].contains("mde-offboard-audit(1)"), "{}", pages["audit verify"]);
}

#[test]
fn without_a_folder_the_page_of_the_program_is_printed() {
    let desk = Desk::new();
    let page = desk.run("man").ends_with(0).out;
    fs::create_dir(desk.path("man1")).expect("made");
    desk.run("man man1").ends_with(0);
    assert_eq!(page, desk.text("man1/mde-offboard.1"));
    let version = env!("CARGO_PKG_VERSION");
    assert!(
        page.contains(&format!("\n.TH mde-offboard 1 \"\" \"mde-offboard {version}\" ")),
        "{page}"
    );
}

#[test]
fn pages_are_replaced_by_pages_and_nothing_else_is() {
    let desk = Desk::new();
    desk.run("man man1").ends_with(2).says("cannot be written").says("a folder that exists");
    fs::create_dir(desk.path("man1")).expect("made");
    desk.run("man man1").ends_with(0);
    fs::write(desk.path("man1/mde-offboard-run.1"), ".TH other 1\n").expect("written");
    desk.run("man man1").ends_with(2).says("mde-offboard-run.1 already exists");
    assert_eq!(desk.text("man1/mde-offboard-run.1"), ".TH other 1\n");
    desk.run("man man1 --force").ends_with(0);
    desk.run("man man1").ends_with(0);
    desk.run("man --json").ends_with(2).says("leave out --json");
}

#[test]
#[cfg(unix)]
fn everybody_may_read_a_page_that_was_written() {
    use std::os::unix::fs::PermissionsExt;
    let desk = Desk::new();
    fs::create_dir(desk.path("man1")).expect("made");
    desk.run("man man1").ends_with(0);
    let page = fs::metadata(desk.path("man1/mde-offboard-plan.1")).expect("a page");
    assert_eq!(page.permissions().mode() & 0o777, 0o644);
}
