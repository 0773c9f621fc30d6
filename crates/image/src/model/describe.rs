//! From the entrance documents of a store to everything it holds.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::rc::Rc;

use serde_json::Value;

use super::content::{Is, Readings};
use super::descriptor::{Descriptor, array};
use super::image::Config;
use super::index::Part;
use super::legacy::{self, Chain};
use super::manifest::{Visit, Way};
use super::save::repo_tags;
use super::{
    DescribeError, DescribeLimits, Description, Document, DocumentKind, Image, ImageKind, Selection,
};
use crate::store::{BlobId, Entrance, EntranceDocument, EntranceKind, Store};
use crate::{Digest, Problem, ProblemKind};

/// Finds out what a store holds: images of all platforms, documents, layers, and blobs that nothing reaches.
///
/// # Errors
/// When an entrance document cannot be read, no part of an image is there, or nothing has the selected name. All else
/// that goes wrong is a problem of the description.
pub fn describe(
    store: &dyn Store,
    select: &Selection,
    limits: &DescribeLimits,
) -> Result<Description, DescribeError> {
    let entrance = store.entrance()?;
    let mut walk = Walk::new(store, limits);
    store.problems().into_iter().for_each(|problem| walk.tell(problem));
    let Plan { roots, chain } = walk.plan(&entrance)?;
    let (wanted, others) = choose(roots, select)?;
    let digest = top_digest(&wanted);
    let reference = select.reference.clone().or_else(|| top_name(&wanted));
    for root in &wanted {
        walk.start(root, &chain);
    }
    if !others.is_empty() {
        walk.reach_of(&others, &chain);
    }
    let reached = |blob: &BlobId| walk.reached.contains(blob);
    let loose = store.blobs().into_iter().filter(|blob| !reached(blob)).collect();
    let Walk { images, documents, problems, .. } = walk;
    Ok(Description { images, documents, problems, elsewhere: Vec::new(), loose, reference, digest })
}

/// What the walk through a store knows so far.
pub(super) struct Walk<'a> {
    pub(super) store: &'a dyn Store,
    pub(super) limits: &'a DescribeLimits,
    /// How many bytes of documents may still be read.
    pub(super) left: u64,
    pub(super) images: Vec<Image>,
    pub(super) documents: Vec<Document>,
    pub(super) problems: Vec<Problem>,
    pub(super) configs: HashMap<BlobId, Rc<Config>>,
    pub(super) reached: HashSet<BlobId>,
    pub(super) seen: HashMap<BlobId, Visit>,
    /// The layers whose problem is known.
    pub(super) told: HashSet<String>,
    pub(super) manifests: usize,
    pub(super) layers: usize,
}

/// An image or index at the entrance.
struct Root {
    names: Vec<String>,
    digest: Option<Digest>,
    start: Start,
}

enum Start {
    /// An entry of `index.json`.
    Entry(Descriptor),
    /// What `index.json`, at this position, lists besides documents.
    Pieces(usize, Vec<(Part, Descriptor)>),
    /// A document that is itself a manifest or index, at this position.
    Whole(usize),
    /// The same, attached to what was asked for.
    Attached(usize),
    /// An entry of `manifest.json`, which is at this position.
    Save(usize, Value),
    /// The topmost layer of an old image.
    Legacy(String),
}

/// What there is to walk.
#[derive(Default)]
struct Plan {
    roots: Vec<Root>,
    chain: Chain,
}

impl<'a> Walk<'a> {
    fn new(store: &'a dyn Store, limits: &'a DescribeLimits) -> Self {
        Self {
            store,
            limits,
            left: limits.documents,
            images: Vec::new(),
            documents: Vec::new(),
            problems: Vec::new(),
            configs: HashMap::new(),
            reached: HashSet::new(),
            seen: HashMap::new(),
            told: HashSet::new(),
            manifests: 0,
            layers: 0,
        }
    }

    /// Keeps the entrance documents and lists where to start.
    fn plan(&mut self, entrance: &Entrance) -> Result<Plan, DescribeError> {
        let mut plan = Plan::default();
        let mut named = Vec::new();
        for document in &entrance.documents {
            let at = self.enter(document);
            let Some(value) = self.entrance_json(document) else { continue };
            match document.kind {
                EntranceKind::Layout => {}
                EntranceKind::Index => self.plan_index(&value, at, &mut plan.roots),
                EntranceKind::Manifest => plan.roots.push(self.root(document, Start::Whole(at))),
                EntranceKind::Attached => plan.roots.push(self.root(document, Start::Attached(at))),
                EntranceKind::SaveManifest => plan_save(&value, at, &mut plan.roots),
                EntranceKind::Repositories => named = legacy::names(&value),
            }
        }
        let ids = legacy::ids(self.store);
        plan.chain = self.legacy_documents(&ids);
        if !plan.roots.iter().any(|root| matches!(root.start, Start::Save(..) | Start::Entry(_))) {
            plan_legacy(&named, &mut plan);
        }
        self.plan_nothing(entrance, &plan)?;
        Ok(plan)
    }

