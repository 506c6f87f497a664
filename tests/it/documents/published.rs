//! The files of `docs/schemas` are what the types say.
//!
//! After a change: `MDE_OFFBOARD_SCHEMAS=write cargo test --test it documents::published`.

use std::collections::BTreeSet;
use std::path::PathBuf;

use mde_offboard::cli::schemas;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs/schemas")
}

#[test]
fn each_schema_is_published_as_its_type_has_it() {
    let writes = std::env::var_os("MDE_OFFBOARD_SCHEMAS").is_some();
    let mut names = BTreeSet::new();
    for schema in schemas() {
        let name = format!("{}.schema.json", schema.name);
        let path = folder().join(&name);
        let text = serde_json::to_string_pretty(schema.schema.as_value()).expect("JSON") + "\n";
        if writes {
            std::fs::write(&path, &text).expect("written");
        }
        let published = std::fs::read_to_string(&path).unwrap_or_default();
        let how = "MDE_OFFBOARD_SCHEMAS=write cargo test --test it documents::published";
        assert!(published == text, "docs/schemas/{name} is behind: {how}");
        assert!(names.insert(name), "one name, one schema");
    }
    let files = std::fs::read_dir(folder()).expect("a folder").map(|file| {
        let name = file.expect("an entry").file_name();
        name.into_string().expect("a name")
    });
    let files: BTreeSet<String> = files.filter(|name| name != "README.md").collect();
    assert_eq!(files, names, "a schema that nobody writes any more");
}
