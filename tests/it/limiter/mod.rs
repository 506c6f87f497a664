//! The limiter's claims, against counters and servers that know nothing of it.

mod exactness;
mod forecast;
mod freeze;
mod hours;
mod optimum;
mod pace;
mod refusals;
mod safety;
mod servers;
mod strangers;
mod usage;
mod world;
