//! `simulator`: a Defender simulator as a program of its own, or a sample export.

use std::io::Write;
use std::sync::{Arc, Mutex};

use crate::cli::args::{ColumnArguments, SimulatorArguments};
use crate::cli::connect;
use crate::cli::list::input::{Empty, ListRequest, Lists};
use crate::cli::list::source;
use crate::cli::output::OutputKind;
use crate::cli::paths::shown;
use crate::cli::plurals::counted;
use crate::cli::signals;
use crate::cli::{Context, Exit, Failure};
use crate::domain::Window;
use crate::domain::text::plural;
use crate::simulator::{ShellOptions, SimulatedTenant, TenantOptions, sample_export, serve};

/// Serves until Ctrl-C or SIGTERM; its address is the one line on standard output.
pub(crate) fn simulator(context: &Context, given: &SimulatorArguments) -> Result<Exit, Failure> {
    if let Some(rows) = given.sample {
        return sample(context, given, rows);
    }
    if !given.listen.ip().is_loopback() {
        let said = format!("{} is not a loopback address", given.listen);
        return Err(Failure::new(Exit::Usage, said)
            .hint("the simulator is for this computer only: --listen 127.0.0.1:8080"));
    }
    let limits =
        if given.limits.is_empty() { Window::DEFENDER.to_vec() } else { given.limits.clone() };
    let options = TenantOptions {
        seed: given.seed,
        limits,
        speed: given.speed,
        stay_pending_share: given.pending_share,
        fail_share: given.fail_share,
        list_lag: connect::list_lag(given.faults.faults()),
        ..TenantOptions::default()
    };
    let how_to = how_to(&options);
    let tenant = tenant(context, given, options)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let served = runtime.and_then(|runtime| {
        runtime.block_on(async {
            let listener = tokio::net::TcpListener::bind(given.listen).await?;
            let url = format!("http://{}", listener.local_addr()?);
            let end = signals::end()?;
            context.screen.result(&url);
            context.screen.note(&how_to.replace("URL", &url));
            let (least, most) = given.latency;
            let faults = connect::fault_plan(given.faults.faults(), given.seed);
            let shell = ShellOptions { latency: least..most, seed: given.seed, faults };
            serve(listener, Arc::new(Mutex::new(tenant)), shell, end).await
        })
    });
    served.map(|()| Exit::Done).map_err(|error| {
        let said = format!("the simulator cannot serve on {}", given.listen);
        Failure::new(Exit::Error, said).caused_by(&error)
    })
}

/// Test machines where nobody said how many: even a short list is a small part of its tenant.
const OTHERS_MIN: usize = 100;

fn tenant(
    context: &Context,
    given: &SimulatorArguments,
    options: TenantOptions,
) -> Result<SimulatedTenant, Failure> {
    let seed = options.seed;
    let mut tenant = SimulatedTenant::new(options);
    let mut listed = 0;
    if !given.machines.is_empty() {
        let columns = ColumnArguments::default();
        source::check(&given.machines, context.screen)?;
        let request = ListRequest {
            empty: Empty::Allowed,
            ..ListRequest::of(&given.machines, &columns, context.screen)
        };
        let lists = Lists::read(&request, |_, row| {
            tenant.add(given.fleet.machine(row.id, row.name.as_deref(), seed));
            listed += 1;
            Ok(())
        })?;
        lists.refuse_rejects()?;
    }
    let others = given.others.map(|others| usize::try_from(others).unwrap_or(usize::MAX));
    tenant.populate(others.unwrap_or_else(|| connect::others_beside(listed).max(OTHERS_MIN)));
    Ok(tenant)
}

/// How another terminal talks to it. The secret is as made up as the tenant.
fn how_to(options: &TenantOptions) -> String {
    format!(
        "A Defender simulator, for this computer only; Ctrl-C ends it. In another terminal:\n  \
         AZURE_CLIENT_SECRET={} mde-offboard run FILE --comment TEXT \\\n    \
         --api-url URL --authority-url URL \\\n    \
         --tenant-id {} --client-id {}\n",
        options.client_secret, options.tenant_id, options.client_id
    )
}

fn sample(context: &Context, given: &SimulatorArguments, rows: u32) -> Result<Exit, Failure> {
    let text = sample_export(usize::try_from(rows).unwrap_or(usize::MAX), given.seed);
    let Some(path) = &given.output else {
        context.screen.result(&text);
        return Ok(Exit::Done);
    };
    let mut out = context.outputs.replace(OutputKind::Sample, path)?;
    out.write_all(text.as_bytes()).and_then(|()| out.finish()).map_err(|error| {
        Failure::new(Exit::Error, format!("{} cannot be written", shown(path)))
            .caused_by(&error)
            .hint("check the disk, then start again")
    })?;
    let are = plural(rows, "is", "are");
    let machines = counted(rows.into(), "test machine");
    context.screen.note(&format!("{machines} {are} in {}", shown(path)));
    Ok(Exit::Done)
}
