//! What the tests of the scrub share: a scrub of a bundle, and a look at what came out.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::PathBuf;

use serde_json::Value;
use tempfile::TempDir;
use tightlip_engine::Quiet;
use tightlip_engine::scrub::{Output, Plan, Receipt, Scrub, ScrubError, ScrubRequest, Select};
use tightlip_image::store::{Archive, BlobId, Store as _};
use tightlip_image::{Entry, EntryKind, Expected, Limits, Problem, Slack, Visit, walk};
use tightlip_report::{GapKind, Level, Report};
use tightlip_testkit::{Bundle, Canary};

use crate::common::{request, scan_archive};

/// A bundle on a disk, ready to be scrubbed.
pub(crate) struct Bench {
    folder: TempDir,
    pub(crate) request: ScrubRequest,
}

/// What came out.
pub(crate) struct Clean {
    pub(crate) bytes: Vec<u8>,
    pub(crate) receipt: Receipt,
}

impl Bench {
    pub(crate) fn of(bundle: &Bundle) -> Self {
        Self::of_archive(&bundle.oci_archive())
    }

    pub(crate) fn of_archive(archive: &[u8]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("image.tar");
        std::fs::write(&path, archive).unwrap();
        let request = ScrubRequest {
            scan: request(path.to_str().unwrap()),
            select: Select::default(),
            nested: Default::default(),
            made: Default::default(),
            accept_gaps: Vec::new(),
        };
        Self { folder, request }
    }

    pub(crate) fn with(mut self, change: impl FnOnce(&mut ScrubRequest)) -> Self {
        change(&mut self.request);
        self
    }

    /// Gaps of the image are not what the test is about.
    pub(crate) fn accepting_gaps(self) -> Self {
        self.with(|request| request.accept_gaps = GapKind::ALL.to_vec())
    }

    pub(crate) fn plan(&self) -> Plan {
        self.scrub().unwrap().planned().clone()
    }

    pub(crate) fn scrub(&self) -> Result<Scrub, ScrubError> {
        Scrub::plan(self.request.clone(), &Quiet)
    }

    pub(crate) fn out(&self) -> PathBuf {
        self.folder.path().join("clean.tar")
    }

    pub(crate) fn write(&self) -> Result<Clean, ScrubError> {
        let receipt = self.scrub()?.write(&Output::OciArchive(self.out()), &Quiet)?;
        let bytes = std::fs::read(self.out()).unwrap();
        assert_eq!(std::fs::read_dir(self.folder.path()).unwrap().count(), 2, "something is left behind");
        Ok(Clean { bytes, receipt })
    }
}

/// A file system of a layer: each path with its kind and content.
pub(crate) type Files = BTreeMap<String, (EntryKind, Vec<u8>)>;

impl Clean {
    pub(crate) fn scan(&self) -> Report {
        scan_archive(&self.bytes)
    }

    pub(crate) fn store(&self) -> Archive {
        Archive::from_bytes(self.bytes.clone()).unwrap()
    }

    pub(crate) fn json(&self, blob: &BlobId) -> Value {
        let mut bytes = Vec::new();
        self.store().open(blob).unwrap().read_to_end(&mut bytes).unwrap();
        serde_json::from_slice(&bytes).unwrap()
    }

    pub(crate) fn index(&self) -> Value {
        self.json(&BlobId::Name("index.json".to_owned()))
    }

    /// A document by the digest that a descriptor names.
    pub(crate) fn named(&self, descriptor: &Value) -> Value {
        self.json(&blob(descriptor))
    }

    /// The bytes of what a descriptor names.
    pub(crate) fn blob(&self, descriptor: &Value) -> Vec<u8> {
        let mut bytes = Vec::new();
        self.store().open(&blob(descriptor)).unwrap().read_to_end(&mut bytes).unwrap();
        bytes
    }

    /// The first image's manifest.
    pub(crate) fn manifest(&self) -> Value {
        self.named(&self.index()["manifests"][0])
    }

    pub(crate) fn config(&self) -> Value {
        self.named(&self.manifest()["config"])
    }

    /// The digests of the first image's layers.
    pub(crate) fn layers(&self) -> Vec<String> {
        let manifest = self.manifest();
        let layers = manifest["layers"].as_array().unwrap();
        layers.iter().map(|layer| layer["digest"].as_str().unwrap().to_owned()).collect()
    }

    /// The tar stream of a layer of the first image, which is not compressed or is gzip.
    pub(crate) fn tar(&self, layer: usize) -> Vec<u8> {
        let blob = self.blob(&self.manifest()["layers"][layer]);
        let mut tar = Vec::new();
        match flate2::read::MultiGzDecoder::new(blob.as_slice()).read_to_end(&mut tar) {
            Ok(_) => tar,
            Err(_) => blob,
        }
    }

    /// What is in a layer of the first image.
    pub(crate) fn files(&self, layer: usize) -> Files {
        let store = self.store();
        let blob = blob(&self.manifest()["layers"][layer]);
        files(store.open(&blob).unwrap().as_mut())
    }

    /// Everything in the archive that holds the canary in a form that is written down, layers unpacked.
    pub(crate) fn holding(&self, canary: &Canary) -> Vec<String> {
        let store = self.store();
        let holds = |blob: &BlobId| {
            let mut bytes = Vec::new();
            store.open(blob).unwrap().read_to_end(&mut bytes).unwrap();
            let mut all = bytes.clone();
            let unpacked = tightlip_image::rewrite::unpack(
                &mut bytes.as_slice(),
                &Expected::default(),
                &Limits::default(),
                &mut |piece, _| {
                    all.extend_from_slice(piece);
                    Ok(())
                },
            );
            drop(unpacked);
            !canary.seen_in(&String::from_utf8_lossy(&all)).is_empty()
        };
        store.blobs().into_iter().filter(holds).map(|blob| blob.to_string()).collect()
    }
}

pub(crate) fn blob(descriptor: &Value) -> BlobId {
    let digest = descriptor["digest"].as_str().unwrap().replace(':', "/");
    BlobId::at(&format!("blobs/{digest}"))
}

/// What is in a layer.
pub(crate) fn files(raw: &mut dyn Read) -> Files {
    let mut list = List::default();
    walk(raw, &Expected::default(), &Limits::default(), &mut list);
    list.0
}

#[derive(Default)]
struct List(Files);

impl Visit for List {
    fn entry(&mut self, entry: &Entry, body: &mut dyn Read) {
        let mut bytes = Vec::new();
        body.read_to_end(&mut bytes).unwrap();
        let link = entry.link.clone().unwrap_or_default();
        let path = String::from_utf8_lossy(&entry.path).into_owned();
        self.0.insert(path, (entry.kind.clone(), if bytes.is_empty() { link } else { bytes }));
    }

    fn slack(&mut self, _: &Slack, _: &mut dyn Read) {}

    fn problem(&mut self, problem: Problem) {
        panic!("{problem}");
    }
}

/// Whether a report says that something leaks.
pub(crate) fn leaks(report: &Report) -> Vec<String> {
    let denied = report.findings.iter().filter(|finding| finding.level == Level::Deny);
    denied.map(|finding| format!("{} {:?}", finding.rule, finding.place)).collect()
}

/// The steps of a plan, each once.
pub(crate) fn steps(plan: &Plan) -> Vec<String> {
    let mut steps: Vec<String> = plan.changes.iter().map(|change| change.step.clone()).collect();
    steps.sort();
    steps.dedup();
    steps
}
