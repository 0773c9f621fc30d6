//! What goes is what was chosen; what cannot be proven is not written; nothing that is printed holds a value.

use tightlip_engine::KnownValue;
use tightlip_engine::scrub::ScrubError;
use tightlip_report::Level;
use tightlip_testkit::{Bundle, Canary, ImageBuilder};

use crate::common::token;
use crate::support::{Bench, leaks};

#[test]
fn a_clean_image_needs_no_scrub() {
    let bench = Bench::of(&Bundle::of(ImageBuilder::new().file("a", "b").build()));
    assert!(bench.scrub().unwrap().is_clean());
}

#[test]
fn a_finding_goes_with_every_other_place_of_its_value() {
    let (one, other) = (token(1), token(2));
    let image = ImageBuilder::new()
        .file("a.env", format!("A={one}\n"))
        .file("b.env", format!("B={other}\n"))
        .label("note", &format!("see {one}"))
        .build();
    let bundle = Bundle::of(image);
    let report = crate::common::scan_bundle(&bundle);
    let chosen = report.findings.iter().find(|f| f.place.path.as_deref() == Some("a.env")).unwrap();
    let bench = Bench::of(&bundle).with(|request| request.select.findings = vec![chosen.fingerprint.clone()]);
    let clean = bench.write().unwrap();
    assert!(clean.holding(&Canary::of(&one)).is_empty());
    assert!(!clean.holding(&Canary::of(&other)).is_empty());
    assert_eq!((leaks(&clean.scan()).len(), clean.receipt.plan.left.len()), (1, 1));
    let wrong = Bench::of(&bundle).with(|request| request.select.findings = vec!["0123".to_owned()]);
    assert!(matches!(wrong.scrub(), Err(ScrubError::NoFinding(_))));
}

#[test]
fn a_common_word_goes_only_from_where_it_is_a_secret() {
    let image = ImageBuilder::new()
        .file("usr/share/words", "postgres is a database\n")
        .file("app/.env", "DB_PASSWORD=postgres\nDB_USER=postgres\n")
        .env("POSTGRES_PASSWORD", "postgres")
        .config("Cmd", serde_json::json!(["postgres"]))
        .build();
    let untouched = image.layers[0].digest.clone();
    let clean = Bench::of(&Bundle::of(image)).write().unwrap();
    assert_eq!(clean.layers()[0], untouched);
    assert_eq!(clean.files(1)["app/.env"].1, b"DB_PASSWORD=xxxxxxxx\nDB_USER=postgres\n");
    assert_eq!(clean.config()["config"]["Cmd"], serde_json::json!(["postgres"]));
    assert_eq!(clean.config()["config"]["Env"], serde_json::json!(["POSTGRES_PASSWORD=xxxxxxxx"]));
}

#[test]
fn a_known_value_goes_in_every_encoding() {
    use base64::Engine as _;
    let value = "correct horse 9 battery";
    let hidden = base64::engine::general_purpose::STANDARD.encode(format!("user:{value}"));
    let hex: String = value.bytes().map(|byte| format!("{byte:02x}")).collect();
    let wide: Vec<u8> = value.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let image = ImageBuilder::new()
        .file("auth.json", format!("{{\"auth\":\"{hidden}\"}}"))
        .file("dump.hex", hex)
        .file("wide.txt", [b"\xff\xfe".to_vec(), wide].concat())
        .label("url", "https://u:correct%20horse%209%20battery@host")
        .build();
    let known = KnownValue::new("DB", value.as_bytes().to_vec().into()).unwrap();
    let bench = Bench::of(&Bundle::of(image)).with(|request| request.scan.known = vec![known]);
    let clean = bench.write().unwrap();
    assert!(clean.holding(&Canary::of(value)).is_empty());
    assert!(!clean.config()["config"]["Labels"]["url"].to_string().contains("horse"));
    assert!(!clean.files(2)["wide.txt"].1.windows(8).any(|w| w == b"h\0o\0r\0s\0"));
}

#[test]
fn what_was_not_read_is_not_written_as_proven() {
    let image = ImageBuilder::new().file("a.env", format!("A={}\n", token(3))).file("b", "c").build();
    let missing = image.layers[1].digest.clone();
    let bundle = Bundle::of(image).without_blob(&missing);
    let bench = Bench::of(&bundle);
    assert!(matches!(bench.write(), Err(ScrubError::Unproven(_))));
    assert!(!bench.out().exists());
}

#[test]
fn warnings_go_only_when_they_are_asked_for() {
    let image = ImageBuilder::new().file("a.env", format!("A={}\n", token(4))).build();
    let bench = Bench::of(&Bundle::of(image)).with(|request| request.select.counts = Level::Warn);
    assert!(leaks(&bench.write().unwrap().scan()).is_empty());
}

#[test]
fn no_output_of_a_scrub_holds_a_value() {
    let secret = token(5);
    let canary = Canary::of(&secret);
    let image = ImageBuilder::new()
        .named(&format!("docker.io/library/app:{}", secret.to_lowercase()))
        .file(&format!("tmp/{secret}"), format!("T={secret}\n"))
        .label(&format!("l.{secret}"), &secret)
        .note(&format!("RUN curl -u x:{secret} https://h"))
        .build();
    let bench = Bench::of(&Bundle::of(image));
    let plan = bench.plan();
    let clean = bench.write().unwrap();
    for text in [
        serde_json::to_string(&plan).unwrap(),
        serde_json::to_string(&clean.receipt).unwrap(),
        format!("{plan:?}{:?}", clean.receipt),
    ] {
        assert!(canary.seen_in(&text).is_empty(), "{text}");
    }
}

#[test]
fn what_exists_is_not_overwritten() {
    let bench =
        Bench::of(&Bundle::of(ImageBuilder::new().file("a.env", format!("A={}\n", token(6))).build()));
    std::fs::write(bench.out(), "mine").unwrap();
    assert!(matches!(bench.write(), Err(ScrubError::Write(_))));
    assert_eq!(std::fs::read(bench.out()).unwrap(), b"mine");
}

#[test]
fn a_layer_of_the_base_image_goes_too_and_is_named_as_such() {
    let folder = tempfile::tempdir().unwrap();
    let leak = crate::common::file("etc/app.env", format!("A={}\n", token(7)));
    let base = ImageBuilder::new().step("COPY . /", leak.clone()).build();
    let path = folder.path().join("base.tar");
    std::fs::write(&path, Bundle::of(base).oci_archive()).unwrap();
    let image =
        ImageBuilder::new().step("COPY . /", leak).file("own.env", format!("B={}\n", token(8))).build();
    let bench = Bench::of(&Bundle::of(image)).with(|request| {
        request.scan.base = path.to_str().map(str::to_owned);
    });
    let clean = bench.write().unwrap();
    let layers = clean.receipt.plan.changes.iter().filter(|change| change.layer.is_some());
    assert_eq!(
        layers.map(|change| (change.positions[0], change.base)).collect::<Vec<_>>(),
        [(0, true), (1, false)]
    );
    assert!(clean.receipt.next.iter().any(|step| step.contains("base image")));
}
