//! Device names as people type them, where a machine of the journal is meant.

use crate::support::desk::Desk;
use crate::support::machines::machine_id;
use crate::support::program::Said;

const NAMES: [&str; 6] =
    ["pc-1.corp.net", "PC-2", "pc-3.a.net", "pc-3.b.net", "pc-4", "Müller.corp.net"];

/// A batch of machines with these names.
fn desk() -> Desk {
    let row = |(number, name): (u32, &str)| format!("{},{name}\n", machine_id(number));
    let rows: String = (1..).zip(NAMES).map(row).collect();
    let desk = Desk::with_file("a.csv", format!("Device ID,Device Name\n{rows}"));
    desk.run(
        "run a.csv --comment Trial --simulate --yes --fleet ordinary --track-timeout 0 \
         --progress none",
    );
    desk
}

/// The numbers of the machines that a report names.
fn reported(said: &Said) -> Vec<u32> {
    let ids = said.out.lines().skip(1).map(|line| line.split(',').next().unwrap());
    ids.map(|id| u32::from_str_radix(&id[32..], 16).unwrap()).collect()
}

#[test]
fn a_machine_is_shown_by_its_short_name_in_any_case() {
    let desk = desk();
    for (typed, number) in [
        ("pc-1", 1),
        ("PC-1", 1),
        ("pc-1.corp.net", 1),
        ("pc-2.corp.net", 2),
        ("pc-2", 2),
        ("pc-3.A.net", 3),
        ("MÜLLER", 6),
    ] {
        let said = desk.run(&format!("show {typed} --simulate")).ends_with(0);
        let said = said.says(&machine_id(number).to_string());
        assert_eq!(said.out.matches("what happened").count(), 1, "{typed}: {said}");
    }
    // Another domain is another machine.
    desk.run("show pc-1.other.net --simulate").ends_with(1).says("has `pc-1.other.net`");
}

#[test]
fn a_short_name_of_several_machines_lists_them_and_shows_none() {
    let said = desk().run("show pc-3 --simulate").ends_with(2);
    let said = said.says("`pc-3` is the short name of several machines");
    for number in [3, 4] {
        let name = NAMES[number as usize - 1];
        let line = format!("\n       {name} ({})\n", machine_id(number));
        assert!(said.err.contains(&line), "{said}");
    }
    assert_eq!(said.out, "", "nothing is shown");
}

#[test]
fn a_list_of_names_chooses_the_machines_of_a_batch() {
    let desk = desk();
    for list in ["pc-1\npc-2.corp.net\nPC-4\n", "Hostname,x\nPC-1,1\npc-2,1\npc-4,1\n"] {
        desk.file("few.csv", list);
        let said = desk.run("report --simulate --machines few.csv").ends_with(0);
        assert_eq!(reported(&said), [1, 2, 5], "{said}");
    }
    desk.file("few.csv", "pc-1\npc-9\n");
    let said = desk.run("report --simulate --machines few.csv").ends_with(0);
    let said = said.says("1 name is left out, not known here: pc-9\n");
    assert_eq!(reported(&said), [1]);
    desk.file("few.csv", "pc-8\npc-9\n");
    desk.run("report --simulate --machines few.csv").ends_with(2).says("no name of few.csv");
    // Names beside IDs are not what is asked for.
    let ids = format!("Device ID,Device Name\n{},pc-1\n", machine_id(2));
    desk.file("few.csv", ids);
    assert_eq!(reported(&desk.run("report --simulate --machines few.csv")), [2]);
}

#[test]
fn an_ambiguous_name_in_a_list_does_nothing() {
    let desk = desk();
    desk.file("few.csv", "pc-1\npc-3\n");
    let both = format!("`pc-3` may be {} or {}", machine_id(3), machine_id(4));
    let before = desk.run("report --simulate").out;
    for words in ["report", "cancel 1 --yes --progress none", "retry 1 --yes --progress none"] {
        let said = desk.run(&format!("{words} --simulate --machines few.csv")).ends_with(2);
        said.says(&both).says("nothing was done").says("hint: give whole names, or IDs");
    }
    assert_eq!(desk.run("report --simulate").out, before);
    desk.file("few.csv", "pc-1\npc-3.b.net\n");
    let said = desk.run("report --simulate --machines few.csv").ends_with(0);
    assert_eq!(reported(&said), [1, 4]);
}

#[test]
fn ids_that_are_damaged_are_never_replaced_by_the_names_beside_them() {
    let desk = desk();
    for list in [
        "Device ID,Device Name\n1.23E+39,pc-1\n",
        "Device ID,Machine ID,Device Name\n1.23E+39,1.23E+39,pc-1\n",
        "AadDeviceId,Device Name\nc9f80afe-ab7d-54ba-87a3-c7af16363e6f,pc-1\n",
    ] {
        desk.file("few.csv", list);
        let said = desk.run("report --simulate --machines few.csv");
        assert!(matches!(said.code, Some(3)), "{list}: {said}");
    }
}
