//! The control: a build that leaks on purpose. What it plants must be found by the same builder and the same search;
//! a search that misses one of these proves nothing.

use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tightlip_report::proof::{Control, Way};
use tightlip_report::{Exposure, Surface};

use super::ProveError;
use super::building::{End, Failure, Order, Outcome, Reuse, Site};
use super::canary::Canary;
use super::form::WHOLE;
use super::gift::Gift;
use super::hunt::{Ground, Hunt, Sight};
use crate::builder::{Folder, Kind};
use crate::identity::hex;
use crate::watch::Watch;

/// A leak on purpose.
struct Plant {
    what: &'static str,
    /// What of the builder it takes.
    takes: Takes,
    way: How,
    /// Whether this is the leak.
    is: fn(&Sight) -> bool,
}

/// What a plant needs beside a builder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Takes {
    Nothing,
    /// A builder that gives out layers, stages, provenance.
    BuildKit,
    /// An image with a shell.
    Shell,
}

/// How a plant gets into the build. In the lines `@` is the plant's own name.
enum How {
    /// A file of the context, made from the value.
    File(fn(&[u8]) -> Vec<u8>, &'static str),
    /// The same, in a stage that is not part of the image.
    Discarded,
    /// A build argument.
    Argument(&'static str),
    /// A secret mount.
    Mount(&'static str),
}

static PLANTS: &[Plant] = &[
    Plant {
        what: "a file",
        takes: Takes::Nothing,
        way: How::File(<[u8]>::to_vec, "COPY @ /tightlip/@"),
        is: |sight| sight.form == WHOLE && sight.finding.place.surface == Surface::File,
    },
    Plant {
        what: "a file that a later step replaces",
        takes: Takes::BuildKit,
        way: How::File(<[u8]>::to_vec, "COPY @ /tightlip/@\nCOPY nothing /tightlip/@"),
        is: |sight| sight.finding.place.exposure == Exposure::Overwritten,
    },
    Plant {
        what: "base64",
        takes: Takes::Nothing,
        way: How::File(|value| STANDARD.encode([b"x:", value].concat()).into_bytes(), "COPY @ /tightlip/@"),
        is: |sight| sight.words() == "as base64",
    },
    Plant {
        what: "a digest",
        takes: Takes::Nothing,
        way: How::File(
            |value| hex(&<sha2::Sha256 as sha2::Digest>::digest(value)).into_bytes(),
            "COPY @ /tightlip/@",
        ),
        is: |sight| sight.form == "its SHA-256",
    },
    Plant {
        what: "half of a value",
        takes: Takes::Nothing,
        way: How::File(
            |value| value.get(..value.len() / 2).unwrap_or_default().to_vec(),
            "COPY @ /tightlip/@",
        ),
        is: |sight| sight.form == "a part of it",
    },
    Plant {
        what: "a build argument in the configuration",
        takes: Takes::Nothing,
        way: How::Argument("ARG @\nLABEL tightlip=$@"),
        is: |sight| sight.finding.place.surface == Surface::Label,
    },
    Plant {
        what: "a build argument in the provenance",
        takes: Takes::BuildKit,
        way: How::Argument("ARG @"),
        is: |sight| sight.finding.place.surface == Surface::Attestation,
    },
    Plant {
        what: "the name of a step",
        takes: Takes::BuildKit,
        way: How::Argument("ARG @\nCOPY nothing /tightlip/$@"),
        is: |sight| sight.finding.place.surface == Surface::Log,
    },
    Plant {
        what: "a stage that is not part of the image",
        takes: Takes::BuildKit,
        way: How::Discarded,
        is: |sight| sight.finding.place.surface == Surface::File,
    },
    Plant {
        what: "what a step prints of a secret mount",
        takes: Takes::Shell,
        way: How::Mount("IFS= read -r v < /run/secrets/@ || :; echo \"$v\""),
        is: |sight| sight.finding.place.surface == Surface::Log,
    },
    Plant {
        what: "what a step writes of a secret mount",
        takes: Takes::Shell,
        way: How::Mount("IFS= read -r v < /run/secrets/@ || :; echo \"$v\" > /tightlip-@"),
        is: |sight| sight.finding.place.surface == Surface::File,
    },
];

/// Builds the control and looks for what it planted. Without an image that has a shell, steps are not part of it.
///
/// # Errors
/// When it cannot be built: then nothing else can.
pub(crate) fn control(site: &Site<'_>, shell: Option<&str>) -> Result<Control, ProveError> {
    let tries = shell.map(Some).into_iter().chain([None]);
    let mut failure = None;
    for (number, image) in tries.enumerate() {
        let garden = Garden::new(site, image, number)?;
        let outcome = garden.build(site)?;
        match outcome.end {
            End::Built { .. } => {
                let note = failure.map(|why: Failure| format!("its steps have no shell: {}", why.error));
                return Ok(Control { note, ..garden.look(site, &outcome)? });
            }
            End::Failed(why) => failure = Some(why),
        }
    }
    let why = failure.unwrap_or_default();
    Err(ProveError::Control { builder: site.builder.name(), error: why.error, tail: why.tail })
}

/// The plants of one control, each with a value of its own.
struct Garden {
    plants: Vec<&'static Plant>,
    gifts: Vec<Gift>,
    context: Folder,
    dockerfile: PathBuf,
    label: String,
}

impl Garden {
    fn new(site: &Site<'_>, image: Option<&str>, number: usize) -> Result<Self, ProveError> {
        let label = format!("control-{number}");
        let context = Folder::new(&site.request.below)?;
        site.watch.keeps(context.broom());
        context.keep("nothing", b"")?;
        let kind = site.builder.kind();
        let fits = |plant: &&Plant| match plant.takes {
            Takes::Nothing => true,
            Takes::BuildKit => kind == Kind::Buildx,
            Takes::Shell => image.is_some(),
        };
        let plants: Vec<&Plant> = PLANTS.iter().filter(fits).collect();
        let (mut gifts, mut before, mut lines) = (Vec::new(), String::new(), String::new());
        for (index, plant) in plants.iter().enumerate() {
            let name = format!("TIGHTLIP_CONTROL_{index}");
            let canary = Canary::plain()?;
            let way = match plant.way {
                How::Argument(_) => Way::Argument,
                _ => Way::Mount,
            };
            match &plant.way {
                How::File(write, text) => {
                    context.keep(&name, &write(&canary.content))?;
                    lines.push_str(&text.replace('@', &name));
                }
                How::Discarded => {
                    context.keep(&name, &canary.content)?;
                    before = format!("FROM scratch AS discarded\nCOPY {name} /{name}\n");
                    lines.push_str("COPY --from=discarded /nothing* /tightlip/");
                }
                How::Argument(text) => lines.push_str(&text.replace('@', &name)),
                How::Mount(script) => {
                    lines.push_str(&format!(
                        "RUN --mount=type=secret,id={name} {}",
                        script.replace('@', &name)
                    ));
                }
            }
            lines.push('\n');
            let secret = format!("{label}-{index}");
            gifts.push(Gift::new((&name, way), canary, (site.folder, &secret))?);
        }
        let user = if image.is_some() { "USER 0:0\n" } else { "" };
        let text = format!("{before}FROM {}\n{user}{lines}", image.unwrap_or("scratch"));
        let dockerfile = context.keep("Dockerfile", text.as_bytes())?;
        Ok(Self { plants, gifts, context, dockerfile, label })
    }

    fn build(&self, site: &Site<'_>) -> Result<Outcome, ProveError> {
        let context = self.context.path("");
        let gifts = &self.gifts;
        let order = Order {
            label: &self.label,
            dockerfile: &self.dockerfile,
            context: &context,
            target: None,
            gifts,
            reuse: Reuse::Nothing,
        };
        Ok(site.build(&order)?)
    }

    fn look(&self, site: &Site<'_>, outcome: &Outcome) -> Result<Control, ProveError> {
        let hunt = Hunt::new(&self.gifts, site.request)?;
        let mut control = Control::default();
        let mut sights = Vec::new();
        for (scheme, path) in outcome.results() {
            let ground = Ground { scheme, path, title: "the control", dockerfile: None, allowed: &[] };
            let haul = hunt.search(&ground, site.watch as &dyn Watch)?;
            control.digest = control.digest.or(haul.digest.filter(|_| scheme == "oci"));
            sights.extend(haul.sights);
        }
        for (index, plant) in self.plants.iter().enumerate() {
            let found = sights.iter().any(|sight| sight.value == index && (plant.is)(sight));
            let list = if found { &mut control.found } else { &mut control.missed };
            list.push(plant.what.to_owned());
        }
        Ok(control)
    }
}
