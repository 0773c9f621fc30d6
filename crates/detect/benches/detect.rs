//! How fast the whole rule set goes over text, programs and minified scripts on one core, against what reading them costs
//! anyway.
//!
//! `cargo xtask bench detect [TEXT-DIR… -- PROGRAM-DIR…]`. `search` is all rules over the bytes as they stand, `deep` also
//! everything that is written or packed inside them. `times memchr` is how many searches for one byte would have taken as
//! long, `of reading` which share or multiple of inflating the bytes and hashing them twice. Speeds of machines differ and so do their moods: what counts are the
//! ratios, of best runs that lie side by side.
#![expect(clippy::print_stdout, reason = "a benchmark talks to the person who runs it")]
#![expect(clippy::unwrap_used, reason = "a benchmark that cannot run has nothing to say")]

use std::collections::BTreeMap;
use std::hint::black_box;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use flate2::Compression;
use flate2::bufread::MultiGzDecoder;
use flate2::write::GzEncoder;
use sha2::{Digest as _, Sha256};
use tightlip_detect::decode::{Budget, Limits};
use tightlip_detect::{Hint, Known, Match, RuleSet, Scanner, ScannerOptions, Sink, Skipped};

/// Most bytes of one corpus.
const CORPUS: usize = 48 << 20;
/// Largest file that is taken.
const LARGEST: u64 = 16 << 20;
/// How often each thing is measured.
const TURNS: usize = 5;
/// How often memchr goes over it in one turn: the clock is too coarse for once.
const FAST: u32 = 32;
const TEXT: &[&str] = &["/usr/lib/python3", "/usr/lib/python3.11", "/usr/share"];
const PROGRAMS: &[&str] = &["/usr/bin", "/usr/lib"];

/// Files by path.
type Corpus = Vec<(PathBuf, Vec<u8>)>;

