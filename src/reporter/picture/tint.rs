//! Colours, which only repeat what a word says.

use super::look::Colouring;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// Something went well.
    Good,
    /// Something is to be watched.
    Warning,
    /// Something went wrong.
    Bad,
    /// Something stands out.
    Strong,
}

/// The text between a colour and its end, or as it is.
pub fn tinted(text: &str, tone: Tone, colouring: Colouring) -> String {
    if colouring == Colouring::Off || text.is_empty() {
        return text.to_owned();
    }
    let code = match tone {
        Tone::Good => "32",
        Tone::Warning => "33",
        Tone::Bad => "31",
        Tone::Strong => "1",
    };
    format!("\u{1b}[{code}m{text}\u{1b}[0m")
}
