//! What package managers say about their files.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| tightlip_engine::fuzz::packages(data));
