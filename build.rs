//! Rebuilds when a migration is added, which `include_dir!` alone does not notice. For Windows,
//! links the manifest, the icon and the version to the program and to its tests.

use std::path::{Path, PathBuf};
use std::{env, fs, io};

const MIGRATIONS: &str = "migrations";
/// Read by the resource compiler: `windres` of mingw-w64, or `rc.exe` of the Windows SDK.
const RESOURCES: &str = "src/windows";

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo:rerun-if-changed={MIGRATIONS}");
    println!("cargo:rerun-if-changed={RESOURCES}");
    let script = filled_in(&Path::new(RESOURCES).join("program.rc"))?;
    let folders = embed_resource::ParamsIncludeDirs([env::current_dir()?.join(RESOURCES)]);
    // Long paths and UTF-8 are promised, so a program without its manifest is not built.
    embed_resource::compile_for_everything(script, folders).manifest_required()?;
    Ok(())
}

/// The resource script with the words of `Cargo.toml` in it.
fn filled_in(template: &Path) -> io::Result<PathBuf> {
    let package = |name: &str| env::var(format!("CARGO_PKG_{name}")).unwrap_or_default();
    let numbers = ["MAJOR", "MINOR", "PATCH"].map(|part| package(&format!("VERSION_{part}")));
    let script = fs::read_to_string(template)?
        .replace("@NUMBERS@", &format!("{},0", numbers.join(",")))
        .replace("@NAME@", &package("NAME"))
        .replace("@VERSION@", &package("VERSION"))
        .replace("@DESCRIPTION@", &package("DESCRIPTION"))
        .replace("@LICENSE@", &package("LICENSE"));
    let made = Path::new(&env::var_os("OUT_DIR").unwrap_or_default()).join("program.rc");
    fs::write(&made, script)?;
    Ok(made)
}
