//! What a command line asks for, in our words: what the builder is told, and what happens to the result afterwards.

use std::path::PathBuf;

use super::containers::is_image_form;
use super::fields::Fields;
use super::files::Files;
use super::flags::{Flag, Role};
use super::line::Line;
use super::secret::{self, Secret};

/// Where a result goes once it is known to be clean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Delivery {
    /// Into the engine, under these names.
    Load(Vec<String>),
    /// Into the registries of these names.
    Push(Vec<String>),
    /// Into these repositories, under no name but its digest.
    PushByDigest(Vec<String>),
    /// Into a file: an archive in the form of OCI or of `docker save`; both are the same file.
    Archive(PathBuf),
    /// Into a directory: an OCI layout.
    Layout(PathBuf),
}

/// Where a cache goes once it is known to be clean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum CacheTo {
    /// Into a directory.
    Folder(PathBuf),
    /// Into the registry of this name.
    Registry(String),
}

/// A cache that is exported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Cache {
    pub(crate) to: CacheTo,
    /// What it is made of, for the builder.
    pub(crate) fields: Vec<String>,
}

/// What a build is to do.
#[derive(Clone, Default)]
pub(crate) struct Plan {
    /// What the builder gets, without output, progress, context and Dockerfile.
    pub(crate) arguments: Vec<String>,
    /// What a builder that makes attestations gets besides.
    pub(crate) attestation: Option<&'static str>,
    /// Options of the image, such as its compression.
    pub(crate) image: Vec<String>,
    /// Where files go, when the result is no image.
    pub(crate) files: Option<Files>,
    /// Where the result goes; nothing said means what the builder does by default.
    pub(crate) deliveries: Option<Vec<Delivery>>,
    pub(crate) caches: Vec<Cache>,
    /// Whether a statement that the image is clean is attached to it.
    pub(crate) states: bool,
    pub(crate) tags: Vec<String>,
    pub(crate) secrets: Vec<Secret>,
    /// Build arguments: name, and value where it stands on the command line.
    pub(crate) given: Vec<(String, Option<String>)>,
    /// Variables for the builder alone: values that a conversion took off the command line.
    pub(crate) variables: Vec<(String, String)>,
    pub(crate) dockerfile: Option<String>,
    pub(crate) context: String,
    pub(crate) id_file: Option<PathBuf>,
    pub(crate) metadata_file: Option<PathBuf>,
    /// Things to say that stop nothing.
    pub(crate) notes: Vec<String>,
}

/// What is asked for cannot be done safely.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what}\n{next}")]
pub struct Unguarded {
    /// What.
    pub what: String,
    /// What to do instead.
    pub next: String,
}

pub(crate) fn unguarded(what: impl Into<String>, next: impl Into<String>) -> Unguarded {
    Unguarded { what: what.into(), next: next.into() }
}

/// Options that are worked out anew.
fn is_rewritten(flag: &Flag) -> bool {
    matches!(
        flag.role,
        Role::Own
            | Role::Output
            | Role::Push
            | Role::Load
            | Role::IdFile
            | Role::MetadataFile
            | Role::Progress
            | Role::Quiet
            | Role::CacheTo
            | Role::Dockerfile
    )
}

/// The one attestation that is ours: `--attest type=svr`.
fn is_statement(flag: &Flag, value: Option<&str>) -> bool {
    flag.role == Role::Attest && value.is_some_and(|value| Fields::parse(value).get("type") == Some("svr"))
}

/// The form of our report, where an option of the builder has the same name.
fn is_of_report(flag: &Flag, value: Option<&str>) -> bool {
    flag.role == Role::Format && value.is_some_and(|value| !is_image_form(value))
}

