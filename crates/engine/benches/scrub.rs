//! What it costs to take one leak out of a large image, beside a copy and beside a scan of the same image.
//!
//! `cargo xtask bench scrub [MiB]`. The image is a layout that is made here: eight layers, and a small one that leaks. Each
//! work is done in a process of its own, so that processor time and memory are its own too.
#![expect(clippy::print_stdout, reason = "a benchmark talks to the person who runs it")]
#![expect(clippy::unwrap_used, reason = "a benchmark that cannot run has nothing to say")]

use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use serde_json::{Value, json};
use tightlip_engine::scrub::{Map, Output, Scrub, ScrubRequest, Select};
use tightlip_engine::{Cache, CacheFolder, IdentityKey, Quiet, Request, scan};
use tightlip_image::{Algorithm, Hasher};
use tightlip_testkit::{Canary, ImageBuilder, Layer, digest};

const LAYERS: usize = 8;
const USUAL_MIB: usize = 256;
const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";

/// What is measured: its name in the arguments, and in the table.
const WORKS: &[(&str, &str)] = &[
    ("copy", "copy, digests checked"),
    ("scan", "scan"),
    ("plan", "plan, image never seen"),
    ("all", "plan and write, image never seen"),
    ("scan-first", "scan that keeps what it saw"),
    ("after-scan", "plan after that scan"),
    ("after-plan", "plan and write after that plan"),
];

fn main() {
    // Cargo adds `--bench`; Rust's own harness would take it.
    let arguments: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    if let [work, folder] = &arguments[..] {
        return only(work, Path::new(folder));
    }
    let size = arguments.first().and_then(|size| size.parse().ok()).unwrap_or(USUAL_MIB);
    let folder = tempfile::tempdir().unwrap();
    make(&folder.path().join("image"), size << 20);
    println!("an image of {size} MiB in {LAYERS} layers, and a small one that leaks");
    let mut costs: Vec<f64> = Vec::new();
    for (work, words) in WORKS {
        let program = std::env::current_exe().unwrap();
        let output = Command::new(program).arg(work).arg(folder.path()).output().unwrap();
        assert!(output.status.success(), "{work}: {}", String::from_utf8_lossy(&output.stderr));
        let text = String::from_utf8(output.stdout).unwrap();
        let fields: Vec<f64> = text.split_whitespace().map(|field| field.parse().unwrap()).collect();
        let [wall, processor, peak] = fields[..] else { panic!("{text}") };
        costs.push(processor);
        let ratio = |to: usize| costs.get(to).map_or(1.0, |cost| processor / cost.max(0.01));
        println!(
            "  {words:<34} {wall:>7.2} s, processor {processor:>7.2} s, peak {peak:>4.0} MB: {:>6.2} copies, {:>5.2} scans",
            ratio(0),
            ratio(1),
        );
    }
}

/// Does one work, and says what it took.
fn only(work: &str, folder: &Path) {
    let begin = Instant::now();
    let image = folder.join("image");
    let key = IdentityKey::new([7; 32]);
    let mut request = Request::new(&format!("oci:{}", image.display()), key.clone());
    if ["scan-first", "after-scan", "after-plan"].contains(&work) {
        request.cache = Some(Cache::new(CacheFolder::new(folder.join("cache")), &key, "bench"));
    }
    if work == "copy" {
        copy(&image, &folder.join("copy"));
    } else if work.starts_with("scan") {
        assert!(!scan(&request, &Quiet).unwrap().findings.is_empty());
    } else {
        let scrub = ScrubRequest {
            scan: request,
            select: Select::default(),
            nested: Default::default(),
            made: Map::default(),
            accept_gaps: Vec::new(),
        };
        let planned = Scrub::plan(scrub, &Quiet).unwrap();
        if work == "all" || work == "after-plan" {
            planned.write(&Output::Layout(folder.join(work)), &Quiet).unwrap();
        }
    }
    println!("{} {} {}", begin.elapsed().as_secs_f64(), processor(), peak());
}

