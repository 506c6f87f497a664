//! Builds anew when a migration is added: `include_dir!` alone does not notice.

fn main() {
    println!("cargo:rerun-if-changed=migrations");
}
