//! Every HTTP client is told that it sends a request once, to the host that was named.
//!
//! reqwest follows redirects and sends some requests again unless it is told not to. The second
//! shows only over HTTP/2, which no test on loopback speaks; so the words are held here.

use super::source::{Source, hold, planted};

/// Where a client begins, by the end of its name.
const BEGINS: [&str; 4] =
    ["ClientBuilder::new(", "Client::new(", "Client::builder(", "reqwest::get("];

/// What it is told before it is built.
const TOLD: [&str; 2] =
    [".retry(reqwest::retry::never())", ".redirect(reqwest::redirect::Policy::none())"];

fn clients_that_send_by_themselves(source: &Source) -> Vec<String> {
    let code: String = source.shipped.split_whitespace().collect();
    let clients: usize = BEGINS.iter().map(|begins| code.matches(begins).count()).sum();
    if !source.path.starts_with("src/") || clients == 0 {
        return Vec::new();
    }
    let untold = TOLD.iter().filter(|words| code.matches(*words).count() < clients);
    untold.map(|words| source.offence(1, &format!("a client without `{words}`"))).collect()
}

#[test]
fn no_client_retries_or_redirects_by_itself() {
    hold(clients_that_send_by_themselves, "a POST that goes out twice offboards twice: say both");
}

#[test]
fn a_client_that_sends_by_itself_is_found() {
    let found = |text: &str| planted(clients_that_send_by_themselves, "src/defender/a.rs", text);
    let both = TOLD.concat();
    assert_eq!(found(&format!("ClientBuilder::new(){both}.build()")), 0);
    assert_eq!(found(&format!("ClientBuilder::new()\n    {}\n    .build()", TOLD[0])), 1);
    assert_eq!(found(&format!("ClientBuilder::new(){}.build()", TOLD[1])), 1);
    assert_eq!(found(&format!("Client::builder(){both}.build(); reqwest::Client::new()")), 2);
    assert_eq!(found("fn f(client: &Client) {}"), 0);
}
