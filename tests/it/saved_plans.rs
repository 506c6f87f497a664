//! A saved plan: what its hash covers, what is noticed, and what may have moved since.

use std::collections::{BTreeMap, BTreeSet};

use mde_offboard::domain::{ContentHash, MachineId, Realm, Tenant, Timestamp};
use mde_offboard::guard::{Class, SYSTEMS_AS_OF, Treatment, Treatments};
use mde_offboard::plan::{
    PlanDifference, PlanFileError, PlanHash, PlanHeader, PlanWriter, SavedMachine, SavedPlan,
};

use crate::support::dice::Dice;

mod names;
mod resaved;

type Change = fn(&mut PlanHeader);

fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

fn header() -> PlanHeader {
    let options = [("--where", "Group=Lab"), ("--limit", "100/1m, 1500/1h"), ("--again", "no")];
    let options = options.map(|(name, value)| (name.to_owned(), value.to_owned()));
    PlanHeader {
        made_at: at("2026-11-23T20:41:07.250Z"),
        snapshot_at: at("2026-11-23T20:41:00Z"),
        program: "0.1.0".to_owned(),
        tenant: Tenant { id: "72f988bf-0000-0000-0000-000000000000".into(), realm: Realm::Public },
        app: "5d1ec07a-0000-0000-0000-000000000000".to_owned(),
        sources: vec!["fleet.csv".to_owned(), "Köln.csv".to_owned()],
        content: ContentHash([7; 32]),
        machines: 5,
        by_name: false,
        comment: Some("CHG0041233 \"retired\"".to_owned()),
        treatments: PlanHeader::each_class(&Treatments::default()),
        options: BTreeMap::from(options),
        protect: Some([9; 32]),
        systems: SYSTEMS_AS_OF.to_owned(),
    }
}

fn machine(number: u8, name: Option<&str>, class: Class) -> SavedMachine {
    SavedMachine {
        id: Some(MachineId::from_bytes([number; 20])),
        name: name.map(Into::into),
        class,
        treatment: Treatment::by_default(class),
        source: u16::from(number % 2),
        line: u64::from(number) + 1,
    }
}

fn machines() -> Vec<SavedMachine> {
    vec![
        machine(1, Some("pc-1"), Class::Ready),
        machine(2, Some("gerät-2.corp.example"), Class::Inactive),
        machine(3, None, Class::NotFound),
        machine(4, Some("dc-01"), Class::Protected),
        machine(5, Some("\u{1f5a5} \"x\" \\ "), Class::SeenRecently),
        SavedMachine { id: None, ..machine(7, Some("pc-7"), Class::NameNotFound) },
    ]
}

fn plan() -> SavedPlan {
    SavedPlan::seal(header(), machines())
}

/// The plan that is made now, of which one machine is another.
fn with(number: usize, change: impl Fn(&mut SavedMachine)) -> SavedPlan {
    let mut machines = machines();
    change(&mut machines[number - 1]);
    SavedPlan::seal(header(), machines)
}

fn with_header(change: impl Fn(&mut PlanHeader)) -> SavedPlan {
    let mut header = header();
    change(&mut header);
    SavedPlan::seal(header, machines())
}

/// Why the machines moved, in words.
fn moved(now: &SavedPlan) -> Vec<String> {
    match plan().differences(now) {
        Some(PlanDifference::Moved { machines, in_all }) => {
            assert_eq!(machines.len() as u64, in_all);
            machines.iter().map(ToString::to_string).collect()
        }
        None => Vec::new(),
        other => panic!("{other:?}"),
    }
}

fn damaged(text: &str) -> String {
    SavedPlan::parse(text).unwrap_err().to_string()
}

#[test]
fn a_plan_is_read_back_as_it_was_written() {
    let plan = plan();
    let text = plan.to_text();
    assert_eq!(SavedPlan::parse(&text).unwrap(), plan);
    assert!(text.is_ascii() && text.ends_with("}\n"));
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(json["schema"], "mde-offboard.plan/1");
    assert_eq!(json["would_send"], 3);
    assert_eq!(json["classes"]["not_found"], 1);
    assert_eq!(json["machines"][1]["name"], "gerät-2.corp.example");
    assert_eq!(json["hash"], plan.hash.to_string());
    assert_eq!(PlanHash::parse(&plan.hash.to_string().to_uppercase()), Ok(plan.hash));
    assert!(PlanHash::parse(&plan.hash.to_string()[..12]).is_err());
    let one_less = with(1, |machine| machine.treatment = Treatment::Skip).to_text();
    assert!(one_less.contains("\n\"would_send\":2,\n"), "{one_less}");
    let empty = SavedPlan::seal(header(), Vec::new());
    assert_eq!(SavedPlan::parse(&empty.to_text()).unwrap(), empty);
    assert_eq!((plan.count(Treatment::Send), plan.count(Treatment::Refuse)), (3, 1));
    assert_eq!(plan.age(at("2026-11-23T21:41:00Z")).as_secs(), 3_600);
}