    /// Nothing to start from: either no image, or one that lost its beginning.
    fn plan_nothing(&mut self, entrance: &Entrance, plan: &Plan) -> Result<(), DescribeError> {
        if !plan.roots.is_empty() {
            return Ok(());
        }
        let part = |blob: &BlobId| match blob {
            BlobId::Digest(_) => true,
            BlobId::Name(name) => name.ends_with("/layer.tar"),
        };
        let parts = self.store.blobs().iter().any(part);
        let listed = entrance.documents.iter().any(|document| document.kind != EntranceKind::Layout);
        if !parts && (listed || entrance.documents.is_empty()) && self.problems.is_empty() {
            return Err(DescribeError::NoImage);
        }
        if listed {
            return Ok(());
        }
        let detail = "nothing says which images are here: each blob is listed by itself".to_owned();
        self.missing("index.json or manifest.json".to_owned(), detail, None);
        Ok(())
    }

    fn enter(&mut self, document: &EntranceDocument) -> usize {
        let digest = self.digest_of(document);
        let own = BlobId::Digest(digest.clone());
        let names = [BlobId::Name(document.name.clone()), own.clone()];
        let blob = names.into_iter().find(|blob| self.store.holds(blob));
        for id in [blob.as_ref(), Some(&own)].into_iter().flatten() {
            self.reach(id);
        }
        self.keep(Document {
            kind: kind_of(document.kind),
            blob,
            name: document.name.clone(),
            size: self.store.whole(&own).map_or(document.bytes.len() as u64, |whole| whole.size),
            digest: Some(digest),
            media_type: document.media_type.clone(),
            bytes: document.bytes.clone(),
        })
    }

    /// The digest that the document had when it was whole.
    fn digest_of(&self, document: &EntranceDocument) -> Digest {
        let whole = Digest::parse(&document.name).ok().and_then(|name| self.store.whole(&name.into()));
        whole.map_or_else(|| Digest::of(&document.bytes), |whole| whole.digest)
    }

    fn root(&self, document: &EntranceDocument, start: Start) -> Root {
        Root { names: document.references.clone(), digest: Some(self.digest_of(document)), start }
    }

    fn entrance_json(&mut self, document: &EntranceDocument) -> Option<Value> {
        match serde_json::from_slice(&document.bytes) {
            Ok(value) => Some(value),
            Err(e) => {
                // The parser's words name positions and kinds of tokens, never the text.
                let at = format!("line {} column {}", e.line(), e.column());
                let detail = format!("it is not JSON that can be read: it fails at {at}");
                self.problem(ProblemKind::Corrupt, &document.name, detail);
                None
            }
        }
    }

    fn plan_index(&mut self, value: &Value, at: usize, roots: &mut Vec<Root>) {
        let readings = Readings::of(value);
        if readings.none() {
            let detail = "it lists no manifests".to_owned();
            return self.problem(ProblemKind::Corrupt, "index.json", detail);
        }
        let mut pieces = Vec::new();
        for entry in array(value, "manifests") {
            let descriptor = Descriptor::read(entry);
            match self.part(&descriptor) {
                Part::Document => roots.push(Root {
                    names: descriptor.names(),
                    digest: descriptor.digest.clone(),
                    start: Start::Entry(descriptor),
                }),
                part => pieces.push((part, descriptor)),
            }
        }
        if !pieces.is_empty() {
            roots.push(Root { names: Vec::new(), digest: None, start: Start::Pieces(at, pieces) });
        }
        if readings.manifest == Is::Yes || readings.artifact == Is::Yes || readings.schema1 == Is::Yes {
            roots.push(Root { names: Vec::new(), digest: None, start: Start::Whole(at) });
        }
    }

    /// Notes what these roots reach, and nothing else about them.
    fn reach_of(&mut self, others: &[Root], chain: &Chain) {
        let mut rest = Walk::new(self.store, self.limits);
        rest.documents.clone_from(&self.documents);
        for root in others {
            rest.start(root, chain);
        }
        self.reached.extend(rest.reached);
    }

    fn start(&mut self, root: &Root, chain: &Chain) {
        let way = |from: &str| Way { references: root.names.clone(), depth: 1, from: from.to_owned() };
        match &root.start {
            Start::Entry(descriptor) => {
                self.follow(descriptor, &way("index.json"));
            }
            Start::Pieces(at, pieces) => {
                let value = self.documents.get(*at).and_then(|d| d.json().ok()).unwrap_or_default();
                let image = self.pieces(&value, *at, pieces.clone());
                self.add_image(image, &root.names);
            }
            Start::Whole(at) => self.start_whole(*at, &root.names),
            Start::Attached(at) => self.start_attached(*at, &root.names),
            Start::Save(at, entry) => self.save_entry(entry, *at),
            Start::Legacy(top) => self.legacy_image(top, chain, &root.names),
        }
    }