/// Counts what is found, so that a faster scanner that finds less is noticed.
#[derive(Default)]
struct Count(BTreeMap<&'static str, usize>);

impl Sink for Count {
    fn hit(&mut self, found: &Match<'_>) {
        *self.0.entry(found.rule.id).or_default() += 1;
    }

    fn gap(&mut self, _: Skipped) {}
}

fn main() {
    // Cargo adds `--bench`; Rust's own harness would take it.
    let arguments: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    let mut lists = arguments.split(|word| word == "--");
    let text = folders(lists.next(), TEXT);
    let programs = folders(lists.next(), PROGRAMS);
    let scanner = start_up();
    println!(
        "{:<9} {:>6} {:<7} {:>6} {:>13} {:>11} {:>8}",
        "corpus", "MB", "work", "MB/s", "times memchr", "of reading", "matches"
    );
    compare("text", &corpus(&text, &|bytes| !bytes.contains(&0)), &scanner);
    compare("programs", &corpus(&programs, &|bytes| bytes.starts_with(b"\x7fELF")), &scanner);
    compare("minified", &minified(), &scanner);
    known(&corpus(&text, &|bytes| !bytes.contains(&0)));
}

/// What known values cost: everything with them beside everything without, and the search for them alone as a share of
/// everything without.
fn known(files: &Corpus) {
    let whole: usize = files.iter().map(|(_, bytes)| bytes.len()).sum();
    println!("\n{:<9} {:>8} {:>10} {:>10} {:>10}", "known", "start", "scan MB/s", "to none", "alone");
    let plain = Scanner::new(&RuleSet::builtin().unwrap(), ScannerOptions::default()).unwrap();
    for count in [1, 100, 3000] {
        let values = passwords(count);
        let names = values.iter().map(|value| ("VALUE", value.as_bytes()));
        let begin = Instant::now();
        let known = Known::new(names.clone()).unwrap();
        let start = begin.elapsed();
        let alone = Scanner::only(Known::new(names).unwrap()).unwrap();
        let knowing =
            Scanner::new(&RuleSet::builtin().unwrap(), ScannerOptions::default()).unwrap().knowing(known);
        let mut best = [Duration::MAX; 3];
        for _ in 0..TURNS {
            for (best, scanner) in best.iter_mut().zip([&plain, &knowing, &alone]) {
                *best = time(&mut || look(scanner, files)).min(*best);
            }
        }
        let [none, with, alone] = best.map(|time| time.as_secs_f64());
        println!(
            "{count:<9} {:>8} {:>10.0} {:>10.2} {:>10.2}",
            format!("{start:.0?}"),
            whole as f64 / 1e6 / with,
            with / none,
            alone / none,
        );
    }
}

fn look(scanner: &Scanner, files: &Corpus) {
    for (path, bytes) in files {
        let hint = Hint::File(path.as_os_str().as_encoded_bytes());
        scanner.stream(hint, &mut &bytes[..], &mut Count::default()).unwrap();
    }
}

/// Values of 16 to 47 letters and digits, the same in every run.
fn passwords(count: usize) -> Vec<String> {
    const LETTERS: &[u8] = b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    let mut next = numbers();
    let mut value = |length: usize| -> String {
        (0..length).map(|_| char::from(LETTERS[next() as usize % LETTERS.len()])).collect()
    };
    (0..count).map(|number| value(16 + number % 32)).collect()
}

fn folders(given: Option<&[String]>, usual: &[&str]) -> Vec<PathBuf> {
    match given {
        Some(given) if !given.is_empty() => given.iter().map(PathBuf::from).collect(),
        _ => usual.iter().map(PathBuf::from).collect(),
    }
}

/// The time until the first byte can be scanned; only the first of a process is a true one.
fn start_up() -> Scanner {
    let begin = Instant::now();
    let rules = RuleSet::builtin().unwrap();
    let read = begin.elapsed();
    let scanner = Scanner::new(&rules, ScannerOptions::default()).unwrap();
    println!("start: rules {read:.1?}, with scanner {:.1?}", begin.elapsed());
    scanner
}

fn compare(name: &str, files: &Corpus, scanner: &Scanner) {
    let whole: Vec<u8> = files.iter().flat_map(|(_, bytes)| bytes).copied().collect();
    let packed = pack(&whole);
    let [mut find, mut inflate] = [Duration::MAX; 2];
    let mut works = [Work::new("search", &search), Work::new("deep", &deep)];
    for _ in 0..TURNS {
        inflate = inflate.min(time(&mut || inflate_and_hash(&packed)));
        find = find.min(time(&mut || {
            for _ in 0..FAST {
                black_box(memchr::memchr_iter(0xff, &whole).count());
            }
        }));
        works.iter_mut().for_each(|work| work.turn(files, scanner));
    }
    let size = whole.len() as f64 / 1e6;
    let line = |name: &str, work: &str, took: Duration, matches: &str| {
        let took = took.as_secs_f64();
        let times = took / (find / FAST).as_secs_f64();
        let share = took / inflate.as_secs_f64();
        println!(
            "{name:<9} {size:>6.1} {work:<7} {:>6.0} {times:>13.1} {share:>11.2} {matches:>8}",
            size / took
        );
    };
    line(name, "memchr", find / FAST, "");
    line(name, "reading", inflate, "");
    for work in &works {
        line(name, work.name, work.best, &work.found.0.values().sum::<usize>().to_string());
    }
    if std::env::var_os("TIGHTLIP_BENCH_RULES").is_some() {
        works.iter().for_each(|work| println!("{} {:?}", work.name, work.found.0));
    }
}

/// A way to go over a corpus.
struct Work<'w> {
    name: &'static str,
    over: &'w dyn Fn(&Corpus, &Scanner, &mut Count),
    best: Duration,
    found: Count,
}

impl<'w> Work<'w> {
    fn new(name: &'static str, over: &'w dyn Fn(&Corpus, &Scanner, &mut Count)) -> Self {
        Self { name, over, best: Duration::MAX, found: Count::default() }
    }

    fn turn(&mut self, files: &Corpus, scanner: &Scanner) {
        self.found = Count::default();
        self.best = self.best.min(time(&mut || (self.over)(files, scanner, &mut self.found)));
    }
}

fn search(files: &Corpus, scanner: &Scanner, found: &mut Count) {
    for (path, bytes) in files {
        scanner.stream(hint(path), &mut &bytes[..], found).unwrap();
    }
}

fn deep(files: &Corpus, scanner: &Scanner, found: &mut Count) {
    // Every file is new to an image, so none may be known from the turn before.
    let budget = Budget::new(Limits { remembered: 0, ..Limits::default() });
    for (path, bytes) in files {
        scanner.deep_stream((hint(path), &mut &bytes[..]), &budget, found).unwrap();
    }
}

