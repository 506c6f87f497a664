//! Reading one list page by page.
//!
//! A server may send shorter pages than were asked for. Each next page is asked for by the number
//! of rows so far, never by the server's link, until one is not full and has no link. Rows that
//! are on two consecutive pages show that rows moved while the list was read: a row
//! may have slipped through in between, so the list is read once more from its start.
//!
//! Deliberately absent: what the rows are, and what follows from a list that has no end.

use std::collections::HashSet;

use crate::domain::{Action, ActionId, Page};

#[derive(Debug, Default)]
pub(in crate::engine::scheduler) struct Paging {
    skip: usize,
    /// Pages of this reading.
    pages: u32,
    /// Pages of this list, those of its first reading included.
    asked: u32,
    /// IDs on the last page, as many as a full page has: memory does not know how long lists are.
    last: HashSet<ActionId>,
    once_more: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::engine::scheduler) enum PageOutcome {
    Next,
    /// Rows moved: the list is to be read once more, from its start.
    OnceMore,
    Whole,
    /// No rows, and a link to more of them: all that the server gives, and no proof of an end.
    Dry,
    /// It repeats itself, or has more pages than any list has.
    Endless,
}

#[derive(Debug, Clone, Copy)]
pub(in crate::engine::scheduler) struct PageRules {
    /// Rows of a full page.
    pub(in crate::engine::scheduler) full: usize,
    /// Most pages of one reading.
    pub(in crate::engine::scheduler) pages_max: u32,
    /// Whether rows that moved are a reason to read it once more.
    pub(in crate::engine::scheduler) rereads: Rereads,
}

/// Whether a list whose rows moved is read once more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::engine::scheduler) enum Rereads {
    /// Once: a list that moves each time is taken as it is.
    Once,
    /// Not at all: it is read again soon anyway.
    Never,
}

impl Paging {
    /// Rows to leave out: those of the pages before.
    pub(in crate::engine::scheduler) const fn skip(&self) -> usize {
        self.skip
    }

    /// Whether the next page is the first one of a reading.
    pub(in crate::engine::scheduler) const fn begins(&self) -> bool {
        self.pages == 0
    }

    pub(in crate::engine::scheduler) const fn asked(&self) -> u32 {
        self.asked
    }

    pub(in crate::engine::scheduler) fn turn(
        &mut self,
        page: &Page<Action>,
        how: PageRules,
    ) -> PageOutcome {
        let PageRules { full, pages_max, rereads } = how;
        self.pages += 1;
        self.asked += 1;
        let goes_on = page.has_next || page.rows >= full;
        let moved = page.items.iter().any(|action| self.last.contains(&action.id));
        if moved && rereads == Rereads::Once && !self.once_more {
            *self = Self { asked: self.asked, once_more: true, ..Self::default() };
            return PageOutcome::OnceMore;
        }
        if !goes_on {
            return PageOutcome::Whole;
        }
        if page.rows == 0 {
            return PageOutcome::Dry;
        }
        // A server that does not know `$skip` sends one page again and again.
        let repeats = moved && page.items.iter().all(|action| self.last.contains(&action.id));
        if repeats || self.pages >= pages_max {
            return PageOutcome::Endless;
        }
        self.skip += rows_covered(page).min(full);
        self.last = page.items.iter().take(full).map(|action| action.id.clone()).collect();
        PageOutcome::Next
    }
}

/// Rows of the list that a page covers: one that repeats rows is longer than that.
fn rows_covered(page: &Page<Action>) -> usize {
    let ids: HashSet<&ActionId> = page.items.iter().map(|action| &action.id).collect();
    page.rows.saturating_sub(page.items.len() - ids.len()).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{ActionStatus, ActionType};

    const HOW: PageRules = PageRules { full: 4, pages_max: 10, rereads: Rereads::Once };

    fn page(ids: impl IntoIterator<Item = u32>, has_next: bool) -> Page<Action> {
        let action = |id: u32| Action {
            id: ActionId::parse(&format!("a-{id}")).unwrap(),
            kind: ActionType::Offboard,
            status: ActionStatus::Pending,
            machine: None,
            comment: None,
            created_at: None,
            updated_at: None,
            device_error: None,
        };
        let items: Vec<Action> = ids.into_iter().map(action).collect();
        Page { rows: items.len(), items, has_next }
    }

    /// What each page means, and how many rows are left out before the next one.
    fn turns(how: PageRules, pages: &[Page<Action>]) -> Vec<(PageOutcome, usize)> {
        let mut paging = Paging::default();
        pages.iter().map(|page| (paging.turn(page, how), paging.skip())).collect()
    }

    #[test]
    fn shorter_pages_go_on_by_the_rows_that_came_until_one_without_a_link() {
        let pages = [page(0..2, true), page(2..4, true), page(4..5, false)];
        let expected = [(PageOutcome::Next, 2), (PageOutcome::Next, 4), (PageOutcome::Whole, 4)];
        assert_eq!(turns(HOW, &pages), expected);
        assert_eq!(turns(HOW, &[page(0..4, false)]), [(PageOutcome::Next, 4)], "a full page");
        assert_eq!(turns(HOW, &[page(0..0, false)]), [(PageOutcome::Whole, 0)]);
        assert_eq!(turns(HOW, &[page(0..0, true)]), [(PageOutcome::Dry, 0)]);
    }

    #[test]
    fn rows_that_moved_are_a_reason_to_read_the_list_once_more_and_no_more_than_once() {
        let once = [page(0..2, true), page(1..3, true)];
        let pages = [once.clone(), once, [page(3..5, true), page(5..6, false)]].concat();
        let expected = [
            (PageOutcome::Next, 2),
            (PageOutcome::OnceMore, 0),
            (PageOutcome::Next, 2),
            (PageOutcome::Next, 4),
            (PageOutcome::Next, 6),
            (PageOutcome::Whole, 6),
        ];
        assert_eq!(turns(HOW, &pages), expected);
        let never = PageRules { rereads: Rereads::Never, ..HOW };
        let moved = [page(0..2, true), page(1..3, false)];
        assert_eq!(turns(never, &moved), [(PageOutcome::Next, 2), (PageOutcome::Whole, 2)]);
    }

    #[test]
    fn a_page_that_comes_again_is_a_list_without_an_end() {
        let same = || page(0..2, true);
        let expected = [
            (PageOutcome::Next, 2),
            (PageOutcome::OnceMore, 0),
            (PageOutcome::Next, 2),
            (PageOutcome::Endless, 2),
        ];
        assert_eq!(turns(HOW, &[same(), same(), same(), same()]), expected);
        let pages: Vec<_> = (0..10).map(|row| page(row..=row, true)).collect();
        assert_eq!(turns(HOW, &pages)[8..], [(PageOutcome::Next, 9), (PageOutcome::Endless, 9)]);
    }

    #[test]
    fn a_page_that_grows_or_repeats_rows_covers_no_more_than_it_can() {
        assert_eq!(turns(HOW, &[page(0..9, false)]), [(PageOutcome::Next, 4)]);
        assert_eq!(turns(HOW, &[page([1, 2, 1], true)]), [(PageOutcome::Next, 2)]);
        assert_eq!(turns(HOW, &[page([1, 1, 1], true)]), [(PageOutcome::Next, 1)]);
    }

    #[test]
    fn memory_holds_one_page_of_ids() {
        let mut paging = Paging::default();
        for row in 0..9 {
            paging.turn(&page(row * 100..row * 100 + 90, true), HOW);
            assert_eq!(paging.last.len(), 4);
        }
    }
}
