//! Writes images that each leak one token in one way, and one that leaks nothing, as `docker save` would write them.
//!
//! `cargo run -p tightlip-testkit --example mechanisms -- DIRECTORY` prints a line for each: its file, the way, the token.
#![expect(clippy::print_stdout, reason = "what it prints is what it is for")]

use std::hash::{BuildHasher, RandomState};
use std::io::Write as _;
use std::path::Path;

use serde_json::json;
use tightlip_testkit::{Age, Bundle, ImageBuilder, Layer, Packing};

/// One way to leak: the name of its file, how a person would say it, and the image.
type Row = (&'static str, &'static str, fn(&str) -> Bundle);

const ROWS: &[Row] =
    &[
        ("nothing", "nothing leaks", |_| one(image().file("app/server", "#!/bin/sh\n"))),
        ("visible", "a file", |token| one(image().file("app/.env", env(token)))),
        ("deleted", "a file that a later layer deletes", |token| {
            one(image().file("app/.env", env(token)).delete("app/.env"))
        }),
        ("overwritten", "a file that a later layer overwrites", |token| {
            one(image().file("app/.env", env(token)).file("app/.env", "GITHUB_TOKEN=\n"))
        }),
        ("run", "a file that `RUN` wrote", |token| {
            let run = "RUN /bin/sh -c ./configure # buildkit";
            one(image().step(run, Layer::new().file("app/.env", env(token))))
        }),
        ("share", "a file below `/usr/share`", |token| {
            one(image().file("usr/share/app/settings.ini", env(token)))
        }),
        ("vendor", "a file below `vendor/`", |token| {
            one(image().file("app/vendor/kit/settings.ini", env(token)))
        }),
        ("large", "a file of 20 MB", |token| {
            let mut text = "a line of a log that says nothing\n".repeat(600_000);
            text.push_str(&env(token));
            one(image().file("var/log/app.log", text))
        }),
        ("zstd", "a layer that is compressed with Zstandard", |token| {
            one(image().packing(Packing::Zstd).file("app/.env", env(token)))
        }),
        ("gzipped", "a compressed file", |token| {
            one(image().file("var/log/app.log.gz", gzip(env(token).as_bytes())))
        }),
        ("nested", "an archive in an archive", |token| {
            let inner = Layer::new().file("config/app.properties", env(token)).tar();
            one(image().file("app/bundle.tar.gz", gzip(&inner)))
        }),
        ("base64", "base64 in a file", |token| {
            one(image().file("app/state.json", json!({ "auth": base64(token) }).to_string()))
        }),
        ("utf16", "a file in UTF-16", |token| {
            let text: Vec<u8> = env(token).encode_utf16().flat_map(u16::to_le_bytes).collect();
            one(image().file("app/settings.ini", [b"\xff\xfe".as_slice(), &text].concat()))
        }),
        ("link", "the target of a link", |token| {
            let link = Layer::new().symlink("app/current", format!("https://x:{token}@example.com/"));
            one(image().step("COPY current /app/ # buildkit", link))
        }),
        ("attribute", "an extended attribute", |token| {
            let layer = Layer::new().file("app/server", "#!/bin/sh\n").with(|member| {
                member.pax.push(("SCHILY.xattr.user.token".into(), token.as_bytes().to_vec()));
            });
            one(image().step("COPY server /app/ # buildkit", layer))
        }),
        ("slack", "bytes behind the end of the tar", |token| {
            one(image().step("COPY app / # buildkit", Layer::new().file("app", "x").tail(env(token))))
        }),
        ("variable", "a variable of the image", |token| one(image().env("GITHUB_TOKEN", token))),
        ("argument", "a build argument, in the history", |token| {
            let run = format!("RUN |1 GITHUB_TOKEN={token} /bin/sh -c ./fetch # buildkit");
            one(image().step(&run, Layer::new().file("app/data", "fetched\n")))
        }),
        ("label", "a label", |token| one(image().label("deploy.token", token))),
        ("command", "the command", |token| one(image().config("Cmd", json!(["serve", "--token", token])))),
        ("vendor-key", "a key of the configuration that no standard knows", |token| {
            one(image().top("com.example.build", json!({ "token": token })))
        }),
        ("annotation", "an annotation of the manifest", |token| {
            one(image().annotation("com.example.token", token))
        }),
        ("index", "an annotation of the index", |token| {
            one(image()).index_annotation("com.example.token", token)
        }),
        ("provenance", "a provenance attestation", |token| {
            let arguments = json!({ "build-arg:GITHUB_TOKEN": token });
            one(image()).attest(json!({
                "_type": "https://in-toto.io/Statement/v0.1",
                "predicateType": "https://slsa.dev/provenance/v0.2",
                "predicate": { "invocation": { "parameters": { "args": arguments } } },
            }))
        }),
        ("platform", "one platform of two", |token| {
            one(image()).and(image().architecture("arm64").file("app/.env", env(token)).build())
        }),
    ];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let directory = std::env::args().nth(1).ok_or("usage: mechanisms DIRECTORY")?;
    std::fs::create_dir_all(&directory)?;
    for (name, way, plant) in ROWS {
        let token = token();
        let path = Path::new(&directory).join(format!("{name}.tar"));
        std::fs::write(&path, plant(&token).docker_archive(Age::Modern))?;
        println!("{}\t{way}\t{token}", path.display());
    }
    Ok(())
}

fn one(image: ImageBuilder) -> Bundle {
    Bundle::of(image.build())
}

fn image() -> ImageBuilder {
    ImageBuilder::new().named("docker.io/library/app:1").file("app/server", "#!/bin/sh\n")
}

fn env(token: &str) -> String {
    format!("GITHUB_TOKEN={token}\n")
}

/// A token of GitHub that nobody was given, with a checksum that holds: every tool knows them.
fn token() -> String {
    const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let digit = |number: u64| char::from(BASE62[usize::try_from(number % 62).unwrap_or_default()]);
    let random = RandomState::new();
    let body: String = (0..30_u64).map(|place| digit(random.hash_one(place))).collect();
    let mut sum = flate2::Crc::new();
    sum.update(body.as_bytes());
    let tail: String = (0..6).rev().map(|place| digit(u64::from(sum.sum()) / 62_u64.pow(place))).collect();
    format!("ghp_{body}{tail}")
}

fn base64(text: &str) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(text)
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).and_then(|()| encoder.finish()).unwrap_or_default()
}
