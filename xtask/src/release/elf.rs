//! Tells a static program from one that needs a loader.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};

/// The type of a program header that names a loader (ELF specification, "Program Header").
const PT_INTERP: u32 = 3;

/// Whether this ELF program of 64 bits, little-endian, runs without a loader and shared libraries.
pub(super) fn is_static(path: &Path) -> Result<bool> {
    let bytes = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    ensure!(bytes.starts_with(b"\x7fELF\x02\x01"), "{} is no ELF program of 64 bits", path.display());
    let headers = headers(&bytes).with_context(|| format!("{} is cut off", path.display()))?;
    Ok(!headers.contains(&PT_INTERP))
}

/// The types of all program headers.
fn headers(bytes: &[u8]) -> Option<Vec<u32>> {
    let offset = usize::try_from(u64::from_le_bytes(bytes.get(32..40)?.try_into().ok()?)).ok()?;
    let size = usize::from(u16::from_le_bytes(bytes.get(54..56)?.try_into().ok()?));
    let count = usize::from(u16::from_le_bytes(bytes.get(56..58)?.try_into().ok()?));
    let kind = |number| {
        let start = offset + number * size;
        Some(u32::from_le_bytes(bytes.get(start..start + 4)?.try_into().ok()?))
    };
    (0..count).map(kind).collect()
}

#[cfg(test)]
mod tests {
    use super::is_static;

    #[test]
    fn a_test_itself_needs_a_loader() {
        // Tests are built for the machine that runs them, as Rust does by default.
        let program = std::env::current_exe().expect("a test is a program");
        assert!(!is_static(&program).expect("an ELF program"));
    }

    #[test]
    fn a_program_without_a_loader_is_static() {
        let mut program = b"\x7fELF\x02\x01".to_vec();
        program.resize(64 + 56, 0);
        program[32] = 64;
        program[54] = 56;
        program[56] = 1;
        program[64] = 1;
        let file = std::env::temp_dir().join(format!("tightlip-elf-{}", std::process::id()));
        std::fs::write(&file, &program).expect("can be written");
        assert!(is_static(&file).expect("an ELF program"));
        program[64] = 3;
        std::fs::write(&file, &program).expect("can be written");
        assert!(!is_static(&file).expect("an ELF program"));
        program.truncate(70);
        program[32] = 200;
        std::fs::write(&file, &program).expect("can be written");
        assert!(is_static(&file).is_err());
        std::fs::remove_file(&file).expect("can be removed");
    }
}
