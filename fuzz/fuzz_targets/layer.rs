//! A layer: any compression, any tar.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| tightlip_image::fuzz::layer(data));
