//! An image configuration with its history.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| tightlip_image::fuzz_model::config(data));
