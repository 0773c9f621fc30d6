//! A `.dockerignore` file.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| tightlip_dockerfile::fuzz::ignore(data));
