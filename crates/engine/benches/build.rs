//! What the guard adds to a build: the same Dockerfile, plain and guarded, in turns in one run, and where the time goes.
//!
//! A plain build ends with its image in the engine, unpacked: that is part of its export, and of the guarded one's load.
//!
//! `cargo xtask bench build [BASE [WORK [MIB]]]` with a Docker on the PATH that has the image BASE (`bb`) with a shell in it.
//! The steps work for WORK seconds (5) and write MIB mebibytes (24) of text. Nothing is taken from the builder's cache.
#![expect(clippy::print_stdout, reason = "a benchmark talks to the person who runs it")]
#![expect(clippy::unwrap_used, reason = "a benchmark that cannot run has nothing to say")]

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use tightlip_engine::build::{
    BUILD, Convert, Ending, Environment, Given, Guard, Line, LogLeak, Policy, Show, tidy_up_after,
};
use tightlip_engine::builder::{Builder, Kind, Task};
use tightlip_engine::policy::Policy as Project;
use tightlip_engine::{Cache, CacheFolder, IdentityKey, Quiet, Request, Watch};
use tightlip_report::{Date, Level};

/// How often each thing is measured.
const TURNS: usize = 3;
const BASE: &str = "tightlip-bench-base";
const NAME: &str = "tightlip-bench";
/// The word that starts what a guarded build starts beside itself.
const CARETAKER: &str = "caretaker";
/// How the step is called that takes the image out of the builder.
const EXPORTS: &[u8] = b"\"exporting to ";

fn main() {
    let mut words = std::env::args().skip(1).filter(|word| !word.starts_with('-')).peekable();
    if words.peek().is_some_and(|word| word == CARETAKER) {
        return tidy_up();
    }
    let base = words.next().unwrap_or_else(|| "bb".to_owned());
    let mut number = |usual: u64| words.next().map_or(usual, |word| word.parse().unwrap());
    let (work, size) = (number(5), number(24));
    let folder = tempfile::tempdir().unwrap();
    let bench = Bench { builder: builder(), folder: folder.path().to_owned() };
    make_base(&bench.builder, folder.path(), &base);
    std::fs::write(folder.path().join("Dockerfile"), dockerfile(work, size)).unwrap();
    let [mut plain, mut cold, mut warm] = [Parts::LONGEST; 3];
    for turn in 0..TURNS {
        let cache = folder.path().join(format!("cache-{turn}"));
        plain = plain.min(bench.plain());
        cold = cold.min(bench.guarded(&cache));
        warm = warm.min(bench.guarded(&cache));
    }
    println!("steps work {work} s and write {size} MiB, on a base of 64 MiB; best of {TURNS}");
    println!("                                 whole  ratio   before  steps  export  scan   load");
    for (name, parts) in
        [("plain", plain), ("guarded, no layer seen before", cold), ("guarded, the base seen before", warm)]
    {
        println!("  {name:<30}{}", parts.line(plain.whole));
    }
    let aim = (warm.whole - warm.scan).as_secs_f64() / plain.whole.as_secs_f64();
    println!("  without the scan of new layers the ratio is {aim:.2}; the aim is 1.10");
    let more = |guarded: Duration, plain: Duration| guarded.as_secs_f64() - plain.as_secs_f64();
    println!("  of what is more, {:.2} s come before the first step,", more(warm.before, plain.before));
    println!(
        "  {:.2} s are the way out of the builder and into the engine, where plain builds stay inside",
        more(warm.export + warm.load, plain.export)
    );
    let images = Task::new(["image", "rm", "--force", NAME, BASE]);
    let _ = bench.builder.engine().unwrap().ask(&images);
}

fn tidy_up() {
    use std::os::fd::AsFd as _;
    let log = std::io::stdout().as_fd().try_clone_to_owned().unwrap();
    tidy_up_after(std::io::stdin().lock(), std::fs::File::from(log));
}

fn builder() -> Builder {
    let folders: Vec<PathBuf> = std::env::split_paths(&std::env::var_os("PATH").unwrap()).collect();
    let home = std::env::var_os("DOCKER_CONFIG").map(|folder| PathBuf::from(folder).join("cli-plugins"));
    let plugins: Vec<PathBuf> = home.into_iter().chain(["/usr/libexec/docker/cli-plugins".into()]).collect();
    Builder::only(Kind::Buildx, (&folders, &plugins), Vec::new()).unwrap()
}

