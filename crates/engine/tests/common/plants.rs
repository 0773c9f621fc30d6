//! A canary for each surface of an image: where it is planted, and where it must be found.

use std::io::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tightlip_report::Surface;
use tightlip_testkit::{Bundle, ImageBuilder, Layer, Packing, digest};

use super::file;

/// A value that only its name gives away.
pub(crate) const WEAK: &str = "hunter-and-gatherer-9";

/// What makes the value a secret.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum By {
    /// Its own form.
    Form,
    /// The name beside it too: a weak value there is found as well.
    Name,
}

/// Where a value is planted, and where it must be found.
pub(crate) struct Row {
    pub(crate) surface: Surface,
    pub(crate) by: By,
    pub(crate) place: &'static str,
    pub(crate) plant: fn(&str) -> Bundle,
}

const fn row(surface: Surface, place: &'static str, plant: fn(&str) -> Bundle) -> Row {
    Row { surface, by: By::Form, place, plant }
}

const fn named(surface: Surface, place: &'static str, plant: fn(&str) -> Bundle) -> Row {
    Row { surface, by: By::Name, place, plant }
}

/// Surfaces that no scan of an image yields: other commands read them.
pub(crate) const ELSEWHERE: &[Surface] = &[
    Surface::Log,
    Surface::BuildArg,
    Surface::MetadataFile,
    Surface::BuildRecord,
    Surface::Dockerfile,
    Surface::Context,
    Surface::Compose,
    Surface::Bake,
    Surface::Workflow,
    Surface::Script,
];

