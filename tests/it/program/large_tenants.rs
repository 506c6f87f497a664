//! What a plan costs in a large tenant: list calls and memory, as they are for a small one.

mod long {
    use crate::support::desk::Desk;
    use crate::support::machines::list;
    use crate::support::program::Said;
    use crate::support::waiting::wait_until;

    /// The most memory that a process has had, in KiB, as long as it is there.
    fn most_memory(process: u32) -> Option<u64> {
        let text = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
        let value = text.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
        value.trim().strip_suffix(" kB")?.trim().parse().ok()
    }

    /// The calls and the memory, in KiB, of a plan of 100 machines in a tenant with these others.
    fn plan(others: u32) -> (u64, u64) {
        // One window that outlasts the test, so that its fullest state counts every read.
        let simulator = format!("--others {others} --limit 1000/1h");
        let desk = Desk::holding(&list(100), &simulator);
        let mut plan = desk.start("plan fleet.csv --comment x --limit 1000/1h");
        let mut memory = 0;
        wait_until("the plan ends", || {
            memory = most_memory(plan.id()).map_or(memory, |now| now.max(memory));
            plan.try_wait().expect("ours").is_some()
        });
        Said::by(plan).ends_with(0).says("would send 100");
        (desk.truth().number_of_reads(), memory)
    }

    /// Ten pages of the inventory and one of the actions; pages are not kept in memory. A page has
    /// ten megabytes, and one machine in the temporary tables some 300 bytes.
    #[test]
    fn a_hundred_thousand_machines_cost_eleven_list_calls_and_no_more_memory_than_thirty_thousand()
    {
        const GROWTH_KIB_MAX: u64 = 6 << 10;
        let (calls, small) = plan(29_000);
        assert_eq!(calls, 4);
        let (calls, large) = plan(99_000);
        assert_eq!(calls, 11);
        assert!(small > 0 || !cfg!(target_os = "linux"));
        assert!(large <= small + GROWTH_KIB_MAX, "{small} KiB, then {large} KiB");
    }
}
