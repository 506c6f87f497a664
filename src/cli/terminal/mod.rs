//! What a command says and asks: standard output, standard error, a question.

pub(crate) mod confirm;
pub(crate) mod consent;
pub(crate) mod screen;
pub(crate) mod streams;