/// A build and its parts.
#[derive(Clone, Copy, Debug, Default)]
struct Parts {
    whole: Duration,
    /// Until the builder says its first word.
    before: Duration,
    /// Until it begins to export.
    steps: Duration,
    /// Until it ends.
    export: Duration,
    scan: Duration,
    load: Duration,
}

impl Parts {
    const LONGEST: Self = Self {
        whole: Duration::MAX,
        before: Duration::ZERO,
        steps: Duration::ZERO,
        export: Duration::ZERO,
        scan: Duration::ZERO,
        load: Duration::ZERO,
    };

    fn min(self, other: Self) -> Self {
        if other.whole < self.whole { other } else { self }
    }

    fn line(&self, plain: Duration) -> String {
        let ratio = self.whole.as_secs_f64() / plain.as_secs_f64();
        let parts = [self.before, self.steps, self.export, self.scan, self.load];
        let parts: Vec<String> = parts.iter().map(|part| format!("{:6.2}", part.as_secs_f64())).collect();
        format!("{:6.2} s  {ratio:.2}  {}", self.whole.as_secs_f64(), parts.join(" "))
    }
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

/// When the builder said its first word, when it began to export, and when it was over.
struct Clock(Mutex<[Option<Instant>; 3]>);

impl Clock {
    fn new() -> Self {
        Self(Mutex::default())
    }

    fn hear(&self, bytes: &[u8]) {
        let mut times = self.0.lock().unwrap();
        times[0].get_or_insert_with(Instant::now);
        if bytes.windows(EXPORTS.len()).any(|window| window == EXPORTS) {
            times[1].get_or_insert_with(Instant::now);
        }
    }

    fn parts(&self, begin: Instant) -> Parts {
        let [first, export, over] = self.0.lock().unwrap().map(Option::unwrap);
        Parts { before: first - begin, steps: export - first, export: over - export, ..Parts::default() }
    }
}

impl Watch for Clock {}

impl Show for Clock {
    fn progress(&self, masked: &[u8]) {
        self.hear(masked);
    }

    fn built(&self) {
        self.0.lock().unwrap()[2] = Some(Instant::now());
    }
}

impl Bench {
    fn plain(&self) -> Parts {
        let task =
            Task::new(["build", "--no-cache", "--progress=rawjson", "--tag", NAME]).argument(&self.folder);
        let (clock, begin) = (Clock::new(), Instant::now());
        assert!(self.builder.run(&task, &mut |bytes| clock.hear(bytes), &Quiet).unwrap().succeeded());
        clock.built();
        Parts { whole: begin.elapsed(), ..clock.parts(begin) }
    }

    fn guarded(&self, cache: &Path) -> Parts {
        let (clock, begin) = (Clock::new(), Instant::now());
        let guard = self.guard(cache);
        let checked = guard.check(&clock).unwrap();
        let scanned = Instant::now();
        assert_eq!(guard.publish(checked, &clock).unwrap().ending, Ending::Published);
        let over = clock.0.lock().unwrap()[2].unwrap();
        let (scan, load) = (scanned - over, scanned.elapsed());
        Parts { whole: begin.elapsed(), scan, load, ..clock.parts(begin) }
    }

    fn guard(&self, cache: &Path) -> Guard {
        let mut scan = Request::new("", IdentityKey::new([7; 32]));
        scan.cache = Some(Cache::new(CacheFolder::new(cache.to_owned()), &scan.key, "bench"));
        scan.sources.daemons.docker.host = std::env::var("DOCKER_HOST").ok();
        let context = self.folder.display().to_string();
        let words = ["--no-cache", "--tag", NAME, &context].map(str::to_owned);
        Guard {
            line: Line::parse(&words, &[BUILD]).unwrap(),
            builder: builder(),
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
            caretaker: vec![std::env::current_exe().unwrap().into(), CARETAKER.into()],
            input: Given::Nothing,
        }
    }
}
