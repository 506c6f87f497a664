//! The course of a batch: what happened when, as much of it as a chart and a timeline show.
//!
//! [`BatchCourse`] is a fold over the facts of a batch in the order of their IDs. It continues
//! after the last fact that it has seen, so that a page which is open costs only the new ones. What
//! it holds is bounded, but for one byte a machine. Deliberately absent: how it is drawn (`html`).

mod buckets;
mod fold;
mod requests;
mod stretches;
mod timeline;

pub use buckets::{Bucket, Buckets};
pub use fold::BatchCourse;
pub use requests::Requests;
pub use stretches::Stretches;
pub use timeline::{Happened, Operator, Timeline};
