//! Whose windows calls count in.

use crate::domain::Tenant;

/// An app of a tenant: Defender counts for each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuotaOwner {
    pub tenant: Tenant,
    /// The client ID; none: it is not known.
    pub app: Option<String>,
}
