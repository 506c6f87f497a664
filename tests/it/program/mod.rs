//! The real program against a simulator in a process of its own, over loopback HTTP.

mod addresses;
mod adoption;
mod cancels;
mod copies;
mod evidence;
mod foreign;
mod guards;
mod kills;
mod logs;
mod parrot;
mod planned;
mod quoting;
mod redirects;
mod rollbacks;
mod runners;
mod runs;
pub(crate) mod scripted;
mod stops;
mod told;
mod unread;
mod verified;
