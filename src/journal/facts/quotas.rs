//! Whose windows calls count in.
//!
//! Defender counts for each app of each tenant, so the history of one says nothing of another. What
//! is not known counts for all that it could be: a journal of before this table for everybody, and
//! an app that could not sign in yet for each app of its tenant.

use rusqlite::{Connection, OptionalExtension, params};

use crate::domain::Tenant;
use crate::journal::{Journal, JournalError, QuotaOwner};

/// Stored for calls of which nobody knows whose they are.
const NOBODY: i64 = 0;

/// A table expression of the quotas that count for the one with these three parameters.
pub(super) const COUNTED: &str = "WITH counted (id) AS (SELECT 0 UNION ALL
    SELECT id FROM quotas WHERE realm = ?1 AND tenant_id = ?2 AND (app IN (?3, '') OR ?3 = ''))";

impl QuotaOwner {
    /// The three parameters of [`COUNTED`]; those of nobody where there is none.
    pub(super) fn columns(quota: Option<&Self>) -> [&str; 3] {
        quota.map_or(["", "", ""], |Self { tenant, app }| {
            [tenant.realm.word(), &tenant.id, app.as_deref().unwrap_or_default()]
        })
    }

    /// Its number, which it gets now if it has none.
    pub(super) fn number(db: &Connection, quota: Option<&Self>) -> Result<i64, JournalError> {
        let Some(quota) = quota else { return Ok(NOBODY) };
        let columns = Self::columns(Some(quota));
        let sql = "INSERT OR IGNORE INTO quotas (realm, tenant_id, app) VALUES (?1, ?2, ?3)";
        db.prepare_cached(sql)?.execute(columns)?;
        let sql = "SELECT id FROM quotas WHERE realm = ?1 AND tenant_id = ?2 AND app = ?3";
        Ok(db.prepare_cached(sql)?.query_row(columns, |row| row.get(0))?)
    }
}

impl Journal {
    /// From now on the limiter's history is that of this app in this tenant, for reads and writes.
    pub fn count_for(&mut self, quota: QuotaOwner) {
        self.set_quota(quota);
    }

    /// The app of a tenant that made the newest call of a run; the tenant alone where none did.
    pub(super) fn last_quota_of(&self, tenant: &Tenant) -> Result<QuotaOwner, JournalError> {
        let sql = "SELECT quotas.app FROM calls JOIN quotas ON quotas.id = calls.quota
                   WHERE quotas.realm = ?1 AND quotas.tenant_id = ?2
                   ORDER BY calls.id DESC LIMIT 1";
        let row = params![tenant.realm.word(), tenant.id];
        let app: Option<String> =
            self.db().prepare_cached(sql)?.query_row(row, |row| row.get(0)).optional()?;
        Ok(QuotaOwner { tenant: tenant.clone(), app: app.filter(|app| !app.is_empty()) })
    }
}
