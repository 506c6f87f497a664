//! Floor 1: the port to Defender, in the words of `domain`.
//!
//! One method is one HTTP request: the caller has taken a slot of the limiter and, for a POST,
//! has committed the intent. Implemented by `defender` (the real API, over HTTP) and by the tests'
//! in-process tenant.
//!
//! Deliberately absent: HTTP, JSON, retries, limits.

use std::future::Future;

use crate::domain::{
    Action, ActionId, ActionScope, Answer, InventoryMachine, MachineId, Page, ReadAnswer, Reply,
    Timestamp,
};

/// What can be asked of Defender. Every method makes exactly one request.
pub trait Remote {
    /// `POST /api/machines/{id}/offboard` with `comment` as it is (marker included).
    fn submit(
        &self,
        machine: MachineId,
        comment: String,
    ) -> impl Future<Output = Reply<Answer>> + 'static;

    /// One page of the actions of one machine, of anybody's, after the first `skip`.
    fn find(
        &self,
        machine: MachineId,
        scope: ActionScope,
        skip: usize,
    ) -> impl Future<Output = Reply<ReadAnswer<Page<Action>>>> + 'static;

    /// One page of the Offboard actions created at `since` or later, after the first `skip`.
    fn actions(
        &self,
        since: Timestamp,
        skip: usize,
    ) -> impl Future<Output = Reply<ReadAnswer<Page<Action>>>> + 'static;

    /// `POST /api/machineactions/{id}/cancel`.
    fn cancel(
        &self,
        action: ActionId,
        comment: String,
    ) -> impl Future<Output = Reply<ReadAnswer<Action>>> + 'static;

    /// One page of the tenant's machines, after the first `skip`.
    fn machines(
        &self,
        skip: usize,
    ) -> impl Future<Output = Reply<ReadAnswer<Page<InventoryMachine>>>> + 'static;

    /// One machine of the tenant; none where Defender does not know it.
    fn machine(
        &self,
        id: MachineId,
    ) -> impl Future<Output = Reply<ReadAnswer<Option<InventoryMachine>>>> + 'static;

    /// Rows that are asked for, and that a full page holds: 10,000 at Defender. A server may send
    /// shorter pages, see [`Page::has_next`].
    fn page_rows(&self) -> usize;
}
