//! What a release consists of: packages, manifests for package managers, and the workflows that
//! make them. The scripts need Bash; what they are for is in `docs/decisions/0060-packages.md`.

#[cfg(unix)]
mod archives;
mod deployments;
mod linux;
#[cfg(unix)]
mod made;
#[cfg(unix)]
mod manifests;
#[cfg(unix)]
mod readme;
#[cfg(unix)]
mod rules;
#[cfg(unix)]
mod tried_deployments;
mod workflows;
mod yaml;
