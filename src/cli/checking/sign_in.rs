//! Signing in: as whom, to which tenant, with what.

use crate::cli::connect::{SignInSource, TokenVerdict};
use crate::defender::Identity;
use crate::domain::Tenant;

use super::item::CheckItem;

pub(crate) const SIGN_IN: &str = "sign-in";

/// The line of a sign-in that gave a token.
pub(crate) fn sign_in(
    source: &SignInSource,
    identity: &Identity,
    verdict: &mut TokenVerdict,
    tenant: &Tenant,
) -> CheckItem {
    if let Some(unfit) = verdict.unfit.take() {
        return CheckItem::failed(SIGN_IN, unfit);
    }
    // A token that is renewed by itself has no end that matters.
    let end = identity.certificate_ends_at.or(verdict.ends_at);
    let ends = end.map(|at| format!(", until {at}")).unwrap_or_default();
    let (app, tenant) = (&verdict.bearer.app, &tenant.id);
    let found = format!("app {app} in tenant {tenant}, {}{ends}", source.words);
    match verdict.warnings.as_slice() {
        [] => CheckItem::fine(SIGN_IN, found),
        warnings => CheckItem::warned(SIGN_IN, found, warnings.join("\n")),
    }
}
