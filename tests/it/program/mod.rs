//! The real program against a simulator in a process of its own, over loopback HTTP.

mod addresses;
mod adoption;
mod beside;
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
mod renewals;
mod rollbacks;
mod runners;
mod runs;
pub(crate) mod scripted;
mod searched;
mod second_looks;
mod stops;
mod tenants;
mod told;
mod unlisted;
mod unread;
mod verified;
