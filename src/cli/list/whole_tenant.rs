//! The warning that a list looks like the whole tenant.
//!
//! Deliberately absent: how many machines the tenant has, which only its inventory tells, and which
//! machines a list rules out.

use crate::intake::{Row, Shape};

/// The domain of the machines that the simulator makes up; nobody has it.
const SAMPLE_DOMAIN: &str = ".corp.example";

/// What the rows of a list show.
#[derive(Debug, Default)]
pub(crate) struct Breadth {
    /// Whether a machine is not one that the simulator made up.
    pub(crate) is_real: bool,
    /// The first group, if it can be used in a command as it is.
    group: Option<String>,
    /// The first operating system, likewise.
    system: Option<String>,
}

impl Breadth {
    pub(crate) fn look_at(&mut self, row: &Row) {
        let is_made = row.name.as_ref().is_some_and(|name| name.ends_with(SAMPLE_DOMAIN));
        self.is_real |= !is_made;
        keep(&mut self.group, row.device.group.as_ref());
        keep(&mut self.system, row.device.os_platform.as_ref());
    }

    /// What chooses rows of this list: one of its own columns, with a value of its own.
    fn example(&self, inventory: &Inventory) -> String {
        let both = |column: &Option<String>, value: &Option<String>| {
            column.clone().filter(|name| fits(name)).zip(value.clone())
        };
        let by_group = both(&inventory.group_column, &self.group);
        match by_group.or_else(|| both(&inventory.system_column, &self.system)) {
            Some((column, value)) => format!("--where \"{column}={value}\""),
            None => format!("--where \"{}=...\"", inventory.any_column),
        }
    }

    /// The warning; `sorts` are the machines that hardly anyone picks by hand.
    pub(crate) fn warning(&self, inventory: &Inventory, all: &str, sorts: &str) -> String {
        let source = if inventory.is_portal_export {
            "The portal exports all devices, even if you filtered the list on the screen."
        } else {
            "The API lists all machines, unless you ask for some."
        };
        format!(
            "warning: this looks like the whole tenant: {all}, including\n  {sorts}.\n  {source} \
             Choose the\n  rows that you mean, by any column of the file: {}\n",
            self.example(inventory)
        )
    }
}

/// A list that may hold all machines, by its columns.
#[derive(Debug)]
pub(crate) struct Inventory {
    is_portal_export: bool,
    group_column: Option<String>,
    system_column: Option<String>,
    any_column: String,
}

impl Inventory {
    /// Of a list that was read so; none where it is a list of its own kind.
    pub(crate) fn of(shape: &Shape) -> Option<Self> {
        let is_portal_export = shape.portal_export;
        let [system_column, .., group_column] = shape.detail_columns.clone();
        let any_column = shape.name_column.clone().or_else(|| shape.id_column.clone())?;
        let inventory = Self { is_portal_export, group_column, system_column, any_column };
        (is_portal_export || shape.api_inventory).then_some(inventory)
    }
}

fn keep(first: &mut Option<String>, value: Option<&String>) {
    if first.is_none() {
        *first = value.filter(|value| fits(value)).cloned();
    }
}

/// Whether a text means the same between quotes of any shell.
fn fits(text: &str) -> bool {
    text.chars().all(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_' | '.'))
}
