//! What becomes of a call that meets a fault, and of its answer.

use std::time::Duration;

use crate::domain::Timestamp;

use super::super::answer::{Response, http_date};
use super::pages;
use super::{Fault, Hint, When};

/// What a fault needs to know of its surroundings.
#[derive(Debug, Clone, Copy)]
pub struct Scene<'a> {
    pub now: Timestamp,
    /// Another host.
    pub elsewhere: &'a str,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Played {
    Whole(Response),
    /// The connection is reset, without an answer.
    Reset,
    /// The answer begins, and the connection ends in the middle of its body.
    Cut(Response),
    /// Nothing, and the connection stays open.
    Silence,
    /// The answer, byte by byte.
    Dripped(Response),
    /// Nothing; the call is still to be made, some time later, and its answer is for nobody.
    Late,
}

impl Fault {
    /// Makes the call, or does not, and says what goes out.
    pub fn play(self, scene: Scene<'_>, call: impl FnOnce() -> Response) -> Played {
        let after = |when, call: &mut Option<_>| {
            if when == When::After
                && let Some(call) = call.take()
            {
                answer_nobody(call);
            }
        };
        let mut call = Some(call);
        let mut made = || call.take().map(|call| call()).expect("a call is made once");
        match self {
            Self::CutBody => Played::Cut(made()),
            Self::Drip => Played::Dripped(made()),
            Self::Late => Played::Late,
            Self::Garbage => Played::Whole(garbage(made())),
            Self::Empty => Played::Whole(Response { body: Vec::new(), ..made() }),
            Self::OtherMachine => {
                Played::Whole(pages::about_another(made(), pages::other_machine()))
            }
            Self::Huge => Played::Whole(huge(made())),
            Self::Page(fault) => Played::Whole(pages::spoil(made(), fault, scene.elsewhere)),
            Self::Redirect => Played::Whole(redirect(scene.elsewhere)),
            Self::TooMany(hint) => Played::Whole(too_many(hint, scene.now)),
            Self::Status(status, when) => {
                after(when, &mut call);
                Played::Whole(status_of(status))
            }
            Self::Proxy(status, when) => {
                after(when, &mut call);
                Played::Whole(page(status))
            }
            Self::Reset(when) => {
                after(when, &mut call);
                Played::Reset
            }
            Self::Silence(when) => {
                after(when, &mut call);
                Played::Silence
            }
        }
    }
}

fn answer_nobody(call: impl FnOnce() -> Response) {
    drop(call());
}

/// Larger than the largest answer that a client takes for one action.
fn huge(mut response: Response) -> Response {
    const BYTES: usize = 3 << 20;
    response.body.resize(response.body.len().max(BYTES), b' ');
    response
}

fn garbage(mut response: Response) -> Response {
    response.body.truncate(response.body.len() / 2);
    response.body.extend_from_slice(b"\xff\xfe}");
    response
}

fn redirect(elsewhere: &str) -> Response {
    Response { status: 307, headers: Vec::new(), body: Vec::new() }
        .with_header("location", format!("{elsewhere}/api/elsewhere"))
}

fn page(status: u16) -> Response {
    let html = "<html><head><title>Proxy</title></head><body>Something between</body></html>";
    let headers = vec![("content-type".to_owned(), "text/html; charset=utf-8".to_owned())];
    Response { status, headers, body: html.as_bytes().to_vec() }
}

fn status_of(status: u16) -> Response {
    let (code, message) = match status {
        400 => ("BadRequest", "The request is not valid"),
        401 => ("Unauthorized", "The token is not valid any more"),
        403 => ("Forbidden", "The application does not have any of the required permissions"),
        404 => ("ResourceNotFound", "Machine was not found"),
        503 => ("ServiceUnavailable", "The service is not available"),
        _ => ("InternalServerError", "Something went wrong"),
    };
    Response::error(status, code, message, "00000000-0000-4000-8000-000000000000")
}

fn too_many(hint: Hint, now: Timestamp) -> Response {
    let message = "Maximum number of requests exceeded";
    let response = Response::error(429, "TooManyRequests", message, "");
    let value = match hint {
        Hint::Seconds(seconds) => seconds.to_string(),
        Hint::Date(seconds) => http_date(now.plus(Duration::from_secs(seconds.into()))),
        Hint::PastDate => http_date(now.minus(Duration::from_hours(1))),
        Hint::Unreadable => "soon".to_owned(),
        Hint::None => return response,
    };
    response.with_header("retry-after", value)
}
