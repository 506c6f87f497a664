//! libFuzzer's way into the check of `defender`'s answers. What is claimed stands in
//! `checks/answers`.

#![no_main]

#[path = "../checks/answers/mod.rs"]
mod answers;

libfuzzer_sys::fuzz_target!(|data: &[u8]| answers::answers(data));
