//! Where a command's requests go: to Defender, or to the embedded simulator.

use tokio::runtime::Runtime;

use crate::defender::Settings;
use crate::domain::{Realm, Window};
use crate::engine::RunOptions;
use crate::journal::Batch;
use crate::simulator::SimulatedMachine;

use crate::cli::args::{ConnectionArguments, RehearsalArguments};
use crate::cli::configuration::{Configuration, Key, SettingOrigin};
use crate::cli::terminal::Screen;
use crate::cli::{Exit, Failure};

use super::embedded_simulator::{self, EmbeddedSimulator};
use super::settings;
use super::sign_in_source::SignInSource;
use super::signed_in::SignedIn;
use super::unsigned_client::UnsignedClient;

pub(crate) enum Destination<'a> {
    /// To the embedded simulator, which starts with the sign-in.
    Simulator { rehearsal: RehearsalArguments, given: &'a ConnectionArguments },
    /// To the address that was given, or to Defender.
    Defender {
        settings: Box<Settings>,
        realm: Realm,
        source: SignInSource,
        /// What says which tenant that is, in words: `--tenant-id`, `AZURE_TENANT_ID`.
        named_by: Vec<String>,
    },
}

/// A client that has not signed in.
pub(crate) struct PreparedClient {
    pub(crate) client: UnsignedClient,
    /// The options of a batch for which nothing is given.
    pub(crate) options: RunOptions,
    /// What it talks to in a rehearsal, for as long as this is kept.
    pub(crate) simulator: Option<EmbeddedSimulator>,
}

/// Where the settings come from that say which tenant it is.
fn named_by(configuration: &Configuration) -> Vec<String> {
    let keys = [Key::TenantId, Key::ApiUrl, Key::Cloud, Key::Region];
    let origins = keys.into_iter().map(|key| configuration.setting(key).origin);
    let mut names: Vec<String> = origins
        .filter(|origin| *origin != SettingOrigin::Default)
        .map(|origin| origin.to_string())
        .collect();
    names.dedup();
    names
}

impl<'a> Destination<'a> {
    /// Resolves options and configuration; `remembered` is the batch that continues.
    pub(crate) fn of(
        (given, rehearsal): (&'a ConnectionArguments, RehearsalArguments),
        configuration: &Configuration,
        remembered: Option<&Batch>,
        screen: Screen,
    ) -> Result<Self, Failure> {
        if rehearsal.simulate {
            return Ok(Self::Simulator { rehearsal, given });
        }
        if let Some(batch) = remembered.filter(|batch| batch.tenant.is_simulated()) {
            return Err(Failure::new(
                Exit::Usage,
                format!("batch {} is a rehearsal: no tenant knows of it", batch.id),
            )
            .hint("add `--simulate` to the command"));
        }
        let (settings, realm) = settings::for_defender((given, configuration), remembered, screen)?;
        Ok(Self::Defender {
            source: SignInSource::of(&settings.credential, Some(configuration)),
            settings: Box::new(settings),
            realm,
            named_by: named_by(configuration),
        })
    }

    /// What the tenant there will be: it says which limits can be loosened.
    pub(crate) fn realm(&self) -> Realm {
        match self {
            Self::Simulator { .. } => Realm::Simulator,
            Self::Defender { realm, .. } => *realm,
        }
    }

    /// The options of a batch for which nothing is given.
    pub(crate) fn defaults(&self) -> RunOptions {
        match self {
            Self::Simulator { .. } => embedded_simulator::options(),
            Self::Defender { .. } => RunOptions::default(),
        }
    }

    /// Signs in for a new list, and tries for as long as the options say. A rehearsal has the
    /// tenant and the machines that are given.
    pub(crate) fn sign_in_for_list(
        self,
        runtime: &Runtime,
        (tenant_id, machines): (&str, Vec<SimulatedMachine>),
        options: &RunOptions,
        screen: Screen,
    ) -> Result<SignedIn, Failure> {
        let realm = self.realm();
        let (settings, source, simulator) = self.settings(tenant_id, machines, &options.limits)?;
        let client = UnsignedClient::set_up(settings, realm, source)?;
        let signing_in = SignedIn::for_list(client, screen, options.offline_timeout);
        Ok(SignedIn { simulator, ..runtime.block_on(signing_in)? })
    }

    /// Signs in to the tenant of a batch that continues; another tenant is refused. A rehearsal has
    /// the machines that are given.
    pub(crate) fn sign_in_for_batch(
        self,
        (runtime, screen): (&Runtime, Screen),
        batch: &Batch,
        machines: Vec<SimulatedMachine>,
        limits: &[Window],
    ) -> Result<SignedIn, Failure> {
        let realm = self.realm();
        let named_by = match &self {
            Self::Defender { named_by, .. } => named_by.clone(),
            Self::Simulator { .. } => Vec::new(),
        };
        let (settings, source, simulator) = self.settings(&batch.tenant.id, machines, limits)?;
        let client = UnsignedClient::set_up(settings, realm, source)?;
        let signed_in = runtime.block_on(SignedIn::for_batch(client, screen))?;
        let (tenant, found) = (&batch.tenant, &signed_in.tenant);
        if found == tenant {
            return Ok(SignedIn { simulator, ..signed_in });
        }
        let said = format!(
            "the batch belongs to tenant {} ({}), not to {} ({})",
            tenant.id,
            tenant.realm.word(),
            found.id,
            found.realm.word()
        );
        let hint = match named_by.as_slice() {
            [] => format!("sign in to {}", tenant.id),
            names => format!(
                "the batch remembers its tenant and address, and these name others: {}; leave them \
                 out, or name the profile of the batch's tenant",
                names.join(", ")
            ),
        };
        Err(Failure::new(Exit::Usage, said).hint(hint))
    }

    /// Sets up the client without signing in.
    pub(crate) fn prepare(self) -> Result<PreparedClient, Failure> {
        let (realm, options) = (self.realm(), self.defaults());
        let tenant = embedded_simulator::rehearsal_tenant(0);
        let (settings, source, simulator) = self.settings(&tenant, Vec::new(), &options.limits)?;
        let client = UnsignedClient::set_up(settings, realm, source)?;
        Ok(PreparedClient { client, options, simulator })
    }

    /// What the client is made of. In a rehearsal the simulator starts here: its tenant holds
    /// `machines` among others, and holds callers to `limits`.
    fn settings(
        self,
        tenant_id: &str,
        machines: Vec<SimulatedMachine>,
        limits: &[Window],
    ) -> Result<(Settings, SignInSource, Option<EmbeddedSimulator>), Failure> {
        Ok(match self {
            Self::Defender { settings, source, .. } => (*settings, source, None),
            Self::Simulator { rehearsal, given } => {
                let simulator = EmbeddedSimulator::start(tenant_id, machines, limits, rehearsal)?;
                let settings = settings::for_simulator(&simulator, given.timeout)?;
                let source = SignInSource::of(&settings.credential, None);
                (settings, source, Some(simulator))
            }
        })
    }
}
