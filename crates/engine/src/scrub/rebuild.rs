//! Puts the image together again: every digest that changed is changed wherever it is named, and nothing else is.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde_json::{Value, json};
use tightlip_image::model::{Document, DocumentKind, Image, ImageKind};
use tightlip_image::rewrite::{Kind, Node, Rewritten, Splices, quote};
use tightlip_image::store::BlobId;
use tightlip_image::{Compression, Digest, Reference};

use super::change::Renewed;
use super::draft::Draft;
use super::outline::{ABOUT, Gone};
use super::step::{STEPS, Work};
use super::survey::Survey;
use crate::json::{Scalar, pointer};
use crate::surface::{Leaf, Paper};

mod saved;

const INDEX: &str = "application/vnd.oci.image.index.v1+json";
const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const CONFIG: &str = "application/vnd.oci.image.config.v1+json";
const NAME: &str = "io.containerd.image.name";
const TAG: &str = "org.opencontainers.image.ref.name";

/// What is known before the image is put together.
pub(crate) struct Parts<'p> {
    pub(crate) survey: &'p Survey,
    /// Rewritten layers.
    pub(crate) layers: &'p HashMap<BlobId, Rewritten>,
    /// Documents with their values masked, by their place in the description.
    pub(crate) drafts: &'p HashMap<usize, Vec<u8>>,
    pub(crate) gone: &'p Gone,
    /// The one name that the image is to have, if it gets another.
    pub(crate) rename: Option<&'p str>,
}

/// The new image.
#[derive(Debug, Default)]
pub(crate) struct Rebuilt {
    pub(crate) index: Vec<u8>,
    /// The digest of the only image or index; none if there are several.
    pub(crate) top: Option<Digest>,
    /// New documents.
    pub(crate) fresh: BTreeMap<Digest, Vec<u8>>,
    /// New digests by old ones, of documents.
    pub(crate) moved: BTreeMap<String, Renewed>,
    /// For `manifest.json`: names, configuration and layers.
    pub(crate) saved: Vec<Value>,
}

struct Builder<'b> {
    parts: &'b Parts<'b>,
    /// New digests by old ones, of everything.
    strings: HashMap<String, String>,
    /// Sizes by old digest.
    sizes: HashMap<String, u64>,
    /// Manifests that go.
    gone: HashSet<String>,
    /// Documents by digest.
    known: HashMap<String, usize>,
    done: HashSet<String>,
    out: Rebuilt,
}

/// Puts the image together.
pub(crate) fn rebuild(parts: &Parts<'_>) -> Rebuilt {
    let mut builder = Builder::new(parts);
    let images = &parts.survey.description.images;
    let stays = |at: &usize| !parts.gone.contains_key(at);
    let staying: Vec<&Image> =
        images.iter().enumerate().filter(|(at, _)| stays(at)).map(|(_, image)| image).collect();
    staying.iter().for_each(|image| builder.config(image));
    staying.iter().for_each(|image| builder.manifest(image));
    let tops = builder.tops(&staying);
    // One image may have several names.
    let digests: HashSet<&str> = tops.iter().filter_map(|top| top.get("digest")?.as_str()).collect();
    let one = digests.iter().next().filter(|_| digests.len() == 1);
    let top = one.and_then(|text| Digest::parse(text).ok());
    builder.out.top = top;
    if builder.out.index.is_empty() {
        builder.out.index = to_vec(&json!({"schemaVersion": 2, "mediaType": INDEX, "manifests": tops}));
    }
    builder.save(&staying);
    builder.out
}

