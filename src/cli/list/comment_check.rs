//! No comment may hold a piece of a secret.

use crate::defender::Secrets;
use crate::domain::Comment;

use crate::cli::environment;
use crate::cli::failure::Unadvised;
use crate::cli::{Exit, Failure};

/// Refuses comments with a piece of the secret or the token in them, as a slip of the clipboard
/// leaves it: a comment stays in Defender and in the journal for good.
pub(crate) struct CommentCheck(Secrets);

impl CommentCheck {
    pub(crate) fn new() -> Self {
        let secrets = Secrets::default();
        let names = [environment::CLIENT_SECRET, environment::TOKEN];
        for secret in names.into_iter().filter_map(environment::text) {
            secrets.keep(&secret);
        }
        Self(secrets)
    }

    pub(crate) fn check(&self, comment: &Comment) -> Result<(), Failure> {
        self.refuse(comment, || Failure::new(Exit::Usage, format!("the comment {HOLDS_SECRET}")))
    }

    /// A row's own comment; `place` says in words which row of which file it is.
    pub(crate) fn check_row(
        &self,
        comment: &Comment,
        place: impl FnOnce() -> String,
    ) -> Result<(), Failure> {
        self.refuse(comment, || {
            let said = format!("{}: its comment {HOLDS_SECRET}; nothing was queued", place());
            Failure::new(Exit::Input, said)
        })
    }

    fn refuse(&self, comment: &Comment, why: impl FnOnce() -> Unadvised) -> Result<(), Failure> {
        if !self.0.are_in(comment.as_str()) {
            return Ok(());
        }
        Err(why().hint("write another comment; if others could read this one, renew the secret"))
    }
}

const HOLDS_SECRET: &str = "holds a piece of the client secret or the token";
