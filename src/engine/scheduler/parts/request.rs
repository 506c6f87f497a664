//! What the scheduler asks for, and what comes back.

use crate::domain::{
    Action, ActionId, ActionScope, Answer, CallId, InventoryMachine, MachineId, MachineNumber, Now,
    Page, ReadAnswer, Reply, Timestamp, Trouble,
};
use crate::journal::{ActionOwner, Machine};

/// One request to make; its intent and its call are in the journal by then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    pub call: CallId,
    pub ask: Ask,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ask {
    Submit {
        machine: MachineId,
        /// What is sent beside it, marker included.
        comment: String,
    },
    Find {
        machine: MachineId,
        scope: ActionScope,
        /// Rows to leave out: those of the pages before.
        skip: usize,
    },
    /// List the Offboard actions created since an instant.
    List {
        /// By the server's clock.
        since: Timestamp,
        skip: usize,
    },
    Cancel {
        action: ActionId,
        comment: String,
    },
    /// List the tenant's machines.
    Machines {
        skip: usize,
    },
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answered {
    Submit(Reply<Answer>),
    /// For [`Ask::Find`] and [`Ask::List`].
    Actions(Reply<ReadAnswer<Page<Action>>>),
    Cancel(Reply<ReadAnswer<Action>>),
    Machines(Reply<ReadAnswer<Page<InventoryMachine>>>),
}

impl Answered {
    pub(in crate::engine::scheduler) const fn came_with_a_status(&self) -> bool {
        match self {
            Self::Submit(reply) => reply.heard,
            Self::Actions(reply) => reply.heard,
            Self::Cancel(reply) => reply.heard,
            Self::Machines(reply) => reply.heard,
        }
    }

    pub(in crate::engine::scheduler) const fn trouble(&self) -> Option<&Trouble> {
        match self {
            Self::Submit(Reply { what: Answer::Trouble(trouble), .. })
            | Self::Actions(Reply { what: ReadAnswer::Trouble(trouble), .. })
            | Self::Cancel(Reply { what: ReadAnswer::Trouble(trouble), .. })
            | Self::Machines(Reply { what: ReadAnswer::Trouble(trouble), .. }) => Some(trouble),
            _ => None,
        }
    }

    pub(in crate::engine::scheduler) const fn server_date(&self) -> Option<Timestamp> {
        match self {
            Self::Submit(reply) => reply.server_date,
            Self::Actions(reply) => reply.server_date,
            Self::Cancel(reply) => reply.server_date,
            Self::Machines(reply) => reply.server_date,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrival {
    pub call: CallId,
    /// When its status line was here, or when it was given up.
    pub at: Now,
    pub answered: Answered,
}

/// What the journal knows of an answer.
#[derive(Default)]
pub(in crate::engine) struct Known {
    /// The actions that came.
    pub(in crate::engine) listed: Vec<Listed>,
    /// How many machines of a page of the inventory the same reading had brought before.
    pub(in crate::engine) repeated: u64,
}

/// One action of a list, with what the journal knows of it.
pub(in crate::engine) struct Listed {
    pub(in crate::engine) action: Action,
    /// Whose it is in the journal; none: the journal does not know it.
    pub(in crate::engine) owner: Option<ActionOwner>,
    /// The machine of this batch that the action belongs to: by the journal where it is known,
    /// else by the machine that it names, or by its marker where it names none.
    pub(in crate::engine) number: Option<MachineNumber>,
    /// All that is known of that machine; none where the action is known and tells nothing new.
    pub(in crate::engine) machine: Option<Machine>,
}
