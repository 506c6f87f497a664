//! A connection that can be told to fail.
//!
//! The shell accepts through [`Acceptor`]; a handler holds the [`Line`] that its request came over
//! and says how the answer is to go out. Deliberately absent: which answer meets what (`fault`).

use std::io::{Error, ErrorKind, Result};
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::Sleep;

/// Between two bytes of a dripped answer: an action's 900 bytes take a minute and a half, longer
/// than any client waits.
const DRIP_GAP: Duration = Duration::from_millis(100);

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Manner {
    #[default]
    Whole,
    /// Not at all: the connection is reset.
    Reset,
    /// Its head and this many bytes of its body; then the connection ends.
    Cut(usize),
    Drip,
}

/// A handler's end of the connection that its request came over.
#[derive(Debug, Clone, Default)]
pub(super) struct Line(Arc<Mutex<Manner>>);

pub(super) struct Wire {
    stream: TcpStream,
    line: Line,
    /// Of an answer that is cut: how many bytes may still go out.
    left: Option<usize>,
    /// Of one that drips: the pause before the next byte.
    gap: Option<Pin<Box<Sleep>>>,
}

/// Accepts connections that can be told to fail.
pub(super) struct Acceptor(pub(super) TcpListener);

impl Line {
    /// From now on answers go out in this manner.
    pub(super) fn set(&self, manner: Manner) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = manner;
    }

    fn manner(&self) -> Manner {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Connected<IncomingStream<'_, Acceptor>> for Line {
    fn connect_info(stream: IncomingStream<'_, Acceptor>) -> Self {
        stream.io().line.clone()
    }
}

impl Listener for Acceptor {
    type Io = Wire;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Wire, SocketAddr) {
        let (stream, from) = Listener::accept(&mut self.0).await;
        // Answers are small: without this each would wait until the one before is acknowledged.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "no TCP_NODELAY");
        }
        (Wire { stream, line: Line::default(), left: None, gap: None }, from)
    }

    fn local_addr(&self) -> Result<SocketAddr> {
        self.0.local_addr()
    }
}

impl Wire {
    fn drip(&mut self, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<Result<usize>> {
        let gap = self.gap.get_or_insert_with(|| Box::pin(tokio::time::sleep(DRIP_GAP)));
        ready!(gap.as_mut().poll(cx));
        self.gap = None;
        Pin::new(&mut self.stream).poll_write(cx, &bytes[..bytes.len().min(1)])
    }

    fn cut(&mut self, cx: &mut Context<'_>, bytes: &[u8], body: usize) -> Poll<Result<usize>> {
        let left = *self.left.get_or_insert_with(|| head_of(bytes) + body);
        if left == 0 {
            return Poll::Ready(Err(Error::from(ErrorKind::BrokenPipe)));
        }
        let allowed = &bytes[..bytes.len().min(left)];
        let written = ready!(Pin::new(&mut self.stream).poll_write(cx, allowed))?;
        self.left = Some(left - written);
        Poll::Ready(Ok(written))
    }
}

/// How long an answer's head is. The server hands it over in one piece.
fn head_of(bytes: &[u8]) -> usize {
    const END: &[u8] = b"\r\n\r\n";
    let end = bytes.windows(END.len()).position(|four| four == END);
    end.map_or(0, |start| start + END.len())
}

impl AsyncRead for Wire {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_read(cx, buffer)
    }
}

impl AsyncWrite for Wire {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<Result<usize>> {
        let this = self.get_mut();
        match this.line.manner() {
            Manner::Whole => Pin::new(&mut this.stream).poll_write(cx, bytes),
            Manner::Reset => {
                // What is closed so is reset, and the server closes what it cannot write to.
                this.stream.set_zero_linger()?;
                Poll::Ready(Err(Error::from(ErrorKind::ConnectionReset)))
            }
            Manner::Cut(body) => this.cut(cx, bytes, body),
            Manner::Drip => this.drip(cx, bytes),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(cx)
    }
}
