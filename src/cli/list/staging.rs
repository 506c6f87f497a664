//! From the files to the journal's temporary table: nothing is queued yet.

use crate::domain::text::plural;
use crate::domain::{Comment, Device, Reason, WhereFilter};
use crate::guard::{Class, ProtectList, System, Treatment, Treatments, listed_classes};
use crate::intake::{Row, RowFilter, RowKey, listed_entries};
use crate::journal::{Journal, NameCounts, NewMachine, NewName, Staged, StagedRow};
use crate::simulator::SimulatedMachine;

use crate::cli::args::{InputArguments, SessionArguments};
use crate::cli::list::comment_check::CommentCheck;
use crate::cli::list::guard_data::Sight;
use crate::cli::list::input::{BadRows, Empty, ListRequest, Lists, Unwanted};
use crate::cli::list::protection;
use crate::cli::list::repeats;
use crate::cli::list::whole_tenant::{Breadth, Inventory};
use crate::cli::no_work;
use crate::cli::paths::shown;
use crate::cli::plurals::{counted, machines};
use crate::cli::{Context, Exit, Failure};

/// What is to be known of machines that many guides still call unsupported.
pub(crate) const OTHER_SYSTEM: &str = "macOS 14 and later and supported Linux can be offboarded \
    since August 2026: --on other_system=send";

pub(crate) struct Stock {
    pub(crate) sources: Vec<String>,
    /// Which of their rows were wanted, in words.
    pub(crate) filters: Vec<WhereFilter>,
    /// Bad rows that were left out.
    pub(crate) left_out: u64,
    /// The comment of machines that have none of their own.
    pub(crate) comment: Option<Comment>,
    pub(crate) staged: Staged,
    /// In a rehearsal: the machines as the simulator has them.
    pub(crate) rehearsed: Vec<SimulatedMachine>,
    /// `--protect`.
    pub(crate) protect: Option<ProtectList>,
    /// Names that are not those of one machine, and that are to be refused.
    pub(crate) names_refused: u64,
    sight: Sight,
}

impl Stock {
    /// A place in a file, in the words of its kind, with the file where there are several.
    pub(crate) fn place(&self, source: u16, line: u64) -> String {
        let place = self.sight.place(source, line);
        match self.sources.as_slice() {
            [_] => place.to_string(),
            several => format!("{}, {place}", several[usize::from(source)]),
        }
    }
}

/// What the files held; their rows are staged.
pub(crate) struct ReadLists {
    lists: Lists,
    seen: RowsSeen,
    comment: Option<Comment>,
    /// In a rehearsal: the machines as the simulator has them.
    pub(crate) rehearsed: Vec<SimulatedMachine>,
    names: NameCounts,
}

impl ReadLists {
    /// What became of the names is known by now.
    pub(crate) const fn resolved(&mut self, names: NameCounts) {
        self.names = names;
    }
}

/// Reads the files into the journal's temporary tables; none where there is nothing to do.
pub(crate) fn stage(
    context: &Context,
    journal: &mut Journal,
    (input, session): (&InputArguments, &SessionArguments),
    comment: Option<Comment>,
) -> Result<Option<Stock>, Failure> {
    let lists = read(context, journal, (input, session), comment)?;
    settle(context, journal, input, lists)
}

