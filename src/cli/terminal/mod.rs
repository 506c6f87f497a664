//! What a command says and asks: standard output, standard error, a question.

mod confirm;
mod consent;
mod prose;
mod screen;
mod standard_error;
mod streams;

pub(crate) use confirm::confirm;
pub(crate) use consent::Consent;
pub(crate) use screen::Screen;
