//! Columns that line up: the one place where they are padded.

use console::measure_text_width;

/// To which side a column's cells are pushed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Words.
    Left,
    /// Numbers.
    Right,
}

/// Rows as lines with `sides.len()` columns, `gap` columns of space apart, each line after
/// `indent` columns. Nothing is cut, and no line ends in a space.
pub fn lined_up(rows: &[Vec<String>], sides: &[Side], indent: usize, gap: usize) -> Vec<String> {
    let width = |column: usize| {
        rows.iter().filter_map(|row| row.get(column)).map(|cell| measure_text_width(cell)).max()
    };
    let widths: Vec<usize> = (0..sides.len()).map(|column| width(column).unwrap_or(0)).collect();
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(sides).zip(&widths).map(|((cell, side), width)| {
            let space = " ".repeat(width - measure_text_width(cell));
            match side {
                Side::Left => format!("{cell}{space}"),
                Side::Right => format!("{space}{cell}"),
            }
        });
        let text = cells.collect::<Vec<_>>().join(&" ".repeat(gap));
        format!("{}{text}", " ".repeat(indent)).trim_end().to_owned()
    };
    rows.iter().map(line).collect()
}
