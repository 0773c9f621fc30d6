//! What there is to see in an image: every layer with its entries and what became of them, the history, the
//! configuration, and the report of the same reading.
//!
//! ```
//! use tightlip_engine::{IdentityKey, Pipe, Quiet, Request, explore_stream};
//! use tightlip_image::Sketch;
//!
//! let archive = Sketch::new("app:1")
//!     .file("COPY .env /app/.env", "app/.env", b"API_KEY=maple-7431\n")
//!     .delete("RUN rm /app/.env", "app/.env")
//!     .archive();
//! let pipe = Pipe { name: "app.tar".into(), command: "cat app.tar".into() };
//! let request = Request::new("-", IdentityKey::new([0; 32]));
//! let explored = explore_stream(&pipe, archive.as_slice(), &request, &Quiet)?;
//! let entry = &explored.images[0].layers[0].entries[0];
//! assert_eq!((entry.path.as_str(), entry.exposure.name()), ("app/.env", "deleted"));
//! # Ok::<(), tightlip_engine::ScanError>(())
//! ```

use std::collections::HashMap;
use std::io::Read;
use std::sync::{Mutex, PoisonError};

use tightlip_image::model::{Description, Image, ImageKind};
use tightlip_image::store::Pipe;
use tightlip_image::{Digest, Entry, EntryKind};
use tightlip_report::{Exposure, Introduced, Place, Report, readable};

use crate::assemble::{Setting, exposure};
use crate::request::Request;
use crate::scan::{ScanError, scan_with};
use crate::source;
use crate::stream::Passage;
use crate::tools::Tools;
use crate::vault::Mask;
use crate::watch::Watch;

/// `listed-entries`: the most entries that are listed, all layers of all images together. All of them are read.
pub const LISTED_ENTRIES: usize = 250_000;
/// `listed-bytes`: the most bytes of names that are listed.
const LISTED_BYTES: usize = 32 << 20;
/// A configuration that is longer is shown so far, in bytes.
const CONFIG_SHOWN: usize = 256 << 10;

/// An image to look into, and what was found in it. No text in it holds a value.
#[derive(Clone, Debug, Default)]
pub struct Explored {
    /// The report of the scan.
    pub report: Report,
    /// The images, attestations and artifacts, in the order of the target.
    pub images: Vec<ImageView>,
}

/// An image.
#[derive(Clone, Debug, Default)]
pub struct ImageView {
    /// The name it is stored under.
    pub name: Option<String>,
    /// What places in the report call it, where the target holds several.
    told_apart: Option<String>,
    /// `os/architecture[/variant]`.
    pub platform: Option<String>,
    /// What it is for: `image`, `attestation`, `artifact` or `cache`.
    pub kind: &'static str,
    /// The layers, lowest first.
    pub layers: Vec<LayerView>,
    /// The history, oldest first.
    pub history: Vec<StepView>,
    /// The configuration as indented JSON.
    pub config: String,
}

/// A layer.
#[derive(Clone, Debug, Default)]
pub struct LayerView {
    /// Its digest, or the name it is stored under.
    pub digest: String,
    /// Bytes as stored.
    pub size: u64,
    /// Whether it comes from the base image, where that is known.
    pub base: bool,
    /// The instruction that made it, where that is known.
    pub instruction: Option<String>,
    /// Its entries in the order of their paths.
    pub entries: Vec<EntryView>,
    /// How many more entries were read and are not listed, because of the limit `listed-entries` or `listed-bytes`.
    pub unlisted: u64,
    /// Whether it was read. If not, a gap of the report says why.
    pub read: bool,
}

/// An entry of a history.
#[derive(Clone, Debug, Default)]
pub struct StepView {
    /// The instruction.
    pub instruction: String,
    /// The layer that it made; none if it made none or that is not known.
    pub layer: Option<usize>,
    /// `FILE:LINE` of the Dockerfile, where one was given.
    pub line: Option<String>,
}

/// A file, a directory, a link or a mark in a layer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryView {
    /// Its path without a leading slash; of a mark, the path that it hides.
    pub path: String,
    /// What it is.
    pub thing: Thing,
    /// Bytes of its content.
    pub size: u64,
    /// Permission bits.
    pub mode: u32,
    /// Numeric owner and group.
    pub owner: (u64, u64),
    /// What a link points to.
    pub link: Option<String>,
    /// Who sees it.
    pub exposure: Exposure,
    /// The layer that hides it.
    pub hidden_by: Option<usize>,
}

