//! Who signed in, and how an administrator grants them what is missing.
//!
//! The IDs are those of the API `WindowsDefenderATP` in every tenant. Commands hold only IDs that
//! are IDs: a token's maker writes into it what they like, and these lines are copied to a shell.

use crate::defender::{DEFENDER_APP_ID, Objection};
use crate::domain::text::is_guid;
use crate::domain::{Advice, Realm};

/// Whom a token is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TokenBearer {
    pub(crate) kind: BearerKind,
    /// The app, or what is known of it.
    pub(crate) app: String,
    /// A managed identity's ID in the directory, where the token names it.
    pub(crate) object_id: Option<String>,
    pub(crate) realm: Realm,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BearerKind {
    App,
    /// Has no app registration, and so no place in the portal where permissions are added.
    ManagedIdentity,
    /// A signed-in person, through an app.
    Person,
}

pub(crate) const MACHINE_OFFBOARD: &str = "Machine.Offboard";
pub(crate) const MACHINE_READ: &str = "Machine.Read.All";

/// Permission, ID of the application's role, name and ID for a signed-in person.
const PERMISSIONS: [(&str, &str, &str, &str); 3] = [
    (
        MACHINE_OFFBOARD,
        "594435bf-36dd-4548-83bd-1bdafe157d7a",
        MACHINE_OFFBOARD,
        "29d1c73a-07f6-495f-b62b-1554a954d0a3",
    ),
    (
        MACHINE_READ,
        "ea8291d3-4b9a-44b5-bc3a-6cea3026dc79",
        "Machine.Read",
        "fbd3d33a-b1f5-4573-906c-51b39682fbcf",
    ),
    (
        "Machine.ReadWrite.All",
        "aa027352-232b-4ed4-b963-a705fc4d6d2c",
        "Machine.ReadWrite",
        "f6846c57-9e3c-4a65-81aa-2f5e09ff4f0b",
    ),
];

/// Microsoft's own apps for the command line, to which nobody can add a permission: Azure CLI and
/// Azure PowerShell.
const MICROSOFT_APPS: [&str; 2] =
    ["04b07795-8ddb-461a-bbee-02f9e1bf7b46", "1950a258-227b-4e31-a9cf-717495945fc2"];

impl TokenBearer {
    pub(crate) const fn words(&self) -> &'static str {
        match self.kind {
            BearerKind::App => "the app",
            BearerKind::ManagedIdentity => "the managed identity",
            BearerKind::Person => "the signed-in person",
        }
    }

    /// What an administrator does, so that the bearer has these permissions.
    pub(crate) fn grant(&self, permissions: &[&str]) -> Advice {
        let words = match self.kind {
            BearerKind::ManagedIdentity => self.assign(permissions),
            BearerKind::Person if MICROSOFT_APPS.contains(&self.app.as_str()) => {
                return "the token is from Microsoft's own app for the command line, to which \
                        nobody can add\npermissions: sign in with an app registration of your own, \
                        by --auth device-code and\n--client-id"
                    .into();
            }
            BearerKind::App | BearerKind::Person => self.add(permissions),
        };
        Advice::from(words).then_command("check")
    }

    /// For an app registration.
    fn add(&self, permissions: &[&str]) -> String {
        let (kind, ending, person) = match self.kind {
            BearerKind::Person => ("delegated", "Scope", PERSON_NEEDS),
            _ => ("application", "Role", ""),
        };
        let ids: Vec<String> =
            self.ids(permissions).iter().map(|id| format!("{id}={ending}")).collect();
        let app = id_or(Some(&self.app), "APP_ID");
        format!(
            "an administrator adds the {kind} {}\nof the API WindowsDefenderATP to the app and \
             grants consent, in the portal or with\n  az ad app permission add --id {app} \\\n    \
             --api {DEFENDER_APP_ID} \\\n    --api-permissions {}\n  az ad app permission \
             admin-consent --id {app}\n{person}It can take minutes; then: ",
            names(permissions),
            ids.join(" \\\n      ")
        )
    }

    /// For a managed identity: by Microsoft Graph alone.
    fn assign(&self, permissions: &[&str]) -> String {
        let graph = match self.realm {
            Realm::Government => "graph.microsoft.us",
            _ => "graph.microsoft.com",
        };
        let identity = id_or(self.object_id.as_deref(), "OBJECT_ID");
        let assign = |id: &&str| {
            format!(
                "  az rest --method POST --headers Content-Type=application/json \\\n    --url \
                 https://{graph}/v1.0/servicePrincipals/{identity}/appRoleAssignments \\\n    \
                 --body '{{\"principalId\": \"{identity}\",\n      \"resourceId\": \"API_ID\", \
                 \"appRoleId\": \"{id}\"}}'\n"
            )
        };
        let ids = self.ids(permissions);
        let lines: String = ids.iter().map(assign).collect();
        format!(
            "an administrator assigns the application {}\nof the API WindowsDefenderATP to it; \
             the portal has no page for that:\n{lines}where API_ID is what this prints:\n  az ad \
             sp show --id {DEFENDER_APP_ID} --query id --output tsv\nAzure caches the tokens of \
             managed identities: it can take up to a day.\nThen: ",
            names(permissions)
        )
    }

    fn ids(&self, permissions: &[&str]) -> Vec<&'static str> {
        let id = |wanted: &&str| {
            let row = PERMISSIONS.iter().find(|row| [row.0, row.2].contains(wanted))?;
            Some(if self.kind == BearerKind::Person { row.3 } else { row.1 })
        };
        permissions.iter().filter_map(id).collect()
    }
}

const PERSON_NEEDS: &str = "The person also needs, in Defender's unified RBAC, Core security \
                            settings (manage) to\noffboard, and Security data basics (read) to \
                            read.\n";

fn id_or<'a>(id: Option<&'a str>, placeholder: &'a str) -> &'a str {
    id.filter(|id| is_guid(id)).unwrap_or(placeholder)
}

fn names(permissions: &[&str]) -> String {
    match permissions {
        [one] => format!("permission `{one}`"),
        several => {
            let quoted: Vec<String> = several.iter().map(|name| format!("`{name}`")).collect();
            format!("permissions {}", quoted.join(" and "))
        }
    }
}

/// The permission that an objection is about.
pub(crate) const fn missing_permission(objection: &Objection) -> Option<&'static str> {
    match objection {
        Objection::MissingRole(name) | Objection::MissingScope(name) => Some(name),
        _ => None,
    }
}
