//! How many POSTs are made again, so that a forecast can add them.

/// Counts POSTs, and those after which their machine was queued again.
#[derive(Debug, Default)]
pub(in crate::engine::scheduler) struct ResendRate {
    answered: u64,
    queued_again: u64,
}

impl ResendRate {
    /// Fewer answers than this say nothing of those to come.
    const ENOUGH: u64 = 50;
    /// In the middle of an outage nearly all are made again: that is no rate to count with.
    const POSTS_A_MACHINE_MAX: u64 = 2;

    /// One POST has its answer, or was given up.
    pub(in crate::engine::scheduler) const fn answered(&mut self) {
        self.answered += 1;
    }

    pub(in crate::engine::scheduler) const fn queued_again(&mut self) {
        self.queued_again += 1;
    }

    /// POSTs that this many machines will need, if the rate stays as it is.
    pub(in crate::engine::scheduler) fn posts_for(&self, machines: u64) -> u64 {
        let settled = self.answered.saturating_sub(self.queued_again);
        if self.answered < Self::ENOUGH || settled == 0 {
            return machines;
        }
        let posts = machines.saturating_mul(self.answered) / settled;
        posts.min(machines.saturating_mul(Self::POSTS_A_MACHINE_MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(answered: u64, queued_again: u64) -> ResendRate {
        let mut rate = ResendRate::default();
        (0..answered).for_each(|_| rate.answered());
        (0..queued_again).for_each(|_| rate.queued_again());
        rate
    }

    #[test]
    fn what_was_sent_again_so_far_is_expected_of_the_rest() {
        assert_eq!(after(1_000, 100).posts_for(900), 1_000);
        assert_eq!(after(1_000, 0).posts_for(900), 900);
        assert_eq!(after(1_000, 100).posts_for(0), 0);
    }

    #[test]
    fn few_answers_and_an_outage_say_nothing() {
        assert_eq!(after(49, 40).posts_for(900), 900);
        assert_eq!(after(50, 5).posts_for(900), 1_000, "enough");
        assert_eq!(after(1_000, 990).posts_for(900), 1_800);
        assert_eq!(after(100, 100).posts_for(900), 900);
    }
}
