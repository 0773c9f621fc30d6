//! Layers seen before are not read again, and what is kept of them gives nothing away.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot run fails")]

mod common;

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use common::token;
use tightlip_engine::{Cache, CacheFolder, IdentityKey, KnownValue, PackText, Quiet, Request, scan_store};
use tightlip_image::Problem;
use tightlip_image::store::{self, BlobId, Entrance, Location, Store, StoreError};
use tightlip_report::{GapKind, Read as Amount, Report};
use tightlip_testkit::{Built, Bundle, Canary, ImageBuilder, Layer};

/// A store that remembers what was read of it.
struct Counting {
    store: Box<dyn Store>,
    read: Mutex<Vec<String>>,
    /// A blob to which a byte was added.
    grown: Option<String>,
    /// Whether it says that its blobs come from elsewhere.
    remote: bool,
}

impl Store for Counting {
    fn entrance(&self) -> Result<Entrance, StoreError> {
        self.store.entrance()
    }

    fn open(&self, blob: &BlobId) -> Result<Box<dyn Read + Send + '_>, StoreError> {
        self.read.lock().unwrap().push(blob.to_string());
        self.store.open(blob)
    }

    fn size(&self, blob: &BlobId) -> Option<u64> {
        let grown = self.grown.as_ref().is_some_and(|grown| *grown == blob.to_string());
        Some(self.store.size(blob)? + u64::from(grown))
    }

    fn blobs(&self) -> Vec<BlobId> {
        self.store.blobs()
    }

    fn resolve(&self, blob: &BlobId) -> Option<BlobId> {
        self.store.resolve(blob)
    }

    fn head(&self, blob: &BlobId) -> Option<Vec<u8>> {
        self.store.head(blob)
    }

    fn is_remote(&self, _: &BlobId) -> bool {
        self.remote
    }

    fn locate(&self, blob: &BlobId) -> Option<Location> {
        self.store.locate(blob)
    }

    fn problems(&self) -> Vec<Problem> {
        self.store.problems()
    }
}

/// A folder of results and the images that are scanned with it.
struct Desk(tempfile::TempDir);

impl Desk {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn folder(&self) -> PathBuf {
        self.0.path().join("cache")
    }

    fn request(&self, key: u8) -> Request {
        let key = IdentityKey::new([key; 32]);
        let mut request = Request::new("image.tar", key.clone());
        request.cache = Some(Cache::new(CacheFolder::new(self.folder()), &key, "test"));
        request
    }

    /// The report, and which layers were read, by index.
    fn scan(&self, image: &Built, request: &Request) -> (Report, Vec<usize>) {
        self.scan_grown(image, request, None)
    }

    fn scan_grown(&self, image: &Built, request: &Request, grown: Option<String>) -> (Report, Vec<usize>) {
        let path = self.0.path().join("image.tar");
        std::fs::write(&path, Bundle::of(image.clone()).oci_archive()).unwrap();
        let opened = store::open(path.to_str().unwrap(), &store::Options::default()).unwrap();
        let (store, _) = opened.source.stored().unwrap();
        let store = Counting { store, read: Mutex::default(), grown, remote: true };
        let report = scan_store(&store, request, &Quiet).unwrap();
        let read = store.read.into_inner().unwrap();
        let indices = image.layers.iter().enumerate().filter(|(_, layer)| read.contains(&layer.digest));
        (report, indices.map(|(index, _)| index).collect())
    }

    fn files(&self) -> Vec<PathBuf> {
        let listed = std::fs::read_dir(self.folder());
        listed.into_iter().flatten().map(|entry| entry.unwrap().path()).collect()
    }
}

/// Ten layers; the last holds `body`.
fn image(body: &str) -> Built {
    let base =
        (0..9).fold(ImageBuilder::new(), |image, n| image.file(&format!("usr/{n}"), format!("file {n}")));
    base.file("app/config", body).build()
}

