//! One entry of a list in a plan.

use crate::guard::{Class, ProtectedBy, Treatment};
use crate::journal::{ComparedMachine, UnresolvedName};

/// One machine, its class, and what is done with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedMachine {
    pub machine: ComparedMachine,
    pub class: Class,
    pub treatment: Treatment,
    /// What protects it, in any class.
    pub protected: Option<ProtectedBy>,
}

/// A name that is not the name of exactly one onboarded machine: refused, or left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedName {
    pub name: UnresolvedName,
    pub treatment: Treatment,
}

/// What one entry of a list is to the plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PlannedEntry {
    Machine(Box<PlannedMachine>),
    Name(PlannedName),
}

impl PlannedEntry {
    pub fn class(&self) -> Class {
        match self {
            Self::Machine(planned) => planned.class,
            Self::Name(planned) => planned.name.class,
        }
    }

    pub fn treatment(&self) -> Treatment {
        match self {
            Self::Machine(planned) => planned.treatment,
            Self::Name(planned) => planned.treatment,
        }
    }
}
