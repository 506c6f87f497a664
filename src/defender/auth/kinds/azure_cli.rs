//! The Azure CLI's own sign-in: what `az account get-access-token` prints.
//!
//! `cli` starts the process. Each start takes seconds, so it matters that the holder keeps what it
//! gives.

use secrecy::ExposeSecret;

use super::ready_token::ReadyToken;
use crate::defender::SecretSource;
use crate::defender::auth::token::{FetchedToken, TokenFailure};
use crate::defender::auth::token_answer::is_sendable;
use crate::defender::secret_source::SecretError;
use crate::defender::secrets::Secrets;
use crate::domain::{Detail, TimeSource, Unreachable};

pub(in crate::defender) struct AzureCli {
    /// Gives what it printed.
    pub(in crate::defender) run: SecretSource,
    pub(in crate::defender) secrets: Secrets,
}

impl AzureCli {
    pub(super) async fn fetch(&self, clock: &TimeSource) -> Result<FetchedToken, TokenFailure> {
        let refused = |words: &str| TokenFailure::refused("azure_cli", words);
        let printed = self.run.read().await.map_err(|error| match &error {
            // It asks Entra, which may be slow for a while.
            SecretError::Late(words) => {
                let detail = Detail::new(None, Some("timeout"), words);
                TokenFailure::unreachable(Unreachable::Connect, detail)
            }
            SecretError::Unreadable(words) => refused(words),
        })?;
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
