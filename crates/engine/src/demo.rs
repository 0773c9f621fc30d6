//! The three ways to give a build a secret: two that leak and one that does not, as Dockerfiles and as small images.

use std::io::Read;

use tightlip_image::model::{DescribeLimits, DocumentKind, Selection, describe};
use tightlip_image::store::{Archive, Store};
use tightlip_image::{Entry, Expected, Limits, Problem, Sketch, Slack, Visit, walk};

/// One of the three ways.
pub struct Lesson {
    /// A word for it.
    pub id: &'static str,
    /// What is done.
    pub title: &'static str,
    /// The Dockerfile: `{base}` is the base image, `{value}` the secret where it stands in the file.
    dockerfile: &'static str,
    /// The options of the build, with `{value}` as above.
    options: &'static [&'static str],
    sketch: fn(&str) -> Sketch,
    recover: Option<fn(&Archive) -> Option<String>>,
}

/// The ways, worst first.
pub static LESSONS: &[&Lesson] = &[
    &Lesson {
        id: "deleted",
        title: "a file that a later instruction deletes",
        dockerfile: "FROM {base}\n\
            RUN mkdir -p /app && echo \"API_KEY={value}\" > /app/.env\n\
            RUN rm /app/.env\n",
        options: &[],
        sketch: |value| {
            let text = format!("API_KEY={value}\n");
            let write =
                format!("RUN /bin/sh -c mkdir -p /app && echo \"API_KEY={value}\" > /app/.env # buildkit");
            Sketch::new("tightlip-demo:deleted")
                .file("COPY base / # buildkit", "bin/sh", b"")
                .file(&write, FILE, text.as_bytes())
                .delete("RUN /bin/sh -c rm /app/.env # buildkit", FILE)
        },
        recover: Some(file),
    },
    &Lesson {
        id: "argument",
        title: "a build argument",
        dockerfile: "FROM {base}\n\
            ARG API_KEY\n\
            RUN test -n \"$API_KEY\"\n",
        options: &["--build-arg", "API_KEY={value}"],
        sketch: |value| {
            let run = format!("RUN |1 API_KEY={value} /bin/sh -c test -n \"$API_KEY\" # buildkit");
            Sketch::new("tightlip-demo:argument")
                .file("COPY base / # buildkit", "bin/sh", b"")
                .note("ARG API_KEY")
                .layer(&run, &[])
        },
        recover: Some(history),
    },
    &Lesson {
        id: "mounted",
        title: "a secret mount: the fix",
        dockerfile: "FROM {base}\n\
            RUN --mount=type=secret,id=api_key test -s /run/secrets/api_key\n",
        options: &["--secret", "id=api_key,env=API_KEY"],
        sketch: |_| {
            Sketch::new("tightlip-demo:mounted")
                .file("COPY base / # buildkit", "bin/sh", b"")
                .layer("RUN /bin/sh -c test -s /run/secrets/api_key # buildkit", &[])
        },
        recover: None,
    },
];

/// The file that one instruction writes and the next deletes.
const FILE: &str = "app/.env";
/// The longest text that is recovered, in bytes.
const LONGEST: u64 = 4 << 10;

impl Lesson {
    /// The Dockerfile on this base image.
    #[must_use]
    pub fn dockerfile(&self, base: &str, value: &str) -> String {
        self.dockerfile.replace("{base}", base).replace("{value}", value)
    }

    /// The options of the build besides its name.
    #[must_use]
    pub fn options(&self, value: &str) -> Vec<String> {
        self.options.iter().map(|option| option.replace("{value}", value)).collect()
    }

    /// What the build makes, as `docker save` writes it, without a builder.
    #[must_use]
    pub fn sketch(&self, value: &str) -> Vec<u8> {
        (self.sketch)(value).archive()
    }

    /// Whether the image holds the secret.
    #[must_use]
    pub fn leaks(&self) -> bool {
        self.recover.is_some()
    }

    /// The text with the secret, got out of the image as anybody could; none if it is not in there.
    #[must_use]
    pub fn recover(&self, archive: &[u8]) -> Option<String> {
        let archive = Archive::from_bytes(archive).ok()?;
        self.recover.and_then(|recover| recover(&archive))
    }
}

/// The content of the deleted file, out of the layer that wrote it.
fn file(archive: &Archive) -> Option<String> {
    let description = describe(archive, &Selection::default(), &DescribeLimits::default()).ok()?;
    let layers = description.images.iter().flat_map(|image| &image.layers);
    layers.into_iter().find_map(|layer| {
        let mut looking = Looking::default();
        walk(&mut archive.open(&layer.blob).ok()?, &Expected::default(), &Limits::default(), &mut looking);
        looking.found
    })
}

/// The instruction that holds the argument, out of the history.
fn history(archive: &Archive) -> Option<String> {
    let description = describe(archive, &Selection::default(), &DescribeLimits::default()).ok()?;
    let configs = description.documents.iter().filter(|document| document.kind == DocumentKind::Config);
    configs.filter_map(|config| config.json().ok()).find_map(|config| {
        let steps = config.get("history")?.as_array()?.iter();
        let texts = steps.filter_map(|step| step.get("created_by")?.as_str());
        texts.into_iter().find(|text| text.contains("API_KEY=")).map(str::to_owned)
    })
}

/// Looks for the file.
#[derive(Default)]
struct Looking {
    found: Option<String>,
}

impl Visit for Looking {
    fn entry(&mut self, entry: &Entry, body: &mut dyn Read) {
        if entry.path == FILE.as_bytes() {
            let mut text = String::new();
            let read = body.take(LONGEST).read_to_string(&mut text);
            self.found = read.is_ok().then(|| text.trim_end().to_owned());
        }
    }

    fn slack(&mut self, _: &Slack, _: &mut dyn Read) {}

    fn problem(&mut self, _: Problem) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_leaks_is_recovered_and_what_does_not_is_not_there() {
        let value = "orchid-0123456789";
        for lesson in LESSONS {
            let archive = lesson.sketch(value);
            let there = String::from_utf8_lossy(&archive).contains(value);
            let recovered = lesson.recover(&archive).is_some_and(|text| text.contains(value));
            assert_eq!((there, recovered), (lesson.id != "mounted", lesson.id != "mounted"), "{}", lesson.id);
        }
    }

    #[test]
    fn the_mount_is_a_secret_of_the_build_and_not_in_its_dockerfile() {
        let mounted = LESSONS.last().unwrap();
        assert!(!mounted.dockerfile("busybox", "orchid").contains("orchid"));
        assert_eq!(mounted.options("orchid"), ["--secret", "id=api_key,env=API_KEY"]);
    }
}
