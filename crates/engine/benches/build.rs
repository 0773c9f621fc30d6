//! What the guard adds to a build: the same Dockerfile, plain and guarded, in turns in one run.
//!
//! `cargo xtask bench build [BASE [WORK [MIB]]]` with a Docker on the PATH that has the image BASE (`bb`) with a shell in it.
//! The steps work for WORK seconds (5) and write MIB mebibytes (24) of text. Nothing is taken from the builder's cache.
#![expect(clippy::print_stdout, reason = "a benchmark talks to the person who runs it")]
#![expect(clippy::unwrap_used, reason = "a benchmark that cannot run has nothing to say")]

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use tightlip_engine::build::{
    BUILD, Convert, Ending, Environment, Given, Guard, Line, LogLeak, Policy, Show,
};
use tightlip_engine::builder::{Builder, Kind, Task};
use tightlip_engine::policy::Policy as Project;
use tightlip_engine::{Cache, CacheFolder, IdentityKey, Quiet, Request, Watch};
use tightlip_report::{Date, Level};

/// How often each thing is measured.
const TURNS: usize = 3;
const BASE: &str = "tightlip-bench-base";
const NAME: &str = "tightlip-bench";

fn main() {
    let mut words = std::env::args().skip(1).filter(|word| !word.starts_with('-'));
    let base = words.next().unwrap_or_else(|| "bb".to_owned());
    let mut number = |usual: u64| words.next().map_or(usual, |word| word.parse().unwrap());
    let (work, size) = (number(5), number(24));
    let folder = tempfile::tempdir().unwrap();
    let builder = builder();
    make_base(&builder, folder.path(), &base);
    std::fs::write(folder.path().join("Dockerfile"), dockerfile(work, size)).unwrap();
    let bench = Bench { builder, folder: folder.path().to_owned() };
    let mut best = [Duration::MAX; 3];
    let mut parts = [Duration::MAX; 3];
    for turn in 0..TURNS {
        let cache = folder.path().join(format!("cache-{turn}"));
        best[0] = best[0].min(bench.plain());
        let (cold, _) = bench.guarded(&cache);
        best[1] = best[1].min(cold);
        let (warm, split) = bench.guarded(&cache);
        if warm < best[2] {
            (best[2], parts) = (warm, split);
        }
    }
    let [plain, cold, warm] = best;
    let ratio = |time: Duration| time.as_secs_f64() / plain.as_secs_f64();
    println!("steps work {work} s and write {size} MiB, on a base of 64 MiB; best of {TURNS}");
    println!("  plain                          {plain:>8.2?}");
    println!("  guarded, no layer seen before  {cold:>8.2?}  ratio {:.2}", ratio(cold));
    println!("  guarded, the base seen before  {warm:>8.2?}  ratio {:.2}", ratio(warm));
    let [building, scanning, publishing] = parts;
    println!("    lint and build {building:.2?}, scan {scanning:.2?}, load {publishing:.2?}");
    println!("  without the scan of new layers           ratio {:.2}", ratio(building + publishing));
    let images = Task::new(["image", "rm", "--force", NAME, BASE]);
    let _ = bench.builder.engine().unwrap().ask(&images);
}

fn builder() -> Builder {
    let folders: Vec<PathBuf> = std::env::split_paths(&std::env::var_os("PATH").unwrap()).collect();
    Builder::find(Kind::Buildx, &folders, Vec::new()).unwrap()
}

fn dockerfile(work: u64, size: u64) -> String {
    // Text of a kind: numbers in lines. What compresses well is scanned as slowly as what does not.
    let write = format!(
        "RUN n=0; while [ $n -lt {size} ]; do seq $((n * 140000)) $((n * 140000 + 139000)) > /app/$n.txt; n=$((n+1)); done\n"
    );
    format!("FROM {BASE}\nCOPY Dockerfile /app/\nRUN sleep {work}\n{write}RUN rm /app/0.txt\n")
}

fn make_base(builder: &Builder, folder: &Path, from: &str) {
    let write = "RUN n=0; while [ $n -lt 64 ]; do seq $((n * 140000)) $((n * 140000 + 139000)) > /base-$n.txt; n=$((n+1)); done\n";
    std::fs::write(folder.join("Dockerfile"), format!("FROM {from}\nRUN mkdir -p /app\n{write}")).unwrap();
    let task = Task::new(["build", "--progress=rawjson", "--tag", BASE]).argument(folder);
    let answer = builder.ask(&task).unwrap();
    assert!(answer.ended.succeeded(), "{}", String::from_utf8_lossy(&answer.said));
}

struct Bench {
    builder: Builder,
    folder: PathBuf,
}

/// When the build was over.
#[derive(Default)]
struct Clock(Mutex<Option<Instant>>);

impl Watch for Clock {}

impl Show for Clock {
    fn built(&self) {
        *self.0.lock().unwrap() = Some(Instant::now());
    }
}

impl Bench {
    fn plain(&self) -> Duration {
        let task =
            Task::new(["build", "--no-cache", "--progress=rawjson", "--tag", NAME]).argument(&self.folder);
        let begin = Instant::now();
        assert!(self.builder.run(&task, &mut |_| {}, &Quiet).unwrap().succeeded());
        begin.elapsed()
    }

    /// The whole, and its parts: until the build is over, until it is scanned, until it is loaded.
    fn guarded(&self, cache: &Path) -> (Duration, [Duration; 3]) {
        let mut scan = Request::new("", IdentityKey::new([7; 32]));
        scan.cache = Some(Cache::new(CacheFolder::new(cache.to_owned()), &scan.key, "bench"));
        let context = self.folder.display().to_string();
        let words = ["--no-cache", "--tag", NAME, &context].map(str::to_owned);
        let guard = Guard {
            line: Line::parse(&words, &[BUILD]).unwrap(),
            builder: self.builder.clone(),
            environment: Environment::new(std::env::vars_os()),
            temporary: std::env::temp_dir(),
            scan,
            policy: Policy {
                convert: Convert::No,
                log: LogLeak::Stops,
                counts: Level::Deny,
                gaps: Vec::new(),
                arguments: Vec::new(),
                project: Project::new(Vec::new(), Date::of_seconds(0)),
            },
            caretaker: Vec::new(),
            input: Given::Nothing,
        };
        let clock = Clock::default();
        let begin = Instant::now();
        let checked = guard.check(&clock).unwrap();
        let scanned = Instant::now();
        let built = clock.0.lock().unwrap().unwrap();
        assert_eq!(guard.publish(checked, &clock).unwrap().ending, Ending::Published);
        (begin.elapsed(), [built - begin, scanned - built, scanned.elapsed()])
    }
}
