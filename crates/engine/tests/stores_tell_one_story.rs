//! The law `stores_tell_one_story`: the same image through every store gives the same findings.

#![expect(clippy::unwrap_used, reason = "a test that cannot run fails")]

mod common;

use std::io::Write as _;
use std::path::{Path, PathBuf};

use common::{request, token};
use tightlip_engine::{Quiet, scan, scan_store};
use tightlip_image::store::{BlobId, Memory, SCHEMES};
use tightlip_report::{Finding, Report};
use tightlip_testkit::{Age, Bundle, Daemon, Dialect, ImageBuilder, Inmate, Layer, Packing};

/// What a daemon gives out.
struct Gift {
    scheme: &'static str,
    dialect: Dialect,
    write: fn(&Bundle) -> Vec<u8>,
}

static GIFTS: &[Gift] = &[
    Gift { scheme: "docker", dialect: Dialect::Docker, write: |bundle| bundle.docker_archive(Age::Old) },
    Gift { scheme: "docker", dialect: Dialect::Docker, write: |bundle| bundle.docker_archive(Age::Modern) },
    Gift { scheme: "podman", dialect: Dialect::Podman, write: Bundle::oci_archive },
    // A container that has changed nothing.
    Gift { scheme: "container", dialect: Dialect::Docker, write: |bundle| bundle.docker_archive(Age::Old) },
    Gift {
        scheme: "container",
        dialect: Dialect::Docker,
        write: |bundle| bundle.docker_archive(Age::Modern),
    },
    Gift { scheme: "container:podman", dialect: Dialect::Podman, write: Bundle::oci_archive },
];

/// A form that an image is stored in.
struct Form {
    name: &'static str,
    /// The schemes that read it; the empty one is a path without a scheme.
    schemes: &'static [&'static str],
    write: fn(&Bundle, &Path) -> PathBuf,
}

static FORMS: &[Form] = &[
    Form {
        name: "an OCI layout",
        schemes: &["oci", "cache", ""],
        write: |bundle, directory| {
            bundle.write_oci_dir(directory);
            directory.to_owned()
        },
    },
    Form {
        name: "an OCI archive",
        schemes: &["oci-archive", ""],
        write: |bundle, directory| file(directory, "oci.tar", &bundle.oci_archive()),
    },
    Form {
        name: "an OCI archive in gzip",
        schemes: &["oci-archive", "record", ""],
        write: |bundle, directory| file(directory, "oci.tar.gz", &gzip(&bundle.oci_archive())),
    },
    Form {
        name: "docker save before 25",
        schemes: &["docker-archive", ""],
        write: |bundle, directory| file(directory, "old.tar", &bundle.docker_archive(Age::Old)),
    },
    Form {
        name: "docker save from 25",
        schemes: &["docker-archive", "oci-archive", ""],
        write: |bundle, directory| file(directory, "new.tar", &bundle.docker_archive(Age::Modern)),
    },
    Form {
        name: "docker save in gzip",
        schemes: &["docker-archive", ""],
        write: |bundle, directory| file(directory, "old.tar.gz", &gzip(&bundle.docker_archive(Age::Old))),
    },
    Form {
        name: "docker save in zstd",
        schemes: &["docker-archive", ""],
        write: |bundle, directory| {
            file(
                directory,
                "new.tar.zst",
                &zstd::encode_all(bundle.docker_archive(Age::Modern).as_slice(), 1).unwrap(),
            )
        },
    },
    Form {
        name: "docker save before 25, unpacked",
        schemes: &["docker-archive", ""],
        write: |bundle, directory| {
            bundle.write_docker_dir(Age::Old, directory);
            directory.to_owned()
        },
    },
    Form {
        name: "docker save from 25, unpacked",
        schemes: &["docker-archive", "oci", ""],
        write: |bundle, directory| {
            bundle.write_docker_dir(Age::Modern, directory);
            directory.to_owned()
        },
    },
];

