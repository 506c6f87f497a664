//! Input files: bytes in, rows and rejects out.

mod bounds;
mod columns;
mod formats;
mod ids;
mod properties;
mod quotes;
mod samples;
mod shown;