pub(crate) static ROWS: &[Row] = &[
    named(Surface::File, "layer 0 app/.env", |v| layer(file("app/.env", format!("API_KEY={v}\n")))),
    row(Surface::FileName, "layer 0 tmp/{}", |v| layer(file(&format!("tmp/{v}"), "x"))),
    row(Surface::FileName, "layer 0 tmp/{}", |v| layer(Layer::new().directory(&format!("tmp/{v}")))),
    row(Surface::LinkTarget, "layer 0 a/link", |v| {
        layer(Layer::new().symlink("a/link", format!("/x/{v}/y")))
    }),
    row(Surface::LinkTarget, "layer 0 a/hard", |v| {
        layer(Layer::new().hard_link("a/hard", &format!("x/{v}")))
    }),
    named(Surface::Xattr, "layer 0 a", |v| layer(pax("SCHILY.xattr.user.token", v))),
    row(Surface::Xattr, "layer 0 a", |v| layer(pax("LIBARCHIVE.xattr.user.note", &STANDARD.encode(v)))),
    row(Surface::TarHeader, "layer 0 a", |v| layer(pax("comment", v))),
    row(Surface::TarHeader, "layer 0 a", |v| layer(pax(&format!("x.{v}"), "1"))),
    row(Surface::TarHeader, "layer 0 a", |v| {
        layer(file("a", "x").with(|member| member.user = short(v).into_bytes()))
    }),
    row(Surface::TarHeader, "layer 0 a", |v| {
        layer(file("a", "x").with(|member| member.group = short(v).into_bytes()))
    }),
    row(Surface::Slack, "layer 0 !after the end of the archive", |v| layer(file("a", "x").tail(v))),
    row(Surface::Slack, "layer 0 !padding after a file", |v| {
        layer(file("a", "x").with(|member| member.padding = v.as_bytes().to_vec()))
    }),
    row(Surface::Slack, "layer 0 !unused bytes of a header", |v| {
        layer(file("a", "x").with(|member| member.after_name = v.as_bytes().to_vec()))
    }),
    row(Surface::Slack, "layer 0 !gzip header field", |v| gzip(v, flate2::GzBuilder::filename)),
    row(Surface::Slack, "layer 0 !gzip header field", |v| gzip(v, flate2::GzBuilder::comment)),
    row(Surface::Slack, "layer 0 !gzip header field", |v| gzip(v, flate2::GzBuilder::extra)),
    row(Surface::Slack, "layer 0 !after the compressed stream", |v| {
        let image = ImageBuilder::new().file("a", "x").build();
        Bundle::of(image.with_blob(0, |blob| [&blob, v.as_bytes()].concat()))
    }),
    row(Surface::Slack, "layer 0 !skippable frame", |v| {
        let image = ImageBuilder::new().packing(Packing::Zstd).file("a", "x").build();
        let head = [0x5B, 0x2A, 0x4D, 0x18];
        let size = u32::try_from(v.len()).unwrap().to_le_bytes();
        Bundle::of(image.with_blob(0, |blob| [&head, &size, v.as_bytes(), &blob].concat()))
    }),
    named(Surface::Env, "/config/Env/0 in config", |v| {
        Bundle::of(ImageBuilder::new().env("API_KEY", v).build())
    }),
    named(Surface::History, "/history/0/created_by in config", |v| {
        history(json!({"created_by": format!("RUN |1 API_KEY={v} /bin/sh -c make # buildkit")}))
    }),
    named(Surface::History, "/history/0/created_by in config", |v| {
        history(json!({"created_by": format!("RUN |2 A=b API_KEY={v} /bin/sh -c make # buildkit")}))
    }),
    named(Surface::History, "/history/0/created_by in config", |v| {
        history(json!({"created_by": format!("ARG API_KEY={v}"), "empty_layer": true}))
    }),
    named(Surface::History, "/history/0/created_by in config", |v| {
        history(json!({"created_by": format!("|1 API_KEY={v} /bin/sh -c make")}))
    }),
    named(Surface::History, "/history/0/created_by in config", |v| {
        history(json!({"created_by": format!("/bin/sh -c #(nop)  ENV API_KEY={v}")}))
    }),
    named(Surface::History, "/history/0/created_by in config", |v| {
        history(json!({"created_by": format!("/bin/sh -c #(nop)  ARG API_KEY={v}")}))
    }),
    // buildah writes the shell line, and its arguments before it; kaniko the instruction as it was written.
    named(Surface::History, "/history/0/created_by in config", |v| {
        history(json!({"created_by": format!("|1 API_KEY={v} /bin/sh -c make"), "comment": "FROM x"}))
    }),
    named(Surface::History, "/history/0/created_by in config", |v| {
        history(json!({"created_by": format!("ENV API_KEY={v}"), "author": "kaniko"}))
    }),
    named(Surface::History, "/history/0/created_by in config", |v| {
        history(json!({"created_by": format!("RUN API_KEY={v} make"), "author": "kaniko"}))
    }),
    row(Surface::History, "/history/0/comment in config", |v| {
        history(json!({"comment": format!("from {v}")}))
    }),
    row(Surface::History, "/history/0/author in config", |v| history(json!({"author": v}))),
    named(Surface::Label, "/config/Labels/api_key in config", |v| {
        Bundle::of(ImageBuilder::new().label("api_key", v).build())
    }),
    row(Surface::Cmd, "/config/Cmd/1 in config", |v| config("Cmd", json!(["run", v]))),
    row(Surface::Entrypoint, "/config/Entrypoint/1 in config", |v| config("Entrypoint", json!(["run", v]))),
    row(Surface::Healthcheck, "/config/Healthcheck/Test/1 in config", |v| {
        config("Healthcheck", json!({"Test": ["CMD-SHELL", format!("curl {v}")]}))
    }),
    named(Surface::Onbuild, "/config/OnBuild/0 in config", |v| {
        config("OnBuild", json!([format!("ENV API_KEY={v}")]))
    }),
    row(Surface::Config, "/config/User in config", |v| config("User", json!(v))),
    row(Surface::Config, "/author in config", |v| top("author", json!(v))),
    named(Surface::Config, "/x.vendor/api_key in config", |v| top("x.vendor", json!({"api_key": v}))),
    row(Surface::Config, "/x~1y~0z in config", |v| top("x/y~z", json!(v))),
    row(Surface::Config, "/moby.buildkit.buildinfo.v1!/attrs/build-arg:WORD in config", |v| {
        top("moby.buildkit.buildinfo.v1", json!(base64_of(&json!({"attrs": {"build-arg:WORD": v}}))))
    }),
    named(Surface::Annotation, "/annotations/api.key in manifest", |v| {
        Bundle::of(ImageBuilder::new().annotation("api.key", v).build())
    }),
    named(Surface::Annotation, "/manifests/0/annotations/api.key in index", |v| {
        Bundle::of(ImageBuilder::new().descriptor_annotation("api.key", v).build())
    }),
    named(Surface::Annotation, "/annotations/api.key in index", |v| plain().index_annotation("api.key", v)),
    named(Surface::Annotation, "/manifests/0/annotations/api.key in outer index", |v| {
        let index = plain().oci_files()["index.json"].clone();
        let name = digest(&index);
        let outer = json!({"schemaVersion": 2, "mediaType": INDEX, "manifests": [
            {"mediaType": INDEX, "digest": name, "size": index.len(), "annotations": {"api.key": v}}]});
        plain().with_wrong_blob(&name, &index).with_file("index.json", outer.to_string())
    }),
    named(Surface::Annotation, "/layers/0/annotations/api.key in manifest", |v| {
        manifest(|m| m["layers"][0]["annotations"] = json!({"api.key": v}))
    }),
    row(Surface::Manifest, "/layers/0/urls/0 in manifest", |v| {
        manifest(|m| m["layers"][0]["urls"] = json!([format!("https://host.invalid/l?sig={v}")]))
    }),
    row(Surface::Manifest, "/subject/data in manifest", |v| {
        let data = format!("note: {v}\n");
        let subject =
            json!({"digest": digest(data.as_bytes()), "size": data.len(), "data": STANDARD.encode(&data)});
        manifest(|m| m["subject"] = subject)
    }),
    named(Surface::Manifest, "/vendor/api_key in manifest", |v| {
        manifest(|m| m["vendor"] = json!({"api_key": v}))
    }),
    named(
        Surface::Attestation,
        "layer 0 /predicate/invocation/parameters/args/build-arg:API_KEY in statement",
        |v| attest(json!({"invocation": {"parameters": {"args": {"build-arg:API_KEY": v}}}})),
    ),
    named(
        Surface::Attestation,
        "layer 0 /predicate/invocation/parameters/args/label:api_key in statement",
        |v| attest(json!({"invocation": {"parameters": {"args": {"label:api_key": v}}}})),
    ),
    named(
        Surface::Attestation,
        "layer 0 /predicate/buildDefinition/externalParameters/request/args/build-arg:API_KEY in statement",
        |v| {
            attest(
                json!({"buildDefinition": {"externalParameters": {"request": {"args": {"build-arg:API_KEY": v}}}}}),
            )
        },
    ),
    named(
        Surface::Attestation,
        "layer 0 /predicate/buildConfig/llbDefinition/0/op/Op/exec/meta/env/1 in statement",
        |v| {
            let env = json!(["PATH=/bin", format!("API_KEY={v}")]);
            attest(
                json!({"buildConfig": {"llbDefinition": [{"op": {"Op": {"exec": {"meta": {"env": env}}}}}]}}),
            )
        },
    ),
    named(Surface::Attestation, "layer 0 /predicate/metadata/source/infos/0/data in statement", |v| {
        let text = STANDARD.encode(format!("FROM scratch\nENV API_KEY={v}\n"));
        attest(json!({"metadata": {"source": {"infos": [{"filename": "Dockerfile", "data": text}]}}}))
    }),
    named(
        Surface::Attestation,
        "layer 0 /predicate/buildConfig/llbDefinition/0/op/Op/file/actions/0/Action/mkfile/data in statement",
        |v| {
            let action = json!({"Action": {"mkfile": {"path": "/.env", "data": STANDARD.encode(format!("API_KEY={v}\n"))}}});
            attest(
                json!({"buildConfig": {"llbDefinition": [{"op": {"Op": {"file": {"actions": [action]}}}}]}}),
            )
        },
    ),
    row(Surface::Referrer, "layer 0 /results/0/match in artifact", |v| {
        referrer(json!({"results": [{"match": v}]}).to_string().as_bytes(), "application/json")
    }),
    row(Surface::Referrer, "layer 0 /0/match in artifact", |v| {
        referrer(json!([{"match": v}]).to_string().as_bytes(), "application/json")
    }),
    row(Surface::Referrer, "layer 0 in artifact", |v| {
        referrer(format!("found {v}\n").as_bytes(), "text/plain")
    }),
    named(Surface::Cache, "/records/0/results/0/api_key in cache", |v| {
        let config = json!({"layers": [], "records": [{"digest": "sha256:x", "results": [{"layer": 0, "api_key": v}]}]});
        let config = config.to_string().into_bytes();
        let manifest = json!({"schemaVersion": 2, "mediaType": MANIFEST, "layers": [], "config": {
            "mediaType": "application/vnd.buildkit.cacheconfig.v0", "digest": digest(&config), "size": config.len()}});
        entry(&manifest, vec![config])
    }),
];