/// The first half of [`stage`]: reads the files. With `--by-name` the names are staged, and no
/// machine yet: the tenant has to say which they are before [`settle`] is called.
pub(crate) fn read(
    context: &Context,
    journal: &mut Journal,
    (input, session): (&InputArguments, &SessionArguments),
    comment: Option<Comment>,
) -> Result<ReadLists, Failure> {
    let treatments = Treatments::new(&input.on);
    let mut rehearsed = Vec::new();
    let protect = protection::read(&context.configuration.protect(input.protect.as_deref()))?;
    let mut seen = RowsSeen { protect, ..RowsSeen::default() };
    let comments = CommentCheck::new();
    let lists = Lists::read(&request(context, (input, session)), |source, row| {
        let mut skip = None;
        if row.wanted {
            let machine = session.rehearsal.machine(row.id, row.name.as_deref());
            rehearsed.extend(machine.map(|machine| as_listed(machine, &row.device)));
            skip = seen.look_at(source, &treatments, &row);
        }
        if let Some(own) = &row.comment {
            let file = || shown(&input.files[usize::from(source)]);
            comments.check_row(own, || format!("{}, {}", file(), row.place))?;
        }
        if input.by_name {
            stage_name(journal, source, row, skip)
        } else {
            stage_row(journal, source, row, skip)
        }
    })?;
    if input.skip_invalid {
        lists.refuse_useless()?;
    } else {
        lists.refuse_rejects()?;
    }
    seen.sight.refuse_blind(&treatments, &lists.columns)?;
    let names = NameCounts::default();
    Ok(ReadLists { lists, seen, comment, rehearsed, names })
}

fn stage_row(
    journal: &mut Journal,
    source: u16,
    row: Row,
    skip: Option<Reason>,
) -> Result<(), Failure> {
    let Row { id, name, comment, device, at, wanted, place } = row;
    let line = place.number();
    if !wanted {
        return Ok(journal.stage_unwanted(id, (source, line), at)?);
    }
    journal.stage(&NewMachine { id, name, comment, source, line, device, skip, at })?;
    Ok(())
}

fn stage_name(
    journal: &mut Journal,
    source: u16,
    row: Row,
    skip: Option<Reason>,
) -> Result<(), Failure> {
    let Row { name, comment, device, at, wanted, place, .. } = row;
    let (name, line) = (name.unwrap_or_default(), place.number());
    Ok(journal.stage_name(&NewName { name, comment, source, line, device, skip, at, wanted })?)
}

/// The second half of [`stage`]: what is staged becomes a stock; none where there is nothing to do.
pub(crate) fn settle(
    context: &Context,
    journal: &mut Journal,
    input: &InputArguments,
    read: ReadLists,
) -> Result<Option<Stock>, Failure> {
    let ReadLists { lists, seen, comment, rehearsed, names } = read;
    let treatments = Treatments::new(&input.on);
    let staged = journal.staged(comment.as_ref())?;
    if !input.skip_invalid {
        repeats::refuse(&lists, &seen.sight, &staged.settled)?;
    }
    tell(context, input, &lists, &seen, &staged);
    if staged.machines + names.unclear() == 0 {
        if lists.are_empty() {
            no_work::tell(context, "no machines, nothing to do");
            return Ok(None);
        }
        return Err(none_wanted(&lists));
    }
    if let Some(inventory) = lists.inventory.as_ref().filter(|_| input.filters.is_empty()) {
        seen.warn_of_whole_tenant(context, inventory, &staged);
    }
    seen.refuse(&treatments, journal, &staged)?;
    let names_refused = names.refused(&treatments);
    // The plan tells which names are refused.
    if names_refused == 0 {
        refuse_all_skipped(&staged, &names)?;
    }
    if staged.without_comment > 0 {
        let lacking = machines(staged.without_comment);
        let first = journal.first_without_comment(comment.as_ref())?;
        let first = first.map(|(source, line)| lists.place_without_comment(source, line));
        let first = first.map(|first| format!(" ({first})")).unwrap_or_default();
        let said = format!("{lacking} without a comment{first}, and Defender requires one");
        return Err(Failure::new(Exit::Input, format!("{said}; nothing was queued"))
            .hint("give one for all: --comment \"CHG0041233 retired\""));
    }
    lists.exclusions.refuse()?;
    let left_out = lists.exclusions.left_out(&input.filters);
    let filter = |(filter, left_out): (&RowFilter, _)| WhereFilter {
        condition: filter.to_string(),
        left_out,
    };
    let filters = input.filters.iter().zip(left_out).map(filter).collect();
    let (sources, left_out) = (lists.sources, lists.rejected);
    let RowsSeen { protect, sight, .. } = seen;
    Ok(Some(Stock {
        sources,
        filters,
        left_out,
        comment,
        staged,
        rehearsed,
        protect,
        names_refused,
        sight,
    }))
}