impl<'b> Builder<'b> {
    fn new(parts: &'b Parts<'b>) -> Self {
        let description = &parts.survey.description;
        let mut builder = Self {
            parts,
            strings: HashMap::new(),
            sizes: HashMap::new(),
            gone: HashSet::new(),
            known: HashMap::new(),
            done: HashSet::new(),
            out: Rebuilt::default(),
        };
        for (blob, new) in parts.layers {
            let Some(old) = parts.survey.by_rules.blobs.get(blob).map(|scan| &scan.facts) else { continue };
            builder.strings.insert(old.diff_id.to_string(), new.diff_id.to_string());
            builder.strings.insert(old.digest.to_string(), new.digest.to_string());
            builder.sizes.insert(old.digest.to_string(), new.size);
        }
        for (at, document) in description.documents.iter().enumerate() {
            if let Some(digest) = &document.digest {
                builder.known.insert(digest.to_string(), at);
            }
        }
        for image in parts.gone.keys().filter_map(|at| description.images.get(*at)) {
            builder.gone.extend(builder.digest_of(image));
        }
        builder
    }

    fn document(&self, at: usize) -> Option<&'b Document> {
        self.parts.survey.description.documents.get(at)
    }

    fn digest_of(&self, image: &Image) -> Option<String> {
        let document = self.document(image.manifest?)?;
        let own = document.kind == DocumentKind::Manifest;
        document.digest.as_ref().filter(|_| own).map(ToString::to_string)
    }

    /// The document as it was, or with its values masked.
    fn drafted(&self, at: usize) -> Vec<u8> {
        let draft = self.parts.drafts.get(&at).cloned();
        draft.unwrap_or_else(|| self.document(at).map(|d| d.bytes.clone()).unwrap_or_default())
    }

    fn config(&mut self, image: &Image) {
        let Some(at) = image.config else { return };
        let mut bytes = self.drafted(at);
        if image.layers.iter().any(|layer| self.parts.layers.contains_key(&layer.blob)) {
            bytes = without_members(&bytes, Paper::Config, &|_| true);
        }
        self.settle(at, &self.redigest(&bytes));
    }

    fn manifest(&mut self, image: &Image) {
        let Some(at) = image.manifest.filter(|_| self.digest_of(image).is_some()) else { return };
        let bytes = self.drafted(at);
        let layers = image.layers.iter().map(|layer| self.parts.layers.contains_key(&layer.blob));
        let changes: Vec<bool> = layers.collect();
        let bytes = without_members(&bytes, Paper::Manifest, &of_changed(&changes));
        self.settle(at, &self.redigest(&bytes));
    }

    /// Notes what became of a document.
    fn settle(&mut self, at: usize, bytes: &[u8]) {
        let Some(document) = self.document(at) else { return };
        let old = document.digest.clone().unwrap_or_else(|| Digest::of(&document.bytes));
        if !self.done.insert(old.to_string()) || document.bytes == bytes {
            return;
        }
        let new = Digest::of(bytes);
        self.strings.insert(old.to_string(), new.to_string());
        self.sizes.insert(old.to_string(), bytes.len() as u64);
        let renewed = Renewed { kind: kind(document.kind), digest: new.to_string() };
        self.out.moved.insert(old.to_string(), renewed);
        self.out.fresh.insert(new, bytes.to_vec());
    }

    /// The document with every digest that changed.
    fn redigest(&self, bytes: &[u8]) -> Vec<u8> {
        let Some(node) = Node::read(bytes) else { return bytes.to_vec() };
        let mut splices = Splices::default();
        self.renew(bytes, &node, &mut splices);
        splices.apply(bytes)
    }

    fn renew(&self, bytes: &[u8], node: &Node, splices: &mut Splices) {
        if node.kind == Kind::Text {
            let text = node.text(bytes);
            if let Some(new) = text.and_then(|text| self.strings.get(&text)) {
                splices.put(node.span.clone(), quote(new));
            }
            return;
        }
        let digest = node.get(bytes, "digest").and_then(|digest| digest.text(bytes));
        if let Some(size) = digest.and_then(|digest| self.sizes.get(&digest)) {
            let stated = node.get(bytes, "size").filter(|size| size.kind == Kind::Number);
            if let Some(stated) = stated {
                splices.put(stated.span.clone(), size.to_string().into_bytes());
            }
            // What the old bytes were, and where else they lie.
            let stale = |member: &tightlip_image::rewrite::Member| {
                member.name(bytes).is_some_and(|name| name == "data" || name == "urls")
            };
            let stale: Vec<bool> = node.members().iter().map(stale).collect();
            let gone = |index: usize| stale.get(index).copied().unwrap_or(false);
            node.without(&gone).into_iter().for_each(|span| splices.put(span, Vec::new()));
        }
        node.items().iter().for_each(|item| self.renew(bytes, item, splices));
        node.members().iter().for_each(|member| self.renew(bytes, &member.value, splices));
    }

    /// The descriptors of the images, for `index.json`; it is set where there is one already.
    fn tops(&mut self, staying: &[&Image]) -> Vec<Value> {
        let documents = &self.parts.survey.description.documents;
        let index = documents.iter().position(|d| d.kind == DocumentKind::Index && d.name == "index.json");
        if let Some(at) = index {
            let bytes = self.index(&self.drafted(at), Absent::Gone);
            let value: Value = serde_json::from_slice(&bytes).unwrap_or_default();
            let tops = value.get("manifests").and_then(Value::as_array).cloned().unwrap_or_default();
            let tops: Vec<Value> = tops.into_iter().map(|top| self.renamed(top)).collect();
            if self.parts.rename.is_none() {
                self.out.index = bytes;
            }
            return tops;
        }
        let served = documents.iter().enumerate().find(|(_, d)| {
            matches!(d.kind, DocumentKind::Manifest | DocumentKind::Index)
                && d.digest.is_some()
                && d.digest == self.parts.survey.description.digest
        });
        if let Some((at, document)) = served {
            return vec![self.served(at, document)];
        }
        let saved = staying.iter().filter(|image| image.kind == ImageKind::Image);
        saved.flat_map(|image| self.synthesised(image)).collect()
    }

    /// What a registry gave out under a name.
    fn served(&mut self, at: usize, document: &Document) -> Value {
        let old = document.digest.as_ref().map(ToString::to_string).unwrap_or_default();
        if document.kind == DocumentKind::Index && !self.done.contains(&old) {
            let bytes = self.index(&self.drafted(at), Absent::Stays);
            self.settle(at, &bytes);
        }
        let digest = self.strings.get(&old).cloned().unwrap_or(old.clone());
        let size = self.sizes.get(&old).copied().unwrap_or(document.bytes.len() as u64);
        let own = document.json().ok().and_then(|value| Some(value.get("mediaType")?.as_str()?.to_owned()));
        let usual = if document.kind == DocumentKind::Index { INDEX } else { MANIFEST };
        let media_type = own.or_else(|| document.media_type.clone()).unwrap_or_else(|| usual.to_owned());
        let name = self.parts.rename.map(str::to_owned);
        let name = name.or_else(|| self.parts.survey.description.reference.clone());
        let mut top = json!({"mediaType": media_type, "digest": digest, "size": size});
        name.into_iter().for_each(|name| self.give_name(&mut top, &name));
        top
    }

    /// An index without what goes and with what changed. `Absent` says whether it may name what is not there.
    fn index(&mut self, bytes: &[u8], absent: Absent) -> Vec<u8> {
        let Some(node) = Node::read(bytes) else { return bytes.to_vec() };
        let Some(list) = node.get(bytes, "manifests") else { return bytes.to_vec() };
        let mut states = Vec::new();
        for item in list.items() {
            let digest = item.get(bytes, "digest").and_then(|digest| digest.text(bytes)).unwrap_or_default();
            let about = item.get(bytes, "annotations").and_then(|all| all.get(bytes, ABOUT)?.text(bytes));
            let subject = about.map(|subject| self.child(&subject));
            // One attestation may stand here for several images.
            let stays = !matches!(subject, Some(Child::Changed | Child::Gone));
            states.push(if stays { self.child(&digest) } else { Child::Gone });
        }
        let changes = states.iter().any(|state| matches!(state, Child::Gone | Child::Changed));
        let drops_absent = absent == Absent::Gone || changes;
        let gone = |index: usize| match states.get(index) {
            Some(Child::Gone) => true,
            Some(Child::Absent) => drops_absent,
            _ => false,
        };
        let mut splices = Splices::default();
        list.without(&gone).into_iter().for_each(|span| splices.put(span, Vec::new()));
        self.redigest(&splices.apply(bytes))
    }

    fn child(&mut self, digest: &str) -> Child {
        if self.gone.contains(digest) {
            return Child::Gone;
        }
        let Some(at) = self.known.get(digest).copied() else { return Child::Absent };
        let nested = self.document(at).is_some_and(|document| document.kind == DocumentKind::Index);
        if nested && !self.done.contains(digest) {
            let bytes = self.index(&self.drafted(at), Absent::Stays);
            self.settle(at, &bytes);
        }
        if self.strings.contains_key(digest) { Child::Changed } else { Child::Same }
    }

    /// Manifests for an image of an archive from before there were any: one descriptor for each of its names.
    fn synthesised(&mut self, image: &Image) -> Vec<Value> {
        let Some((config, size)) = image.config.and_then(|at| self.config_now(at)) else { return Vec::new() };
        let layers: Vec<Value> =
            image.layers.iter().filter_map(|layer| self.layer_now(&layer.blob)).collect();
        let manifest = json!({
            "schemaVersion": 2, "mediaType": MANIFEST,
            "config": {"mediaType": CONFIG, "digest": config, "size": size},
            "layers": layers,
        });
        let bytes = to_vec(&manifest);
        let digest = Digest::of(&bytes);
        let mut top = json!({"mediaType": MANIFEST, "digest": digest.to_string(), "size": bytes.len()});
        if let Some(platform) = &image.platform {
            let text = platform.to_string();
            let mut parts = text.split('/');
            let (os, architecture) = (parts.next(), parts.next());
            top["platform"] = json!({"architecture": architecture, "os": os});
            if let Some(variant) = parts.next() {
                top["platform"]["variant"] = json!(variant);
            }
        }
        self.out.fresh.insert(digest, bytes);
        let names = self.names(image);
        if names.is_empty() {
            return vec![top];
        }
        let named = |name: &String| {
            let mut top = top.clone();
            self.give_name(&mut top, name);
            top
        };
        names.iter().map(named).collect()
    }

    fn config_now(&self, at: usize) -> Option<(String, u64)> {
        let document = self.document(at)?;
        let old = document.digest.clone().unwrap_or_else(|| Digest::of(&document.bytes)).to_string();
        let size = self.sizes.get(&old).copied().unwrap_or(document.bytes.len() as u64);
        Some((self.strings.get(&old).cloned().unwrap_or(old), size))
    }

    fn layer_now(&self, blob: &BlobId) -> Option<Value> {
        let facts = &self.parts.survey.by_rules.blobs.get(blob)?.facts;
        let new = self.parts.layers.get(blob);
        let (digest, size) = new.map_or((&facts.digest, facts.size), |new| (&new.digest, new.size));
        let ending = match facts.compression {
            Compression::None => "",
            Compression::Gzip => "+gzip",
            Compression::Zstd => "+zstd",
            Compression::Xz => "+xz",
            Compression::Bzip2 => "+bzip2",
        };
        let media_type = format!("application/vnd.oci.image.layer.v1.tar{ending}");
        Some(json!({"mediaType": media_type, "digest": digest.to_string(), "size": size}))
    }

    /// The names of an image, without values.
    fn names(&self, image: &Image) -> Vec<String> {
        if let Some(name) = self.parts.rename {
            // Docker's older store knows no tag that is left out.
            return vec![full(name)];
        }
        let draft = Draft { values: &self.parts.survey.values, paper: Paper::Manifest, weak: Vec::new() };
        let clean = |name: &String| draft.text(name, &|_| false).unwrap_or_else(|| name.clone());
        image.references.iter().map(clean).collect()
    }

    fn renamed(&self, mut top: Value) -> Value {
        if let Some(name) = self.parts.rename {
            self.give_name(&mut top, name);
        }
        top
    }

    fn give_name(&self, top: &mut Value, name: &str) {
        let full = full(name);
        let tag = full.rsplit_once(':').map_or("latest", |(_, tag)| tag).to_owned();
        let is_object = top.get("annotations").is_some_and(Value::is_object);
        if !is_object {
            top["annotations"] = json!({});
        }
        top["annotations"][NAME] = json!(full);
        top["annotations"][TAG] = json!(tag);
    }
}