const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
pub(crate) const INDEX: &str = "application/vnd.oci.image.index.v1+json";

fn plain() -> Bundle {
    layer(file("a", "x"))
}

fn layer(layer: Layer) -> Bundle {
    Bundle::of(ImageBuilder::new().step("ADD x /", layer).build())
}

fn pax(key: &str, value: &str) -> Layer {
    file("a", "x").with(|member| member.pax.push((key.to_owned(), value.as_bytes().to_vec())))
}

/// A token that fits into a field of 32 bytes.
fn short(value: &str) -> String {
    let tail: String = value.chars().rev().take(20).collect();
    format!("gl{}-{tail}", "pat")
}

fn gzip<T: FnOnce(flate2::GzBuilder, String) -> flate2::GzBuilder>(value: &str, field: T) -> Bundle {
    let image = ImageBuilder::new().packing(Packing::Plain).file("a", "x").build();
    let builder = field(flate2::GzBuilder::new(), value.to_owned());
    Bundle::of(image.with_blob(0, |tar| {
        let mut encoder = builder.write(Vec::new(), flate2::Compression::fast());
        encoder.write_all(&tar).unwrap();
        encoder.finish().unwrap()
    }))
}

fn history(entry: Value) -> Bundle {
    Bundle::of(ImageBuilder::new().history(vec![entry]).build())
}

