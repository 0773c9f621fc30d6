//! A rule pack of a user.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| tightlip_detect::pack::fuzz::pack(data));