impl Plan {
    /// Works out what a line asks for. `attests` is whether the builder adds provenance when nothing is said.
    pub(crate) fn of(line: &Line, attests: Attests) -> Result<Self, Unguarded> {
        let tags: Vec<String> = line.values(Role::Tag).map(str::to_owned).collect();
        let mut plan = Self {
            arguments: line.arguments(|flag, value| {
                !is_rewritten(flag) && !is_statement(flag, value) && !is_of_report(flag, value)
            }),
            states: line.options().any(|(flag, value)| is_statement(flag, value)),
            tags,
            given: line.values(Role::Argument).map(argument).collect(),
            dockerfile: line.value(Role::Dockerfile).map(str::to_owned),
            id_file: line.value(Role::IdFile).map(PathBuf::from),
            metadata_file: line.value(Role::MetadataFile).map(PathBuf::from),
            ..Self::default()
        };
        plan.secrets = line.values(Role::Secret).map(secret::parse).collect::<Result<_, _>>()?;
        plan.context = context(line)?;
        plan.check_urls(line)?;
        plan.outputs(line)?;
        plan.attest(line, attests);
        plan.caches(line)?;
        Ok(plan)
    }

    fn outputs(&mut self, line: &Line) -> Result<(), Unguarded> {
        let mut deliveries = Vec::new();
        let outputs: Vec<&str> = line.values(Role::Output).collect();
        for output in &outputs {
            let fields = Fields::parse(output);
            if let Some(files) = files(output, &fields)? {
                self.files = Some(files);
                continue;
            }
            let (delivery, image) = delivery(output, &fields, &self.tags)?;
            if !image.is_empty() && !self.image.is_empty() && image != self.image {
                return Err(unguarded(
                    "several --output with different options for the image",
                    "Build them one after the other: only one image can be scanned and published at a time",
                ));
            }
            self.image = if image.is_empty() { std::mem::take(&mut self.image) } else { image };
            deliveries.extend(delivery);
        }
        let switches = [
            (Role::Load, Delivery::Load(self.tags.clone())),
            (Role::Push, Delivery::Push(self.tags.clone())),
        ];
        deliveries.extend(switches.into_iter().filter(|(role, _)| line.is_on(*role)).map(|(_, to)| to));
        if deliveries.iter().any(
            |one| matches!(one, Delivery::Push(names) | Delivery::PushByDigest(names) if names.is_empty()),
        ) {
            return Err(unguarded("there is no name to push to", "Add --tag REGISTRY/NAME:TAG"));
        }
        if self.files.is_some() && (outputs.len() > 1 || !deliveries.is_empty()) {
            return Err(unguarded(
                "files and something else at once",
                "Build them one after the other: what was built once is taken from the builder's cache",
            ));
        }
        let said = !outputs.is_empty() || !deliveries.is_empty();
        self.deliveries = said.then_some(deliveries);
        Ok(())
    }

    /// Says about provenance what the builder would do by itself for an image that is pushed or loaded: it leaves it
    /// out of layouts.
    fn attest(&mut self, line: &Line, attests: Attests) {
        let provenance = line.values(Role::Provenance).map(str::to_owned);
        let attest =
            line.values(Role::Attest).filter(|one| Fields::parse(one).get("type") == Some("provenance"));
        let said: Vec<String> = provenance.chain(attest.map(str::to_owned)).collect();
        if said.is_empty() && attests == Attests::ByDefault && self.files.is_none() {
            self.attestation = Some("--provenance=mode=min");
        }
        let max = |text: &String| text == "true" || Fields::parse(text).get("mode") == Some("max");
        if !self.secrets.is_empty() && said.iter().any(max) {
            self.notes.push(
                "provenance with mode=max (true means that too) publishes build arguments, labels and the Dockerfile; \
                 --provenance=mode=min does not"
                    .to_owned(),
            );
        }
    }

