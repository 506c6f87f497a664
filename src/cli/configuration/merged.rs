//! The options of a command over what the configuration says, each family as a whole.
//!
//! What a batch remembers stands between the two where it continues: its guards, limits and hours
//! come from the configuration only while it is made. Deliberately absent from the file: what
//! belongs to one list or one evening (`--comment`, `--on`, `--until`), and outputs.

use std::path::{Path, PathBuf};

use crate::cli::args::{
    ConnectionArguments, FollowArguments, GuardArguments, HoursArguments, PacingArguments,
    PlanningArguments,
};
use crate::cli::journal_path::Simulate;

use super::settings::Configuration;

impl Configuration {
    /// Where Defender is, and who asks.
    pub(crate) fn connection(&self, given: &ConnectionArguments) -> ConnectionArguments {
        let (given, below) = (given.clone(), self.below_options().connection.clone());
        ConnectionArguments {
            cloud: given.cloud.or(below.cloud),
            region: given.region.or(below.region),
            api_url: given.api_url.or(below.api_url),
            authority_url: given.authority_url.or(below.authority_url),
            auth: given.auth.or(below.auth),
            tenant_id: given.tenant_id.or(below.tenant_id),
            client_id: given.client_id.or(below.client_id),
            timeout: given.timeout.or(below.timeout),
            ca_file: given.ca_file.or(below.ca_file),
            proxy: given.proxy.or(below.proxy),
        }
    }

    /// How fast a new batch goes. A rehearsal has limits and times of its own.
    pub(crate) fn pacing(&self, given: &PacingArguments, simulate: Simulate) -> PacingArguments {
        let (given, below) = (given.clone(), &self.below_options().pacing);
        if simulate == Simulate::Yes {
            return given;
        }
        PacingArguments {
            pace: given.pace.or(below.pace),
            quota_share: given.quota_share.or(below.quota_share),
            concurrency: given.concurrency.or(below.concurrency),
            on_uncertain: given.on_uncertain.or(below.on_uncertain),
            ..given
        }
    }

    /// How long a new batch is followed, and under which limits.
    pub(crate) fn follow(&self, given: &FollowArguments, simulate: Simulate) -> FollowArguments {
        let (given, below) = (given.clone(), &self.below_options().follow);
        if simulate == Simulate::Yes {
            return given;
        }
        let limits = if given.limits.is_empty() { below.limits.clone() } else { given.limits };
        FollowArguments {
            limits,
            shared_reads: given.shared_reads.or(below.shared_reads),
            track_timeout: given.track_timeout.or(below.track_timeout),
            offline_timeout: given.offline_timeout.or(below.offline_timeout),
            ..given
        }
    }

    /// What stops a new batch.
    pub(crate) fn guards(&self, given: &GuardArguments, simulate: Simulate) -> GuardArguments {
        let (given, below) = (given.clone(), &self.below_options().guards);
        GuardArguments {
            canary: given.canary.or(below.canary),
            canary_wait: given.canary_wait.or(below.canary_wait),
            max_failures: given.max_failures.or_else(|| below.max_failures.clone()),
            hours: self.hours(&given.hours, simulate),
        }
    }

    /// When requests of a new batch may be sent.
    pub(crate) fn hours(&self, given: &HoursArguments, simulate: Simulate) -> HoursArguments {
        let given = given.clone();
        if simulate == Simulate::Yes {
            return given;
        }
        let below = &self.below_options().guards.hours;
        HoursArguments { between: given.between.or_else(|| below.between.clone()), ..given }
    }

    /// What may be sent.
    pub(crate) fn planning(&self, given: &PlanningArguments) -> PlanningArguments {
        let (given, below) = (given.clone(), &self.below_options().planning);
        PlanningArguments {
            again: given.again,
            max_machines: given.max_machines.or(below.max_machines),
            max_share: given.max_share.or(below.max_share),
        }
    }

    /// The lists of what must never be sent: the one that is given, else that of each file.
    pub(crate) fn protect(&self, given: Option<&Path>) -> Vec<PathBuf> {
        match given {
            Some(path) => vec![path.to_owned()],
            None => self.protect_lists(),
        }
    }

    /// The journals; none: nobody named one. A rehearsal takes another than its own only where an
    /// option names it: a setting that points to the real journal must not draw rehearsals into it.
    pub(crate) fn journals(&self, given: &[PathBuf], simulate: Simulate) -> Vec<PathBuf> {
        if !given.is_empty() {
            return given.to_vec();
        }
        let below = self.below_options().journal.clone().filter(|_| simulate == Simulate::No);
        below.into_iter().collect()
    }
}
