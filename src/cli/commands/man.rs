//! `man`: the manual, to read or to install.

use std::io::Write;
use std::path::Path;

use crate::cli::args::{ManArguments, ManualPage, manual};
use crate::cli::output::{OutputKind, unwritten, write_advice};
use crate::cli::paths::shown;
use crate::cli::plurals::counted;
use crate::cli::{Context, Exit, Failure};

pub(crate) fn man(context: &Context, given: &ManArguments) -> Result<Exit, Failure> {
    if context.screen.is_json() {
        let said = "`man` makes pages to read, which have no form as JSON";
        return Err(Failure::new(Exit::Usage, said).hint("leave out --json"));
    }
    let pages = manual();
    let Some(folder) = &given.folder else {
        let program = pages.into_iter().next().map(|page| page.text).unwrap_or_default();
        context.screen.result(&program);
        return Ok(Exit::Done);
    };
    pages.iter().try_for_each(|page| write(context, folder, page))?;
    let number = counted(pages.len().try_into().unwrap_or(u64::MAX), "page");
    let first = folder.join(&pages[0].file);
    context.screen.note(&format!("{number} in {}: man -l {}", shown(folder), shown(&first)));
    Ok(Exit::Done)
}

fn write(context: &Context, folder: &Path, page: &ManualPage) -> Result<(), Failure> {
    let path = folder.join(&page.file);
    let mut out = context.outputs.replace(OutputKind::Manual, &path)?;
    out.write_all(page.text.as_bytes())
        .and_then(|()| out.finish())
        .map_err(|error| unwritten(&path, &error).hint(write_advice(&error)))
}