    /// Caches are exported into our folder first: a builder would send them away before anybody looked at them.
    fn caches(&mut self, line: &Line) -> Result<(), Unguarded> {
        for text in line.values(Role::CacheTo) {
            let fields = Fields::parse(text);
            let own = |to: CacheTo, more: &[&str]| {
                let places = ["type", "dest", "ref", "image-manifest", "oci-mediatypes"];
                let mut kept = fields.without(&places);
                kept.retain(|field| !field.starts_with("registry."));
                kept.extend(more.iter().map(|field| (*field).to_owned()));
                Cache { to, fields: kept }
            };
            // Sent as an image, it is taken by every registry.
            let image = &["image-manifest=true", "oci-mediatypes=true"];
            match (fields.get("type"), fields.get("dest"), fields.get("ref")) {
                (Some("inline"), ..) => self.arguments.push(format!("--cache-to={text}")),
                (Some("local"), Some(dest), _) => self.caches.push(own(CacheTo::Folder(dest.into()), &[])),
                (Some("registry"), _, Some(name)) => {
                    self.caches.push(own(CacheTo::Registry(name.to_owned()), image));
                }
                (None, ..) if !text.contains('=') => {
                    let to = CacheTo::Registry(text.to_owned());
                    let fields = image.iter().map(|field| (*field).to_owned()).collect();
                    self.caches.push(Cache { to, fields });
                }
                (kind, ..) => return Err(uncached(text, kind.unwrap_or_default())),
            }
        }
        Ok(())
    }

    /// What an engine without the containerd image store cannot do: it has images in its store, and nothing else.
    pub(crate) fn check_classic(&self) -> Result<(), Unguarded> {
        let only_loads =
            self.deliveries.iter().flatten().all(|delivery| matches!(delivery, Delivery::Load(_)));
        let what = match () {
            () if !only_loads => "it gives out no image that could be scanned and then sent as it is",
            () if !self.caches.is_empty() => "it exports no cache",
            () if self.states => "it keeps no attestations",
            () => return Ok(()),
        };
        Err(unguarded(
            format!("this Docker Engine keeps images in its old store: {what}"),
            "Turn on the containerd image store ({\"features\": {\"containerd-snapshotter\": true}} in daemon.json), or name \
             another builder: --builder NAME",
        ))
    }

    fn check_urls(&mut self, line: &Line) -> Result<(), Unguarded> {
        let contexts = line.values(Role::Context).filter_map(|one| Some(one.split_once('=')?.1));
        for url in contexts.chain([self.context.as_str()]) {
            let Some((_, rest)) = url.split_once("://") else { continue };
            let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
            // A user without a password is a login for SSH, and a token anywhere else.
            let login = |user: &str| url.starts_with("ssh:") && !user.contains(':');
            if let Some((_, host)) =
                authority.rsplit_once('@').filter(|(user, _)| !user.is_empty() && !login(user))
            {
                return Err(unguarded(
                    format!(
                        "the address of the context at {host} holds credentials: the builder prints and keeps them"
                    ),
                    format!("Leave them out, and add --secret id=GIT_AUTH_TOKEN.{host},env=NAME"),
                ));
            }
        }
        let unscoped = |one: &Secret| matches!(one.id.as_str(), "GIT_AUTH_TOKEN" | "GIT_AUTH_HEADER");
        for one in self.secrets.iter().filter(|one| unscoped(one)) {
            self.notes.push(format!(
                "the secret {0} is sent to every Git server that the build asks: call it {0}.HOST",
                one.id
            ));
        }
        Ok(())
    }
}

/// Whether a builder adds provenance when nothing is said about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attests {
    /// As buildx does.
    ByDefault,
    /// `BUILDX_NO_DEFAULT_ATTESTATIONS` is set.
    WhenAsked,
}

fn argument(text: &str) -> (String, Option<String>) {
    match text.split_once('=') {
        Some((name, value)) => (name.to_owned(), Some(value.to_owned())),
        None => (text.to_owned(), None),
    }
}

fn context(line: &Line) -> Result<String, Unguarded> {
    let mut words = line.words();
    match (words.next(), words.next()) {
        (Some(context), None) => Ok(context.to_owned()),
        (None, _) => {
            Err(unguarded("there is no build context", "Name one: tightlip build [OPTIONS] PATH | URL | -"))
        }
        (Some(_), Some(_)) => Err(unguarded(
            "there are several build contexts",
            "Name one: tightlip build [OPTIONS] PATH | URL | -",
        )),
    }
}

