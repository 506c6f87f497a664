//! A TLS server on loopback that passes on what it decrypts, and counts it.

use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;

use super::authority::ServerCertificate;

/// Its thread ends with the process of the tests.
pub(crate) struct TlsEnd {
    port: u16,
    decrypted: Arc<AtomicUsize>,
    handshakes: Arc<AtomicUsize>,
}

impl TlsEnd {
    /// Serves with this certificate; what comes goes to the plain server at this address.
    pub(crate) fn before(url: &str, certificate: &ServerCertificate) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("bound").port();
        listener.set_nonblocking(true).expect("ours");
        let (decrypted, handshakes) =
            (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let counts = (Arc::clone(&decrypted), Arc::clone(&handshakes));
        let acceptor = TlsAcceptor::from(Arc::new(certificate.config()));
        let to = url.strip_prefix("http://").expect("plain http").to_owned();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("a runtime").block_on(async move {
                let listener = tokio::net::TcpListener::from_std(listener).expect("a listener");
                while let Ok((socket, _)) = listener.accept().await {
                    counts.1.fetch_add(1, Ordering::SeqCst);
                    let (acceptor, to) = (acceptor.clone(), to.clone());
                    let decrypted = Arc::clone(&counts.0);
                    tokio::spawn(async move { pass(socket, &acceptor, &to, &decrypted).await });
                }
            });
        });
        Self { port, decrypted, handshakes }
    }

    /// By the name of this computer's own address.
    pub(crate) fn url(&self, host: &str) -> String {
        format!("https://{host}:{}", self.port)
    }

    pub(crate) fn place(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// Bytes of requests that came so far.
    pub(crate) fn decrypted(&self) -> usize {
        self.decrypted.load(Ordering::SeqCst)
    }

    /// Connections that were opened so far.
    pub(crate) fn connections(&self) -> usize {
        self.handshakes.load(Ordering::SeqCst)
    }
}

/// One connection to its end; a client that does not like the certificate hangs up, which is its
/// right.
async fn pass(socket: TcpStream, acceptor: &TlsAcceptor, to: &str, decrypted: &AtomicUsize) {
    let Ok(mut near) = acceptor.accept(socket).await else { return };
    let Ok(mut far) = TcpStream::connect(to).await else { return };
    let (mut request, mut answer) = (vec![0_u8; 16 << 10], vec![0_u8; 16 << 10]);
    loop {
        let written = tokio::select! {
            read = near.read(&mut request) => match read {
                Ok(count) if count > 0 => {
                    decrypted.fetch_add(count, Ordering::SeqCst);
                    far.write_all(&request[..count]).await
                }
                _ => return,
            },
            read = far.read(&mut answer) => match read {
                Ok(count) if count > 0 => match near.write_all(&answer[..count]).await {
                    Ok(()) => near.flush().await,
                    Err(error) => Err(error),
                },
                _ => return,
            },
        };
        if written.is_err() {
            return;
        }
    }
}
