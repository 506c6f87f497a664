//! The plan on the screen: one line a class, and what a person should know.

use std::fmt::Write as _;

use crate::guard::Class;
use crate::plan::{PlannedClass, Remarks};
use crate::reporter::{Side, lined_up, thousands};

use crate::cli::Context;
use crate::cli::list::staging::OTHER_SYSTEM;
use crate::cli::planning::making::Planned;
use crate::cli::planning::shown_at::ShownAt;
use crate::cli::planning::words;
use crate::cli::plurals::{counted, machines};

/// What is planned, in prose: without the list, which was told as it was read.
pub(crate) fn prose(context: &Context, planned: &Planned) -> String {
    let seen = ShownAt { zone: &context.zone, now: context.clock.now().wall };
    let counts = planned.snapshot.counts;
    let at = context.zone.clock(planned.snapshot.at);
    let zone = context.zone.name(planned.snapshot.at);
    let mut text = format!(
        "inventory of {at} {zone}: {} onboarded of {}\n\n",
        thousands(counts.onboarded),
        machines(counts.machines)
    );
    text.push_str(&table(planned, seen));
    text.push('\n');
    if planned.snapshot.moved {
        text.push_str(
            "warning: the inventory changed while it was read: a machine may be missing \
             from it\n",
        );
    }
    for remark in remarks(&planned.plan.remarks) {
        writeln!(text, "{remark}").expect("a text takes every write");
    }
    if planned.plan.of_class(Class::OtherSystem) > 0 {
        writeln!(text, "{OTHER_SYSTEM}").expect("a text takes every write");
    }
    for line in planned.names.left_out() {
        writeln!(text, "left out: {line}").expect("a text takes every write");
    }
    let share = planned.share().map(|share| format!(": {share} % of the onboarded machines"));
    let to_send = thousands(planned.to_send());
    writeln!(text, "would send {to_send}{}", share.unwrap_or_default())
        .expect("a text takes every write");
    text
}

fn table(planned: &Planned, seen: ShownAt<'_>) -> String {
    let header = ["class", "machines", "what happens", "for example", ""].map(str::to_owned);
    let mut rows = vec![header.to_vec()];
    for class in sent_first(&planned.plan.classes) {
        rows.push(vec![
            class.class.word().to_owned(),
            thousands(class.machines),
            words::treatment(class.class, class.treatment).to_owned(),
            words::title(&class.example),
            words::known(&class.example, seen),
        ]);
    }
    let sides = [Side::Left, Side::Right, Side::Left, Side::Left, Side::Left];
    lined_up(&rows, &sides, 2, 2).join("\n") + "\n"
}

/// What is sent first, what is refused last; the harmless before the forbidding.
fn sent_first(classes: &[PlannedClass]) -> impl Iterator<Item = &PlannedClass> {
    classes.iter().rev()
}

fn remarks(remarks: &Remarks) -> Vec<String> {
    let mut said = Vec::new();
    let managed = remarks.managed_machines();
    if managed > 0 {
        let by: Vec<String> = remarks
            .managed
            .iter()
            .map(|(manager, count)| format!("{} {manager}", thousands(*count)))
            .collect();
        said.push(format!(
            "{} managed ({}): a policy that still targets them can onboard them again",
            machines(managed),
            by.join(", ")
        ));
    }
    let mut also = |count: u64, words: &str| {
        if count > 0 {
            said.push(format!("{} {words}", counted(count, "machine")));
        }
    };
    also(remarks.excluded, "excluded from vulnerability management; sent all the same");
    also(remarks.restricted, "with restricted response actions; sent all the same");
    also(remarks.unknown_system, "of an unknown system: sent, Defender's answer decides");
    said
}
