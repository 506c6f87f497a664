//! Quotes, line breaks inside them, and rows with too few or too many cells.

use super::shown::check;

#[test]
fn quoted_cells_hold_delimiters_quotes_and_line_breaks() {
    check(
        "\"Device ID\",\"Device Name\"\n\"<A>\",\"Room 7, \"\"left\"\"\"\n\"<B>\",\"\"\n",
        "2: <A>, name Room 7, \"left\"\n3: <B>",
    );
}

#[test]
fn line_numbers_stay_right_after_line_breaks_in_cells() {
    for break_ in ["\n", "\r\n", "\r"] {
        let file = "Name,Device ID\n\"one\ntwo\n\nfour\",<A>\nx,oops\n\"a\nb\",<B>\n";
        let shown = break_.escape_unicode().to_string();
        check(
            &file.replace('\n', break_),
            &format!(
                "2: <A>, name one{shown}two{shown}{shown}four
                 line 6, column `Device ID`: `oops`: character 1 is `o`, not a hexadecimal digit \
                   (is it the digit 0?)
                 7: <B>, name a{shown}b"
            ),
        );
    }
}

#[test]
fn a_quote_that_is_never_closed_is_named_where_it_opens() {
    check(
        "Device ID,Name\n<A>,x\n<B>,\"y\n<A>,z\n<B>,z\n",
        "2: <A>, name x\nerror: line 3, column 2: the quote that opens here is never closed; \
         close it, or double a quote that is part of the text",
    );
    check(
        "\"Device ID\n<A>\n",
        "error: line 1, column 1: the quote that opens here is never closed; \
         close it, or double a quote that is part of the text",
    );
    let rows = "<A>,z\n".repeat(10_000);
    check(
        &format!("Device ID,Name\n<B>,\"y\n{rows}"),
        "error: line 2, column 2: the quote that opens here is never closed; \
         close it, or double a quote that is part of the text",
    );
}

#[test]
fn text_after_a_closing_quote_refuses_the_file_since_the_rows_are_not_certain() {
    check(
        "Device ID,Name\n<A>,\"x\n<B>,\"y\"\n",
        "error: line 2, column 2: the quote that opens here is closed in line 3, and text follows \
         it; double a quote that is part of the text",
    );
    check(
        "Device ID,Name\n\"<A>\" ,x\n",
        "error: line 2, column 1: the quote that opens here is closed in line 2, and text follows \
         it; double a quote that is part of the text",
    );
}

#[test]
fn a_quote_inside_a_bare_cell_rejects_the_row() {
    check(
        "Device ID,Name\n<A>,24\" screen\n<B>,y\n",
        "line 2, column `Name`: `24\" screen`: a quote inside a cell that does not begin with one \
           (put quotes around the whole cell and double those inside)
         3: <B>, name y",
    );
    check(
        "Device ID,Na\"me\n<A>,x\n",
        "error: line 1, column 2: a quote inside a column's name; quote the whole name",
    );
}

#[test]
fn rows_with_too_few_or_too_many_cells_are_rejects() {
    check(
        "Device ID,Name,Tags\n<A>,x\n<B>,x,y,z\n<A>,x,y,\n# retired\n<B>,x,y\n",
        "line 2, column `Tags`: too few cells: 2, the header has 3 (complete the row; a \
           cell with a line break needs quotes)
         line 3, column `#4`: `z`: too many cells: 4, the header has 3 (a cell that holds the \
           delimiter needs quotes)
         line 4, column `#4`: too many cells: 4, the header has 3 (a cell that holds the \
           delimiter needs quotes)
         line 5, column `Device ID`: `# retired`: too few cells: 1, the header has 3 (there are no \
           comment lines: remove it)
         6: <B>, name x",
    );
}
