//! Pages: the dashboard that stays open, and the report that is handed in.
//!
//! Both are the same sections, made from the same [`BatchView`], so that they cannot disagree with
//! each other; and numbers and words come from the same functions as those of `status` and of the
//! closing summary. Texts from outside become text by type (maud), after what cannot be seen is
//! escaped ([`in_line`](crate::domain::text::in_line)). Charts are inline SVG.
//!
//! Deliberately absent: a server, files, and scripts in the report.

mod assets;
mod batch_table;
mod batch_view;
mod chapter;
mod charts;
mod command;
mod failure_codes;
mod head;
mod live_page;
mod machine_query;
mod machine_rows;
mod machine_table;
mod navigation;
mod notice;
mod options;
pub(super) mod overview;
mod phase;
mod report_file;
mod report_notes;
mod section;
mod sections;
mod several_report;
mod story;
mod summary;
mod time;
mod timeline;

pub use assets::{LIVE_SCRIPT, STYLE_SHEET};
pub use batch_view::{BatchView, ViewedBatch};
pub use live_page::{LivePage, live_page};
pub use machine_query::machine_query;
pub use machine_table::{MachineTable, TABLE_SCRIPT, TABLE_STYLE, table_part};
pub use navigation::{NavigationLink, navigation};
pub use notice::{NOTICE, notice};
pub use report_file::{is_html_report, write_html};
pub use report_notes::ReportNotes;
pub use section::Section;
pub use several_report::{write_chapters, write_html_of_several};