fn hint(path: &Path) -> Hint<'_> {
    Hint::File(path.as_os_str().as_encoded_bytes())
}

/// Time of the processor where the system tells it, so that what else runs counts less.
fn time(work: &mut dyn FnMut()) -> Duration {
    let (clock, begin) = (Instant::now(), on_processor());
    work();
    match (begin, on_processor()) {
        (Some(begin), Some(end)) => end.saturating_sub(begin),
        _ => clock.elapsed(),
    }
}

/// How long this thread has run so far.
fn on_processor() -> Option<Duration> {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    Some(Duration::from_nanos(stat.split(' ').next()?.parse().ok()?))
}

/// What reading a layer costs without looking at it: the stored bytes hashed, inflated and hashed again.
fn inflate_and_hash(packed: &[u8]) {
    let mut stored = Sha256::new();
    let mut plain = Sha256::new();
    let mut decoder = MultiGzDecoder::new(packed);
    let mut buffer = vec![0; 256 << 10];
    let mut hashed = 0;
    loop {
        let length = decoder.read(&mut buffer).unwrap();
        let read = packed.len() - decoder.get_ref().len();
        stored.update(&packed[hashed..read]);
        hashed = read;
        if length == 0 {
            break;
        }
        plain.update(&buffer[..length]);
    }
    black_box((stored.finalize(), plain.finalize()));
}

fn pack(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::new(6));
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// Files below the folders that are wanted: of all of a folder, but always the same ones.
fn corpus(folders: &[PathBuf], wanted: &dyn Fn(&[u8]) -> bool) -> Corpus {
    let mut files = Corpus::new();
    let share = CORPUS / folders.len().max(1);
    for folder in folders {
        let mut left = share;
        let mut paths = Vec::new();
        list(folder, &mut paths);
        paths.sort();
        shuffle(&mut paths);
        for path in paths {
            let Ok(bytes) = std::fs::read(&path) else { continue };
            if wanted(&bytes) && bytes.len() <= left {
                left -= bytes.len();
                files.push((path.strip_prefix("/").unwrap_or(&path).to_path_buf(), bytes));
            }
        }
    }
    files
}

fn shuffle(paths: &mut [PathBuf]) {
    let mut next = numbers();
    for last in (1..paths.len()).rev() {
        paths.swap(last, next() as usize % (last + 1));
    }
}

/// Numbers without an order, the same in every run.
fn numbers() -> impl FnMut() -> u64 {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        state >> 33
    }
}

fn list(folder: &Path, paths: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        match entry.metadata() {
            Ok(meta) if meta.is_dir() => list(&entry.path(), paths),
            Ok(meta) if meta.is_file() && (1..=LARGEST).contains(&meta.len()) => paths.push(entry.path()),
            _ => {}
        }
    }
}

/// Scripts without line breaks, full of the words that scripts are made of; the same in every run.
fn minified() -> Corpus {
    const WORDS: &[&str] = &[
        "function(",
        "return ",
        "this.",
        "var ",
        "e.",
        "t=",
        "n(",
        "){",
        "}",
        ";",
        ",",
        "\"use strict\"",
        "null!=",
        "prototype.",
        "length",
        "push(",
        ".map(",
        "=>",
        "0x1f",
        "Object.",
        "getAttribute(\"data-",
        "className",
        "require(",
        "exports.",
        "typeof ",
        "action",
        "addEventListener(",
        "path",
        "actual",
    ];
    const NAMES: &[&str] = &[
        "key:",
        "token",
        "password:",
        "auth",
        "\"https://",
        "secretKey=",
        "define(",
        "join(",
        "http:",
        "graph",
    ];
    let mut next = numbers();
    let mut file = |number: usize| {
        let mut text = Vec::new();
        while text.len() < 1 << 20 {
            let one = next();
            match one % 48 {
                0 => text.extend_from_slice(NAMES[next() as usize % NAMES.len()].as_bytes()),
                1..16 => text.extend((0..one % 5 + 1).map(|_| b'a' + (next() % 26) as u8)),
                _ => text.extend_from_slice(WORDS[next() as usize % WORDS.len()].as_bytes()),
            }
        }
        (PathBuf::from(format!("app/static/{number}.js")), text)
    };
    (0..16).map(&mut file).collect()
}
