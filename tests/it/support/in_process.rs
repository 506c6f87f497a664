//! A `Remote` that sits straight on the simulator's tenant: no sockets, virtual time.

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::rc::Rc;
use std::time::Duration;

use mde_offboard::domain::{
    Action, ActionId, ActionScope, Answer, Detail, InventoryMachine, MachineId, Page, ReadAnswer,
    Reply, Timestamp,
};
use mde_offboard::engine::{Answered, Ask, Clock};
use mde_offboard::remote::Remote;

use super::world::World;

/// The answer to a request that does not get to the tenant.
pub(crate) type Intervention = Box<dyn Fn(&Ask) -> Option<Answered>>;

/// Each request arrives half a round trip after its send.
pub(crate) struct InProcess {
    pub(crate) world: Rc<RefCell<World>>,
    clock: Clock,
    round_trip: Duration,
    in_flight: Rc<Cell<usize>>,
    most_in_flight: Rc<Cell<usize>>,
    /// Answers in the tenant's place, where it does.
    pub(crate) intervenes: Rc<RefCell<Intervention>>,
}

impl InProcess {
    pub(crate) fn new(world: World, clock: &Clock, round_trip: Duration) -> Self {
        Self {
            world: Rc::new(RefCell::new(world)),
            clock: clock.clone(),
            round_trip,
            in_flight: Rc::default(),
            most_in_flight: Rc::default(),
            intervenes: Rc::new(RefCell::new(Box::new(|_| None))),
        }
    }

    /// The most requests that ever were in flight at once.
    pub(crate) fn most_in_flight(&self) -> usize {
        self.most_in_flight.get()
    }

    fn ask(&self, ask: Ask) -> impl Future<Output = Answered> + use<> {
        let (world, clock) = (Rc::clone(&self.world), self.clock.clone());
        let (in_flight, most) = (Rc::clone(&self.in_flight), Rc::clone(&self.most_in_flight));
        let intervenes = Rc::clone(&self.intervenes);
        let half = self.round_trip / 2;
        async move {
            in_flight.set(in_flight.get() + 1);
            most.set(most.get().max(in_flight.get()));
            pass(half).await;
            let answered = intervenes.borrow()(&ask);
            let answered =
                answered.unwrap_or_else(|| world.borrow_mut().answer(clock.now().wall, &ask));
            pass(half).await;
            in_flight.set(in_flight.get() - 1);
            answered
        }
    }
}

/// Lets virtual time pass.
pub(crate) async fn pass(duration: Duration) {
    if !duration.is_zero() {
        let never = std::future::pending::<()>();
        tokio::time::timeout(duration, never).await.expect_err("it never comes");
    }
}

impl Remote for InProcess {
    fn submit(
        &self,
        machine: MachineId,
        comment: String,
    ) -> impl Future<Output = Reply<Answer>> + 'static {
        let answer = self.ask(Ask::Submit { machine, comment });
        async move {
            let Answered::Submit(reply) = answer.await else { unreachable!("asked to submit") };
            reply
        }
    }

    fn find(
        &self,
        machine: MachineId,
        scope: ActionScope,
        skip: usize,
    ) -> impl Future<Output = Reply<ReadAnswer<Page<Action>>>> + 'static {
        let answer = self.ask(Ask::Find { machine, scope, skip });
        async move {
            let Answered::Actions(reply) = answer.await else { unreachable!("asked for actions") };
            reply
        }
    }

    fn actions(
        &self,
        since: Timestamp,
        skip: usize,
    ) -> impl Future<Output = Reply<ReadAnswer<Page<Action>>>> + 'static {
        let answer = self.ask(Ask::List { since, skip });
        async move {
            let Answered::Actions(reply) = answer.await else { unreachable!("asked for actions") };
            reply
        }
    }

    fn cancel(
        &self,
        action: ActionId,
        comment: String,
    ) -> impl Future<Output = Reply<ReadAnswer<Action>>> + 'static {
        let answer = self.ask(Ask::Cancel { action, comment });
        async move {
            let Answered::Cancel(reply) = answer.await else { unreachable!("asked to cancel") };
            reply
        }
    }

    fn machines(
        &self,
        skip: usize,
    ) -> impl Future<Output = Reply<ReadAnswer<Page<InventoryMachine>>>> + 'static {
        let answer = self.ask(Ask::Machines { skip });
        async move {
            let Answered::Machines(reply) = answer.await else { unreachable!("asked for them") };
            reply
        }
    }

    fn machine(
        &self,
        _id: MachineId,
    ) -> impl Future<Output = Reply<ReadAnswer<Option<InventoryMachine>>>> + 'static {
        let detail = Detail::new(None, None, "a run asks for no single machine");
        let what = ReadAnswer::Refused(detail);
        std::future::ready(Reply { what, heard: true, server_date: None })
    }

    fn page_rows(&self) -> usize {
        self.world.borrow().page_rows()
    }
}
