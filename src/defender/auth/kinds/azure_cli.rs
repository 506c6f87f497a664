//! The Azure CLI's own sign-in: what `az account get-access-token` prints.
//!
//! `cli` starts the process. Each start takes seconds, so it matters that the holder keeps what it
//! gives.

use std::time::Duration;

use secrecy::ExposeSecret;
use tokio::time::timeout;

use super::ready_token::ReadyToken;
use crate::defender::SecretSource;
use crate::defender::auth::token::{FetchedToken, TokenFailure};
use crate::defender::auth::token_answer::is_sendable;
use crate::defender::secrets::Secrets;
use crate::domain::{Detail, Span, TimeSource, Unreachable};

pub(in crate::defender) struct AzureCli {
    /// Gives what it printed.
    pub(in crate::defender) run: SecretSource,
    /// A process that takes longer is ended.
    pub(in crate::defender) time_limit: Duration,
    pub(in crate::defender) secrets: Secrets,
}

impl AzureCli {
    pub(super) async fn fetch(&self, clock: &TimeSource) -> Result<FetchedToken, TokenFailure> {
        let refused = |words: &str| TokenFailure::refused("azure_cli", words);
        let Ok(printed) = timeout(self.time_limit, self.run.read()).await else {
            let words = format!("`az` gave no token within {}", Span(self.time_limit));
            let detail = Detail::new(None, Some("timeout"), &words);
            return Err(TokenFailure::Unreachable { kind: Unreachable::Connect, detail });
        };
        let printed = printed.map_err(|words| refused(&words))?;
        let token = ReadyToken::of_document(printed.expose_secret());
        let token = token.filter(|token| is_sendable(token.secret.expose_secret()));
        let token = token.ok_or_else(|| {
            refused("`az account get-access-token` printed no token; try it by hand")
        })?;
        self.secrets.keep_token(token.secret.expose_secret());
        token.fetch(clock.now().wall).map_err(|_| {
            refused("`az` gave a token that has ended; check this computer's clock, or `az login`")
        })
    }
}
