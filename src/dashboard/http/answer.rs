//! What is answered, and what every answer says to the browser.

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;

/// On every answer. Nothing is loaded from elsewhere, shown in another page, kept, or told to the
/// page that a link leads to.
const GUARDS: [(HeaderName, &str); 7] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
         connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    ),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::CACHE_CONTROL, "no-store"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (header::X_FRAME_OPTIONS, "DENY"),
];

/// The answer with these headers.
pub(in crate::dashboard) fn guarded(mut response: Response) -> Response {
    for (name, value) in GUARDS {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

/// A status and nothing else. Who is refused does not keep the connection.
pub(in crate::dashboard) fn empty(status: StatusCode) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
    if status == StatusCode::METHOD_NOT_ALLOWED {
        headers.insert(header::ALLOW, HeaderValue::from_static("GET, HEAD"));
    }
    response
}

/// On to another path of this server.
pub(in crate::dashboard) fn see_other(path: &str) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::SEE_OTHER;
    let to = HeaderValue::from_str(path).expect("paths of ours are ASCII");
    response.headers_mut().insert(header::LOCATION, to);
    response
}

pub(in crate::dashboard) fn html_page(text: String) -> Response {
    of_type("text/html; charset=utf-8", text)
}

pub(in crate::dashboard) fn style_sheet(text: String) -> Response {
    of_type("text/css; charset=utf-8", text)
}

pub(in crate::dashboard) fn script(text: &'static str) -> Response {
    of_type("text/javascript; charset=utf-8", text)
}

fn of_type(media: &'static str, text: impl Into<Body>) -> Response {
    let mut response = Response::new(text.into());
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(media));
    response
}
