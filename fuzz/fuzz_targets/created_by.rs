//! What a builder wrote into the history about an instruction.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| tightlip_dockerfile::fuzz::created_by(data));