fn config(key: &str, value: Value) -> Bundle {
    Bundle::of(ImageBuilder::new().config(key, value).build())
}

fn top(key: &str, value: Value) -> Bundle {
    Bundle::of(ImageBuilder::new().top(key, value).build())
}

fn manifest(change: impl FnOnce(&mut Value)) -> Bundle {
    Bundle::of(ImageBuilder::new().file("a", "x").build().with_manifest(change))
}

fn base64_of(value: &Value) -> String {
    STANDARD.encode(value.to_string())
}

fn attest(predicate: Value) -> Bundle {
    let statement = json!({"_type": "https://in-toto.io/Statement/v0.1",
        "predicateType": "https://slsa.dev/provenance/v0.2", "predicate": predicate});
    plain().attest(statement)
}

/// An artifact that is attached to the image, with one blob.
fn referrer(blob: &[u8], media_type: &str) -> Bundle {
    let empty = b"{}".to_vec();
    let manifest = json!({"schemaVersion": 2, "mediaType": MANIFEST, "artifactType": "application/vnd.example.scan",
        "config": {"mediaType": "application/vnd.oci.empty.v1+json", "digest": digest(&empty), "size": 2},
        "layers": [{"mediaType": media_type, "digest": digest(blob), "size": blob.len()}],
        "subject": {"mediaType": MANIFEST, "digest": ImageBuilder::new().build().digest(), "size": 1}});
    entry(&manifest, vec![empty, blob.to_vec()])
}

fn entry(manifest: &Value, mut blobs: Vec<Vec<u8>>) -> Bundle {
    let bytes = manifest.to_string().into_bytes();
    let descriptor = json!({"mediaType": MANIFEST, "digest": digest(&bytes), "size": bytes.len()});
    blobs.push(bytes);
    plain().entry(descriptor, blobs)
}
