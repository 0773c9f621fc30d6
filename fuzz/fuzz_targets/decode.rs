//! Any bytes as every kind of container, and as text with encodings in it.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| tightlip_detect::decode::fuzz::decode(data));
