//! The ways a secret leaks through an image: what happens, who reads it, what prevents it.
//!
//! `tightlip explain <id>` prints an entry; the index of the documentation is made from this table.

use tightlip_image::store::Location;
use tightlip_report::{Exposure, Surface};

use crate::sighting::Sighting;

/// A way to leak.
#[derive(Debug)]
pub struct Mechanism {
    /// Kebab-case identifier, stable for ever.
    pub id: &'static str,
    /// What happens, in a few words.
    pub title: &'static str,
    /// What happens and who can read it.
    pub why: &'static str,
    /// What to do instead.
    pub fix: &'static str,
}

macro_rules! mechanisms {
    ($($name:ident = $id:literal, $title:literal, $why:literal, $fix:literal;)+) => {
        $(static $name: Mechanism = Mechanism { id: $id, title: $title, why: $why, fix: $fix };)+

        /// Every mechanism that a scan can report.
        pub static MECHANISMS: &[&Mechanism] = &[$(&$name),+];
    };
}

mechanisms! {
    VISIBLE_FILE = "visible-file", "a file of the image",
        "The file is in the file system of every container and in a layer that everybody who can pull the image can unpack.",
        "Keep the file out of the image: exclude it with .dockerignore, or hand the secret to the one step that needs it with RUN --mount=type=secret.";
    DELETED_FILE = "deleted-file", "a file that a later instruction deletes",
        "Each instruction makes a layer. A later layer can only hide a file; the layer that wrote it still holds it, and everybody who can pull the image can unpack that layer.",
        "Never let the secret enter a layer: use RUN --mount=type=secret, or write, use and delete the file within one RUN.";
    OVERWRITTEN_FILE = "overwritten-file", "a file that a later instruction replaces",
        "The new content is in a new layer; the old content stays in the old one, which everybody who can pull the image can unpack.",
        "Never let the secret enter a layer: use RUN --mount=type=secret for the step that needs it.";
    OPAQUE_FILE = "hidden-by-opaque-file", "a file below a directory that a later instruction replaces",
        "The later layer marks the directory opaque, which hides what lower layers put there. The lower layer still holds it.",
        "Never let the secret enter a layer: use RUN --mount=type=secret for the step that needs it.";
    NAME = "name-in-header", "the name of a file or directory",
        "Names stand in the headers of the layer's tar stream, deleted files included.",
        "Do not build file names from secrets.";
    LINK = "link-target", "the target of a link",
        "The target of a symbolic link is text in the layer's tar stream.",
        "Do not put credentials into link targets.";
    XATTR = "extended-attribute", "an extended attribute",
        "Extended attributes travel with the file in the layer's tar stream.",
        "Do not keep secrets in extended attributes; build the layer with a tool that drops them.";
    HEADER = "tar-header", "a field of a tar header",
        "User names, group names and PAX records stand in the layer's tar stream.",
        "Rebuild the layer from a clean file system.";
    SLACK = "slack", "bytes outside the files of a layer",
        "The layer's blob holds bytes that belong to no file: after the end of the archive, in padding, in headers of the compression. Unpacking does not show them; the blob does.",
        "Rebuild the layer with a builder instead of shipping an archive made by hand.";
    ENV = "environment-variable", "an environment variable of the image",
        "ENV is stored in the configuration, shown by docker inspect, and given to every process of every container.",
        "Set the variable when the container starts (docker run --env-file, an orchestrator's secret), or use RUN --mount=type=secret,env=NAME for a build step.";
    BUILD_ARGUMENT = "build-argument", "a build argument in the image's history",
        "The builder writes the value of every build argument in scope into the history of each RUN that follows; docker history --no-trunc prints it.",
        "Use RUN --mount=type=secret,id=… instead of ARG, and docker build --secret instead of --build-arg.";
    INSTRUCTION = "instruction-text", "the text of an instruction",
        "The text of every instruction is kept in the history of the image; docker history --no-trunc prints it.",
        "Keep the value out of the Dockerfile: read it from /run/secrets/… with RUN --mount=type=secret.";
    AUTHOR = "author-or-comment", "the author or comment of a history entry",
        "Author and comment are free text in the configuration; docker import and flattening tools fill them with URLs and old histories.",
        "Rebuild the image, or clear the field with the tool that wrote it.";
    LABEL = "label", "a label",
        "Labels are stored in the configuration and shown by docker inspect.",
        "Do not put credentials into labels; strip user information from repository URLs.";
    COMMAND = "command", "the command, entry point or health check",
        "The command line is stored in the configuration as it was written and shows in docker inspect and in the process list.",
        "Let the program read the secret from a file or a variable that is set when the container starts.";
    ONBUILD = "onbuild", "an ONBUILD trigger",
        "The trigger is stored in the configuration and runs in every image built from this one. docker history does not show it.",
        "Use RUN --mount=type=secret in the trigger; each build then brings its own secret.";
    CONFIG = "config-field", "another field of the configuration",
        "Everybody who can pull the image gets the whole configuration, fields that no tool shows included.",
        "Rebuild the image with a current builder, without the option that adds the field.";
    ANNOTATION = "annotation", "an annotation",
        "Annotations are part of the manifest or index; docker inspect does not show them, every registry client does.",
        "Do not put credentials into annotations.";
    MANIFEST = "manifest-field", "a field of a manifest or index",
        "Descriptors can carry URLs with signatures in them and embedded data.",
        "Push the layers themselves instead of pointing at signed URLs, and rotate the signature.";
    PROVENANCE = "provenance", "an attestation of the image",
        "Provenance with mode=max records every build argument, label and environment variable of every stage, discarded ones included; plain --provenance=true means mode=max.",
        "Use secret mounts instead of build arguments, and build with --provenance=mode=min.";
    PROVENANCE_SOURCE = "provenance-source", "the Dockerfile or a heredoc inside an attestation",
        "Provenance with mode=max embeds the Dockerfile, its comments, and the content of heredocs in base64.",
        "Keep the value out of the Dockerfile, and build with --provenance=mode=min.";
    REFERRER = "attached-artifact", "an artifact attached to the image",
        "Everybody who can pull the image can list and fetch what is attached to it; scan reports may quote what they found.",
        "Delete the artifact from the registry and attach one without the value.";
    CACHE = "build-cache", "a build cache",
        "A cache exported with mode=max holds the layers of all stages, discarded ones included.",
        "Use secret mounts, or export the cache with mode=min to a place that only the build can read.";
    LOG_OUTPUT = "log-output", "what a build step wrote",
        "No builder masks what RUN writes, secret mounts or not. The log goes to everybody who can read the build, and the builder keeps a copy of its own.",
        "Do not print the value: no echo, set -x or verbose option in a step that has it; pipe the build through tightlip redact, and remove the builder's copy with docker buildx history rm.";
    LOG_STEP_NAME = "log-step-name", "the name of a build step",
        "BuildKit prints every step with its arguments and variables expanded, and keeps the name in records and traces.",
        "Use RUN --mount=type=secret instead of ARG or ENV; the variables of a secret are not expanded.";
    LOG_ERROR = "log-error", "an error message of a build",
        "When a step fails, the builder prints its command line and the lines of the Dockerfile around it, a neighbouring ENV included.",
        "Keep the value out of the Dockerfile: read it from /run/secrets/… with RUN --mount=type=secret.";
    METADATA_FILE = "metadata-file", "the metadata file of a build",
        "The file that buildx writes with --metadata-file lists every build argument, whatever --provenance says, and docker/build-push-action prints it to the log.",
        "Use secret mounts instead of build arguments, and set BUILDX_METADATA_PROVENANCE=disabled.";
    BUILD_RECORD = "build-record", "the builder's record of a build",
        "The builder keeps the request with all its options, the log and full provenance of every build; a .dockerbuild file carries them to whoever can download the CI artifact.",
        "Use secret mounts instead of build arguments, set DOCKER_BUILD_RECORD_UPLOAD=false, and remove the record with docker buildx history rm.";
    CONTAINER_FILE = "container-file", "a file that a container wrote",
        "What a container writes lies in a layer of its own until the container is removed. docker export, docker cp and docker commit give it to everybody who may use the engine.",
        "Let the container keep secrets on a file system in memory (docker run --tmpfs) or not at all, and remove this one.";
    CONTAINER_SETTING = "container-setting", "a setting of a container",
        "Environment, command and labels of a container are shown by docker inspect to everybody who may use the engine, for as long as the container exists, and docker commit writes them into an image.",
        "Hand the secret over as a file: a secret of the orchestrator, or a file that is mounted.";
}