#[test]
fn only_layers_that_are_new_are_read() {
    let desk = Desk::new();
    let request = desk.request(1);
    let (first, read) = desk.scan(&image("one"), &request);
    assert_eq!((first.read.reused_layers, read), (0, (0..10).collect()));
    let (second, read) = desk.scan(&image("two"), &request);
    assert_eq!((second.read.reused_layers, read), (9, vec![9]));
    assert_eq!((second.read.layers, second.read.entries), (first.read.layers, first.read.entries));
}

#[test]
fn a_report_is_the_same_with_and_without_reading() {
    let desk = Desk::new();
    let request = desk.request(1);
    // A deleted file is deleted by a layer that is not read again.
    let image = ImageBuilder::new().file("a/secret", token(1)).file("b", "x").delete("a/secret").build();
    let (first, _) = desk.scan(&image, &request);
    let (second, read) = desk.scan(&image, &request);
    assert_eq!(read, [0], "a layer that leaks is read: its values have to be masked");
    let read = Amount { reused_layers: 0, ..second.read };
    assert_eq!(Report { read, ..second }, first);
    assert_eq!(first.findings[0].place.hidden_by.as_ref().unwrap().index, 2);
}

#[test]
fn a_value_that_leaks_in_a_layer_is_masked_in_the_second_report_too() {
    let desk = Desk::new();
    let request = desk.request(1);
    let step = "RUN /bin/sh -c fetch correct-horse-battery > /app/.env # buildkit";
    let image = ImageBuilder::new()
        .step(step, Layer::new().file("app/.env", "DB_PASSWORD=correct-horse-battery\n"))
        .build();
    for _ in 0..2 {
        let (report, _) = desk.scan(&image, &request);
        assert!(!report.findings.is_empty());
        assert!(!serde_json::to_string(&report).unwrap().contains("correct-horse-battery"));
    }
}

#[test]
fn no_cache_file_holds_a_secret() {
    let desk = Desk::new();
    let value = token(1);
    let plain = Canary::new(9);
    let mut request = desk.request(1);
    request.known = vec![KnownValue::new("PLAIN", plain.text().as_bytes().to_vec().into()).unwrap()];
    let image = ImageBuilder::new()
        .file("one", &value)
        .file(&format!("two/{value}"), "x")
        .file(&format!("three/{}", plain.text()), "x")
        .step("RUN ln", Layer::new().symlink("four", format!("https://u:{value}@h/")))
        .step("RUN echo", Layer::new().file("five/.env", "API_KEY=secret123\n"))
        // Nobody can tell that this is a secret; it is one by the layer above.
        .file("six/secret123/a", "x")
        .step("RUN ln", Layer::new().file("seven/a", "x").hard_link("seven/secret123", "seven/a"))
        .env("API_KEY", &value)
        .label("note", plain.text())
        .file("eight", "x")
        .build();
    let (report, _) = desk.scan(&image, &request);
    assert!(report.findings.len() >= 7, "{:?}", report.findings);
    let files = desk.files();
    assert!(!files.is_empty(), "layers without a leak are kept");
    for file in files {
        let bytes = std::fs::read(&file).unwrap();
        let text = format!("{} {}", file.display(), String::from_utf8_lossy(&bytes));
        for canary in [Canary::of(&value), plain.clone(), Canary::of("secret123")] {
            assert_eq!(canary.seen_in(&text), [""; 0], "{}", file.display());
        }
    }
}

#[test]
fn results_of_others_are_not_believed() {
    let desk = Desk::new();
    desk.scan(&image("one"), &desk.request(1));
    let (_, read) = desk.scan(&image("one"), &desk.request(2));
    assert_eq!(read.len(), 10, "another key");
    let mut other = desk.request(1);
    other.known = vec![KnownValue::new("A", b"correct horse".to_vec().into()).unwrap()];
    assert_eq!(desk.scan(&image("one"), &other).1.len(), 10, "another known value");
    let mut other = desk.request(1);
    other.limits.entries = 7;
    assert_eq!(desk.scan(&image("one"), &other).1.len(), 10, "another limit");
    assert_eq!(desk.scan(&image("one"), &desk.request(1)).1.len(), 0);
    flip(&desk.files());
    assert_eq!(desk.scan(&image("one"), &desk.request(1)).1.len(), 10, "changed files");
}

