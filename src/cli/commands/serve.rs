//! `serve`: pages about the journal, or several, for the browser of the person who asked for them.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Serialize;

use crate::cli::args::ServeArguments;
use crate::cli::connect::runtime;
use crate::cli::journal_path;
use crate::cli::overview::ServedSet;
use crate::cli::several::Journals;
use crate::cli::{Context, Exit, Failure, signals};
use crate::dashboard::{Dashboard, DashboardError, DashboardOptions, Launch, ServedJournals};

/// `mde-offboard.serve/1`, once the server listens.
#[derive(JsonSchema, Serialize)]
pub(crate) struct ServeDocument {
    #[schemars(extend("const" = "mde-offboard.serve/1"))]
    schema: &'static str,
    /// Who has this address may read.
    url: String,
}

/// Serves until Ctrl-C or SIGTERM, and then ends with 0 at once: there is nothing to wind up.
pub(crate) fn serve(context: &Context, given: &ServeArguments) -> Result<Exit, Failure> {
    let options = options(context)?;
    let launch = if given.open { Launch::InBrowser } else { Launch::ByHand };
    let runtime = runtime()?;
    let served = runtime.block_on(async {
        let dashboard = Dashboard::listen(options, given.port, launch).await.map_err(failure)?;
        let end = signals::end().map_err(|error| signals::unheard(&error))?;
        tell(context, &dashboard);
        if let Some(url) = dashboard.launch_url() {
            open_browser(context, &url);
        }
        tokio::select! {
            served = dashboard.serve() => served.map_err(failure),
            () = end => Ok(()),
        }
    });
    // Pages that are open, and a read that takes its time, are not waited for.
    runtime.shutdown_background();
    served.map(|()| Exit::Done)
}

fn options(context: &Context) -> Result<DashboardOptions, Failure> {
    let (journals, one) = match context.journals()? {
        Journals::One(journal) => {
            let commands = context.commands.clone();
            (ServedJournals::One { journal: journal.clone(), commands }, Some(journal))
        }
        Journals::Several(found) => {
            let set = ServedSet::new(context, context.named_journals()?, found);
            (ServedJournals::Several(Arc::new(set)), None)
        }
    };
    Ok(DashboardOptions {
        journals,
        clock: context.clock.clone(),
        zone: context.zone.clone(),
        without_a_batch: journal_path::without_a_batch(one.as_deref()),
    })
}

fn tell(context: &Context, dashboard: &Dashboard) {
    let url = dashboard.url();
    if context.screen.is_json() {
        context.screen.document(&ServeDocument { schema: "mde-offboard.serve/1", url });
        return;
    }
    context.screen.result(&url);
    context.tell_simulation();
    context.screen.note(
        "Open this address in a browser on this computer. Anyone who has it can read what the\n\
         journal says, and nothing can be changed there. Ctrl-C ends it; a run goes on.\n",
    );
}

/// That the browser does not start is no reason to end: the address is on the screen.
fn open_browser(context: &Context, url: &str) {
    if let Err(error) = open::that_detached(url) {
        context.screen.note(&format!(
            "warning: the browser could not be started: {error}\n  open the address yourself\n"
        ));
    }
}

fn failure(error: DashboardError) -> Failure {
    let exit = match &error {
        DashboardError::Journal(_) | DashboardError::Report(_) | DashboardError::Options(_) => {
            Exit::Journal
        }
        DashboardError::Port { .. } => Exit::Usage,
        DashboardError::Random(_) | DashboardError::Serve(_) => Exit::Error,
    };
    Failure::of(exit, &error).hint(error.hint())
}
