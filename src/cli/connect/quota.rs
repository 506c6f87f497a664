//! Whose windows the calls of a client count in.

use crate::journal::QuotaOwner;

use super::signed_in::SignedIn;

impl SignedIn {
    /// The app of the tenant. Where the sign-in has not been reached yet, it is only known who was
    /// asked for, so the app counts as unknown.
    pub(super) fn quota(&self) -> QuotaOwner {
        let app = self.server_clock.map(|_| self.app.to_ascii_lowercase());
        QuotaOwner { tenant: self.tenant.clone(), app }
    }
}