/// Seconds of processor time of this process so far.
fn processor() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = [11, 12].iter().filter_map(|at| fields.get(*at)?.parse::<f64>().ok()).sum::<f64>();
    ticks / 100.0
}

/// The most memory that it had, in megabytes.
fn peak() -> f64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    line.trim().trim_end_matches(" kB").parse::<f64>().unwrap_or(0.0) / 1000.0
}

/// What every tool does that copies a layout and trusts nobody.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to.join("blobs/sha256")).unwrap();
    for entry in fs::read_dir(from.join("blobs/sha256")).unwrap() {
        let entry = entry.unwrap();
        let mut source = File::open(entry.path()).unwrap();
        let mut out = File::create(to.join("blobs/sha256").join(entry.file_name())).unwrap();
        let (mut piece, mut hasher) = (vec![0; 256 << 10], Hasher::new(Algorithm::Sha256));
        loop {
            let length = source.read(&mut piece).unwrap();
            if length == 0 {
                break;
            }
            hasher.update(&piece[..length]);
            out.write_all(&piece[..length]).unwrap();
        }
        assert_eq!(hasher.finish().hex(), entry.file_name().to_str().unwrap());
        out.sync_data().unwrap();
    }
}

/// Writes the layout, layer by layer: it need not fit into memory.
fn make(folder: &Path, bytes: usize) {
    fs::create_dir_all(folder.join("blobs/sha256")).unwrap();
    let add = |bytes: &[u8]| {
        let name = digest(bytes);
        fs::write(folder.join("blobs").join(name.replace(':', "/")), bytes).unwrap();
        name
    };
    let token = format!("dckr_{}_{}abc", "pat", Canary::new(1).text());
    let small = Layer::new().file("app/.env", format!("TOKEN={token}\n"));
    let (mut diff_ids, mut layers): (Vec<String>, Vec<Value>) = (Vec::new(), Vec::new());
    for number in 0..=LAYERS {
        let layer = if number == LAYERS { small.clone() } else { noise(number, bytes / LAYERS) };
        let built = ImageBuilder::new().step("COPY . /", layer).build().layers.remove(0);
        diff_ids.push(built.diff_id.clone());
        layers.push(
            json!({"mediaType": built.media_type, "digest": add(&built.blob), "size": built.blob.len()}),
        );
    }
    let config = json!({"os": "linux", "architecture": "amd64", "config": {}, "rootfs": {"type": "layers", "diff_ids": diff_ids}});
    let config = config.to_string().into_bytes();
    let manifest = json!({"schemaVersion": 2, "mediaType": MANIFEST, "layers": layers, "config":
        {"mediaType": "application/vnd.oci.image.config.v1+json", "digest": add(&config), "size": config.len()}});
    let manifest = manifest.to_string().into_bytes();
    let index = json!({"schemaVersion": 2, "manifests": [{"mediaType": MANIFEST, "digest": add(&manifest), "size": manifest.len()}]});
    fs::write(folder.join("index.json"), index.to_string()).unwrap();
    fs::write(folder.join("oci-layout"), r#"{"imageLayoutVersion":"1.0.0"}"#).unwrap();
}

/// Text that compresses about as programs do.
fn noise(layer: usize, bytes: usize) -> Layer {
    let file = 1 << 20;
    (0..bytes.div_ceil(file)).fold(Layer::new(), |tar, number| {
        let mut text = Vec::with_capacity(file);
        let mut seed = (layer * 1_000_003 + number) as u64;
        while text.len() < file {
            text.extend_from_slice(Canary::new(seed).text().to_lowercase().as_bytes());
            text.extend_from_slice(b" the quick brown fox jumps over it\n");
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        }
        tar.file(format!("usr/{layer}/{number}.txt"), &text)
    })
}
