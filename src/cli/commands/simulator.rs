//! `simulator`: a Defender simulator as a program of its own, or a sample export.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use crate::cli::args::{ColumnArguments, SimulatorArguments};
use crate::cli::connect;
use crate::cli::list::input::{Empty, ListRequest, Lists};
use crate::cli::list::source;
use crate::cli::output::{OutputKind, unwritten};
use crate::cli::paths::{shown, shown_output};
use crate::cli::plurals::counted;
use crate::cli::signals;
use crate::cli::small_file;
use crate::cli::{Context, Exit, Failure};
use crate::domain::text::plural;
use crate::domain::{Device, Window};
use crate::intake::Row;
use crate::simulator::{
    LateChange, SampleNames, ShellOptions, SimulatedMachine, SimulatedTenant, TenantOptions,
    certificate_of, sample_export, serve,
};

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
    let defaults = TenantOptions::default();
    let (roles, scopes) = match given.permissions.as_slice() {
        [] => (defaults.roles.clone(), defaults.scopes.clone()),
        [none] if none == "none" => (Vec::new(), Vec::new()),
        given => (given.to_vec(), given.to_vec()),
    };
    let options = TenantOptions {
        seed: given.seed,
        limits,
        speed: given.speed,
        stay_pending_share: given.pending_share,
        fail_share: given.fail_share,
        list_lag: connect::list_lag(given.faults.faults()),
        return_share: given.return_share,
        token_lifetime: given.token_lifetime,
        shifting: given.shifting_pages.shifting(),
        certificate: given.certificate.as_deref().map(certificate).transpose()?,
        device_person: given.person.person(),
        roles,
        scopes,
        ..defaults
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
        Failure::new(Exit::Error, said)
            .caused_by(&error)
            .hint("another program may have this port: --listen 127.0.0.1:0 takes a free one")
    })
}

/// The certificate of a PEM file, as DER.
fn certificate(path: &Path) -> Result<Vec<u8>, Failure> {
    /// Far more than one has.
    const CERTIFICATE_KIB_MAX: u64 = 1024;
    let unread = || Failure::new(Exit::Usage, format!("{} cannot be read", shown(path)));
    let text = small_file::read(path, CERTIFICATE_KIB_MAX);
    let text =
        text.map_err(|error| unread().caused_by(&error).hint("name a PEM file that you can read"))?;
    certificate_of(&text).ok_or_else(|| unread().hint("it must be a certificate as PEM"))
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
    each_row(context, &given.machines, |row| {
        tenant.add(given.fleet.machine(row.id, row.name.as_deref(), seed));
        listed += 1;
    })?;
    let others = given.others.map(|others| usize::try_from(others).unwrap_or(usize::MAX));
    tenant.populate(others.unwrap_or_else(|| connect::others_beside(listed).max(OTHERS_MIN)));
    let changes: Vec<PathBuf> = given.changes.iter().cloned().collect();
    each_row(context, &changes, |row| {
        let machine = given.fleet.machine(row.id, row.name.as_deref(), seed);
        let machine = changed(machine, &row.device);
        tenant.change_later(LateChange { after_calls: given.changes_after, machine });
    })?;
    Ok(tenant)
}

fn each_row(
    context: &Context,
    files: &[PathBuf],
    mut visit: impl FnMut(Row),
) -> Result<(), Failure> {
    if files.is_empty() {
        return Ok(());
    }
    let columns = ColumnArguments::default();
    source::check(files, context.screen)?;
    let request =
        ListRequest { empty: Empty::Allowed, ..ListRequest::of(files, &columns, context.screen) };
    let lists = Lists::read(&request, |_, row| {
        visit(row);
        Ok(())
    })?;
    lists.refuse_rejects()
}

/// The machine as a list says it is from now on; what the list does not say stays.
fn changed(mut machine: SimulatedMachine, device: &Device) -> SimulatedMachine {
    if let Some(platform) = &device.os_platform {
        machine = machine.with_platform(platform);
    }
    if let Some(onboarding) = &device.onboarding_status {
        // The portal's words, as the API has them.
        machine.onboarding_status = match onboarding.as_str() {
            "Can be onboarded" => "CanBeOnboarded".to_owned(),
            "Insufficient info" => "InsufficientInfo".to_owned(),
            other => other.to_owned(),
        };
    }
    if let Some(health) = &device.health_status {
        machine.health_status.clone_from(health);
    }
    if let Some(tags) = &device.tags {
        machine.tags = tags.split([',', ';']).map(|tag| tag.trim().to_owned()).collect();
    }
    SimulatedMachine { group: device.group.clone().or(machine.group), ..machine }
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
    let names = if given.differing_names { SampleNames::Differ } else { SampleNames::Agree };
    let text = sample_export(usize::try_from(rows).unwrap_or(usize::MAX), given.seed, names);
    let Some(path) = &given.output else {
        context.screen.result(&text);
        return Ok(Exit::Done);
    };
    let mut out = context.outputs.replace(OutputKind::Sample, path)?;
    out.write_all(text.as_bytes())
        .and_then(|()| out.finish())
        .map_err(|error| unwritten(path, &error).hint("check the disk, then start again"))?;
    let are = plural(rows, "is", "are");
    let machines = counted(rows.into(), "test machine");
    context.screen.note(&format!("{machines} {are} in {}", shown_output(path)));
    Ok(Exit::Done)
}