#[test]
fn results_of_other_rules_are_not_believed() {
    let desk = Desk::new();
    let image = image(&format!("badge acm-{}", "4f1d9c07".repeat(2)));
    let rule = "[[rules]]\nid = \"badge\"\nregex = '''acm-[a-f0-9]{16}'''\n";
    let with = |text: &str, base: Option<&str>| {
        let base = base.map(|base| Box::new(PackText::new("base.toml", base)));
        let mut request = desk.request(1);
        request.rules = vec![PackText { base, ..PackText::new("acme.toml", text) }];
        request
    };
    assert!(desk.scan(&image, &desk.request(1)).0.findings.is_empty());
    let (report, read) = desk.scan(&image, &with(rule, None));
    assert_eq!((report.findings.len(), read.len()), (1, 10), "a rule more");
    let (report, read) = desk.scan(&image, &with(&format!("{rule}entropy = 7.9\n"), None));
    assert_eq!((report.findings.len(), read.len()), (0, 10), "the same rule, but stricter");
    let on = "[extend]\npath = \"base.toml\"\n";
    let (report, read) = desk.scan(&image, &with(on, Some(&format!("{rule}entropy = 7.8\n"))));
    assert_eq!((report.findings.len(), read.len()), (0, 10), "the rules of another base");
    let (report, read) = desk.scan(&image, &with(on, Some(rule)));
    assert_eq!((report.findings.len(), read.len()), (1, 10), "the same pack on another base");
    let (report, read) = desk.scan(&image, &with(&format!("{rule}entropy = 7.9\n"), None));
    assert_eq!((report.findings.len(), read.len()), (0, 0), "as before");
}

fn flip(files: &[PathBuf]) {
    for file in files {
        let mut bytes = std::fs::read(file).unwrap();
        let last = bytes.len() - 1;
        bytes[last] ^= 1;
        std::fs::write(file, bytes).unwrap();
    }
}

#[test]
fn a_layer_that_is_not_what_it_was_is_read() {
    let desk = Desk::new();
    let (image, request) = (image("one"), desk.request(1));
    desk.scan(&image, &request);
    let grown = image.layers[3].digest.clone();
    assert_eq!(desk.scan_grown(&image, &request, Some(grown)).1, [3]);
}

#[test]
fn a_blob_on_this_machine_is_believed_by_its_bytes_not_by_its_name() {
    let desk = Desk::new();
    let (image, request) = (image("one"), desk.request(1));
    let mut archive = Bundle::of(image.clone()).oci_archive();
    let path = desk.0.path().join("local.tar");
    let scan = |archive: &[u8]| {
        std::fs::write(&path, archive).unwrap();
        let opened = store::open(path.to_str().unwrap(), &store::Options::default()).unwrap();
        let (store, _) = opened.source.stored().unwrap();
        scan_store(store.as_ref(), &request, &Quiet).unwrap()
    };
    let first = scan(&archive);
    assert!(first.gaps.is_empty() && first.read.reused_layers == 0);
    assert_eq!(scan(&archive).read.reused_layers, 10);
    let blob = &image.layers[3].blob;
    let at = archive.windows(blob.len()).position(|window| window == blob).unwrap();
    archive[at + blob.len() - 5] ^= 1;
    let changed = scan(&archive);
    assert_eq!(changed.read.reused_layers, 9);
    assert!(changed.gaps.iter().any(|gap| gap.kind == GapKind::DigestMismatch), "{:?}", changed.gaps);
}

#[test]
fn without_a_folder_everything_is_read() {
    let desk = Desk::new();
    let mut request = desk.request(1);
    request.cache =
        Some(Cache::new(CacheFolder::new(Path::new("/dev/null/x").to_owned()), &request.key, "test"));
    for _ in 0..2 {
        assert_eq!(desk.scan(&image("one"), &request).1.len(), 10);
    }
}
