//! How fast a log is masked, in MB/s and as ratios to copying it and to one `memchr` over it:
//! `cargo xtask bench redact [MiB]`.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark that cannot run fails, and prints"
)]

use std::fmt::Write as _;
use std::hint::black_box;
use std::io::{self, Read, Write};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tightlip_engine::{KnownValue, Redactor};
use zeroize::Zeroizing;

/// MiB of log, if nothing else is said.
const SIZE: usize = 1024;
/// So often each is tried; the best counts.
const ROUNDS: usize = 3;

fn main() {
    let size = std::env::args().skip(1).find_map(|word| word.parse().ok()).unwrap_or(SIZE) << 20;
    let values: Vec<String> =
        (0..10).map(|n| format!("Vq{}xw-{:08x}-{n}Zr", n * 37, n * 1_234_577 + 99)).collect();
    let known: Vec<KnownValue> = values
        .iter()
        .enumerate()
        .map(|(n, value)| {
            KnownValue::new(&format!("V{n}"), Zeroizing::new(value.clone().into_bytes())).unwrap()
        })
        .collect();
    let few = Redactor::of_values(&known).unwrap();
    let all = Redactor::new(&known, &[]).unwrap();
    let rules = Redactor::new(&[], &[]).unwrap();
    for (name, log) in [
        ("plain", log(&values, "")),
        ("coloured", log(&values, "\u{1b}[32m")),
        ("rawjson", rawjson(&log(&values, ""))),
    ] {
        let size = if name == "rawjson" { size / 16 } else { size };
        let bench = Bench { log: log.as_bytes(), size };
        println!("{name} log, {} MiB", size >> 20);
        let copying = bench.time(&mut |input, output| {
            let _ = io::copy(input, output).unwrap();
        });
        let searching = bench.time(&mut |input, _| bench_memchr(input));
        bench.tell("copying", copying, (copying, searching));
        bench.tell("memchr of line ends", searching, (copying, searching));
        for (what, redactor) in
            [("10 known values", &few), ("rules", &rules), ("rules and 10 known values", &all)]
        {
            let masking = bench.time(&mut |input, output| drop(redactor.pass(input, output).unwrap()));
            bench.tell(what, masking, (copying, searching));
        }
    }
    println!("a line comes out after {:?} at the most", delay(&all));
}

/// One `memchr` over everything that is read.
fn bench_memchr(input: &mut dyn Read) {
    let mut buffer = vec![0; 256 << 10];
    let mut lines = 0;
    while let Ok(length @ 1..) = input.read(&mut buffer) {
        lines += memchr::memchr_iter(b'\n', buffer.get(..length).unwrap_or_default()).count();
    }
    black_box(lines);
}

/// How long a line is on its way when nothing follows: the worst of many.
fn delay(redactor: &Redactor) -> Duration {
    let mut filter = redactor.filter();
    let once = |number: usize| {
        let line = format!("#7 {number}.1 a line of a step, as they come\n");
        let start = Instant::now();
        assert!(filter.push(line.as_bytes()).ends_with(b"come\n"));
        start.elapsed()
    };
    (0..10_000).map(once).max().unwrap_or_default()
}

/// A log as builds write it. One line in a thousand holds a value, in one of its encodings.
fn log(values: &[String], colour: &str) -> String {
    let reset = if colour.is_empty() { "" } else { "\u{1b}[0m" };
    let mut text = String::new();
    for line in 0..20_000 {
        let (step, time) = (line % 9, format!("{}.{:03}", line / 100, line % 1000));
        let _ = write!(text, "#{step} {time} {colour}");
        let _ = match line % 4 {
            0 => {
                write!(text, "npm http fetch GET 200 https://registry.example/package-{line} {}ms", line % 97)
            }
            1 => write!(text, "Unpacking libexample{line}:amd64 (1.{}.{}-2) ...", line % 30, line % 7),
            2 => write!(
                text,
                "Collecting example-{line}==2.{} (from -r requirements.txt (line {}))",
                line % 40,
                line % 211
            ),
            _ => write!(text, "   Compiling example-crate-{line} v0.{}.{}", line % 20, line % 50),
        };
        if line % 1000 == 17 {
            let value = &values[line / 1000 % values.len()];
            let _ = match line / 1000 % 4 {
                0 => write!(text, " token={value}"),
                1 => write!(text, " auth {}", STANDARD.encode(format!("user:{value}"))),
                2 => write!(text, " {}", value.bytes().map(|b| format!("{b:02x}")).collect::<String>()),
                _ => write!(text, " {}", value.chars().rev().collect::<String>()),
            };
        }
        let _ = writeln!(text, "{reset}");
    }
    text
}

/// The same as BuildKit's progress.
fn rawjson(log: &str) -> String {
    let chunks = log.as_bytes().chunks(900);
    let line = |(n, chunk): (usize, &[u8])| {
        format!(
            "{{\"logs\":[{{\"vertex\":\"sha256:{:064x}\",\"stream\":1,\"data\":\"{}\",\"timestamp\":\"2026-01-02T03:04:05Z\"}}]}}\n",
            n % 9,
            STANDARD.encode(chunk)
        )
    };
    chunks.enumerate().map(line).collect()
}

/// A log that is repeated up to a size.
struct Bench<'l> {
    log: &'l [u8],
    size: usize,
}

impl Bench<'_> {
    /// The best of several rounds, in seconds.
    fn time(&self, work: &mut dyn FnMut(&mut (dyn Read + Send), &mut dyn Write)) -> f64 {
        let once = |_| {
            let start = Instant::now();
            work(&mut Repeated { log: self.log, at: 0, size: self.size }, &mut io::sink());
            start.elapsed().as_secs_f64()
        };
        (0..ROUNDS).map(once).fold(f64::INFINITY, f64::min)
    }

    fn tell(&self, what: &str, seconds: f64, (copying, searching): (f64, f64)) {
        println!(
            "  {what:<28} {:>6.0} MB/s, {:>6.1} times copying, {:>6.1} times memchr",
            self.size as f64 / 1e6 / seconds,
            seconds / copying,
            seconds / searching
        );
    }
}

struct Repeated<'l> {
    log: &'l [u8],
    at: usize,
    size: usize,
}

impl Read for Repeated<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.at >= self.size {
            return Ok(0);
        }
        let from = self.log.get(self.at % self.log.len()..).unwrap_or_default();
        let length = from.len().min(buffer.len());
        let (to, from) = (buffer.get_mut(..length), from.get(..length));
        if let (Some(to), Some(from)) = (to, from) {
            to.copy_from_slice(from);
        }
        self.at += length;
        Ok(length)
    }
}