/// Whether an index may go on naming what is not there.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Absent {
    Stays,
    Gone,
}

/// What became of something that an index names.
enum Child {
    Same,
    Changed,
    Gone,
    Absent,
}

/// A name with everything that may be left out of it.
fn full(name: &str) -> String {
    Reference::parse(name).map_or_else(|_| name.to_owned(), |reference| reference.to_string())
}

fn kind(kind: DocumentKind) -> &'static str {
    match kind {
        DocumentKind::Config => "config",
        DocumentKind::Index => "index",
        _ => "manifest",
    }
}

fn to_vec(value: &Value) -> Vec<u8> {
    value.to_string().into_bytes()
}

/// The document without the members that steps claim, as far as `applies` lets them.
fn without_members(bytes: &[u8], paper: Paper, applies: &dyn Fn(&[String]) -> bool) -> Vec<u8> {
    let Some(node) = Node::read(bytes) else { return bytes.to_vec() };
    let mut sieve = Sieve { bytes, paper, applies, splices: Splices::default(), taken: Vec::new() };
    sieve.node(&node, &mut Vec::new());
    sieve.splices.apply(bytes)
}

/// The members that would go: the step that takes each, and its pointer.
pub(crate) fn members(
    bytes: &[u8],
    paper: Paper,
    applies: &dyn Fn(&[String]) -> bool,
) -> Vec<(&'static str, String)> {
    let Some(node) = Node::read(bytes) else { return Vec::new() };
    let mut sieve = Sieve { bytes, paper, applies, splices: Splices::default(), taken: Vec::new() };
    sieve.node(&node, &mut Vec::new());
    sieve.taken
}

