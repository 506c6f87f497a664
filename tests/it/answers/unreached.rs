//! What keeps a POST from ever leaving: no name, no connection, no handshake, no tunnel. And a
//! server that says over HTTP/2 that it has not touched one.

use std::cell::Cell;
use std::future::Future;
use std::time::Duration;

use futures::future::Either;
use mde_offboard::defender::{Defender, Settings};
use mde_offboard::domain::{
    Action, ActionId, ActionScope, Answer, End, InventoryMachine, MachineId, Page, ReadAnswer,
    Reply, State, Timestamp,
};
use mde_offboard::event::Happening;
use mde_offboard::remote::Remote;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::defender::http2::trusting;
use crate::defender::http2_server::{Act as Http2Act, Http2Server, NO_ERROR, go_away};
use crate::defender::server::{Act, IMPATIENCE_TO_CONNECT, Server, settings};

use super::row::Row;
use super::tenant::accepted;

/// The real client twice: some POSTs go a way that is broken, everything else the good one.
struct Split {
    good: Defender,
    broken: Defender,
    failures_left: Cell<u32>,
}

impl Remote for Split {
    fn submit(
        &self,
        machine: MachineId,
        comment: String,
    ) -> impl Future<Output = Reply<Answer>> + 'static {
        match self.failures_left.get() {
            0 => Either::Left(self.good.submit(machine, comment)),
            left => {
                self.failures_left.set(left - 1);
                Either::Right(self.broken.submit(machine, comment))
            }
        }
    }

    fn find(
        &self,
        machine: MachineId,
        scope: ActionScope,
        skip: usize,
    ) -> impl Future<Output = Reply<ReadAnswer<Page<Action>>>> + 'static {
        self.good.find(machine, scope, skip)
    }

    fn actions(
        &self,
        since: Timestamp,
        skip: usize,
    ) -> impl Future<Output = Reply<ReadAnswer<Page<Action>>>> + 'static {
        self.good.actions(since, skip)
    }

    fn cancel(
        &self,
        action: ActionId,
        comment: String,
    ) -> impl Future<Output = Reply<ReadAnswer<Action>>> + 'static {
        self.good.cancel(action, comment)
    }

    fn machines(
        &self,
        skip: usize,
    ) -> impl Future<Output = Reply<ReadAnswer<Page<InventoryMachine>>>> + 'static {
        self.good.machines(skip)
    }

    fn machine(
        &self,
        id: MachineId,
    ) -> impl Future<Output = Reply<ReadAnswer<Option<InventoryMachine>>>> + 'static {
        self.good.machine(id)
    }

    fn page_rows(&self) -> usize {
        self.good.page_rows()
    }
}

/// A port at which nobody listens.
async fn closed() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

/// A server that answers a TLS greeting with plain words.
async fn without_tls() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.unwrap();
        assert!(socket.read(&mut [0_u8; 4096]).await.unwrap() > 0);
        socket.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await.unwrap();
    });
    url
}

async fn proxy(status_line: &str) -> Server {
    let bytes = format!("HTTP/1.1 {status_line}\r\nContent-Length: 0\r\n\r\n").into_bytes();
    Server::always(Act::AnswerAndClose(bytes)).await
}

fn through(proxy: String) -> Settings {
    Settings { proxy: Some(proxy), ..settings("https://defender.example") }
}

/// Drives a row whose first `failures` POSTs go out by `broken`.
async fn check(row: Row, broken: Settings, failures: u32) -> super::row::Outcome {
    let tenant = row.tenant().await;
    let good = Defender::new(settings(&tenant.server.url())).unwrap();
    let broken = Defender::new(broken).unwrap();
    let split = Split { good, broken, failures_left: Cell::new(failures) };
    row.check_with(tenant, &split).await
}

#[tokio::test]
async fn a_request_that_was_certainly_not_processed_is_queued_again_and_uses_up_no_attempt() {
    let silent = Server::always(Act::Silence).await;
    let forbids = proxy("403 Forbidden").await;
    let leaves = |_| Http2Act::SendAndClose(go_away(0, NO_ERROR));
    let leaves = Http2Server::start(leaves).await;
    let no_name = format!("http://{}.invalid", "a".repeat(64));
    let ways = [
        ("a name that is not resolved", through(no_name)),
        ("a refused connection", settings(&closed().await)),
        (
            "a connection that does not come about in time",
            Settings {
                timeout: IMPATIENCE_TO_CONNECT,
                ..settings(&silent.url().replace("http:", "https:"))
            },
        ),
        ("a failed TLS handshake", settings(&without_tls().await)),
        ("a proxy that opens no tunnel", through(forbids.url())),
        ("a server that goes away", trusting(&leaves)),
    ];
    let rows = ways.map(|(name, broken)| {
        let row = Row::new(name, accepted).with(|options| options.attempts_max = 1);
        let facts = "sending retrying-free sending accepted succeeded";
        check(row.comes_to(State::Succeeded, 1, facts), broken, 1)
    });
    for outcome in futures::future::join_all(rows).await {
        assert_eq!(outcome.victim.standing.attempts_counted, 1);
    }
    assert_eq!(leaves.posts().len(), 1, "it was sent again there");
    assert!(!forbids.heard().concat().contains("given-token"), "the token went to the proxy");
}

#[tokio::test]
async fn five_failed_connections_in_a_row_are_told_and_the_run_ends_as_unreachable() {
    let row = Row::of_many("five refused connections", (5, 0), accepted)
        .with(|options| options.concurrency = 8)
        .with(|options| options.offline_timeout = Some(Duration::from_secs(1)))
        .comes_to(State::Queued, 0, "sending retrying-free")
        .ends(End::Unreachable, 5)
        .others(State::Queued);
    let outcome = check(row, settings(&closed().await), u32::MAX).await;
    let why = outcome.conclusion.why.unwrap();
    // Whether a look-up that got through has already shown that only POSTs fail is not decided.
    let has_begun = why.starts_with("no connection to Defender for ");
    assert!(has_begun && why.ends_with("refused the connection (connection_refused)"), "{why}");
    let waited = outcome.events.iter().any(|event| match &event.what {
        Happening::Waiting { wait, .. } => wait.reason.word() == "network",
        _ => false,
    });
    assert!(waited, "it never said that it waits for the network");
}

#[tokio::test]
async fn a_proxy_that_wants_credentials_ends_the_run_without_access() {
    let wants = proxy("407 Proxy Authentication Required").await;
    let row = Row::new("a tunnel that wants credentials", accepted)
        .comes_to(State::Queued, 0, "sending retrying-free")
        .ends(End::NoAccess, 6)
        .others(State::Queued);
    let outcome = check(row, through(wants.url()), u32::MAX).await;
    let why = outcome.conclusion.why.unwrap();
    assert!(why.contains("wants a user name and a password; set HTTPS_PROXY="), "{why}");
}
