//! What the package managers demand of their manifests, in our words and in theirs.

use std::fs;
use std::path::{Path, PathBuf};

use boon::{Compiler, Schemas};
use serde_json::Value;

/// Published schemas to hold the manifests against, too: a folder that `.ci/schemas` filled.
const PUBLISHED: &str = "MDE_OFFBOARD_PUBLISHED_SCHEMAS";

fn folders() -> Vec<PathBuf> {
    let top = Path::new(env!("CARGO_MANIFEST_DIR"));
    let published = std::env::var_os(PUBLISHED).map(|folder| top.join(folder));
    [top.join("tests/it/packages/rules")].into_iter().chain(published).collect()
}

/// What is wrong with a manifest of that kind, a text for each schema that it does not fit.
pub(super) fn errors(kind: &str, manifest: &Value) -> Vec<String> {
    let mut found = Vec::new();
    for folder in folders() {
        let path = folder.join(format!("{kind}.json"));
        let text = fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        let schema: Value = serde_json::from_str(&text).expect("JSON");
        let (mut all, mut compiler) = (Schemas::new(), Compiler::new());
        compiler.enable_format_assertions();
        compiler.add_resource("schema.json", schema).expect("a document");
        let index = compiler.compile("schema.json", &mut all).expect("a schema");
        if let Err(error) = all.validate(manifest, index) {
            found.push(format!("{}: {error:#}", path.display()));
        }
    }
    found
}