/// The mechanism of that name.
pub(crate) fn named(id: &str) -> Option<&'static Mechanism> {
    MECHANISMS.iter().find(|mechanism| mechanism.id == id).copied()
}

/// The mechanism that a sighting is a case of.
pub(crate) fn of(sighting: &Sighting, exposure: Exposure) -> &'static Mechanism {
    match (sighting.surface, exposure) {
        (Surface::File, Exposure::Deleted) => &DELETED_FILE,
        (Surface::File, Exposure::Overwritten) => &OVERWRITTEN_FILE,
        (Surface::File, Exposure::HiddenByOpaque) => &OPAQUE_FILE,
        (Surface::FileName, _) => &NAME,
        (Surface::LinkTarget, _) => &LINK,
        (Surface::Xattr, _) => &XATTR,
        (Surface::TarHeader, _) => &HEADER,
        (Surface::Slack, _) => &SLACK,
        (Surface::Env, _) => &ENV,
        (Surface::History, _) => history(sighting),
        (Surface::Label, _) => &LABEL,
        (Surface::Cmd | Surface::Entrypoint | Surface::Healthcheck, _) => &COMMAND,
        (Surface::Onbuild, _) => &ONBUILD,
        (Surface::Config, _) => &CONFIG,
        (Surface::Annotation, _) => &ANNOTATION,
        (Surface::Manifest, _) => &MANIFEST,
        (Surface::Attestation, _) if sighting.decoded_from.is_empty() => &PROVENANCE,
        (Surface::Attestation, _) => &PROVENANCE_SOURCE,
        (Surface::Referrer, _) => &REFERRER,
        (Surface::Cache, _) => &CACHE,
        (Surface::Log, _) => log(sighting),
        (Surface::MetadataFile, _) => &METADATA_FILE,
        (Surface::BuildRecord, _) => &BUILD_RECORD,
        _ => &VISIBLE_FILE,
    }
}

/// How something leaks that lies in a container and in no image.
pub(crate) fn of_container(location: &Location) -> Option<&'static Mechanism> {
    match location {
        Location::Export { .. } => Some(&CONTAINER_FILE),
        Location::Output { .. } => Some(&CONTAINER_SETTING),
        _ => None,
    }
}

fn history(sighting: &Sighting) -> &'static Mechanism {
    if !sighting.at.ends_with(b"/created_by") {
        return &AUTHOR;
    }
    if sighting.name.is_some() { &BUILD_ARGUMENT } else { &INSTRUCTION }
}

fn log(sighting: &Sighting) -> &'static Mechanism {
    match sighting.at.as_slice() {
        b"name" => &LOG_STEP_NAME,
        b"error" => &LOG_ERROR,
        _ => &LOG_OUTPUT,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mechanism_says_what_to_do() {
        for mechanism in MECHANISMS {
            assert!(mechanism.why.ends_with('.') && mechanism.fix.ends_with('.'), "{}", mechanism.id);
        }
        let mut ids: Vec<&str> = MECHANISMS.iter().map(|m| m.id).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), MECHANISMS.len());
    }
}
