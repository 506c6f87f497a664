//! A client that only sends: what the program's requests cost without a journal, a scheduler or a
//! look at the answers.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use mde_offboard::domain::{Comment, MachineId, MachineNumber, MarkerSeed};
use reqwest::Client;
use reqwest::header::{ACCEPT, AUTHORIZATION};
use serde_json::{Value, json};

use super::bare_token::token;
use super::stopwatch::Stopwatch;

/// Posts all machines over this many connections, on one thread as the program does; gives the time
/// from the first request to the last answer.
pub(crate) fn post_all(url: &str, machines: &[MachineId], connections: usize) -> Duration {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.expect("a runtime");
    let client = Client::builder().no_proxy().build().expect("a client");
    let token = runtime.block_on(token(&client, url));
    let rest = Rc::new(RefCell::new(requests(url, machines).into_iter()));
    let watch = Stopwatch::start();
    let tasks = tokio::task::LocalSet::new();
    for _ in 0..connections {
        let (client, token, rest) = (client.clone(), token.clone(), Rc::clone(&rest));
        tasks.spawn_local(async move {
            loop {
                let next = rest.borrow_mut().next();
                let Some((address, body)) = next else { return };
                post(&client, &token, address, body).await;
            }
        });
    }
    runtime.block_on(tasks);
    watch.elapsed()
}

/// The addresses and bodies, as the program makes them: the comment ends with a marker.
fn requests(url: &str, machines: &[MachineId]) -> Vec<(String, Value)> {
    let comment = Comment::parse("Retired in Q4").expect("a comment");
    let request = |(number, machine): (u32, &MachineId)| {
        let marker = MarkerSeed::from_random(7).marker(MachineNumber(number));
        let body = json!({ "Comment": comment.marked(&marker) });
        (format!("{url}/api/machines/{machine}/offboard"), body)
    };
    (1..).zip(machines).map(request).collect()
}

async fn post(client: &Client, token: &str, address: String, body: Value) {
    let request = client.post(address).header(AUTHORIZATION, token).json(&body);
    let sent = request.header(ACCEPT, "application/json").send().await;
    let answer = sent.expect("the simulator answers");
    assert!(answer.status().is_success(), "{}", answer.status());
    answer.bytes().await.expect("a whole answer");
}