fn file(directory: &Path, name: &str, bytes: &[u8]) -> PathBuf {
    let path = directory.join(name);
    std::fs::write(&path, bytes).unwrap();
    path
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn image() -> Bundle {
    let env = |seed| format!("TOKEN={}\n", token(seed));
    let image = ImageBuilder::new()
        .file("app/.env", env(1))
        .packing(Packing::Zstd)
        .file("app/deep/nested.env", env(2))
        .delete("app/.env")
        .packing(Packing::Plain)
        .step(
            "RUN |1 API_KEY=secret123 /bin/sh -c make # buildkit",
            Layer::new().opaque("app/deep").file("x", env(3)),
        )
        .step("ADD", Layer::new().file("y", "z").tail(env(4)))
        .env("DB_PASSWORD", "p<ss&word\"1>x")
        .label("org.example.token", &token(5));
    Bundle::of(image.build())
}

/// What is the same in every form. Digests of blobs are not: the old form stores layers uncompressed.
fn story(report: &Report) -> Vec<String> {
    let place = |finding: &Finding| {
        let place = &finding.place;
        let layer = |layer: &tightlip_report::LayerRef| (layer.index, layer.diff_id.clone(), layer.base);
        format!(
            "{} {} {} {:?} {:?} {} {:?} {:?} {:?} {:?} {:?} {:?} {:?} {} {:?} {} {:?} {} {:?}",
            finding.rule,
            finding.identity,
            finding.fingerprint,
            finding.level,
            finding.confidence,
            place.surface.name(),
            place.platform,
            place.layer.as_ref().map(layer),
            place.path,
            place.member,
            place.pointer,
            place.offset,
            place.line,
            place.exposure.name(),
            place.hidden_by.as_ref().map(layer),
            finding.mechanism,
            finding.introduced_by,
            finding.shape,
            finding.decoded_from,
        )
    };
    let mut lines: Vec<String> = report.findings.iter().map(place).collect();
    lines.sort();
    lines
}

#[test]
fn stores_tell_one_story() {
    let bundle = image();
    let mut memory = Memory::new();
    for (path, bytes) in bundle.oci_files() {
        memory.put(BlobId::at(&path), bytes);
    }
    let told = story(&scan_store(&memory, &request("memory"), &Quiet).unwrap());
    assert!(told.len() >= 8, "{told:#?}");
    for form in FORMS {
        let directory = tempfile::tempdir().unwrap();
        let path = (form.write)(&bundle, directory.path());
        for scheme in form.schemes {
            let colon = if scheme.is_empty() { "" } else { ":" };
            let target = format!("{scheme}{colon}{}", path.display());
            let report = scan(&request(&target), &Quiet).unwrap();
            assert!(report.gaps.is_empty(), "{} as `{scheme}`: {:?}", form.name, report.gaps);
            assert_eq!(story(&report), told, "{} as `{scheme}`", form.name);
            assert_eq!(report.read.images, 1, "{} as `{scheme}`", form.name);
        }
    }
}

#[test]
fn daemons_tell_the_same_story() {
    let bundle = image();
    let directory = tempfile::tempdir().unwrap();
    let file = file(directory.path(), "oci.tar", &bundle.oci_archive());
    let told = story(&scan(&request(file.to_str().unwrap()), &Quiet).unwrap());
    for Gift { scheme, dialect, write } in GIFTS {
        let settings = serde_json::json!({"Image": "app", "Config": {"Env": ["PATH=/bin"]}});
        let daemon = Daemon::start(*dialect).image("app", write(&bundle));
        let daemon = daemon.inmate("box", Inmate { settings, ..Inmate::default() });
        let name = if scheme.starts_with("container") { "box" } else { "app" };
        let mut request = request(&format!("{scheme}:{name}"));
        request.sources.daemons.docker.host = Some(daemon.host());
        request.sources.daemons.podman.host = Some(daemon.host());
        let report = scan(&request, &Quiet).unwrap();
        assert!(report.gaps.is_empty(), "{scheme}: {:?}", report.gaps);
        assert_eq!(story(&report), told, "{scheme}");
        assert_eq!(report.read.images, 1, "{scheme}");
    }
}

#[test]
fn every_scheme_has_a_form() {
    // A registry is no form on disk: the tests of registries compare it with an archive.
    for scheme in SCHEMES.iter().filter(|scheme| scheme.name != "registry") {
        let form = FORMS.iter().any(|form| form.schemes.contains(&scheme.name));
        assert!(form || GIFTS.iter().any(|gift| gift.scheme == scheme.name), "{}", scheme.name);
    }
}
