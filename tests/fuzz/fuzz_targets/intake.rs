//! libFuzzer's way into the check of `intake`. What is claimed stands in `checks/intake`.

#![no_main]

#[path = "../checks/intake/mod.rs"]
mod intake;

libfuzzer_sys::fuzz_target!(|data: &[u8]| intake::intake(data));
