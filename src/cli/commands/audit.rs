//! `audit`: whether anything was changed since it was written, and the facts for outsiders.

use std::io::{self, BufWriter, Write};
use std::path::Path;

use schemars::JsonSchema;
use serde::Serialize;

use crate::cli::args::{AuditArguments, AuditCommand, AuditVerifyArguments, ExportArguments};
use crate::cli::checking::{Check, refusal, table};
use crate::cli::output::{self, OutputKind};
use crate::cli::paths::{shown, shown_output};
use crate::cli::plurals::counted;
use crate::cli::small_file;
use crate::cli::{Context, Exit, Failure};
use crate::domain::{hex, text};
use crate::journal::{self, Audit, ChainHead, Finding, NotedHead};
use crate::report::{HeadNote, ReportError, write_facts};

/// More than any note has, and little to read.
const NOTE_KIB_MAX: u64 = 64;

/// With fewer, another fact's hash could begin alike by chance.
const HEAD_DIGITS: std::ops::RangeInclusive<usize> = 12..=64;

#[derive(JsonSchema, Serialize)]
pub(crate) struct AuditDocument<'a> {
    #[schemars(extend("const" = "mde-offboard.audit/1"))]
    schema: &'static str,
    checks: Vec<Check<'a>>,
    audit: Option<Head>,
}

#[derive(JsonSchema, Serialize)]
struct Head {
    facts: u64,
    head: String,
}

pub(crate) fn audit(context: &Context, given: &AuditArguments) -> Result<Exit, Failure> {
    context.tell_simulation();
    match &given.command {
        AuditCommand::Verify(given) => verify(context, given),
        AuditCommand::Export(given) => export(context, given),
    }
}

/// Shows a line a check, and ends with 8 where something was changed.
fn verify(context: &Context, given: &AuditVerifyArguments) -> Result<Exit, Failure> {
    let noted = given.head.as_deref().map(noted).transpose()?;
    let path = context.journal_path()?;
    let Audit { findings, head } = journal::audit(&path, noted.as_ref())?;
    let wrong: Vec<&Finding> = findings.iter().filter(|finding| !finding.ok).collect();
    if context.screen.is_json() {
        let checks = findings.iter().map(|it| Check::of(it, &context.commands)).collect();
        let shape = |ChainHead { rows, hash }| Head { facts: rows, head: hex::encode(&hash) };
        let audit = head.map(shape);
        context.screen.document(&AuditDocument { schema: "mde-offboard.audit/1", checks, audit });
    } else {
        context.screen.result(&table(&findings));
    }
    if let Some(first) = wrong.first() {
        if !context.screen.is_json() {
            context.screen.failure(&refusal(first, wrong.len(), findings.len()));
        }
        return Ok(Exit::Journal);
    }
    if let (Some(file), Some(head)) = (&given.write_head, head) {
        write_head(context, &path, file, head)?;
    }
    Ok(Exit::Done)
}

fn write_head(
    context: &Context,
    journal: &Path,
    file: &Path,
    head: ChainHead,
) -> Result<(), Failure> {
    let name = journal.file_name().unwrap_or_default().to_string_lossy();
    let journal = text::in_line(&name).into_owned();
    let note = HeadNote { journal, head, at: context.clock.now().wall };
    let mut out = context.outputs.replace(OutputKind::Head, file)?;
    let written = out.write_all(note.to_text().as_bytes()).and_then(|()| out.finish());
    written.map_err(|error| unwritten(file, &error))?;
    context
        .screen
        .note(&format!("the head is in {}; keep it somewhere else\n", shown_output(file)));
    Ok(())
}

/// A head in digits, or in a file.
fn noted(word: &Path) -> Result<NotedHead, Failure> {
    let hint = "give at least the first 12 hexadecimal digits of a head, or a file that \
                --write-head wrote";
    let refused = |said: &str| Failure::new(Exit::Usage, format!("--head {}: {said}", shown(word)));
    let text = word.to_str().unwrap_or_default();
    if is_hex(text) && HEAD_DIGITS.contains(&text.len()) {
        return Ok(NotedHead { facts: None, digits: text.to_ascii_lowercase() });
    }
    let halves = text.split_once("...").or_else(|| text.split_once('\u{2026}'));
    if halves.is_some_and(|(first, last)| is_hex(first) && is_hex(last)) {
        return Err(refused("the middle of the head is left out").hint(hint));
    }
    let note = small_file::read(word, NOTE_KIB_MAX);
    let note = note.map_err(|error| refused("cannot be read").caused_by(&error).hint(hint))?;
    let note = String::from_utf8(note).ok().and_then(|text| HeadNote::parse(&text));
    note.ok_or_else(|| refused("there is no head in it").hint(hint))
}

fn is_hex(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn export(context: &Context, given: &ExportArguments) -> Result<Exit, Failure> {
    let journal = context.read_journal()?;
    let Some(path) = &given.output else {
        let mut out = BufWriter::new(io::stdout().lock());
        let written = write_facts(&journal, &mut out);
        return match written.and_then(|_| out.flush().map_err(ReportError::Write)) {
            // The reader has what it wanted (`| head`).
            Err(ReportError::Write(error)) if error.kind() == io::ErrorKind::BrokenPipe => {
                Ok(Exit::Done)
            }
            Err(ReportError::Write(error)) => Err(unwritten(Path::new("standard output"), &error)),
            other => Ok(other.map(|()| Exit::Done)?),
        };
    };
    let mut out = context.outputs.replace(OutputKind::Facts, path)?;
    let head = write_facts(&journal, &mut out).and_then(|head| {
        out.finish().map_err(ReportError::Write)?;
        Ok(head)
    });
    let ChainHead { rows, hash } = match head {
        Err(ReportError::Write(error))
            if error.kind() == io::ErrorKind::BrokenPipe && output::is_stream(path) =>
        {
            return Ok(Exit::Done);
        }
        Err(ReportError::Write(error)) => return Err(unwritten(path, &error)),
        other => other?,
    };
    let are = text::plural(rows, "is", "are");
    let said = format!("{} {are} in {}; head ", counted(rows, "fact"), shown_output(path));
    context.screen.note(&format!("{said}{}\n", hex::encode(&hash)));
    Ok(Exit::Done)
}

fn unwritten(path: &Path, error: &io::Error) -> Failure {
    output::unwritten(path, error).hint("check the disk, then start again")
}
