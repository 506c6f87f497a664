//! How the program talks: TLS versions, what no option switches off, and the words for a network
//! that fails.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};

use crate::support::desk::Desk;
use crate::support::machines::list;

const RUN: &str = "run fleet.csv --comment x --yes --progress none --offline-timeout 1s";

/// A server that does this with its connections; its thread ends with the process of the tests.
fn serve(act: impl Fn(&mut TcpStream) + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let place = listener.local_addr().unwrap().to_string();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            act(&mut stream);
        }
    });
    place
}

/// The versions that a greeting offers, from its extension 43.
fn offered(greeting: &[u8]) -> Vec<[u8; 2]> {
    let at = (0..greeting.len() - 5).find(|at| {
        let [0, 43, 0, length, list] = greeting[*at..*at + 5] else { return false };
        length == list + 1 && list % 2 == 0 && list > 0
    });
    let at = at.expect("a list of versions");
    let list = usize::from(greeting[at + 4]);
    greeting[at + 5..at + 5 + list].chunks(2).map(|two| [two[0], two[1]]).collect()
}

#[test]
fn tls_is_offered_in_versions_1_3_and_1_2_and_no_older_one() {
    let (tell, told) = std::sync::mpsc::channel();
    let place = serve(move |stream| {
        let mut greeting = vec![0_u8; 4096];
        let count = stream.read(&mut greeting).unwrap_or(0);
        greeting.truncate(count);
        // An alert: this version is not spoken here.
        drop(stream.write_all(&[21, 3, 3, 0, 2, 2, 70]));
        drop(tell.send(greeting));
    });
    let desk = Desk::holding(&list(3), "");
    let said = desk.run(&format!("{RUN} --authority-url https://{place}"));
    assert_eq!(offered(&told.recv().unwrap()), [[3, 4], [3, 3]]);
    said.ends_with(6).says(&format!("`{place}` refused the TLS handshake (ProtocolVersion)"));
}

#[test]
fn no_option_switches_the_verification_off() {
    let desk = Desk::new();
    let mut seen = 0;
    let help = desk.run("--help").ends_with(0).out;
    let commands = help.lines().skip_while(|line| !line.starts_with("Commands:")).skip(1);
    let commands: Vec<&str> =
        commands.map_while(|line| line.strip_prefix("  ")?.split(' ').next()).collect();
    for command in commands.into_iter().filter(|word| !word.is_empty()) {
        let help = desk.run(&format!("help {command}")).out.to_lowercase();
        for word in
            ["insecure", "no-verify", "skip-verif", "no-check", "accept-invalid", "trust-all"]
        {
            assert!(!help.contains(word), "{command}: {word}");
        }
        seen += usize::from(help.contains("--ca-file"));
    }
    assert!(seen >= 5, "{seen} commands talk to Defender");
}

#[test]
fn each_failure_of_the_network_names_the_host_and_the_cause_and_no_layer_between() {
    let gone = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let closes = serve(|stream| drop(stream.read(&mut [0_u8; 4096])));
    let plain = serve(|stream| {
        drop(stream.read(&mut [0_u8; 4096]));
        drop(stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n"));
    });
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let mute = silent.local_addr().unwrap().to_string();
    let refused = format!("`{gone}` refused the connection (connection_refused)");
    let ended = format!("the connection to `{closes}` ended without an answer (connection_reset)");
    let cases = [
        (format!("http://{gone}"), "20s", refused),
        (format!("http://{closes}"), "20s", ended),
        (format!("https://{closes}"), "20s", format!("`{closes}` hung up in the TLS handshake")),
        (format!("https://{plain}"), "20s", format!("what `{plain}` answers is not TLS (tls)")),
        (format!("http://{mute}"), "1s", format!("no answer from `{mute}` within 1s (timeout)")),
        (format!("https://{mute}"), "2s", format!("no connection to `{mute}` within 1s (timeout)")),
    ];
    let desk = Desk::holding(&list(3), "");
    for (url, limit, words) in cases {
        for option in ["--authority-url", "--api-url"] {
            let run = format!("{RUN} {option} {url} --timeout {limit} --log-file log{option}");
            let said = desk.run(&run).ends_with(5).says(&words);
            for layer in ["error sending request", "client error", "operation timed out"] {
                assert!(!said.to_string().contains(layer), "{said}");
            }
            let log = desk.text(&format!("log{option}"));
            assert!(log.contains(&words), "{words}: {log}");
        }
    }
}

/// Not in the quick run: `--skip long::`.
mod long {
    use super::{Desk, RUN, list};
    use crate::support::program::Said;

    #[test]
    fn a_run_that_is_cut_off_says_so_on_each_screen_with_cause_and_end() {
        let mut desk = Desk::holding(&list(200), "--speed 1 --pending-share 100%");
        let run = RUN.replace("--progress none --offline-timeout 1s", "--progress plain");
        let mut run = desk.start(&format!(
            "{run} --limit 10/1s --settle 1s --offline-timeout 4s --events e.ndjson"
        ));
        desk.wait_for_posts(20, &mut run);
        let place = desk.end_simulator().replace("http://", "");
        let words = format!("`{place}` refused the connection (connection_refused)");
        let said = Said::by(run).ends_with(5).says(&words).says("waiting=network");
        said.says("gives_up=").says("no connection to Defender for");
        let events = desk.text("e.ndjson");
        let waits = events.lines().find(|line| line.contains("\"network\"")).expect("it waited");
        assert!(waits.contains("\"gives_up_at\":\"") && waits.contains(&words), "{waits}");
    }
}