#[test]
fn a_plan_that_is_written_machine_by_machine_is_the_same() {
    let plan = plan();
    let mut writer = PlanWriter::begin(Vec::new(), &plan.header).unwrap();
    plan.machines.iter().for_each(|machine| writer.add(machine).unwrap());
    let (text, hash) = writer.finish().unwrap();
    assert_eq!((String::from_utf8(text).unwrap(), hash), (plan.to_text(), plan.hash));
}

#[test]
fn a_flipped_bit_anywhere_in_a_plan_is_noticed() {
    let bytes = plan().to_text().into_bytes();
    let mut dice = Dice::new(14);
    let mut flips = BTreeSet::new();
    while flips.len() < 1_000 {
        let at = usize::try_from(dice.below(bytes.len() as u64)).unwrap();
        let bit = dice.below(8);
        if !flips.insert((at, bit)) {
            continue;
        }
        let mut flipped = bytes.clone();
        flipped[at] ^= 1 << bit;
        let read = SavedPlan::read(flipped.as_slice());
        assert!(read.is_err(), "byte {at}, bit {bit}: {}", flipped.escape_ascii());
    }
    // No byte is left out, whatever it becomes.
    for at in 0..bytes.len() {
        for other in [b' ', b'0', b'"', b'\n', bytes[at] ^ 0x20] {
            let mut changed = bytes.clone();
            changed[at] = other;
            let same = changed == bytes;
            assert_eq!(SavedPlan::read(changed.as_slice()).is_ok(), same, "byte {at}: {other}");
        }
    }
}

#[test]
fn a_plan_that_was_cut_or_that_goes_on_is_noticed() {
    let text = plan().to_text();
    for end in 0..text.len() {
        assert!(SavedPlan::parse(&text[..end]).is_err(), "{end}");
    }
    for more in ["\n", " ", "\0", "{}", "x"] {
        let said = damaged(&format!("{text}{more}"));
        let line = text.lines().count() + 1;
        assert!(said.ends_with(&format!("line {line}: something follows the end of the plan")));
    }
    for at in 0..text.len() {
        assert!(SavedPlan::parse(&format!("{} {}", &text[..at], &text[at..])).is_err(), "{at}");
    }
}

#[test]
fn the_first_machine_that_was_changed_is_named_with_its_line() {
    let text = plan().to_text();
    let third = format!("machine {}", MachineId::from_bytes([3; 20]));
    for (from, to) in [
        ("\"class\":\"not_found\"", "\"class\":\"ready\""),
        ("\"treatment\":\"skip\"", "\"treatment\":\"send\""),
        ("\"name\":null", "\"name\":\"\""),
        ("\"line\":4", "\"line\":40"),
    ] {
        let changed = text.replacen(from, to, 1);
        assert_ne!(changed, text);
        let error = SavedPlan::parse(&changed).unwrap_err();
        let is_third =
            matches!(&error, PlanFileError::Changed { line: 6, entry } if *entry == third);
        assert!(is_third, "{to}: {error}");
        assert!(error.hint().contains("who changed it"));
    }
}

#[test]
fn machines_that_were_swapped_doubled_or_removed_are_noticed() {
    let text = plan().to_text();
    let lines: Vec<&str> = text.lines().collect();
    let joined = |lines: &[&str]| lines.join("\n") + "\n";
    let changed_after = "changed after it was made";
    let mut swapped = lines.clone();
    swapped.swap(3, 4);
    assert!(damaged(&joined(&swapped)).contains(changed_after));
    let mut doubled = lines.clone();
    doubled.insert(4, lines[4]);
    assert!(damaged(&joined(&doubled)).contains(changed_after));
    let mut removed = lines.clone();
    removed.remove(5);
    assert!(damaged(&joined(&removed)).contains(changed_after));
    // What one plan says of all machines cannot be put on another.
    let other = with(1, |machine| machine.line = 99).to_text();
    let others: Vec<&str> = other.lines().collect();
    let mut grafted = lines.clone();
    grafted[3] = others[3];
    assert!(damaged(&joined(&grafted)).contains(changed_after));
    let mut header = lines.clone();
    let changed = lines[1].replace("Köln", "Bonn").replace("\"machines\":5", "\"machines\":6");
    header[1] = &changed;
    assert!(damaged(&joined(&header)).contains(changed_after));
}

