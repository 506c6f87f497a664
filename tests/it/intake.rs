//! Input files: bytes in, rows and rejects out.

mod bombs;
mod bounds;
mod columns;
mod encodings;
mod filters;
mod formats;
mod ids;
mod json;
mod named;
mod properties;
mod quotes;
mod samples;
mod shown;
mod workbooks;
