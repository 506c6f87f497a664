//! The first steps of `plan` and `run`, which are the same: what one refuses, so does the other.

use crate::domain::Comment;
use crate::engine::RunOptions;

use crate::cli::args::{
    FollowArguments, GuardArguments, InputArguments, PacingArguments, PlanArguments, RunArguments,
    SessionArguments,
};
use crate::cli::connect::{CommandSession, Destination};
use crate::cli::list::comment_check::CommentCheck;
use crate::cli::list::{source, staging};
use crate::cli::planning::named_stock::Unsigned;
use crate::cli::{Context, Exit, Failure, options};

/// What both commands are given.
#[derive(Clone, Copy)]
pub(crate) struct ListArguments<'a> {
    pub(crate) input: &'a InputArguments,
    pub(crate) session: &'a SessionArguments,
    pacing: &'a PacingArguments,
    follow: &'a FollowArguments,
    guards: &'a GuardArguments,
}

impl<'a> From<&'a PlanArguments> for ListArguments<'a> {
    fn from(given: &'a PlanArguments) -> Self {
        let PlanArguments { input, session, pacing, follow, guards, .. } = given;
        Self { input, session, pacing, follow, guards }
    }
}

impl<'a> From<&'a RunArguments> for ListArguments<'a> {
    fn from(given: &'a RunArguments) -> Self {
        let RunArguments { input, session, pacing, follow, guards, .. } = given;
        Self { input, session, pacing, follow, guards }
    }
}

/// A list that was read, and where and how its machines would be sent.
pub(crate) struct ReadyList<'a> {
    pub(crate) list: Unsigned,
    pub(crate) destination: Destination<'a>,
    pub(crate) options: RunOptions,
}

/// Before anything is opened: the comment for all machines, and whether the files are there.
pub(crate) fn comment(
    context: &Context,
    input: &InputArguments,
) -> Result<Option<Comment>, Failure> {
    let comment = input.comment.as_deref().map(Comment::parse).transpose();
    let comment = comment.map_err(|error| {
        let most = Comment::CHARS_MAX;
        Failure::of(Exit::Usage, &error).hint(format!(
            "give a reason and a ticket number, in one line of at most {most} characters"
        ))
    })?;
    comment.as_ref().map_or(Ok(()), |comment| CommentCheck::new().check(comment))?;
    source::check(&input.files, context.screen)?;
    Ok(comment)
}

/// Reads the files; none where there is nothing to do.
pub(crate) fn read<'a>(
    session: &mut CommandSession<'a>,
    given: ListArguments<'_>,
    comment: Option<Comment>,
) -> Result<Option<ReadyList<'a>>, Failure> {
    let (context, wanted) = (session.context, (given.input, given.session));
    let lists = staging::read(context, &mut session.journal, wanted, comment)?;
    let Some(list) = Unsigned::of(context, &mut session.journal, given.input, lists)? else {
        return Ok(None);
    };
    let destination = session.destination(None)?;
    let given = (given.pacing, given.follow, given.guards);
    let options =
        options::of_new_batch(context, destination.defaults(), given, destination.realm())?;
    options::check_settle(&options, destination.realm())?;
    Ok(Some(ReadyList { list, destination, options }))
}
