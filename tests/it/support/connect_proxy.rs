//! A proxy on loopback that is asked for tunnels.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// What it does about each question.
#[derive(Clone)]
pub(crate) enum Tunnels {
    /// Connects to this place, also where another one was asked for.
    LeadTo(String),
    /// The same for those who give this value of `Proxy-Authorization`; says 407 to others.
    LeadToFor(String, &'static str),
    /// Answers with these bytes and closes.
    Answer(Vec<u8>),
    /// Answers with what this makes of the question, and closes.
    Echo(fn(&str) -> String),
    /// Never answers.
    Hang,
    /// Closes without an answer.
    Close,
}

/// Its threads end with the process of the tests.
pub(crate) struct ConnectProxy {
    /// Host and port.
    pub(crate) place: String,
    heard: Arc<Mutex<Vec<String>>>,
}

impl ConnectProxy {
    pub(crate) fn start(tunnels: Tunnels) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let place = listener.local_addr().expect("bound").to_string();
        let heard = Arc::new(Mutex::new(Vec::new()));
        let shared = Arc::clone(&heard);
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (tunnels, heard) = (tunnels.clone(), Arc::clone(&shared));
                std::thread::spawn(move || serve(stream, &tunnels, &heard));
            }
        });
        Self { place, heard }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.place)
    }

    /// Heads of all questions so far.
    pub(crate) fn heard(&self) -> Vec<String> {
        self.heard.lock().expect("whole").clone()
    }
}

fn serve(mut near: TcpStream, tunnels: &Tunnels, heard: &Mutex<Vec<String>>) {
    let Some(question) = read(&mut near) else { return };
    heard.lock().expect("whole").push(question.clone());
    let refusal = b"HTTP/1.1 407 Proxy Authentication Required\r\n\
                    Proxy-Authenticate: Basic realm=\"test\"\r\nContent-Length: 0\r\n\r\n";
    let written = match tunnels {
        Tunnels::LeadTo(place) => return lead(near, place),
        Tunnels::LeadToFor(place, value) => {
            let is_known = question.lines().any(|line| {
                let (name, given) = line.split_once(": ").unwrap_or_default();
                name.eq_ignore_ascii_case("proxy-authorization") && given == *value
            });
            if is_known {
                return lead(near, place);
            }
            near.write_all(refusal)
        }
        Tunnels::Answer(bytes) => near.write_all(bytes),
        Tunnels::Echo(answer) => near.write_all(answer(&question).as_bytes()),
        Tunnels::Hang => near.read(&mut [0_u8; 1]).map(drop),
        Tunnels::Close => Ok(()),
    };
    drop(written);
}

fn lead(mut near: TcpStream, place: &str) {
    let Ok(far) = TcpStream::connect(place) else { return };
    if near.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").is_err() {
        return;
    }
    let (Ok(near_too), Ok(far_too)) = (near.try_clone(), far.try_clone()) else { return };
    std::thread::spawn(move || pump(far_too, near_too));
    pump(near, far);
}

fn pump(mut from: TcpStream, mut to: TcpStream) {
    // Either side may hang up whenever it likes.
    drop(std::io::copy(&mut from, &mut to));
    drop(to.shutdown(Shutdown::Write));
}

fn read(stream: &mut TcpStream) -> Option<String> {
    let mut bytes = Vec::new();
    let mut buffer = [0_u8; 1024];
    while !bytes.windows(4).any(|four| four == b"\r\n\r\n") {
        let count = stream.read(&mut buffer).ok().filter(|count| *count > 0)?;
        bytes.extend_from_slice(&buffer[..count]);
    }
    Some(String::from_utf8_lossy(&bytes).into_owned())
}
