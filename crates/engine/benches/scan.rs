//! What a scan of an image costs beside only decompressing and hashing its layers with as many threads.
//!
//! `cargo xtask bench scan FILE…`: image archives or OCI layouts. Memory is the peak of a process that does nothing
//! else.
#![expect(clippy::print_stdout, reason = "a benchmark talks to the person who runs it")]
#![expect(clippy::unwrap_used, reason = "a benchmark that cannot run has nothing to say")]

use std::collections::HashMap;
use std::io::Read;
use std::ops::ControlFlow;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use tightlip_engine::{IdentityKey, Quiet, Request, scan};
use tightlip_image::model::{self, DescribeLimits, Held};
use tightlip_image::store::{self, BlobId};
use tightlip_image::{Entry, Expected, Limits, Problem, Slack, Visit, walk};

/// How often each thing is measured.
const TURNS: usize = 3;

fn main() {
    // Cargo adds `--bench`; Rust's own harness would take it.
    let arguments: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    match arguments.split_first() {
        Some((work, [target])) if work == "--only-scan" => only(target, &scan_all),
        Some((work, [target])) if work == "--only-read" => only(target, &read_all),
        _ => arguments.iter().for_each(|target| compare(target)),
    }
}

fn compare(target: &str) {
    let mut best: [Option<Cost>; 2] = [None, None];
    for _ in 0..TURNS {
        for (best, work) in best.iter_mut().zip(["--only-read", "--only-scan"]) {
            let cost = child(work, target);
            best.get_or_insert_with(|| cost.clone()).keep_better(cost);
        }
    }
    let [Some(reading), Some(scanning)] = best else { return };
    println!("{target}, {} threads", jobs());
    println!("  decompress and hash {reading}");
    println!("  scan                {scanning}");
    let ratio = |of: fn(&Cost) -> Duration| of(&scanning).as_secs_f64() / of(&reading).as_secs_f64();
    println!("  ratio {:.2}, of processor time {:.2}", ratio(|cost| cost.wall), ratio(|cost| cost.processor));
}

/// What a process took.
#[derive(Clone)]
struct Cost {
    wall: Duration,
    /// Of all its threads together, so that what else the machine does counts less.
    processor: Duration,
    peak: String,
}

impl Cost {
    fn keep_better(&mut self, other: Self) {
        self.wall = self.wall.min(other.wall);
        self.processor = self.processor.min(other.processor);
    }
}

impl std::fmt::Display for Cost {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:>8.2?}  processor {:>8.2?}  peak {}", self.wall, self.processor, self.peak)
    }
}

/// What a process of its own takes for it.
fn child(work: &str, target: &str) -> Cost {
    let program = std::env::current_exe().unwrap();
    let output = Command::new(program).args([work, target]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    let fields: Vec<&str> = text.trim().splitn(3, ' ').collect();
    let [wall, processor, peak] = fields[..] else { panic!("{text}") };
    Cost {
        wall: Duration::from_nanos(wall.parse().unwrap()),
        processor: Duration::from_millis(processor.parse::<u64>().unwrap() * 10),
        peak: peak.to_owned(),
    }
}

fn only(target: &str, work: &dyn Fn(&str)) {
    let begin = Instant::now();
    work(target);
    let took = begin.elapsed();
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or("unknown");
    println!("{} {} {}", took.as_nanos(), ticks(), peak.trim());
}

/// Processor time so far in hundredths of a second; see proc(5), `utime` and `stime`.
fn ticks() -> u64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat.rsplit(") ").next().unwrap_or_default().split(' ');
    fields.skip(11).take(2).filter_map(|field| field.parse::<u64>().ok()).sum()
}

fn jobs() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

fn scan_all(target: &str) {
    let key = IdentityKey::new([7; 32]);
    scan(&Request::new(target, key), &Quiet).unwrap();
}

/// Reads every layer and lets everything in it pass.
fn read_all(target: &str) {
    let opened = store::open(target, &store::Options::default()).unwrap();
    let (store, selection) = opened.source.stored().unwrap();
    let limits = DescribeLimits::default();
    let description = model::describe(store.as_ref(), &selection, &limits).unwrap();
    let layers = description.images.iter().flat_map(|image| &image.layers);
    let stored: HashMap<BlobId, Option<u64>> = layers
        .filter(|layer| matches!(layer.held, Held::Stored))
        .map(|layer| (layer.blob.clone(), layer.size))
        .collect();
    let mut blobs: Vec<_> = stored.into_iter().collect();
    blobs.sort_by_key(|(_, size)| std::cmp::Reverse(*size));
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..jobs() {
            scope.spawn(|| {
                while let Some((blob, _)) = blobs.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let mut raw = store.open(blob).unwrap();
                    walk(raw.as_mut(), &Expected::default(), &Limits::default(), &mut Blind);
                }
            });
        }
    });
}

/// Looks at nothing.
struct Blind;

impl Visit for Blind {
    fn entry(&mut self, _: &Entry, _: &mut dyn Read) {}

    fn slack(&mut self, _: &Slack, _: &mut dyn Read) {}

    fn problem(&mut self, _: Problem) {}

    fn progress(&mut self, _: u64) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }
}
