//! A server of raw bytes on loopback, which does what its script says and remembers what it heard.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use mde_offboard::defender::{ApiUrl, AuthorityUrl, CredentialKind, Defender, Settings};
use mde_offboard::domain::{MachineId, TimeSource};
use mde_offboard::engine::Clock;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

/// No test needs more connections; a client that runs wild ends here.
const CONNECTIONS_MAX: usize = 64;

/// What the server does about one request.
#[derive(Clone)]
pub(crate) enum Act {
    /// Writes these bytes and waits for the next request on the connection.
    Answer(Vec<u8>),
    /// Writes these bytes and closes.
    AnswerAndClose(Vec<u8>),
    /// Writes these bytes and resets the connection.
    AnswerAndReset(Vec<u8>),
    /// Writes these bytes, then one more every 20 ms for ever.
    Drip(Vec<u8>),
    /// Writes these bytes once it is told to.
    AnswerWhenTold(Arc<Notify>, Vec<u8>),
    /// Says nothing and keeps the connection.
    Silence,
}

/// A server, gone when it is dropped.
pub(crate) struct Server {
    port: u16,
    heard: Arc<Mutex<Vec<String>>>,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Server {
    /// Serves by a script: number of the request (from 0) and its text to what is done.
    pub(crate) async fn start(script: impl Fn(usize, &str) -> Act + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let heard = Arc::new(Mutex::new(Vec::new()));
        let (shared, script) = (Arc::clone(&heard), Arc::new(script));
        let task = tokio::spawn(async move {
            let mut connections = tokio::task::JoinSet::new();
            for _ in 0..CONNECTIONS_MAX {
                let Ok((socket, _)) = listener.accept().await else { return };
                connections.spawn(serve(socket, Arc::clone(&shared), Arc::clone(&script)));
            }
            connections.join_all().await;
        });
        Self { port, heard, task }
    }

    /// Serves the same answer to every request.
    pub(crate) async fn always(act: Act) -> Self {
        Self::start(move |_, _| act.clone()).await
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Every request so far, head and body.
    pub(crate) fn heard(&self) -> Vec<String> {
        self.heard.lock().unwrap().clone()
    }
}

async fn serve<S: Fn(usize, &str) -> Act>(
    mut socket: TcpStream,
    heard: Arc<Mutex<Vec<String>>>,
    script: Arc<S>,
) {
    while let Some(request) = read_request(&mut socket).await {
        let number = {
            let mut heard = heard.lock().unwrap();
            heard.push(request.clone());
            heard.len() - 1
        };
        match script(number, &request) {
            Act::Answer(bytes) => {
                if socket.write_all(&bytes).await.is_err() {
                    return;
                }
            }
            Act::AnswerWhenTold(told, bytes) => {
                told.notified().await;
                socket.write_all(&bytes).await.unwrap();
            }
            Act::AnswerAndClose(bytes) => {
                // The client may hang up first, which is its good right.
                drop(socket.write_all(&bytes).await);
                return;
            }
            Act::AnswerAndReset(bytes) => {
                socket.write_all(&bytes).await.unwrap();
                socket.set_zero_linger().unwrap();
                return;
            }
            Act::Drip(bytes) => {
                let mut ticks = tokio::time::interval(Duration::from_millis(20));
                let mut written = socket.write_all(&bytes).await;
                while written.is_ok() {
                    ticks.tick().await;
                    written = socket.write_all(b" ").await;
                }
                return;
            }
            Act::Silence => std::future::pending().await,
        }
    }
}

/// One request with a `Content-Length` body, or whatever came before the end.
async fn read_request(socket: &mut TcpStream) -> Option<String> {
    let mut bytes = Vec::new();
    let mut buffer = [0_u8; 4096];
    loop {
        let count = socket.read(&mut buffer).await.ok()?;
        bytes.extend_from_slice(&buffer[..count]);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let is_whole = text.split_once("\r\n\r\n").is_some_and(|(head, body)| {
            let length = head.lines().find_map(|line| {
                let (name, value) = line.split_once(':')?;
                name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().unwrap())
            });
            body.len() >= length.unwrap_or(0)
        });
        if is_whole || (count == 0 && !bytes.is_empty()) {
            return Some(text);
        }
        if count == 0 {
            return None;
        }
    }
}

/// A whole answer with a JSON body.
pub(crate) fn json(status: u16, body: &str) -> Vec<u8> {
    answer(status, &[("Content-Type", "application/json")], body.as_bytes())
}

/// A whole answer.
pub(crate) fn answer(status: u16, headers: &[(&str, &str)], body: &[u8]) -> Vec<u8> {
    let mut head = format!("HTTP/1.1 {status} Words\r\nContent-Length: {}\r\n", body.len());
    for (name, value) in headers {
        head.extend([name, ": ", value, "\r\n"]);
    }
    head.push_str("\r\n");
    [head.as_bytes(), body].concat()
}

/// The machine that all tests ask about.
pub(crate) const MACHINE: &str = "0123456789abcdef0123456789abcdef01234567";

pub(crate) fn machine() -> MachineId {
    MachineId::parse(MACHINE).unwrap()
}

/// An action as Defender shows it, for the machine of the tests.
pub(crate) fn action(comment: &str) -> String {
    format!(
        r#"{{"@odata.context": "https://api.securitycenter.microsoft.com/api/$metadata#x",
        "id": "11111111-2222-3333-4444-555555555555", "type": "Offboard", "title": null,
        "requestor": "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee", "requestorComment": "{comment}",
        "status": "Pending", "machineId": "{MACHINE}", "computerDnsName": "pc-17.example.com",
        "creationDateTimeUtc": "2026-11-23T08:15:30.1341831Z",
        "lastUpdateDateTimeUtc": "2026-11-23T08:15:31Z", "errorHResult": 0, "commands": [],
        "requestSource": "PublicApi", "someNewField": {{"a": [1, 2]}}}}"#
    )
}

/// Long enough for loopback on a busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);
/// Short enough for a test of what never comes.
pub(crate) const IMPATIENCE: Duration = Duration::from_millis(300);
/// The same for a connection, which gets half of it; the other half is for a busy machine, on which
/// both ends could have passed when somebody looks.
pub(crate) const IMPATIENCE_TO_CONNECT: Duration = Duration::from_secs(2);

/// The clocks of this computer.
pub(crate) fn system_time() -> TimeSource {
    let clock = Clock::new();
    TimeSource::new(move || clock.now())
}

/// Settings with a token that was handed in.
pub(crate) fn settings(api: &str) -> Settings {
    Settings {
        api: ApiUrl::parse(api).unwrap(),
        authority: AuthorityUrl::parse("http://127.0.0.1:9").unwrap(),
        scope: "https://api.securitycenter.microsoft.com/.default".to_owned(),
        tenant_id: None,
        client_id: None,
        credential: CredentialKind::Token("given-token".into()),
        timeout: PATIENCE,
        proxy: None,
        ca_file: None,
        clock: system_time(),
    }
}

/// A client with a token that was handed in.
pub(crate) fn defender(server: &Server) -> Defender {
    Defender::new(settings(&server.url())).unwrap()
}
