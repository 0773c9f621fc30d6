//! What linting costs: one Dockerfile from a standing start, and a thousand at once.
//!
//! `cargo xtask bench lint [FILE…]`: Dockerfiles, repeated until there are a thousand; without any, the clean ones of the
//! tests. The ratio is to only reading and parsing them on one thread.
#![expect(clippy::print_stdout, reason = "a benchmark talks to the person who runs it")]
#![expect(clippy::unwrap_used, reason = "a benchmark that cannot run has nothing to say")]

use std::path::Path;
use std::time::{Duration, Instant};

use tightlip_dockerfile::Document;
use tightlip_engine::IdentityKey;
use tightlip_engine::lint::{Input, LintRequest, lint};

/// How many are linted at once.
const MANY: usize = 1000;
/// How often each thing is measured.
const TURNS: usize = 5;

fn main() {
    // Cargo adds `--bench`; Rust's own harness would take it.
    let files: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    let texts: Vec<Vec<u8>> = if files.is_empty() {
        corpus()
    } else {
        files.iter().map(|file| std::fs::read(file).unwrap()).collect()
    };
    let many: Vec<&[u8]> = texts.iter().map(Vec::as_slice).cycle().take(MANY).collect();
    let bytes: usize = many.iter().map(|text| text.len()).sum();
    let one = best(|| linted(&many[..1]));
    let all = best(|| linted(&many));
    let parsed =
        best(|| many.iter().map(|text| Document::parse_bytes(text).instructions().len()).sum::<usize>());
    println!("one Dockerfile, rules and search prepared anew: {one:>8.2?}");
    println!(
        "{MANY} Dockerfiles ({} kB): {all:>8.2?}, {:.2?} each beyond the first",
        bytes / 1000,
        all.saturating_sub(one) / 999
    );
    println!(
        "only parsing them, one thread: {parsed:>8.2?}, ratio {:.1}",
        all.as_secs_f64() / parsed.as_secs_f64()
    );
}

fn corpus() -> Vec<Vec<u8>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/lint/clean.txt");
    let text = std::fs::read_to_string(path).unwrap();
    text.split("=== ").skip(1).filter_map(|case| Some(case.split_once('\n')?.1.as_bytes().to_vec())).collect()
}

fn linted(texts: &[&[u8]]) -> usize {
    let input = |(number, text): (usize, &&[u8])| Input::Text {
        name: format!("{number}/Dockerfile"),
        bytes: text.to_vec(),
    };
    let request = LintRequest::new(texts.iter().enumerate().map(input).collect(), IdentityKey::new([0; 32]));
    lint(&request).unwrap().report.findings.len()
}

fn best(work: impl Fn() -> usize) -> Duration {
    let turn = || {
        let start = Instant::now();
        std::hint::black_box(work());
        start.elapsed()
    };
    (0..TURNS).map(|_| turn()).min().unwrap()
}