#[test]
fn a_key_that_is_doubled_unknown_or_missing_is_noticed() {
    let text = plan().to_text();
    for (from, to, said) in [
        ("\"name\":\"pc-1\"", "\"name\":\"pc-0\",\"name\":\"pc-1\"", "line 4: duplicate field"),
        ("\"name\":\"pc-1\"", "\"name\":\"pc-1\",\"force\":true", "line 4: unknown field"),
        ("\"name\":\"pc-1\",", "", "line 4: it is not written as"),
        ("\"app\":", "\"app\":\"other\",\"app\":", "line 2: duplicate field"),
        ("\"realm\":\"public\"", "\"realm\":\"moon\"", "line 2: no such realm"),
        ("\"id\":\"", "\"id\": \"", "line 2: it is not written as"),
        ("pc-1", "\\u0070c-1", "line 4: it is not written as"),
        ("\"--again\":\"no\"", "\"--again\":\"no\",\"--again\":\"no\"", "line 2: it is not"),
    ] {
        let changed = text.replacen(from, to, 1);
        assert_ne!(changed, text, "{to}");
        let found = damaged(&changed);
        // A name that is missing is another machine's hash.
        let is_noticed = found.contains(said) || found.contains("first in line 4");
        assert!(is_noticed, "{to}: {found}");
    }
    assert!(damaged("").contains("the file is empty"));
    assert!(damaged("{").contains("not a plan"));
    assert!(damaged("Device ID\n").contains("not a plan"));
    let newer = text.replacen("plan/1", "plan/2", 1);
    assert!(damaged(&newer).contains("another version (`mde-offboard.plan/2`)"));
}

#[test]
fn everything_that_a_plan_is_made_of_changes_its_hash() {
    let mut hashes = BTreeSet::from([plan().hash.to_string()]);
    let changes: [Change; 17] = [
        |header| header.made_at = at("2026-11-23T20:41:07.251Z"),
        |header| header.snapshot_at = at("2026-11-23T20:42:00Z"),
        |header| header.program.push('1'),
        |header| header.tenant.id.push('1'),
        |header| header.tenant.realm = Realm::Gcc,
        |header| header.app.push('1'),
        |header| header.sources[1].push('x'),
        |header| header.sources = vec!["fleet.csv\",\"Köln.csv".to_owned()],
        |header| header.content = ContentHash([8; 32]),
        |header| header.machines = 6,
        |header| header.by_name = true,
        |header| header.comment = None,
        |header| header.treatments[3].1 = Treatment::Refuse,
        |header| drop(header.options.insert("--again".to_owned(), "yes".to_owned())),
        |header| drop(header.options.insert("--max-share".to_owned(), "70%".to_owned())),
        |header| header.protect = None,
        |header| header.systems = "2027-01-01".to_owned(),
    ];
    for (number, change) in changes.into_iter().enumerate() {
        let fresh = hashes.insert(with_header(change).hash.to_string());
        assert!(fresh, "change {number}");
    }
    let changes: [fn(&mut SavedMachine); 7] = [
        |machine| machine.id = Some(MachineId::from_bytes([77; 20])),
        |machine| machine.id = None,
        |machine| machine.name = None,
        |machine| machine.class = Class::OnboardedAgain,
        |machine| machine.treatment = Treatment::Skip,
        |machine| machine.source = 2,
        |machine| machine.line = 7,
    ];
    for (number, change) in changes.into_iter().enumerate() {
        assert!(hashes.insert(with(1, change).hash.to_string()), "machine, change {number}");
    }
}