/// The kinds of entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Thing {
    /// A file.
    File,
    /// A directory.
    Directory,
    /// A symbolic link.
    Symlink,
    /// Another name of a file.
    HardLink,
    /// A device, a pipe or something that tar does not know.
    Special,
    /// A mark that deletes something of the layers below.
    Whiteout,
    /// A mark that hides everything that the layers below have in a directory.
    Opaque,
}

impl ImageView {
    /// Whether a place in the report lies in this image.
    #[must_use]
    pub fn holds(&self, place: &Place) -> bool {
        place.platform == self.platform && place.image == self.told_apart
    }
}

/// Scans what the request names, and keeps what there is to see. Every layer is read, also one that an earlier run read.
///
/// # Errors
/// As [`scan`](crate::scan()), and when the target is no image.
pub fn explore(request: &Request, watch: &dyn Watch) -> Result<Explored, ScanError> {
    if source::find(&request.target).is_some() {
        return Err(ScanError::NoLayers { target: request.target.clone() });
    }
    drawn(request, |request, tools| scan_with(tools, request, watch))
}

/// Explores an archive from a stream, such as what `docker save` writes into a pipe.
///
/// # Errors
/// As [`scan_stream`](crate::scan_stream()).
pub fn explore_stream(
    pipe: &Pipe,
    stream: impl Read + Send,
    request: &Request,
    watch: &dyn Watch,
) -> Result<Explored, ScanError> {
    drawn(request, |request, tools| Passage::new(request, watch, tools)?.pipe(pipe, stream))
}

fn drawn(
    request: &Request,
    scan: impl FnOnce(&Request, &Tools) -> Result<Report, ScanError>,
) -> Result<Explored, ScanError> {
    // What is kept of earlier runs holds no names.
    let request = Request { cache: None, ..request.clone() };
    let tools = Tools::new(&request)?.looking();
    let report = scan(&request, &tools)?;
    let images = tools.catalog.map(|catalog| own(catalog.images)).unwrap_or_default();
    Ok(Explored { report, images })
}

fn own<T>(locked: Mutex<T>) -> T {
    locked.into_inner().unwrap_or_else(PoisonError::into_inner)
}

/// The entries of the layers that were read so far, and the images that they were put together to.
#[derive(Default)]
pub(crate) struct Catalog {
    lists: Mutex<HashMap<Digest, Vec<Item>>>,
    images: Mutex<Vec<ImageView>>,
    listed: Mutex<Room>,
    drawn: Mutex<Room>,
}

/// How much is listed.
#[derive(Default)]
struct Room {
    entries: usize,
    bytes: usize,
}

/// An entry as it was read.
struct Item {
    path: Vec<u8>,
    thing: Thing,
    size: u64,
    mode: u32,
    owner: (u64, u64),
    link: Option<Vec<u8>>,
}

/// The entries of one layer on their way into the catalog.
pub(crate) struct Listing<'c> {
    catalog: &'c Catalog,
    items: Vec<Item>,
}

impl Room {
    /// Takes room for an entry, if there is some.
    fn take(room: &Mutex<Self>, bytes: usize) -> bool {
        let mut room = room.lock().unwrap_or_else(PoisonError::into_inner);
        let fits = room.entries < LISTED_ENTRIES && room.bytes + bytes <= LISTED_BYTES;
        if fits {
            room.entries += 1;
            room.bytes += bytes;
        }
        fits
    }
}

impl<'c> Listing<'c> {
    pub(crate) fn new(catalog: &'c Catalog) -> Self {
        Self { catalog, items: Vec::new() }
    }

    pub(crate) fn take(&mut self, entry: &Entry) {
        let (thing, path) = match &entry.kind {
            // Records for all that follows: nothing in the file system.
            EntryKind::Other(b'g') => return,
            EntryKind::Whiteout { hides } => (Thing::Whiteout, hides),
            EntryKind::Opaque { directory } => (Thing::Opaque, directory),
            EntryKind::File => (Thing::File, &entry.path),
            EntryKind::Directory => (Thing::Directory, &entry.path),
            EntryKind::Symlink => (Thing::Symlink, &entry.path),
            EntryKind::HardLink => (Thing::HardLink, &entry.path),
            _ => (Thing::Special, &entry.path),
        };
        let link = entry.link.clone().filter(|_| matches!(thing, Thing::Symlink | Thing::HardLink));
        if Room::take(&self.catalog.listed, path.len() + link.as_ref().map_or(0, Vec::len)) {
            let (size, mode, owner) = (entry.size, entry.mode, (entry.uid, entry.gid));
            self.items.push(Item { path: path.clone(), thing, size, mode, owner, link });
        }
    }

