//! The words of the program: what they parse, refuse, and become.

mod action;
mod answer;
mod boot;
mod clock_gap;
mod comment;
mod hours;
mod life;
mod machine_id;
mod row_time;
mod standing;
mod tenant;
mod text;
mod time;
mod window;
