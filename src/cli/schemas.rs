//! The JSON Schemas of all that programs read, for `docs/schemas`.
//!
//! Only the tests call this: they compare it with the files there, and with what commands write.

use crate::report;
use crate::reporter::NamedSchema;

use super::batch::verification::VerifyDocument;
use super::batch::withdrawal_outcome::CancelDocument;
use super::checking::CheckDocument;
use super::commands::{
    AuditDocument, ConfigDocument, ForecastDocument, PlanDocument, ServeDocument,
};
use super::failure::FailureDocument;

/// One schema a document.
pub fn schemas() -> Vec<NamedSchema> {
    let own = [
        NamedSchema::of_events(),
        NamedSchema::of::<FailureDocument<'_>>("error", "mde-offboard.error/1"),
        NamedSchema::of::<CheckDocument<'_>>("check", "mde-offboard.check/1"),
        NamedSchema::of::<CancelDocument<'_>>("cancel", "mde-offboard.cancel/1"),
        NamedSchema::of::<VerifyDocument>("verify", "mde-offboard.verify/1"),
        NamedSchema::of::<AuditDocument<'_>>("audit", "mde-offboard.audit/1"),
        NamedSchema::of::<PlanDocument>("plan-summary", "mde-offboard.plan-summary/1"),
        NamedSchema::of::<ServeDocument>("serve", "mde-offboard.serve/1"),
        NamedSchema::of::<ConfigDocument>("config", "mde-offboard.config/1"),
        NamedSchema::of::<ForecastDocument>("forecast", "mde-offboard.forecast/1"),
    ];
    report::schemas().into_iter().chain(own).collect()
}