/// A machine of a rehearsal runs the system that its list names.
fn as_listed(machine: SimulatedMachine, listed: &Device) -> SimulatedMachine {
    match &listed.os_platform {
        Some(platform) if System::named(platform) == System::Windows => {
            machine.with_platform(platform)
        }
        _ => machine,
    }
}

/// Rows there are, and none that is wanted.
fn none_wanted(lists: &Lists) -> Failure {
    let why = "no machines: no row matches --where";
    let bad = counted(lists.rejected, "bad row");
    let bad = if lists.rejected > 0 { format!(", and {bad}") } else { String::new() };
    Failure::new(Exit::Input, format!("{why}{bad}"))
        .hint("name a value that is in the list; upper and lower case are the same")
}

fn request<'a>(
    context: &'a Context,
    (input, session): (&'a InputArguments, &'a SessionArguments),
) -> ListRequest<'a> {
    ListRequest {
        filters: &input.filters,
        empty: if input.allow_empty { Empty::Allowed } else { Empty::Refused },
        rejects: input.rejects.as_deref().map(|path| BadRows { path, outputs: &context.outputs }),
        progress: session.progress.progress,
        unwanted: Unwanted::Visited,
        key: if input.by_name { RowKey::Name } else { RowKey::Id },
        ..ListRequest::of(&input.files, &input.columns, context.screen)
    }
}

/// A list of which every machine is left out is no list of machines to offboard.
fn refuse_all_skipped(staged: &Staged, names: &NameCounts) -> Result<(), Failure> {
    let skipped: u64 = staged.skipped.iter().map(|(_, count)| count).sum();
    if skipped < staged.machines {
        return Ok(());
    }
    let words = staged.skipped.iter().map(|(reason, count)| (reason.word(), *count));
    let names = names.by_class().into_iter().map(|(class, count)| (class.word(), count));
    let classes = words.chain(names).filter(|(_, count)| *count > 0);
    let classes: Vec<String> = classes.map(|(word, count)| format!("{count} {word}")).collect();
    let said = format!("no machines: all are left out ({})", classes.join(", "));
    let failure = Failure::new(Exit::Input, format!("{said}; nothing was queued"));
    let is_skipped = |class: &Class| staged.skipped.iter().any(|(r, _)| *r == class.reason());
    let sent = Class::ALL.into_iter().filter(|class| class.may_be_sent()).find(is_skipped);
    Err(match sent {
        Some(class) => failure.hint(format!("to send them anyway: --on {class}=send")),
        None => failure.hint("name a list of machines that Defender can offboard"),
    })
}

fn refused(class: Class, count: u64, example: &str) -> Failure {
    let verb = plural(count, "is", "are");
    let said = format!("{} {verb} {class}{example}; nothing was queued", machines(count));
    Failure::new(Exit::Guard, said).hint(format!("leave them out with --on {class}=skip"))
}

/// What the rows say of the devices, as they pass.
#[derive(Default)]
struct RowsSeen {
    breadth: Breadth,
    servers: bool,
    clients: bool,
    classes: bool,
    sight: Sight,
    /// `--protect`.
    protect: Option<ProtectList>,
}

impl RowsSeen {
    /// Why a row's machine is left out.
    fn look_at(&mut self, source: u16, treatments: &Treatments, row: &Row) -> Option<Reason> {
        self.breadth.look_at(row);
        self.sight.look_at(source, row);
        let system = row.device.os_platform.as_deref().unwrap_or_default();
        let server = system.starts_with("WindowsServer");
        self.servers |= server;
        self.clients |= !server && system.starts_with("Windows");
        self.classes |= listed_classes(&row.device).next().is_some();
        let mut classes: Vec<Class> = listed_classes(&row.device).collect();
        if self.protect.as_ref().is_some_and(|list| is_protected(list, row)) {
            classes.push(Class::Protected);
        }
        let (class, treatment) = treatments.decide(&classes)?;
        (treatment != Treatment::Send).then(|| class.reason())
    }

