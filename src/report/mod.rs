//! Floor 3: the journal as documents.
//!
//! [`status`] tells how far a batch is, [`closing`] what came of a run, [`batch_list`] what there
//! is, [`Shown`] everything about one machine, [`write_outcomes`] every machine's outcome as a
//! table, and [`Overview`] several journals, a row each. Each is data first; prose for people and
//! JSON for scripts are made from it. Called by `cli`, which brings the time, the zone and the
//! limits of the batch.
//!
//! Deliberately absent: writing to the journal, Defender, the engine and its options, exit codes.

mod advice;
mod audit_export;
mod batch_fact_words;
mod batches;
mod closing;
mod commands;
mod course;
mod details;
mod device_names;
mod error;
mod fact_words;
mod head_note;
mod html;
mod line;
mod machine;
mod next_command;
mod outcome;
mod outcome_file;
mod overview;
mod picture;
mod prose;
mod rejects;
mod schemas;
mod shapes;
mod status;
mod workbook;

pub use audit_export::{is_export, write_facts};
pub use batches::{BatchList, batch_list};
pub use closing::{Summarized, closing};
pub use commands::{CarriedOption, Commands};
pub use course::{BatchCourse, Bucket, Buckets, Happened, Operator, Requests, Stretches, Timeline};
pub use details::{Details, PlanWords, has_details};
pub use device_names::{CalledMachines, DeviceNames};
pub use error::ReportError;
pub use head_note::HeadNote;
pub use html::overview::{TENANTS_STYLE, overview_sections};
pub use html::{
    BatchView, LIVE_SCRIPT, LivePage, MachineTable, NOTICE, NavigationLink, ReportNotes,
    STYLE_SHEET, Section, TABLE_SCRIPT, TABLE_STYLE, ViewedBatch, is_html_report, live_page,
    machine_query, navigation, notice, table_part, write_chapters, write_html,
    write_html_of_several,
};
pub use machine::{NamedMachines, Shown};
pub use next_command::next_command;
pub use outcome::Verified;
pub use outcome_file::{Format, SeveralOutcomes, write_outcomes};
pub use overview::{
    Need, NeedKind, Overview, OverviewTotals, TenantBatch, TenantRow, TenantState, tenant_state,
};
pub use picture::fitted;
pub use rejects::{Rejects, RejectsError, has_rejects};
pub use schemas::schemas;
pub use status::{Forecast, Status, StatusWithoutBatch, status, why_ended};
pub use workbook::{SHEET_ROWS_MAX, WorkbookReport, WorkbookSize, is_workbook_report};
