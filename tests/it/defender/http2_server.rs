//! A server of HTTP/2 over TLS on loopback. Its frames are written by hand, since a library's
//! server would not say all that a client has to bear.

use std::io;
use std::sync::{Arc, Mutex};

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs::default_provider;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

/// No test needs more connections; a client that runs wild ends here.
const CONNECTIONS_MAX: usize = 64;

// Types of frames, RFC 9113, section 6.
const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const PUSH_PROMISE: u8 = 5;
const GOAWAY: u8 = 7;

// Flags.
const END_STREAM: u8 = 1;
const ACK: u8 = 1;
const END_HEADERS: u8 = 4;

/// `:method: POST` as an index of HPACK's static table; clients begin a request with the method.
const METHOD_POST: u8 = 0x83;

pub(crate) const NO_ERROR: u32 = 0;
pub(crate) const INTERNAL_ERROR: u32 = 2;

/// A POST, by where it came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Post {
    /// From 0, in the order of their handshakes.
    pub(crate) connection: usize,
    /// 1, 3, 5 ... on each connection.
    pub(crate) stream: u32,
}

/// What the server does about a POST that is here whole.
pub(crate) enum Act {
    /// Writes these frames at once and goes on.
    Send(Vec<u8>),
    /// Writes these frames at once and closes.
    SendAndClose(Vec<u8>),
}

/// A server, gone when it is dropped.
pub(crate) struct Http2Server {
    port: u16,
    ca: String,
    posts: Arc<Mutex<Vec<Post>>>,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Http2Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Http2Server {
    /// Serves by a script. Speaks HTTP/2 only, and has a certificate of an authority of its own.
    pub(crate) async fn start(script: impl Fn(Post) -> Act + Send + Sync + 'static) -> Self {
        let (ca, config) = certified();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let posts = Arc::new(Mutex::new(Vec::new()));
        let (shared, script) = (Arc::clone(&posts), Arc::new(script));
        let task = tokio::spawn(async move {
            let mut connections = tokio::task::JoinSet::new();
            for connection in 0..CONNECTIONS_MAX {
                let Ok((socket, _)) = listener.accept().await else { return };
                let (acceptor, script) = (acceptor.clone(), Arc::clone(&script));
                let served = Served { connection, posts: Arc::clone(&shared) };
                // A client that hangs up, or does not like the certificate, is a client's right.
                connections
                    .spawn(async move { drop(served.run(socket, acceptor, &*script).await) });
            }
            connections.join_all().await;
        });
        Self { port, ca, posts, task }
    }

    pub(crate) fn url(&self) -> String {
        format!("https://127.0.0.1:{}", self.port)
    }

    /// The certificate of its authority, as PEM.
    pub(crate) fn ca(&self) -> Vec<u8> {
        self.ca.clone().into_bytes()
    }

    /// Every POST so far, whole or not, in the order in which they began.
    pub(crate) fn posts(&self) -> Vec<Post> {
        self.posts.lock().unwrap().clone()
    }
}

/// An authority's certificate, and a server with one that it signed.
fn certified() -> (String, ServerConfig) {
    let mut authority = CertificateParams::default();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    authority.distinguished_name.push(DnType::CommonName, "authority of a test");
    let key = KeyPair::generate().unwrap();
    let ca = authority.self_signed(&key).unwrap().pem();
    let issuer = Issuer::new(authority, key);
    let key = KeyPair::generate().unwrap();
    let server = CertificateParams::new(["127.0.0.1".to_owned()]).unwrap();
    let server = server.signed_by(&key, &issuer).unwrap();
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let mut config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![server.into()], key)
        .unwrap();
    config.alpn_protocols = vec![b"h2".to_vec()];
    (ca, config)
}

/// One connection.
struct Served {
    connection: usize,
    posts: Arc<Mutex<Vec<Post>>>,
}

impl Served {
    async fn run(
        self,
        socket: TcpStream,
        acceptor: TlsAcceptor,
        script: &impl Fn(Post) -> Act,
    ) -> io::Result<()> {
        let mut socket = acceptor.accept(socket).await?;
        socket.read_exact(&mut [0; b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".len()]).await?;
        socket.write_all(&frame(SETTINGS, 0, 0, &[])).await?;
        loop {
            let mut head = [0; 9];
            socket.read_exact(&mut head).await?;
            let [a, b, c, kind, flags, stream @ ..] = head;
            let mut payload = vec![0; u32::from_be_bytes([0, a, b, c]).try_into().unwrap()];
            socket.read_exact(&mut payload).await?;
            let post = Post { connection: self.connection, stream: u32::from_be_bytes(stream) };
            if kind == SETTINGS && flags & ACK == 0 {
                socket.write_all(&frame(SETTINGS, ACK, 0, &[])).await?;
            }
            if kind == HEADERS && payload.first() == Some(&METHOD_POST) {
                self.posts.lock().unwrap().push(post);
            }
            if ![HEADERS, DATA].contains(&kind) || flags & END_STREAM == 0 {
                continue;
            }
            match script(post) {
                Act::Send(frames) => socket.write_all(&frames).await?,
                Act::SendAndClose(frames) => {
                    socket.write_all(&frames).await?;
                    socket.shutdown().await?;
                    // Closing over unread bytes would be a reset.
                    socket.read_to_end(&mut Vec::new()).await?;
                    return Ok(());
                }
            }
        }
    }
}

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let [_, length @ ..] = u32::try_from(payload.len()).unwrap().to_be_bytes();
    [&length[..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
}

/// 201 with a JSON body.
pub(crate) fn created(stream: u32, body: &str) -> Vec<u8> {
    // HPACK, RFC 7541: names by their index (`:status` 8, `content-type` 31), values in letters.
    let head = b"\x08\x03201\x0f\x10\x10application/json";
    let head = frame(HEADERS, END_HEADERS, stream, head);
    [head, frame(DATA, END_STREAM, stream, body.as_bytes())].concat()
}

pub(crate) fn reset(stream: u32, code: u32) -> Vec<u8> {
    frame(RST_STREAM, 0, stream, &code.to_be_bytes())
}

/// Says goodbye; what began after stream `last` is not processed.
pub(crate) fn go_away(last: u32, code: u32) -> Vec<u8> {
    frame(GOAWAY, 0, 0, &[last.to_be_bytes(), code.to_be_bytes()].concat())
}

/// Announces an answer that nobody asked for, as if `stream` had caused it.
pub(crate) fn push(stream: u32, promised: u32) -> Vec<u8> {
    // `GET https /` by their indexes of HPACK's static table.
    let payload = [&promised.to_be_bytes()[..], b"\x82\x87\x84"].concat();
    frame(PUSH_PROMISE, END_HEADERS, stream, &payload)
}
