//! Seven floors: an import goes strictly downward, never sideways, never up.

use super::paths::paths;
use super::source::{Source, hold, planted, top_level};

/// The modules of each floor, from the ground up; `main.rs` is floor 6 and may name anything.
const FLOORS: [&[&str]; 6] = [
    &["domain"],
    &["intake", "limiter", "retry", "guard", "remote", "event"],
    &["journal", "defender", "simulator", "reporter"],
    &["engine", "plan", "report"],
    &["dashboard"],
    &["cli"],
];

/// The floor of a module; none where the table does not know it.
pub(super) fn floor(module: &str) -> Option<usize> {
    FLOORS.iter().position(|modules| modules.contains(&module))
}

fn imports_that_do_not_go_down(source: &Source) -> Vec<String> {
    let Some(module) = source.module() else { return Vec::new() };
    let Some(own) = floor(module) else {
        return vec![source.offence(1, &format!("module `{module}` is on no floor"))];
    };
    let mut offenders = Vec::new();
    for named in paths(&source.code) {
        let Some(target) = named.path.strip_prefix("crate::") else { continue };
        let target = target.split("::").next().unwrap_or_default();
        let fits = target == module || floor(target).is_some_and(|other| other < own);
        if !fits {
            let what = format!("floor {own} names `{}` ({})", named.path, place(target));
            offenders.push(source.offence(named.line, &what));
        }
    }
    offenders
}

fn place(target: &str) -> String {
    floor(target).map_or("on no floor".to_owned(), |floor| format!("floor {floor}"))
}

/// `super::` out of a top-level module would be an import that the rule above does not see.
fn supers_that_leave_their_module(source: &Source) -> Vec<String> {
    if source.module().is_none() {
        return Vec::new();
    }
    let folders = source.path.matches('/').count();
    let depth = if source.path.ends_with("/mod.rs") { folders - 1 } else { folders };
    let leaves = |path: &str| path.split("::").take_while(|name| *name == "super").count() >= depth;
    paths(&source.shipped)
        .iter()
        .filter(|named| leaves(&named.path))
        .map(|named| source.offence(named.line, &format!("`{}` leaves its module", named.path)))
        .collect()
}

/// The rows `| floor | modules | |` in the crate's own documentation.
fn floors_of_the_map(library: &str) -> Vec<(usize, Vec<String>)> {
    let row = |line: &str| {
        let mut cells = line.strip_prefix("//! |")?.split('|').map(str::trim);
        let floor: usize = cells.next()?.parse().ok()?;
        let names = cells.next()?.split('`').skip(1).step_by(2);
        Some((floor, names.map(str::to_owned).collect()))
    };
    library.lines().filter_map(row).collect()
}

#[test]
fn every_import_goes_strictly_downward() {
    hold(
        imports_that_do_not_go_down,
        "an import goes to a lower floor: move what both need down, or hand it in as an argument",
    );
}

#[test]
fn an_import_that_goes_up_or_sideways_is_found() {
    let found = |path, text| planted(imports_that_do_not_go_down, path, text);
    assert_eq!(found("src/domain/state.rs", "use crate::event::Event;"), 1, "up");
    assert_eq!(found("src/journal/row.rs", "use crate::{domain::State, defender::Api};"), 1);
    assert_eq!(found("src/engine/driver.rs", "fn f() { crate::report::status() }"), 1, "sideways");
    assert_eq!(found("src/limiter/gate.rs", "use crate::*;"), 1, "everything");
    assert_eq!(found("src/extra.rs", ""), 1, "a module without a floor");
    assert_eq!(found("src/engine/a.rs", "use crate::{domain::State, journal, engine::b};"), 0);
    assert_eq!(
        found("src/domain/a.rs", "/// [`crate::event::Event`] is told of it.\nfn f() {}"),
        0
    );
}

#[test]
fn nothing_leaves_its_module_through_super() {
    hold(
        supers_that_leave_their_module,
        "name it from the top, with `crate::`, so that it is seen",
    );
}

#[test]
fn a_super_that_leaves_its_module_is_found() {
    let found = |path, text| planted(supers_that_leave_their_module, path, text);
    assert_eq!(found("src/retry.rs", "use super::engine::Clock;"), 1);
    assert_eq!(found("src/event/mod.rs", "use super::engine::Clock;"), 1);
    assert_eq!(found("src/event/line.rs", "use super::super::engine::Clock;"), 1);
    assert_eq!(found("src/event/line.rs", "use super::Event;"), 0);
    assert_eq!(found("src/retry.rs", "#[cfg(test)]\nmod tests { use super::Policy; }"), 0);
}

#[test]
fn the_map_in_the_crates_documentation_is_this_table() {
    let shown = floors_of_the_map(&top_level("src/lib.rs"));
    for (floor, modules) in FLOORS.iter().enumerate() {
        let row = shown.iter().find(|(number, _)| *number == floor);
        let (_, mut names) = row.cloned().unwrap_or_default();
        let mut expected = modules.to_vec();
        names.sort();
        expected.sort_unstable();
        assert_eq!(names, expected, "floor {floor}: src/lib.rs and tests/it/tidy/floors.rs differ");
    }
    assert_eq!(floors_of_the_map("//! | 3 | [`a`], [`b`] | words |").len(), 1);
}