/// Whether a member of a manifest is about a layer that changes.
pub(crate) fn of_changed(changes: &[bool]) -> impl Fn(&[String]) -> bool {
    move |path| {
        let index = path.get(1).and_then(|step| step.parse::<usize>().ok());
        index.and_then(|index| changes.get(index).copied()).unwrap_or(false)
    }
}

struct Sieve<'s> {
    bytes: &'s [u8],
    paper: Paper,
    applies: &'s dyn Fn(&[String]) -> bool,
    splices: Splices,
    taken: Vec<(&'static str, String)>,
}

impl Sieve<'_> {
    fn node(&mut self, node: &Node, path: &mut Vec<String>) {
        let mut gone = Vec::new();
        for member in node.members() {
            path.push(member.name(self.bytes).unwrap_or_default());
            let step = self.goes(path);
            gone.push(step.is_some());
            self.taken.extend(step.map(|step| (step, pointer(path))));
            self.node(&member.value, path);
            path.pop();
        }
        let gone = |index: usize| gone.get(index).copied().unwrap_or(false);
        node.without(&gone).into_iter().for_each(|span| self.splices.put(span, Vec::new()));
        for (index, item) in node.items().iter().enumerate() {
            path.push(index.to_string());
            self.node(item, path);
            path.pop();
        }
    }

    fn goes(&self, path: &[String]) -> Option<&'static str> {
        let text = path.last().map_or("", String::as_str);
        let leaf = Leaf { paper: self.paper, path, scalar: Scalar::Key, text };
        let claims = |step: &&&super::step::Step| matches!(step.work, Work::Member(claims) if claims(&leaf));
        STEPS.iter().find(claims).filter(|_| (self.applies)(path)).map(|step| step.name)
    }
}
