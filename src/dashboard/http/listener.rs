//! A bounded number of connections, of which those of strangers end soon.
//!
//! All who can reach the port can open connections; without a bound they would take what this
//! process has. One over which nobody has shown the token is closed after some seconds.

use std::io::{Error, ErrorKind, Result};
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Sleep;

/// Open connections: ten pages with six each, which is what a browser opens.
const CONNECTIONS_MAX: usize = 64;

/// How long one stays open without a request that has the token.
const STRANGER: Duration = Duration::from_secs(10);

/// Accepts as many connections as there are places.
pub(in crate::dashboard) struct BoundedListener {
    listener: TcpListener,
    places: Arc<Semaphore>,
}

/// A handler's end of a connection: whether the token was shown over it.
#[derive(Debug, Clone, Default)]
pub(in crate::dashboard) struct Visitor(Arc<AtomicBool>);

pub(in crate::dashboard) struct Guest {
    stream: TcpStream,
    visitor: Visitor,
    /// When it is closed, if it is still a stranger's.
    closes: Option<Pin<Box<Sleep>>>,
    _place: OwnedSemaphorePermit,
}

impl BoundedListener {
    pub(in crate::dashboard) fn new(listener: TcpListener) -> Self {
        Self { listener, places: Arc::new(Semaphore::new(CONNECTIONS_MAX)) }
    }
}

impl Visitor {
    /// The token was shown.
    pub(in crate::dashboard) fn welcome(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    fn is_welcome(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

impl Connected<IncomingStream<'_, BoundedListener>> for Visitor {
    fn connect_info(stream: IncomingStream<'_, BoundedListener>) -> Self {
        stream.io().visitor.clone()
    }
}

impl Listener for BoundedListener {
    type Io = Guest;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Guest, SocketAddr) {
        let places = Arc::clone(&self.places);
        let place = places.acquire_owned().await.expect("nobody closes the semaphore");
        let (stream, from) = Listener::accept(&mut self.listener).await;
        // Events are small: without this each would wait until the one before is acknowledged.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(target: "mde_offboard::program", %error, "no TCP_NODELAY");
        }
        let closes = Some(Box::pin(tokio::time::sleep(STRANGER)));
        (Guest { stream, visitor: Visitor::default(), closes, _place: place }, from)
    }

    fn local_addr(&self) -> Result<SocketAddr> {
        self.listener.local_addr()
    }
}

impl AsyncRead for Guest {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<Result<()>> {
        let this = self.get_mut();
        if this.visitor.is_welcome() {
            this.closes = None;
        }
        if let Some(closes) = &mut this.closes
            && closes.as_mut().poll(cx).is_ready()
        {
            return Poll::Ready(Err(Error::from(ErrorKind::TimedOut)));
        }
        Pin::new(&mut this.stream).poll_read(cx, buffer)
    }
}

impl AsyncWrite for Guest {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write(cx, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::time::{pause, resume, timeout};

    use super::*;

    async fn listening() -> (BoundedListener, SocketAddr) {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        (BoundedListener::new(listener), address)
    }

    /// Both ends of a connection.
    async fn connected(listener: &mut BoundedListener, address: SocketAddr) -> (Guest, TcpStream) {
        let (accepted, stream) = tokio::join!(listener.accept(), TcpStream::connect(address));
        (accepted.0, stream.unwrap())
    }

    /// Bytes are on their way in real time; where all only wait, time is told to pass at once.
    #[tokio::test]
    async fn a_stranger_may_speak_for_ten_seconds_and_is_closed_then() {
        let (mut listener, address) = listening().await;
        let (mut guest, mut stream) = connected(&mut listener, address).await;
        for byte in b"GET / HTTP/1.1\r\n" {
            stream.write_u8(*byte).await.unwrap();
            assert_eq!(guest.read_u8().await.unwrap(), *byte);
        }
        pause();
        // The bytes took a moment of the first second.
        timeout(STRANGER * 9 / 10, guest.read_u8()).await.unwrap_err();
        let ended = timeout(Duration::from_secs(1), guest.read_u8()).await.expect("it is over");
        assert_eq!(ended.unwrap_err().kind(), ErrorKind::TimedOut);
        resume();
        // What it says then is not heard.
        stream.write_u8(b'x').await.unwrap();
        assert_eq!(guest.read_u8().await.unwrap_err().kind(), ErrorKind::TimedOut);
    }

    #[tokio::test]
    async fn who_showed_the_token_stays_as_long_as_they_like() {
        let (mut listener, address) = listening().await;
        let (mut guest, mut stream) = connected(&mut listener, address).await;
        guest.visitor.clone().welcome();
        pause();
        timeout(Duration::from_hours(24), guest.read_u8()).await.unwrap_err();
        resume();
        stream.write_u8(b'x').await.unwrap();
        assert_eq!(guest.read_u8().await.unwrap(), b'x');
    }

    #[tokio::test]
    async fn one_more_than_the_places_is_accepted_when_one_ends() {
        let (mut listener, address) = listening().await;
        let mut guests = Vec::new();
        for _ in 0..CONNECTIONS_MAX {
            guests.push(connected(&mut listener, address).await);
        }
        // Connected by the system, which keeps it waiting.
        let _stream = TcpStream::connect(address).await.unwrap();
        pause();
        timeout(Duration::from_hours(1), listener.accept()).await.map(drop).unwrap_err();
        resume();
        drop(guests.swap_remove(7));
        listener.accept().await;
    }
}
