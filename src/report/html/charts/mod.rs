//! Charts as inline SVG, with what they show in words and in numbers beside them.
//!
//! Colours and sizes of letters are classes of the style sheet, so that a chart follows light, dark
//! and paper. Coordinates are units of a view box, of which a wide screen shows one a pixel.

mod figure;
mod plot;
mod progress;
mod requests;
mod spans;
mod states;

pub(super) use progress::progress;
pub(super) use requests::requests;
pub(super) use states::states;
