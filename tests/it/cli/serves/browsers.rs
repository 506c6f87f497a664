//! `--open`: the browser is started with an address that leads to the page once.

#![cfg(target_os = "linux")]

use std::os::unix::fs::PermissionsExt;

use super::visit::Dashboard;
use crate::support::desk::Desk;
use crate::support::waiting::wait_until;

/// A desk whose browser writes down what it is started with.
fn with_browser() -> Desk {
    let desk = Desk::new();
    let folder = desk.path("bin");
    std::fs::create_dir(&folder).unwrap();
    let browser = folder.join("xdg-open");
    let asked = desk.path("asked");
    let script = format!("#!/bin/sh\necho \"$1\" > {0}.new && mv {0}.new {0}\n", asked.display());
    std::fs::write(&browser, script).unwrap();
    std::fs::set_permissions(&browser, PermissionsExt::from_mode(0o755)).unwrap();
    let path = format!("{}:/usr/bin:/bin", folder.display());
    desk.with("PATH", &path)
}

#[test]
fn the_browser_is_started_with_an_address_that_leads_to_the_page_once() {
    let desk = with_browser();
    let dashboard = Dashboard::start(&desk, "--open");
    wait_until("the browser", || desk.path("asked").exists());
    let asked = desk.text("asked");
    let start = format!("http://{}", dashboard.host);
    let path = asked.trim().strip_prefix(&start).unwrap();
    // Others on this computer can see what a program is started with.
    let token = dashboard.home.trim_matches('/');
    assert!(!asked.contains(token), "{asked}");
    let of_a_stranger = dashboard.ask("GET", &format!("{path}x"), &[]);
    assert_eq!(of_a_stranger.status, 404);
    assert_eq!(dashboard.ask("HEAD", path, &[]).status, 303);
    let answer = dashboard.ask("GET", path, &[]);
    assert_eq!((answer.status, answer.header("location")), (303, Some(dashboard.home.as_str())));
    for _ in 0..2 {
        let answer = dashboard.ask("GET", path, &[]);
        assert_eq!((answer.status, answer.header("location")), (404, None), "a second time");
    }
    assert_eq!(dashboard.get("").status, 200);
}

#[test]
fn without_a_browser_it_serves_and_says_so() {
    let empty = Desk::new().with("PATH", "/nowhere");
    let mut dashboard = Dashboard::start(&empty, "--open");
    assert_eq!(dashboard.get("").status, 200);
    let mut err = std::io::BufReader::new(dashboard.process.0.stderr.take().unwrap());
    let mut said = String::new();
    while !said.contains("open the address yourself") {
        assert!(std::io::BufRead::read_line(&mut err, &mut said).unwrap() > 0, "{said}");
    }
    assert!(said.contains("warning: the browser could not be started"), "{said}");
}
