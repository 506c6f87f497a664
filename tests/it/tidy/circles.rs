//! No two files of a folder import each other, not even by way of others.

use std::collections::{BTreeMap, BTreeSet};

use super::paths::paths;
use super::source::{Source, files};

/// Which parts of a folder (its files and subfolders) import which others.
type Imports = BTreeMap<String, BTreeSet<String>>;

/// The absolute path of the module that a file is: `crate::a::b` for `src/a/b.rs`.
fn module_of(path: &str) -> Vec<String> {
    let inside = path.trim_start_matches("src/").trim_end_matches(".rs");
    let inside = inside.trim_end_matches("/mod");
    let names = inside.split('/').filter(|name| !matches!(*name, "lib" | "main"));
    names.map(str::to_owned).collect()
}

/// What a path that is written in a module leads to, from the top; none where it leads outside.
fn absolute(module: &[String], path: &str) -> Option<Vec<String>> {
    let mut names = path.split("::").peekable();
    let ups = {
        let mut ups = 0;
        while names.peek() == Some(&"super") {
            names.next();
            ups += 1;
        }
        ups
    };
    let base = match (names.peek(), ups) {
        (_, 1..) => module.get(..module.len().checked_sub(ups)?)?.to_vec(),
        (Some(&"crate"), 0) => {
            names.next();
            Vec::new()
        }
        (Some(&"self"), 0) => {
            names.next();
            module.to_vec()
        }
        _ => return None,
    };
    Some(base.into_iter().chain(names.map(str::to_owned)).collect())
}

/// What each folder hands on under another path: the name, and the part that it is from.
fn handed_on(sources: &[&Source]) -> BTreeMap<Vec<String>, BTreeMap<String, String>> {
    let folders = sources.iter().filter(|source| source.path.ends_with("/mod.rs"));
    let names = |source: &Source| {
        let pairs = paths(&source.shipped).into_iter().filter_map(|named| {
            let path = named.path.trim_start_matches("self::").to_owned();
            let (part, name) = (path.split("::").next()?, path.rsplit("::").next()?);
            Some((name.to_owned(), part.to_owned()))
        });
        pairs.collect()
    };
    folders.map(|source| (module_of(&source.path), names(source))).collect()
}

/// The imports inside of each folder.
fn imports(sources: &[&Source]) -> BTreeMap<Vec<String>, Imports> {
    let modules: BTreeSet<Vec<String>> =
        sources.iter().map(|source| module_of(&source.path)).collect();
    let handed_on = handed_on(sources);
    let mut found: BTreeMap<Vec<String>, Imports> = BTreeMap::new();
    for source in sources {
        let module = module_of(&source.path);
        // A `mod.rs` declares; what it names is no import of a part's.
        let is_folder = source.path.ends_with("/mod.rs");
        for named in paths(&source.shipped) {
            let Some(target) = absolute(&module, &named.path) else { continue };
            for depth in 0..module.len() {
                let folder = &module[..depth];
                let Some(rest) = target.strip_prefix(folder) else { break };
                let (own, Some(first)) = (&module[depth], rest.first()) else { break };
                let is_part = modules.contains(&[folder, std::slice::from_ref(first)].concat());
                let from = handed_on.get(folder).and_then(|names| names.get(first));
                let part = if is_part { Some(first) } else { from };
                let Some(part) = part.filter(|part| *part != own) else { continue };
                if !(is_folder && depth + 1 == module.len() && module == folder) {
                    let folder = found.entry(folder.to_vec()).or_default();
                    folder.entry(own.clone()).or_default().insert(part.clone());
                }
            }
        }
    }
    found
}

/// All that a part reaches.
fn reached(imports: &Imports, from: &str) -> BTreeSet<String> {
    let mut reached = BTreeSet::new();
    let mut open = vec![from.to_owned()];
    while let Some(part) = open.pop() {
        for next in imports.get(&part).into_iter().flatten() {
            if reached.insert(next.clone()) {
                open.push(next.clone());
            }
        }
    }
    reached
}

/// The circles of each folder, each with the imports that make it.
fn circles(sources: &[&Source]) -> Vec<String> {
    let mut told = Vec::new();
    for (folder, imports) in imports(sources) {
        let reach: BTreeMap<&String, BTreeSet<String>> =
            imports.keys().map(|part| (part, reached(&imports, part))).collect();
        for (part, next) in &imports {
            let back = |other: &&String| reach.get(other).is_some_and(|back| back.contains(part));
            let back: Vec<&str> = next.iter().filter(back).map(String::as_str).collect();
            if !back.is_empty() {
                told.push(format!("  src/{}: {part} -> {}", folder.join("/"), back.join(", ")));
            }
        }
    }
    told
}

#[test]
fn no_folder_holds_a_circle() {
    let shipped = files(&[".rs"]).into_iter().filter(|source| source.path.starts_with("src/"));
    let told = circles(&shipped.collect::<Vec<_>>());
    assert!(
        told.is_empty(),
        "move what both need below both, into a part that imports neither:\n{}",
        told.join("\n")
    );
}

#[test]
fn a_circle_is_found_also_by_way_of_a_folder_or_of_what_is_handed_on() {
    let found = |files: &[(&str, &str)]| {
        let sources: Vec<_> = files.iter().map(|(path, text)| Source::new(path, text)).collect();
        circles(&sources.iter().collect::<Vec<_>>()).len()
    };
    let folder = ("src/a/mod.rs", "mod b;\nmod c;\npub use b::B;\npub use c::C;");
    let b = |text| ("src/a/b.rs", text);
    let c = |text| ("src/a/c.rs", text);
    assert_eq!(found(&[folder, b("use super::c::C;"), c("use super::b::B;")]), 2);
    assert_eq!(found(&[folder, b("use super::C;"), c("fn f() { crate::a::B::new() }")]), 2);
    let inner = ("src/a/b/d.rs", "use super::super::c::C;");
    assert_eq!(found(&[folder, ("src/a/b/mod.rs", "mod d;"), inner, c("use super::b::B;")]), 2);
    assert_eq!(found(&[folder, b("use super::c::C;"), c("use std::fmt;")]), 0);
    assert_eq!(found(&[folder, b("use super::{B, c::C};"), c("")]), 0);
    let test = "#[cfg(test)]\nmod tests { use super::super::b::B; }";
    assert_eq!(found(&[folder, b("use super::c::C;"), c(test)]), 0);
}
