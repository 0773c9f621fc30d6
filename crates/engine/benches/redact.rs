//! How fast a log is masked, in MB/s and as a ratio to copying it: `cargo xtask bench redact`.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark that cannot run fails, and prints"
)]

use std::fmt::Write as _;
use std::io::{self, Read, Write};
use std::time::Instant;

use tightlip_engine::{KnownValue, Redactor};
use zeroize::Zeroizing;

/// Bytes of log.
const SIZE: usize = 512 << 20;

fn main() {
    let log = log();
    let copying = time(&log, &mut |input, output| {
        io::copy(input, output).unwrap();
    });
    println!("copying                 {:>6.0} MB/s", rate(copying));
    for count in [0_usize, 3, 1000] {
        let known: Vec<KnownValue> = (0..count)
            .map(|n| {
                KnownValue::new(
                    &format!("V{n}"),
                    Zeroizing::new(format!("value-{n}-{}", n * 7919).into_bytes()),
                )
            })
            .map(Result::unwrap)
            .collect();
        let redactor = Redactor::new(&known, &[]).unwrap();
        let masking = time(&log, &mut |input, output| {
            redactor.pass(input, output).unwrap();
        });
        println!(
            "masking, {count:>4} values    {:>6.0} MB/s, {:.1} times copying",
            rate(masking),
            masking / copying
        );
    }
}

/// A log as builds write it, repeated.
fn log() -> Vec<u8> {
    let mut text = String::new();
    for line in 0..20_000 {
        let _ = match line % 4 {
            0 => writeln!(
                text,
                "#{} {}.{:03} npm http fetch GET 200 https://registry.example/package-{line} {}ms",
                line % 9,
                line / 100,
                line % 1000,
                line % 97
            ),
            1 => writeln!(
                text,
                "#{} {}.{:03} Unpacking libexample{line}:amd64 (1.{}.{}-2) ...",
                line % 9,
                line / 100,
                line % 1000,
                line % 30,
                line % 7
            ),
            2 => writeln!(
                text,
                "#{} {}.{:03} Collecting example-{line}==2.{} (from -r requirements.txt (line {}))",
                line % 9,
                line / 100,
                line % 1000,
                line % 40,
                line % 211
            ),
            _ => writeln!(
                text,
                "#{} {}.{:03}    Compiling example-crate-{line} v0.{}.{}",
                line % 9,
                line / 100,
                line % 1000,
                line % 20,
                line % 50
            ),
        };
    }
    text.into_bytes()
}

struct Repeated<'l> {
    log: &'l [u8],
    at: usize,
}

impl Read for Repeated<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.at >= SIZE {
            return Ok(0);
        }
        let from = self.log.get(self.at % self.log.len()..).unwrap_or_default();
        let length = from.len().min(buffer.len());
        buffer.iter_mut().zip(from).for_each(|(to, from)| *to = *from);
        self.at += length;
        Ok(length)
    }
}

fn time(log: &[u8], work: &mut dyn FnMut(&mut (dyn Read + Send), &mut dyn Write)) -> f64 {
    let start = Instant::now();
    work(&mut Repeated { log, at: 0 }, &mut io::sink());
    start.elapsed().as_secs_f64()
}

fn rate(seconds: f64) -> f64 {
    SIZE as f64 / 1e6 / seconds
}