    fn refuse(
        &self,
        treatments: &Treatments,
        journal: &Journal,
        staged: &Staged,
    ) -> Result<(), Failure> {
        for class in Class::ALL {
            let reason = class.reason();
            let count = staged.skipped.iter().find(|(skipped, _)| *skipped == reason);
            let refuses = treatments.of(class) == Treatment::Refuse;
            if let Some((_, count)) = count.filter(|_| refuses) {
                let row = journal.first_staged(reason)?;
                let example = row.map(|row| example(&row, &self.sight)).unwrap_or_default();
                return Err(refused(class, *count, &example));
            }
        }
        Ok(())
    }

    /// The portal's export holds all devices, even if the list on the screen was filtered. A list
    /// that was picked by hand has no devices that were only discovered, and rarely both servers
    /// and clients.
    fn warn_of_whole_tenant(&self, context: &Context, inventory: &Inventory, staged: &Staged) {
        if !self.breadth.is_real {
            return;
        }
        let sorts = match (!self.classes, self.servers && self.clients) {
            (false, _) => "machines that were never onboarded or cannot be offboarded",
            (true, true) => "servers as well as clients",
            (true, false) => return,
        };
        let all = machines(staged.machines);
        context.screen.note(&self.breadth.warning(inventory, &all, sorts));
    }
}

/// Whether a protect list names a machine, as far as its row tells.
fn is_protected(list: &ProtectList, row: &Row) -> bool {
    let names: Vec<&str> = row.name.iter().map(String::as_str).collect();
    let tags = row.device.tags.as_deref().map(listed_entries).unwrap_or_default();
    let groups: Vec<&str> = row.device.group.iter().map(String::as_str).collect();
    list.protects(row.id, &names, &tags, &groups).is_some()
}

/// `, for instance pc-1180 in line 17 (Can be onboarded)`.
fn example(row: &StagedRow, sight: &Sight) -> String {
    let StagedRow { os_platform, onboarding_status, .. } = row;
    let said: Vec<&str> =
        [os_platform, onboarding_status].into_iter().flatten().map(String::as_str).collect();
    let name = row.name.clone().unwrap_or_else(|| row.id.to_string());
    let place = sight.place(row.source, row.line);
    format!(", for instance {name} in {place} ({})", said.join(", "))
}

fn tell(
    context: &Context,
    input: &InputArguments,
    lists: &Lists,
    seen: &RowsSeen,
    staged: &Staged,
) {
    let mut said = lists.notes.clone();
    said.extend(seen.sight.notes(&lists.columns).iter().map(|note| format!("  {note}")));
    if !input.filters.is_empty() {
        let asked: Vec<String> = input.filters.iter().map(|f| format!("`{f}`")).collect();
        let gone = counted(lists.not_wanted, "row");
        said.push(format!("  {gone} left out by --where {}", asked.join(", ")));
        said.extend(lists.exclusions.notes().map(|note| format!("  {note}")));
    }
    if lists.rejected > 0 {
        said.push(format!("  {} left out", counted(lists.rejected, "bad row")));
    }
    if staged.duplicates > 0 {
        let (gone, left) = (counted(staged.duplicates, "duplicate"), machines(staged.machines));
        said.push(format!("  {gone} dropped: {left}"));
    }
    said.extend(repeats::notes(&staged.settled).iter().map(|note| format!("  {note}")));
    for (reason, count) in &staged.skipped {
        said.push(format!("  {} skipped: {}", machines(*count), reason.word()));
        if *reason == Reason::OtherSystem {
            said.push(format!("    {OTHER_SYSTEM}"));
        }
    }
    context.screen.note(&said.join("\n"));
}
