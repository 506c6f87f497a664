//! What Defender's answers mean, and how a request behaves on a real socket.

mod aadsts;
mod addresses;
mod certificates;
pub(crate) mod claims;
mod device_codes;
mod faults;
pub(crate) mod http2;
pub(crate) mod http2_server;
mod managed_identities;
mod offboard_answers;
mod pages;
mod pauses;
mod printed;
mod secrets;
pub(crate) mod server;
mod sign_in;
mod token_holder;
mod wire_requests;
