//! A manifest or an index.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| tightlip_image::fuzz_model::manifest(data));