/// Why a cache cannot be exported behind the guard, and what does the same.
fn uncached(text: &str, kind: &str) -> Unguarded {
    let next = match kind {
        "gha" => {
            "The builder itself sends it to GitHub, blob by blob, with the token of the job. Use --cache-to \
             type=registry,ref=ghcr.io/OWNER/NAME:cache, or --cache-to type=local,dest=DIR and keep DIR with actions/cache"
        }
        "s3" | "azblob" => {
            "The builder itself sends it there, blob by blob. Use --cache-to type=registry,ref=NAME, or --cache-to \
             type=local,dest=DIR and copy DIR there when the build is clean"
        }
        _ => "Use type=local, type=registry or type=inline: those are scanned first",
    };
    // Its fields may be credentials.
    let name = if kind.is_empty() { text } else { kind };
    unguarded(format!("--cache-to type={name}: the cache would leave before anybody looked at it"), next)
}

/// Where files go, if the result is no image: `DIR`, `type=local`, `type=tar`.
fn files(text: &str, fields: &Fields) -> Result<Option<Files>, Unguarded> {
    let bare = !text.contains('=');
    let kind = fields.get("type").unwrap_or(if bare { "local" } else { "" });
    if !matches!(kind, "local" | "tar") {
        return Ok(None);
    }
    let dest = if bare { Some(text) } else { fields.get("dest") };
    match (kind, dest) {
        (_, None) => Err(unguarded(format!("--output {text}: it says no place"), "Add dest=PLACE")),
        (_, Some("-")) => Err(unguarded(
            format!(
                "--output {text}: standard output has no name under which it could be written when it is clean"
            ),
            "Name a file: --output type=tar,dest=FILE",
        )),
        ("tar", Some(dest)) => Ok(Some(Files::Archive(dest.into()))),
        (_, Some(dest)) => Ok(Some(Files::Folder(dest.into()))),
    }
}

/// Fields of an output that say where it goes; all others are about the image.
const PLACE: &[&str] =
    &["type", "dest", "name", "name-canonical", "push", "push-by-digest", "tar", "store", "unpack"];

/// What an output asks for, and what it says about the image.
fn delivery(
    text: &str,
    fields: &Fields,
    tags: &[String],
) -> Result<(Option<Delivery>, Vec<String>), Unguarded> {
    let refuse = |why: &str, next: &str| Err(unguarded(format!("--output {text}: {why}"), next));
    let names = || match fields.get("name") {
        Some(names) => names.split(',').map(str::to_owned).collect(),
        None => tags.to_vec(),
    };
    let image = fields.without(PLACE);
    if fields.get("compression") == Some("estargz") {
        return refuse("eStargz layers make some Docker engines crash", "Use compression=zstd or gzip");
    }
    let dest = || match fields.get("dest") {
        Some("-") => None,
        dest => dest.map(PathBuf::from),
    };
    let digest = fields.is_on("push-by-digest");
    let delivery = match (fields.get("type"), dest()) {
        (Some("docker"), None) if fields.get("dest").is_none() => Delivery::Load(names()),
        (Some("oci"), Some(dest)) if fields.get("tar").is_some() && !fields.is_on("tar") => {
            Delivery::Layout(dest)
        }
        (Some("oci" | "docker"), Some(dest)) => Delivery::Archive(dest),
        (Some("registry"), _) if digest => Delivery::PushByDigest(names()),
        (Some("registry"), _) => Delivery::Push(names()),
        (Some("image"), _) if digest && fields.is_on("push") => Delivery::PushByDigest(names()),
        (Some("image"), _) if fields.is_on("push") => Delivery::Push(names()),
        (Some("image"), _) => Delivery::Load(names()),
        (Some("cacheonly"), _) => return Ok((None, image)),
        _ => {
            return refuse(
                "such a result cannot be scanned before it leaves",
                "Use type=docker, oci, image or registry, with a file for dest",
            );
        }
    };
    Ok((Some(delivery), image))
}