#[test]
fn a_plan_for_something_else_is_told_with_what_is_another() {
    let changes: [(&str, Change); 10] = [
        ("tenant: planned 72f988bf-0000-0000-0000-000000000000 (public), now", |header| {
            header.tenant.id.push('x');
        }),
        ("tenant: ", |header| header.tenant.realm = Realm::Loopback),
        ("app: ", |header| header.app = "other".to_owned()),
        ("list: planned sha256 0707", |header| header.content = ContentHash([8; 32])),
        ("comment: planned \"CHG0041233 \"retired\"\", now none", |header| header.comment = None),
        ("--on other_system: planned skip, now send", |header| {
            for (class, treatment) in &mut header.treatments {
                if *class == Class::OtherSystem {
                    *treatment = Treatment::Send;
                }
            }
        }),
        ("--limit: planned 100/1m, 1500/1h, now 9/1m", |header| {
            header.options.insert("--limit".to_owned(), "9/1m".to_owned());
        }),
        ("--max-share: planned nothing, now 70%", |header| {
            header.options.insert("--max-share".to_owned(), "70%".to_owned());
        }),
        ("protect list: planned sha256 0909", |header| header.protect = None),
        ("table of systems: planned of 2026-08-11, now of 2027-01-01", |header| {
            header.systems = "2027-01-01".to_owned();
        }),
    ];
    for (said, change) in changes {
        let found = plan().differences(&with_header(change));
        let Some(PlanDifference::MadeForAnother(parts)) = found else {
            panic!("{said}: {found:?}")
        };
        assert_eq!(parts.len(), 1, "{parts:?}");
        assert!(parts[0].to_string().starts_with(said), "{}", parts[0]);
    }
    let later = with_header(|header| {
        header.made_at = at("2026-11-24T20:41:07Z");
        header.snapshot_at = at("2026-11-24T20:41:00Z");
        header.program = "0.2.0".to_owned();
        header.sources = vec!["./fleet.csv".to_owned()];
    });
    assert_eq!(plan().differences(&later), None, "when and from where is no difference");
}

#[test]
fn a_machine_whose_class_or_name_is_another_has_moved() {
    let class = |number, class| {
        with(number, |machine| {
            machine.class = class;
            machine.treatment = Treatment::by_default(class);
        })
    };
    let said = moved(&class(1, Class::AlreadyRequested));
    assert!(said[0].starts_with("pc-1 0101"), "{said:?}");
    assert!(said[0].ends_with("ready (send) when it was planned, already_requested (adopt) now"));
    assert_eq!(moved(&class(1, Class::SeenRecently)).len(), 1, "it came back");
    assert_eq!(moved(&class(2, Class::Ready)).len(), 1);
    assert_eq!(moved(&class(3, Class::Ready)).len(), 1);
    assert_eq!(moved(&class(3, Class::NotOnboarded)).len(), 1, "skipped for another reason");
    let said = moved(&with(1, |machine| machine.name = Some("srv-pay-02".into())));
    assert!(said[0].ends_with("its name is srv-pay-02 now"), "{said:?}");
    assert_eq!(moved(&with(1, |machine| machine.name = Some("PC-1.corp.example".into()))).len(), 0);
    assert_eq!(moved(&with(1, |machine| machine.name = None)).len(), 1);
}

#[test]
fn a_machine_that_is_only_silent_for_longer_has_not_moved() {
    let class = |number, class| with(number, |machine| machine.class = class);
    assert_eq!(moved(&class(1, Class::Inactive)).len(), 0);
    assert_eq!(moved(&class(5, Class::Ready)).len(), 0);
    assert_eq!(moved(&class(5, Class::Inactive)).len(), 0);
    let skipped = with(1, |machine| {
        machine.class = Class::Inactive;
        machine.treatment = Treatment::Skip;
    });
    assert_eq!(moved(&skipped).len(), 1);
}

#[test]
fn machines_that_came_or_went_have_moved() {
    let mut list = machines();
    list.remove(0);
    list.push(machine(6, Some("pc-6"), Class::Ready));
    let said = moved(&SavedPlan::seal(header(), list.clone()));
    assert!(said[0].ends_with("not in the plan, ready (send) now"), "{said:?}");
    assert!(said[1].starts_with("pc-1 ") && said[1].ends_with("and not in the list now"));
    // A list of names has other IDs when the tenant moved on; it is the same list.
    let by_name = |content, list| {
        let header = PlanHeader { by_name: true, content: ContentHash(content), ..header() };
        SavedPlan::seal(header, list)
    };
    let found = by_name([7; 32], machines()).differences(&by_name([8; 32], list));
    assert!(matches!(found, Some(PlanDifference::Moved { in_all: 2, .. })), "{found:?}");
}

#[test]
fn of_many_machines_that_moved_the_first_thousand_are_named() {
    let id = |number: u16| {
        let mut bytes = [0; 20];
        bytes[..2].copy_from_slice(&number.to_be_bytes());
        Some(MachineId::from_bytes(bytes))
    };
    let all = |class| {
        let one = |number| SavedMachine { id: id(number), ..machine(1, None, class) };
        SavedPlan::seal(header(), (0..3_000).map(one).collect())
    };
    let found = all(Class::Ready).differences(&all(Class::NotOnboarded));
    let Some(PlanDifference::Moved { machines, in_all }) = found else { panic!("{found:?}") };
    assert_eq!((machines.len(), in_all), (1_000, 3_000));
}
