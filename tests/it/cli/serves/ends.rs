//! How `serve` begins and ends.

use super::visit::Dashboard;
use crate::support::desk::Desk;
use crate::support::program::Said;

#[test]
fn a_signal_ends_it_at_once_with_0_also_while_pages_are_open() {
    use crate::support::program::signal;
    for name in ["-INT", "-TERM"] {
        let desk = Desk::new();
        let mut dashboard = Dashboard::start(&desk, "");
        let mut events = dashboard.events("events?batch=0", &[]);
        events.comes_to_words("Waiting for a batch");
        let idle = dashboard.connect();
        signal(&dashboard.process.0, name);
        assert_eq!(dashboard.process.0.wait().unwrap().code(), Some(0), "{name}");
        events.until_closed();
        drop(idle);
    }
}

#[test]
fn the_address_is_the_one_line_on_standard_output_and_how_it_ends_is_said_beside_it() {
    let desk = Desk::new();
    let mut child = desk.start("serve --simulate");
    let mut url = String::new();
    let mut out = std::io::BufReader::new(child.stdout.take().unwrap());
    std::io::BufRead::read_line(&mut out, &mut url).unwrap();
    assert!(url.starts_with("http://127.0.0.1:") && url.ends_with("/\n"), "{url}");
    // What it has said by then stays in the pipe.
    let mut err = std::io::BufReader::new(child.stderr.take().unwrap());
    let mut said = String::new();
    while !said.contains("Ctrl-C ends it") {
        assert!(std::io::BufRead::read_line(&mut err, &mut said).unwrap() > 0, "{said}");
    }
    assert!(said.contains("SIMULATION") && said.contains("Anyone who has it can read"), "{said}");
    crate::support::program::kill(&mut child);
    std::io::Read::read_to_string(&mut out, &mut url).unwrap();
    assert_eq!(url.lines().count(), 1, "{url}");
}

#[test]
fn a_program_gets_a_document() {
    let desk = Desk::new();
    let dashboard = Dashboard::start(&desk, "--json");
    assert_eq!(dashboard.get("").status, 200);
}

#[test]
fn a_port_that_is_taken_is_refused_with_what_to_do() {
    let desk = Desk::new();
    let first = Dashboard::start(&desk, "");
    let port = first.host.split_once(':').unwrap().1;
    let said = desk.run_briefly(&format!("serve --port {port}")).ends_with(2);
    said.says(&format!("port {port} cannot be listened on"))
        .says("another program listens on port")
        .says("--port");
    let said: Said = desk.run_briefly("serve --port 70000").ends_with(2);
    assert!(said.err.contains("70000"), "{said}");
    // The first one is none the worse for it.
    assert_eq!(first.get("").status, 200);
}

#[test]
fn a_port_that_is_named_is_the_port() {
    let desk = Desk::new();
    // A port that was free a moment ago.
    let port = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap().port()
    };
    let dashboard = Dashboard::start(&desk, &format!("--port {port}"));
    assert_eq!(dashboard.host, format!("127.0.0.1:{port}"));
    assert_eq!(dashboard.get("").status, 200);
}

#[test]
fn serving_changes_no_file() {
    let desk = Desk::with_fleet(10, "--limit 1000/1s");
    desk.run(
        "run fleet.csv --comment x --yes --progress none --settle 1s --poll-interval 200ms \
              --track-timeout 1m",
    )
    .ends_with(0);
    let before = desk.files();
    let dashboard = Dashboard::start(&desk, "");
    dashboard.page("");
    dashboard.page("?q=pc&sort=-name");
    dashboard.events("events?batch=1", &[]).comes_to_words("Batch 1 is finished");
    drop(dashboard);
    let after = desk.files();
    let names = |files: &[(String, Vec<u8>)]| -> Vec<String> {
        files.iter().map(|(name, _)| name.clone()).collect()
    };
    assert_eq!(names(&before), names(&after));
    assert!(before == after, "a file is another one");
}
