//! An image archive as `docker save` or an OCI exporter writes it.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| tightlip_image::fuzz_model::archive(data));