    /// The layer is over, and has this digest.
    pub(crate) fn keep(mut self, digest: &Digest) {
        self.items.sort_by(|a, b| in_tree(&a.path).cmp(in_tree(&b.path)));
        let mut lists = self.catalog.lists.lock().unwrap_or_else(PoisonError::into_inner);
        lists.insert(digest.clone(), self.items);
    }
}

/// A path as it is sorted, so that a directory stands right before what lies in it.
fn in_tree(path: &[u8]) -> impl Iterator<Item = u8> {
    path.iter().map(|byte| if *byte == b'/' { 0 } else { *byte })
}

impl Catalog {
    /// Puts an image together.
    pub(crate) fn draw(&self, setting: &Setting<'_>, image: &Image, description: &Description) {
        let mask = setting.mask;
        let name = |text: &String| mask.name(text);
        let config = image.config.and_then(|index| description.documents.get(index));
        let layers = (0..setting.layers.len()).map(|index| self.layer(setting, image, index));
        let steps = setting.history.steps(mask).map(|(by, layer)| step(by, layer, mask));
        let view = ImageView {
            name: image.references.first().map(name),
            told_apart: setting.name.as_ref().map(name),
            platform: setting.platform.as_ref().map(name),
            kind: match image.kind {
                ImageKind::Image => "image",
                ImageKind::Attestation { .. } => "attestation",
                ImageKind::Artifact { .. } => "artifact",
                ImageKind::Cache => "cache",
            },
            layers: layers.collect(),
            history: steps.collect(),
            config: config
                .and_then(|document| document.json().ok())
                .map(|c| shown(&c, mask))
                .unwrap_or_default(),
        };
        self.images.lock().unwrap_or_else(PoisonError::into_inner).push(view);
    }

    fn layer(&self, setting: &Setting<'_>, image: &Image, index: usize) -> LayerView {
        let Some(slot) = setting.layers.get(index) else { return LayerView::default() };
        let scan = slot.scan.as_deref();
        let lists = self.lists.lock().unwrap_or_else(PoisonError::into_inner);
        let items =
            scan.and_then(|scan| lists.get(&scan.facts.digest)).map(Vec::as_slice).unwrap_or_default();
        let entries: Vec<EntryView> = items
            .iter()
            .take_while(|item| Room::take(&self.drawn, item.path.len()))
            .map(|item| entry(item, index, setting))
            .collect();
        let said = image.layers.get(index).and_then(|layer| layer.size).unwrap_or_default();
        let by = setting.history.of_layer(index, setting.mask);
        LayerView {
            digest: scan.map_or_else(|| slot.blob.to_string(), |scan| scan.facts.digest.to_string()),
            size: scan.map_or(said, |scan| scan.facts.size),
            base: index < setting.base,
            instruction: by.and_then(|by| by.instruction),
            unlisted: scan.map_or(0, |scan| scan.facts.entries.saturating_sub(entries.len() as u64)),
            entries,
            read: scan.is_some(),
        }
    }
}

fn entry(item: &Item, layer: usize, setting: &Setting<'_>) -> EntryView {
    let text = |bytes: &[u8]| setting.mask.name(&readable(bytes));
    let (exposure, hidden_by) = match item.thing {
        Thing::Whiteout | Thing::Opaque => (Exposure::Metadata, None),
        _ => exposure(setting.stack.fate(layer, &item.path)),
    };
    EntryView {
        path: text(&item.path),
        thing: item.thing,
        size: item.size,
        mode: item.mode,
        owner: item.owner,
        link: item.link.as_deref().map(text),
        exposure,
        hidden_by,
    }
}

fn step(by: Introduced, layer: Option<usize>, mask: &Mask) -> StepView {
    let line = by.dockerfile.map(|at| format!("{}:{}", mask.name(&at.file), at.line));
    StepView { instruction: by.instruction.unwrap_or_default(), layer, line }
}

/// A configuration as people read it, values masked.
fn shown(config: &serde_json::Value, mask: &Mask) -> String {
    let mut text = mask.text(&serde_json::to_string_pretty(config).unwrap_or_default());
    if text.len() > CONFIG_SHOWN {
        let cut = (0..=CONFIG_SHOWN).rev().find(|at| text.is_char_boundary(*at)).unwrap_or_default();
        let rest = text.len() - cut;
        text.truncate(cut);
        text.push_str(&format!("\n… and {rest} more bytes, which were read and are not shown"));
    }
    text
}
