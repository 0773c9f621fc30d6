//! What it costs to take one leak out of a large image, beside a copy and beside a scan of the same image.
//!
//! `cargo xtask bench scrub [MiB]`. The image is a layout that is made here: eight layers, and a small one that leaks.
#![expect(clippy::print_stdout, reason = "a benchmark talks to the person who runs it")]
#![expect(clippy::unwrap_used, reason = "a benchmark that cannot run has nothing to say")]

use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tightlip_engine::scrub::{Output, Scrub, ScrubRequest, Select};
use tightlip_engine::{IdentityKey, Quiet, Request, scan};
use tightlip_image::{Algorithm, Hasher};
use tightlip_testkit::{Canary, ImageBuilder, Layer, digest};

const LAYERS: usize = 8;
const USUAL_MIB: usize = 256;
const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";

fn main() {
    let size = std::env::args().skip(1).find_map(|argument| argument.parse().ok()).unwrap_or(USUAL_MIB);
    let folder = tempfile::tempdir().unwrap();
    let image = folder.path().join("image");
    make(&image, size << 20);
    let target = format!("oci:{}", image.display());
    let copied = timed(|| copy(&image, &folder.path().join("copy")));
    let request = Request::new(&target, IdentityKey::new([7; 32]));
    let scanned = timed(|| assert!(!scan(&request, &Quiet).unwrap().findings.is_empty()));
    let scrub = ScrubRequest {
        scan: request,
        select: Select::default(),
        nested: Default::default(),
        accept_gaps: Vec::new(),
    };
    let begin = Instant::now();
    let planned = Scrub::plan(scrub, &Quiet).unwrap();
    let plan = begin.elapsed();
    let begin = Instant::now();
    planned.write(&Output::Layout(folder.path().join("clean")), &Quiet).unwrap();
    let write = begin.elapsed();
    println!("an image of {size} MiB in {LAYERS} layers, and a small one that leaks");
    println!("  copy with its digests checked  {copied:>9.2?}");
    println!("  scan                           {scanned:>9.2?}");
    println!("  plan: scan and exact search    {plan:>9.2?}");
    println!("  write and prove                {write:>9.2?}");
    println!("  writing / copying {:.2}", write.as_secs_f64() / copied.as_secs_f64());
    println!("  all / (scan + copy) {:.2}", (plan + write).as_secs_f64() / (scanned + copied).as_secs_f64());
}

fn timed(work: impl FnOnce()) -> Duration {
    let begin = Instant::now();
    work();
    begin.elapsed()
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
