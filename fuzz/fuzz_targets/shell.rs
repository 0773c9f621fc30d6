//! A shell script, and where secrets go in it.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| tightlip_dockerfile::fuzz::shell(data));
