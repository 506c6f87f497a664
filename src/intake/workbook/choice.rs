//! Which sheet is meant. One is taken without a question only when there is no other.

use super::WorkbookError;

#[derive(Debug, Clone)]
pub(super) struct Candidate {
    /// As the program shows it, on the tab.
    pub(super) name: String,
    /// Neither hidden nor very hidden.
    pub(super) visible: bool,
    pub(super) has_cells: bool,
}

/// The index of the sheet. `--sheet` may name any, also a hidden one; without it the only visible
/// one with a cell is taken.
pub(super) fn chosen(sheets: &[Candidate], wanted: Option<&str>) -> Result<usize, WorkbookError> {
    let names = || sheets.iter().map(|sheet| sheet.name.clone()).collect();
    let fits = |sheet: &Candidate| match wanted {
        Some(name) => sheet.name == name,
        None => sheet.visible && sheet.has_cells,
    };
    let mut found = sheets.iter().enumerate().filter(|(_, sheet)| fits(sheet));
    let Some((index, first)) = found.next() else {
        return Err(match wanted {
            Some(wanted) => {
                WorkbookError::NoSuchSheet { wanted: wanted.to_owned(), sheets: names() }
            }
            None => WorkbookError::NoSheet { sheets: names() },
        });
    };
    // The reader of the cells goes by the name, so the name has to be the sheet's alone.
    if sheets.iter().filter(|sheet| sheet.name == first.name).count() > 1 {
        return Err(WorkbookError::RepeatedSheet { name: first.name.clone() });
    }
    let mut several = vec![first.name.clone()];
    several.extend(found.map(|(_, sheet)| sheet.name.clone()));
    if several.len() > 1 {
        return Err(WorkbookError::SeveralSheets { sheets: several });
    }
    Ok(index)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet(name: &str, visible: bool, has_cells: bool) -> Candidate {
        Candidate { name: name.to_owned(), visible, has_cells }
    }

    #[test]
    fn the_only_visible_sheet_with_a_cell_is_taken() {
        let sheets = [sheet("A", true, false), sheet("B", false, true), sheet("C", true, true)];
        assert_eq!(chosen(&sheets, None).unwrap(), 2);
        assert_eq!(chosen(&sheets, Some("B")).unwrap(), 1, "a hidden one that is named");
        assert_eq!(chosen(&sheets, Some("A")).unwrap(), 0, "an empty one that is named");
    }

    #[test]
    fn several_sheets_need_a_choice() {
        let sheets = [sheet("A", true, true), sheet("B\u{202e}", true, true)];
        let error = chosen(&sheets, None).unwrap_err();
        assert_eq!(error.to_string(), "the workbook has several sheets: `A`, `B\\u{202e}`");
    }

    #[test]
    fn a_sheet_that_is_not_there_is_not_guessed() {
        let sheets = [sheet("A", true, true), sheet("B", false, true)];
        let error = chosen(&sheets, Some("a")).unwrap_err();
        assert_eq!(error.to_string(), "the workbook has no sheet `a`; it has `A`, `B`");
        let twice = [sheet("A", true, true), sheet("A", false, true)];
        let error = chosen(&twice, None).unwrap_err();
        assert_eq!(error.to_string(), "several sheets have the name `A`");
        let error = chosen(&[sheet("A", false, true)], None).unwrap_err();
        assert_eq!(error.to_string(), "every sheet of the workbook is empty or hidden: `A`");
    }
}