    /// Walks a document that is attached to another one. Signatures look like images, and none of them runs.
    fn start_attached(&mut self, at: usize, names: &[String]) {
        let known = self.images.len();
        self.start_whole(at, names);
        for image in self.images.iter_mut().skip(known).filter(|image| image.kind == ImageKind::Image) {
            let artifact_type = image.layers.first().and_then(|layer| layer.media_type.clone());
            image.kind = ImageKind::Artifact { artifact_type };
        }
    }

    /// Walks a document that the store gives out by name.
    fn start_whole(&mut self, at: usize, names: &[String]) {
        let Some(document) = self.documents.get(at) else { return };
        let by = Descriptor { media_type: document.media_type.clone(), ..Descriptor::default() };
        let own = document.digest.clone().map(BlobId::Digest);
        let way = Way { references: names.to_vec(), depth: 1, from: document.name.clone() };
        if let Some(own) = &own {
            self.seen.insert(own.clone(), Visit::Open);
        }
        let images = self.document_at(at, &by, &way);
        if let Some(own) = own {
            self.seen.insert(own, Visit::Done(images));
        }
    }
}

fn kind_of(kind: EntranceKind) -> DocumentKind {
    match kind {
        EntranceKind::Layout => DocumentKind::Layout,
        EntranceKind::Index => DocumentKind::Index,
        EntranceKind::SaveManifest => DocumentKind::SaveManifest,
        EntranceKind::Repositories => DocumentKind::Repositories,
        EntranceKind::Manifest | EntranceKind::Attached => DocumentKind::Manifest,
    }
}

fn plan_save(value: &Value, at: usize, roots: &mut Vec<Root>) {
    for entry in value.as_array().map_or(&[][..], Vec::as_slice) {
        roots.push(Root { names: repo_tags(entry), digest: None, start: Start::Save(at, entry.clone()) });
    }
}

/// Images before `manifest.json`: what has a name, and every other top of a chain.
fn plan_legacy(named: &[(String, String)], plan: &mut Plan) {
    let tops = legacy::tops(&plan.chain).into_iter().map(|id| (id, Vec::new()));
    let mut names: BTreeMap<String, Vec<String>> = tops.collect();
    for (name, id) in named {
        names.entry(id.clone()).or_default().push(name.clone());
    }
    let root = |(id, names)| Root { names, digest: None, start: Start::Legacy(id) };
    plan.roots.extend(names.into_iter().map(root));
}

/// Divides the roots into those that were asked for and the others.
fn choose(roots: Vec<Root>, select: &Selection) -> Result<(Vec<Root>, Vec<Root>), DescribeError> {
    let Some(wanted) = &select.reference else { return Ok((roots, Vec::new())) };
    let exact = |root: &Root| {
        root.names.contains(wanted) || root.digest.as_ref().is_some_and(|d| d.to_string() == *wanted)
    };
    let tail = |root: &Root| root.names.iter().any(|name| ends_in(name, wanted));
    let any_exact = roots.iter().any(exact);
    let known: BTreeSet<String> = roots.iter().flat_map(|root| root.names.iter().cloned()).collect();
    let is_wanted = |root: &Root| exact(root) || (!any_exact && tail(root));
    let (chosen, others): (Vec<Root>, Vec<Root>) = roots.into_iter().partition(is_wanted);
    if chosen.is_empty() {
        let (wanted, known) = (wanted.clone(), known.into_iter().collect());
        return Err(DescribeError::UnknownReference { wanted, known });
    }
    Ok((chosen, others))
}

/// Whether a full name ends in a short one: `docker.io/library/app:1` in `app:1` and in `1`.
fn ends_in(name: &str, short: &str) -> bool {
    name.strip_suffix(short).is_some_and(|rest| rest.ends_with([':', '/']))
}

fn is_own(root: &Root) -> bool {
    !matches!(root.start, Start::Attached(_))
}

fn top_digest(roots: &[Root]) -> Option<Digest> {
    let mut digests = roots.iter().filter(|root| is_own(root)).filter_map(|root| root.digest.clone());
    digests.next().filter(|_| digests.next().is_none())
}

/// The one name of what was chosen. `docker save` lists an image twice, so the index goes before `manifest.json`.
fn top_name(roots: &[Root]) -> Option<String> {
    let own: Vec<&Root> = roots.iter().filter(|root| is_own(root)).collect();
    let entries: Vec<&Root> = own.iter().copied().filter(|root| root.digest.is_some()).collect();
    match (entries.as_slice(), own.as_slice()) {
        ([root], _) => root.names.first().cloned(),
        ([], [root]) => root.names.first().cloned(),
        _ => None,
    }
}
