//! `retry` keeps the guards that its batch remembers, over real sockets.

use serde_json::Value;

use super::guards::{QUICK, RUN, Tenant, later_today, second_fails, succeeded};
use crate::support::program::{Running, Said, kill};

#[test]
fn a_canary_whose_failed_machine_is_retried_passes_with_it_and_the_others_follow() {
    let tenant = Tenant::new(second_fails);
    let desk = tenant.desk(9);
    desk.run(&format!("{RUN} {QUICK} --canary 3")).ends_with(7);
    assert_eq!(tenant.posts(), 3);
    // Still failing: the others stay where they are.
    desk.run("retry 1 --yes --progress none").ends_with(7).says("the canary did not pass");
    assert_eq!(tenant.posts(), 4);
    tenant.becomes(succeeded);
    desk.run("retry 1 --yes --progress none").ends_with(0);
    assert_eq!(tenant.posts(), 11);
}

#[test]
fn a_retry_waits_for_the_hours_that_its_batch_remembers() {
    let tenant = Tenant::new(second_fails);
    let desk = tenant.desk(3);
    desk.run(&format!("{RUN} {QUICK} --max-failures 0 --concurrency 1 --canary 2")).ends_with(7);
    let posts = tenant.posts();
    let is_shut =
        |status: &Value| status["waiting"]["reason"] == "between" && status["running"] == true;
    let hours = later_today();
    let resume = format!("resume 1 --yes --between {hours} --max-failures none --progress none");
    let mut resumed = Running(desk.start_quietly(&resume));
    desk.wait_for("status --json", is_shut);
    kill(&mut resumed.0);
    let retry = desk.start("retry 1 --yes --progress none");
    let status = desk.wait_for("status --json", is_shut);
    assert_eq!(status["waiting"]["between"], format!("{hours} UTC"));
    desk.run("stop").ends_with(0);
    Said::by(retry).ends_with(5);
    assert_eq!(tenant.posts(), posts);
}
