//! Every way in which a run can end, by real runs (`rows`, against `tenant`), and what each screen
//! then claims (`claims`); and what the bar says meanwhile (`bar`).

mod bar;
mod claims;
mod documents;
mod rows;
mod table;
mod tenant;
mod truth;
