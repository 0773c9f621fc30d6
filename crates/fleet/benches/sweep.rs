//! What a sweep costs beside fetching and decompressing every blob once, and what it costs with many images.
//!
//! `cargo xtask bench sweep [IMAGES]`. The registry runs in this process.
#![expect(clippy::print_stdout, reason = "a benchmark talks to the person who runs it")]
#![expect(clippy::unwrap_used, reason = "a benchmark that cannot run has nothing to say")]

use std::collections::BTreeSet;
use std::io::Read as _;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use tightlip_engine::policy::Policy;
use tightlip_engine::{IdentityKey, Options, Request};
use tightlip_fleet::{Answer, Ask, Names, Nobody, Sqlite, Sweep, Wanted, sweep};
use tightlip_image::store::Repository;
use tightlip_image::{Digest, Entry, Expected, Limits, Problem, Reference, Slack, Visit, walk};
use tightlip_report::{Date, Level};
use tightlip_testkit::{Bundle, Habits, ImageBuilder, Layer, Registry};

/// Images of the first part, layers that they share, and bytes of a file.
const IMAGES: usize = 40;
const SHARED: usize = 8;
const BYTES: usize = 64 << 10;
/// Files of a layer that is shared, and of one that is not.
const FILES: [usize; 2] = [48, 8];
/// Images of the second part, and how many of them share one layer.
const MANY: usize = 100_000;
const SHARE: usize = 100;

fn main() {
    let jobs = std::thread::available_parallelism().map_or(2, usize::from);
    compare(jobs);
    let wanted = std::env::args().filter_map(|word| word.parse().ok()).next();
    many(wanted.unwrap_or(MANY), jobs);
}

/// A sweep beside the floor: each blob fetched, decompressed and hashed once, with the same threads.
fn compare(jobs: usize) {
    let registry = Registry::start(Habits::default());
    for number in 0..IMAGES {
        let mut image = ImageBuilder::new();
        for layer in 0..SHARED {
            image = image.step("RUN install # buildkit", files(&format!("base {layer}"), FILES[0]));
        }
        image = image.step("COPY . /app # buildkit", files(&format!("own {number}"), FILES[1]));
        registry.push("app", &format!("v{number}"), &Bundle::of(image.build()));
    }
    let blobs = registry.blobs();
    let floor = (0..3).map(|_| timed(|| fetch(&registry, &blobs, jobs))).min().unwrap();
    let mut best = Duration::MAX;
    for _ in 0..3 {
        let folder = tempfile::tempdir().unwrap();
        best = best.min(timed(|| run(&registry, &folder.path().join("state.db"), jobs)));
    }
    println!("{IMAGES} images, {} blobs, {jobs} threads", blobs.len());
    println!("  fetching and decompressing alone {floor:>9.2?}");
    println!(
        "  sweep                            {best:>9.2?}  {:.0} images/s",
        IMAGES as f64 / best.as_secs_f64()
    );
    println!("  ratio {:.2}", best.as_secs_f64() / floor.as_secs_f64());
}

/// Many small images: listing, settling, a second run, and a question.
fn many(images: usize, jobs: usize) {
    let registry = Registry::start(Habits::default());
    let mut layer = String::new();
    for number in 0..images {
        if number % SHARE == 0 {
            let built = ImageBuilder::new().file("a", format!("group {}", number / SHARE)).build();
            layer.clone_from(&built.layers[0].digest);
            registry.push_blob(built.layers[0].blob.clone());
            registry.push_blob(built.config.clone());
            for own in number..(number + SHARE).min(images) {
                let built = built
                    .clone()
                    .with_manifest(|m| m["annotations"] = serde_json::json!({"n": own.to_string()}));
                registry.push_manifest(
                    &format!("team-{}/app", own / 1000),
                    Some(&format!("v{own}")),
                    built.manifest,
                );
            }
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path().join("state.db");
    let first = timed(|| run(&registry, &state, jobs));
    let second = timed(|| run(&registry, &state, jobs));
    let results = Sqlite::read(&state).unwrap();
    let policy = Policy::new(Vec::new(), Date::of_seconds(0));
    let ask = Ask { subject: layer, counts: Level::Deny, now: 0, policy };
    let blast = Answer::named("blast").unwrap();
    let mut rows = 0;
    let asked = (0..5)
        .map(|_| timed(|| rows = blast.of(&results, &ask).unwrap().tables[0].rows.len()))
        .min()
        .unwrap();
    let size = std::fs::metadata(&state).unwrap().len() >> 20;
    println!("{images} images of {} layers", images.div_ceil(SHARE));
    println!(
        "  first run  {first:>9.2?}  {:.0} images/s, a state of {size} MiB",
        images as f64 / first.as_secs_f64()
    );
    println!("  second run {second:>9.2?}  {:.0} images/s", images as f64 / second.as_secs_f64());
    println!("  blast      {asked:>9.2?}  {rows} images");
}

fn run(registry: &Registry, state: &Path, jobs: usize) {
    let wanted = Wanted {
        host: registry.host(),
        prefix: None,
        names: Names::new(&[], &[]).unwrap(),
        listed: None,
        list_by: None,
        options: Options::default(),
        jobs,
    };
    let request = Request::new("sweep", IdentityKey::new([7; 32]));
    let policy = Policy::new(Vec::new(), Date::of_seconds(0));
    sweep(&Sweep { wanted, request, policy, state: state.to_owned() }, &Nobody).unwrap();
}

struct Ignore;

impl Visit for Ignore {
    fn entry(&mut self, _: &Entry, _: &mut dyn std::io::Read) {}
    fn slack(&mut self, _: &Slack, _: &mut dyn std::io::Read) {}
    fn problem(&mut self, _: Problem) {}
}

fn fetch(registry: &Registry, blobs: &[String], jobs: usize) {
    let reference = Reference::parse(&registry.name("app:v0")).unwrap();
    let repository = Repository::open(reference, &Options::default()).unwrap();
    let next = AtomicUsize::new(0);
    let work = || {
        while let Some(blob) = blobs.get(next.fetch_add(1, Ordering::Relaxed)) {
            let mut raw = repository.blob(&Digest::parse(blob).unwrap()).unwrap();
            walk(&mut raw, &Expected::default(), &Limits::default(), &mut Ignore);
            raw.read_to_end(&mut Vec::new()).unwrap();
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..jobs {
            scope.spawn(work);
        }
        work();
    });
}

fn timed(work: impl FnOnce()) -> Duration {
    let begin = Instant::now();
    work();
    begin.elapsed()
}

fn files(seed: &str, count: usize) -> Layer {
    let known: BTreeSet<usize> = (0..count).collect();
    known.iter().fold(Layer::new(), |layer, at| {
        let name = format!("{}/{at}.txt", seed.replace(' ', "/"));
        layer.file(&name, text(&format!("{seed} {at}")))
    })
}

/// Text that compresses as source does.
fn text(seed: &str) -> String {
    let mut state =
        seed.bytes().fold(0_u64, |state, byte| state.wrapping_mul(31).wrapping_add(u64::from(byte)));
    let mut text = String::with_capacity(BYTES);
    while text.len() < BYTES {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        text.push_str(&format!("let value_{} = other({}) + {};\n", state >> 56, state >> 60, state >> 50));
    }
    text
}
