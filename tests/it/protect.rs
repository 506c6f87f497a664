//! What a protect list protects, and what it refuses to be.

use mde_offboard::domain::MachineId;
use mde_offboard::guard::{ProtectError, ProtectList};

const LIST: &str = "\
# Never touch these.
ids = [
    \"7C9E66797425440DE944BE07FC1F90AE700000FF\",  # the old file server
]
names = [\"DC*\", \"srv-pay-??.corp.example\", \" backup \"]
tags = [\"Keep\", 'crown jewels']
groups = [\"Tier 0\"]
";

fn id(number: u8) -> MachineId {
    MachineId::from_bytes([number; 20])
}

fn list(text: &str) -> ProtectList {
    ProtectList::parse("protect.toml", text).unwrap()
}

/// What protects a machine of this name.
fn by_name(list: &ProtectList, name: &str) -> Option<String> {
    list.protects(id(1), &[name], &[], &[]).map(|by| by.to_string())
}

fn refused(text: &str) -> ProtectError {
    ProtectList::parse("protect.toml", text).unwrap_err()
}

#[test]
fn an_entry_that_protects_is_named_with_its_line() {
    let list = list(LIST);
    assert_eq!(list.entries(), 7);
    let old = MachineId::parse("7c9e66797425440de944be07fc1f90ae700000ff").unwrap();
    let by = list.protects(old, &[], &[], &[]).unwrap().to_string();
    assert_eq!(by, "id 7C9E66797425440DE944BE07FC1F90AE700000FF, protect.toml line 3");
    assert_eq!(by_name(&list, "dc-01").unwrap(), "name DC*, protect.toml line 5");
    let tagged = |tag: &str| list.protects(id(1), &[], &[tag.to_owned()], &[]);
    assert_eq!(tagged("keep").unwrap().to_string(), "tag Keep, protect.toml line 6");
    let by = list.protects(id(1), &[], &[], &["TIER 0"]).unwrap().to_string();
    assert_eq!(by, "group Tier 0, protect.toml line 7");
}

#[test]
fn a_tag_and_a_group_are_compared_as_a_whole() {
    let list = list(LIST);
    for other in ["keep it", "kee", "crown", "DC-01", "Tier 0"] {
        assert_eq!(list.protects(id(1), &[], &[other.to_owned()], &[]), None, "{other}");
    }
    for other in ["Tier 01", "Tier", "Keep"] {
        assert_eq!(list.protects(id(1), &[], &[], &[other]), None, "{other}");
    }
}

#[test]
fn a_name_is_protected_by_all_of_it_or_by_its_first_label() {
    let list = list(LIST);
    for (name, protected) in [
        ("DC-01", true),
        ("dc-01.corp.example", true),
        (" Backup.corp.example ", true),
        ("backup", true),
        ("backup-2", false),
        ("adc-01", false),
        ("srv-pay-02.CORP.example", true),
        ("srv-pay-02.other.example", false),
        // Its domain is not known: it may be that machine.
        ("srv-pay-02", true),
        ("srv-pay-002", false),
        ("", false),
    ] {
        assert_eq!(by_name(&list, name).is_some(), protected, "{name}");
    }
    let names = ["pc-1", "dc-1"];
    assert!(list.protects(id(1), &names, &[], &[]).is_some(), "any name counts");
}

#[test]
fn a_name_with_a_domain_also_protects_the_machine_whose_domain_is_not_known() {
    let list = list("names = [\"srv-sql-1.corp.example\"]");
    for (name, protected) in [
        ("SRV-SQL-1.corp.example", true),
        ("srv-sql-1", true),
        ("srv-sql-1.lab.example", false),
        ("srv-sql-10", false),
        ("srv-sql", false),
    ] {
        assert_eq!(by_name(&list, name).is_some(), protected, "{name}");
    }
}

#[test]
fn a_pattern_for_a_domain_protects_no_name_without_one() {
    let list = list("names = [\"*.corp.example\"]");
    assert!(by_name(&list, "pc-1.corp.example").is_some());
    assert!(by_name(&list, "pc-1").is_none());
    assert!(by_name(&list, "pc-1.example").is_none());
}

#[test]
fn a_list_that_would_protect_nothing_is_refused_with_its_line() {
    for (text, said) in [
        ("", "it protects nothing"),
        ("# names = [\"DC*\"]\n", "it protects nothing"),
        ("names = []\n", "line 1: `names` has no entry"),
        ("ids = [\"7c9e\"]", "line 1: `7c9e` is not a machine ID: 4 characters, 40 expected"),
        ("\n\nnames = [\n  \"DC*\",\n  \"  \"\n]", "line 5: an empty text in `names`"),
        ("names = [\"DC*\"]\nname = [\"x\"]\n", "line 2: unknown field `name`"),
        ("[protect]\nnames = [\"DC*\"]\n", "line 1: unknown field `protect`"),
        ("names = \"DC*\"\n", "line 1: invalid type: string"),
        ("tags = [\n  \"keep\",\n  7,\n]\n", "line 3: invalid type: integer"),
        ("names = [\"DC*\"\n", "line 1:"),
        ("names = [\"a\"]\nnames = [\"b\"]\n", "line 2: duplicate key"),
        ("names = [\"^DC.*\"]", "line 1: `^DC.*` holds `^`: only `*` and `?`"),
        ("names = [\"DC-[0-9]\"]", "holds `[`"),
        ("names = ['CORP\\dc-1']", "holds `\\`"),
        ("names = [\"DC%\"]", "holds `%`"),
        ("tags = [\"ke\u{ad}ep\"]", "line 1: `ke\\u{ad}ep` holds a character that cannot be seen"),
    ] {
        let error = refused(text);
        assert!(error.to_string().contains(said), "{text:?}: {error}");
        assert!(!error.hint().is_empty(), "{text:?}");
    }
}

#[test]
fn what_to_do_about_a_list_that_is_refused_is_told() {
    for (text, hint) in [
        ("", "under `ids`, `names`, `tags`, `groups`, such as: names = [\"DC*\", \"srv-pay-??\"]"),
        ("names = \"DC*\"", "write lists of texts in quotes under `ids`"),
        ("tags = []", "add an entry, or remove `tags`"),
        ("tags = [\" \"]", "remove it"),
        ("ids = [\"pc-1\"]", "write Defender's machine ID, `Device ID` in the portal's export"),
        ("names = [\"^DC.*\"]", "write one pattern for each kind of name"),
        ("tags = [\"ke\u{ad}ep\"]", "type it again"),
    ] {
        assert!(refused(text).hint().contains(hint), "{text}: {}", refused(text).hint());
    }
}

#[test]
fn more_entries_than_can_be_compared_are_refused() {
    let many = |text: &str, times: usize| format!("names = [{}]", text.repeat(times));
    assert_eq!(list(&many("\"DC*\",", 1_000)).entries(), 1_000);
    let error = refused(&many("\"DC*\",", 1_001));
    assert!(matches!(error, ProtectError::TooManyPatterns { max: 1_000, .. }), "{error}");
    let error = refused(&many("\"a\",", 100_001));
    assert!(matches!(error, ProtectError::TooMany { max: 100_000, .. }), "{error}");
}

#[test]
fn a_batch_remembers_its_list() {
    let list = list(LIST);
    let json = serde_json::from_str(&list.to_json().to_string()).unwrap();
    assert_eq!(ProtectList::from_json(&json), Some(list));
    for damaged in [
        "{}",
        "[]",
        "{\"file\": \"x\", \"entries\": []}",
        "{\"file\": \"x\", \
        \"entries\": [[\"id\", \"7c9e\", 1]]}",
    ] {
        let json = serde_json::from_str(damaged).unwrap();
        assert_eq!(ProtectList::from_json(&json), None, "{damaged}");
    }
}

/// Earlier versions know no list of files.
#[test]
fn what_is_remembered_of_one_file_is_as_in_earlier_versions() {
    let one = list("names = [\"dc*\"]");
    let json = serde_json::json!({ "file": "protect.toml", "entries": [["name", "dc*", 1]] });
    assert_eq!(one.to_json(), json);
}

#[test]
fn the_hash_of_a_list_is_that_of_what_it_protects() {
    let hash = |text: &str| list(text).hash();
    let first = hash(LIST);
    let same = "groups = [\"tier 0\"]\nnames = [\"backup\", \"srv-pay-??.corp.example\", \"dc*\"]\n\
        tags = [\"crown jewels\", \"keep\", \"KEEP\"]\n\
        ids = [\"7c9e66797425440de944be07fc1f90ae700000ff\"]\n";
    assert_eq!(hash(same), first);
    for other in [
        LIST.replace("DC*", "DD*"),
        LIST.replace("tags", "tags_").replace("groups", "tags").replace("tags_", "groups"),
        LIST.replace("groups = [\"Tier 0\"]\n", ""),
    ] {
        assert_ne!(hash(&other), first, "{other}");
    }
}

#[test]
fn a_byte_order_mark_and_windows_line_ends_are_no_part_of_a_list() {
    let text = format!("\u{feff}{}", LIST.replace('\n', "\r\n"));
    assert_eq!(by_name(&list(&text), "dc-9").unwrap(), "name DC*, protect.toml line 5");
}

#[test]
fn several_lists_protect_together_and_each_entry_keeps_its_place() {
    let one = ProtectList::parse("a.toml", "names = [\"dc*\"]\ntags = [\"keep\"]\n").unwrap();
    let other = ProtectList::parse("b.toml", "# for SQL\nnames = [\"sql*\"]\n").unwrap();
    assert_eq!(ProtectList::together(vec![]), Ok(None));
    let both = ProtectList::together(vec![one.clone(), other.clone()]).unwrap().unwrap();
    let turned = ProtectList::together(vec![other, one.clone()]).unwrap().unwrap();
    assert_eq!(both.hash(), turned.hash());
    assert_eq!(ProtectList::together(vec![one.clone()]).unwrap().unwrap().hash(), one.hash());
    for list in [ProtectList::from_json(&both.to_json()).unwrap(), both] {
        assert_eq!(list.file(), "a.toml and b.toml");
        assert_eq!(by_name(&list, "dc-1").unwrap(), "name dc*, a.toml line 1");
        assert_eq!(by_name(&list, "sql-1").unwrap(), "name sql*, b.toml line 2");
        assert_eq!(by_name(&list, "pc-1"), None);
    }
}

#[test]
fn several_lists_keep_to_the_bounds_of_one() {
    let names: Vec<String> = (0..600).map(|n| format!("\"a{n}*\"")).collect();
    let text = format!("names = [{}]", names.join(","));
    let error = ProtectList::together(vec![list(&text), list(&text)]).unwrap_err();
    assert!(matches!(error, ProtectError::TooManyPatterns { .. }), "{error}");
    // Names without `*` and `?` are no patterns, however many there are.
    let names = text.replace('*', "");
    let tags = names.replace("names", "tags").replace("\",", "*\",");
    let lists = vec![list(&names), list(&names), list(&tags), list(&tags), list(&text)];
    let all = ProtectList::together(lists).unwrap().unwrap();
    assert_eq!(all.entries(), 3_000);
}
