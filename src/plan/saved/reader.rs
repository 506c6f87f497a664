//! Reads a plan, line by line, and checks each byte of it.

use std::io::{BufRead, Read};

use super::error::PlanFileError;
use super::hash::PlanHash;
use super::header::PlanHeader;
use super::machine::{LineFault, SavedMachine};
use super::writer::{END_OF_MACHINES, FIRST_LINE, MACHINES, Totals, is_saved_plan};
use crate::domain::text::excerpt;

/// Longest line: a header with many names of files and conditions.
const LINE_BYTES_MAX: u64 = 4 * 1024 * 1024;

/// All of a plan.
pub(super) struct ReadPlan {
    pub(super) header: PlanHeader,
    pub(super) machines: Vec<SavedMachine>,
    pub(super) hash: PlanHash,
}

pub(super) fn read(input: impl BufRead) -> Result<ReadPlan, PlanFileError> {
    let mut lines = PlanLines { input, number: 0 };
    lines.begin()?;
    let line = lines.next()?;
    let text = line.strip_prefix("\"plan\":").and_then(|rest| rest.strip_suffix(','));
    let text = text.ok_or_else(|| lines.damaged("this is not what the plan was made of"))?;
    let header = PlanHeader::of_line(text).map_err(|why| lines.damaged(&why))?;
    let mut totals = Totals::of(text);
    lines.expect(MACHINES)?;
    let mut machines = Vec::new();
    let mut goes_on = None;
    loop {
        let line = lines.next()?;
        if line == END_OF_MACHINES {
            break;
        }
        if goes_on == Some(false) {
            return Err(lines.damaged("a comma is missing before this line"));
        }
        let text = line.strip_suffix(',');
        goes_on = Some(text.is_some());
        let read = SavedMachine::of_line(text.unwrap_or(&line));
        let (machine, hash) = read.map_err(|fault| lines.fault(fault))?;
        totals.add(&machine, &hash);
        machines.push(machine);
    }
    if goes_on == Some(true) {
        return Err(lines.damaged("a machine is missing before this line"));
    }
    let ([classes, would_send, last], hash) = totals.finish();
    // The lines may be well formed and only not fit: then it is the hash that says so.
    let found = [lines.next()?, lines.next()?, lines.next()?];
    lines.end()?;
    if found != [classes, would_send, last] {
        return Err(PlanFileError::Hash);
    }
    Ok(ReadPlan { header, machines, hash })
}

/// Bytes that are looked at to tell what a file is that does not begin as a plan does.
const BEGINNING_MAX: usize = 1_024;

/// What a file is that does not begin as a plan does: a plan that another program saved again, the
/// beginning of one, or something else.
fn other(beginning: &[u8]) -> PlanFileError {
    const WIDE: [&[u8]; 2] = [b"\xFF\xFE", b"\xFE\xFF"];
    const MARK: char = '\u{feff}';
    if beginning.is_empty() {
        return PlanFileError::Empty;
    }
    let is_wide = WIDE.iter().any(|mark| beginning.starts_with(mark)) || beginning.contains(&0);
    let bytes: Vec<u8> = beginning.iter().copied().filter(|byte| *byte != 0).collect();
    let text = String::from_utf8_lossy(&bytes);
    let first = text.split('\n').next().unwrap_or_default();
    let schema = first.strip_prefix("{\"schema\":\"").and_then(|rest| rest.strip_suffix("\","));
    let is_other = !is_wide && first != FIRST_LINE && is_saved_plan(first);
    if let Some(schema) = schema.filter(|_| is_other) {
        return PlanFileError::OtherVersion { schema: excerpt(schema) };
    }
    let compact: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let is_cut = compact.len() > "{\"schema\":".len() && FIRST_LINE.starts_with(&compact);
    let has = |part: &str| compact.contains(part);
    if !is_cut && !has("\"mde-offboard.plan/") && !has("\"plan\":{\"made_at\":") {
        return PlanFileError::NotAPlan;
    }
    let resaved = |how| PlanFileError::Resaved { how };
    if is_wide {
        resaved("as UTF-16")
    } else if text.starts_with(MARK) {
        resaved("with a byte-order mark")
    } else if first.ends_with('\r') {
        resaved("with Windows line ends")
    } else if !is_cut && compact.starts_with(FIRST_LINE) {
        resaved("with other spaces or line breaks")
    } else {
        let why = if is_cut { "it ends here" } else { "this is not how a plan begins" };
        PlanFileError::Damaged { line: 1, why: why.to_owned() }
    }
}

struct PlanLines<R> {
    input: R,
    /// Of the line that was read last.
    number: u64,
}

impl<R: BufRead> PlanLines<R> {
    /// The first line.
    fn begin(&mut self) -> Result<(), PlanFileError> {
        let beginning = self.input.fill_buf().map_err(PlanFileError::Unreadable)?;
        let begins = beginning.starts_with(FIRST_LINE.as_bytes())
            && beginning.get(FIRST_LINE.len()) == Some(&b'\n');
        if !begins {
            return Err(other(&beginning[..beginning.len().min(BEGINNING_MAX)]));
        }
        self.next().map(drop)
    }

    /// The next line, without its end.
    fn next(&mut self) -> Result<String, PlanFileError> {
        let mut line = Vec::new();
        self.number += 1;
        let limited = self.input.by_ref().take(LINE_BYTES_MAX);
        { limited }.read_until(b'\n', &mut line).map_err(PlanFileError::Unreadable)?;
        if line.pop() != Some(b'\n') {
            return Err(self.damaged("it ends here, or the line is too long"));
        }
        String::from_utf8(line).map_err(|_| self.damaged("this is not UTF-8"))
    }

    fn expect(&mut self, expected: &str) -> Result<(), PlanFileError> {
        let line = self.next()?;
        if line != expected {
            return Err(self.damaged(&format!("`{expected}` is expected")));
        }
        Ok(())
    }

    /// Nothing may follow.
    fn end(&mut self) -> Result<(), PlanFileError> {
        let rest = self.input.fill_buf().map_err(PlanFileError::Unreadable)?;
        if rest.is_empty() {
            return Ok(());
        }
        self.number += 1;
        Err(self.damaged("something follows the end of the plan"))
    }

    fn damaged(&self, why: &str) -> PlanFileError {
        PlanFileError::Damaged { line: self.number, why: why.to_owned() }
    }

    fn fault(&self, fault: LineFault) -> PlanFileError {
        match fault {
            LineFault::Damaged(why) => self.damaged(&why),
            LineFault::Changed(entry) => PlanFileError::Changed { line: self.number, entry },
        }
    }
}
