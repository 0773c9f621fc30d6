//! What the second scan of an image costs that shares nine tenths of its layers with one that was scanned before.
//!
//! `cargo xtask bench reuse`. The images are made here; both are read from an archive.
#![expect(clippy::print_stdout, reason = "a benchmark talks to the person who runs it")]
#![expect(clippy::unwrap_used, reason = "a benchmark that cannot run has nothing to say")]

use std::path::Path;
use std::time::{Duration, Instant};

use tightlip_engine::{Cache, CacheFolder, IdentityKey, Quiet, Request, scan};
use tightlip_report::Report;
use tightlip_testkit::{Bundle, ImageBuilder, Layer};

/// Layers of an image, and how many of them are only its own.
const LAYERS: usize = 10;
const OWN: usize = 1;
/// Files of a layer, and bytes of a file.
const FILES: usize = 64;
const BYTES: usize = 64 << 10;
/// How often each thing is measured.
const TURNS: usize = 3;

fn main() {
    let folder = tempfile::tempdir().unwrap();
    let (first, second) = (folder.path().join("first.tar"), folder.path().join("second.tar"));
    std::fs::write(&first, image("first")).unwrap();
    std::fs::write(&second, image("second")).unwrap();
    let mut fresh = Duration::MAX;
    let mut again = Duration::MAX;
    for turn in 0..TURNS {
        fresh = fresh.min(timed(&second, None).0);
        let cache = folder.path().join(format!("cache-{turn}"));
        timed(&first, Some(&cache));
        let (took, report) = timed(&second, Some(&cache));
        assert_eq!(report.read.reused_layers, (LAYERS - OWN) as u64);
        again = again.min(took);
    }
    println!("{LAYERS} layers of {} MiB, {} of them seen before", (FILES * BYTES) >> 20, LAYERS - OWN);
    println!("  without earlier results {fresh:>9.2?}");
    println!("  with earlier results    {again:>9.2?}");
    println!("  ratio {:.2}", again.as_secs_f64() / fresh.as_secs_f64());
}

fn timed(archive: &Path, cache: Option<&Path>) -> (Duration, Report) {
    let mut request = Request::new(archive.to_str().unwrap(), IdentityKey::new([7; 32]));
    let folder = cache.map(|path| CacheFolder::new(path.to_owned()));
    request.cache = folder.map(|folder| Cache::new(folder, &request.key, "bench"));
    let begin = Instant::now();
    let report = scan(&request, &Quiet).unwrap();
    (begin.elapsed(), report)
}

/// An archive of an image: the last layers are its own, the others those of every image made here.
fn image(name: &str) -> Vec<u8> {
    let mut builder = ImageBuilder::new();
    for layer in 0..LAYERS {
        let whose = if layer < LAYERS - OWN { "all" } else { name };
        let file = |at: usize| (format!("usr/{layer}/{at}.txt"), text(&format!("{whose} {layer} {at}")));
        let layer = (0..FILES).map(file).fold(Layer::new(), |layer, (path, body)| layer.file(&path, body));
        builder = builder.step("COPY . /usr # buildkit", layer);
    }
    Bundle::of(builder.build()).oci_archive()
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
