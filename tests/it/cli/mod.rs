//! The real binary, as a shell or a scheduler starts it.

mod arguments;
mod audits;
mod bounds;
mod by_names;
mod ca_files;
mod cases;
mod certificates;
mod checked_servers;
mod checks;
mod child_groups;
mod class_files;
mod classes;
mod closed_pipes;
mod comments;
mod completions;
mod configurations;
mod credentials;
mod environments;
mod exclusions;
mod exits;
mod folder_files;
mod forecasts;
mod guards;
mod helps;
mod histories;
pub(crate) mod hostile;
mod inputs;
mod interrupted;
mod layouts;
mod leads;
mod lists;
mod manuals;
mod many_journals;
mod outputs;
mod outside;
mod permissions;
#[cfg(windows)]
mod private_files;
mod profiles;
mod protections;
mod proxies;
mod refused_sign_ins;
mod rehearsals;
mod rehearsed;
mod resolves;
mod reviewed_plans;
#[cfg(target_os = "linux")]
mod secret_programs;
mod serves;
mod shapes;
mod shared_streams;
mod short_names;
mod shown;
mod sign_ins;
#[cfg(unix)]
mod small_files;
mod tenants;
mod transports;
mod tried;
mod truths;
mod tunnels;
mod useless;
mod watches;
#[cfg(windows)]
mod windows_names;
mod workbook_reports;
