//! What stands inside files: containers, containers in containers, encodings in text.

#![expect(clippy::unwrap_used, reason = "a test that cannot run fails")]

mod common;

use std::io::Write as _;

use base64::Engine as _;
use common::{gaps, scan_bundle, token};
use flate2::Compression;
use flate2::write::GzEncoder;
use tightlip_report::{Finding, Level, Report, Verdict};

use sha1::{Digest as _, Sha1};
use tightlip_testkit::{Bundle, ImageBuilder, Layer};

fn scan_file(path: &str, body: impl AsRef<[u8]>) -> Report {
    scan_bundle(&Bundle::of(ImageBuilder::new().file(path, body).build()))
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn only(report: &Report) -> &Finding {
    assert_eq!(report.findings.len(), 1, "{:?}", report.findings);
    &report.findings[0]
}

#[test]
fn a_compressed_log_is_opened() {
    let report = scan_file("var/log/app.log.gz", gzip(format!("start\nTOKEN={}\n", token(1)).as_bytes()));
    let place = &only(&report).place;
    assert_eq!((place.member.as_deref(), place.line), (Some("app.log"), Some(2)));
}

#[test]
fn an_archive_in_an_archive_in_a_file_is_opened() {
    let inner = Layer::new().file("config/db.env", format!("TOKEN={}\n", token(2))).tar();
    let outer = Layer::new().file("inner.tar.gz", gzip(&inner)).tar();
    let report = scan_file("srv/backup.tgz", gzip(&outer));
    assert_eq!(only(&report).place.member.as_deref(), Some("backup!/inner.tar.gz!/inner.tar!/config/db.env"));
}

#[test]
fn a_value_in_base64_is_found_where_it_stands() {
    let text = base64::engine::general_purpose::STANDARD.encode(format!("the token is {} .", token(3)));
    let report = scan_file("etc/app.conf", format!("# first\nblob: {text}\n"));
    let finding = only(&report);
    assert_eq!(finding.decoded_from, ["base64"]);
    assert_eq!(finding.place.line, Some(2));
}

#[test]
fn a_large_archive_is_scanned_as_it_passes() {
    let filler: String =
        (0..400_000u32).map(|n| format!("{:08x} filler\n", n.wrapping_mul(2_654_435_761))).collect();
    let tar =
        Layer::new().file("filler.txt", &filler).file("late.env", format!("TOKEN={}\n", token(4))).tar();
    assert!(tar.len() > 5 << 20);
    for (path, body, member) in
        [("big.tar", tar.clone(), "late.env"), ("big.tgz", gzip(&tar), "big!/late.env")]
    {
        let report = scan_file(path, body);
        assert_eq!(only(&report).place.member.as_deref(), Some(member), "{path}");
    }
}

#[test]
fn a_member_that_cannot_be_read_is_a_gap() {
    let mut cut = gzip("hello ".repeat(500).as_bytes());
    cut.truncate(cut.len() / 2);
    let report = scan_file("a.gz", cut);
    assert_eq!(gaps(&report), ["truncated"]);
    assert_eq!(report.gaps[0].place.path.as_deref(), Some("a.gz"));
}

#[test]
fn a_bomb_hits_a_limit_and_ends() {
    let zeros = vec![0u8; 80 << 20];
    let bomb = gzip(&gzip(&zeros));
    let start = std::time::Instant::now();
    let report = scan_file("bomb.gz", bomb);
    assert_eq!(gaps(&report), ["limit"]);
    assert!(start.elapsed().as_secs() < 60);
}

#[test]
fn encodings_in_encodings_are_undone_or_told() {
    use base64::Engine as _;
    let base64 = |text: String| base64::engine::general_purpose::STANDARD.encode(text);
    let hex = |text: String| text.bytes().map(|b| format!("{b:02x}")).collect::<String>();
    let text = || format!("token = {}\n", token(1));
    let times = |times: usize| (0..times).fold(text(), |text, _| base64(text));
    for (body, verdict) in [
        (times(4), Verdict::Leaking),
        (times(8), Verdict::Leaking),
        (times(10), Verdict::Unproven),
        (hex(hex(text())), Verdict::Leaking),
        (base64(hex(base64(text()))), Verdict::Leaking),
    ] {
        let report = scan_bundle(&Bundle::of(ImageBuilder::new().file("a.txt", body).build()));
        assert_eq!(report.verdict(Level::Deny), verdict, "{:?}", report.gaps);
    }
}

#[test]
fn a_large_file_that_is_called_like_a_key_is_no_gap() {
    let image = ImageBuilder::new().file("model/pytorch_model.bin", vec![7; 5 << 20]);
    let report = scan_bundle(&Bundle::of(image.build()));
    assert_eq!(report.verdict(Level::Deny), Verdict::Clean, "{:?}", report.gaps);
}

/// A loose object of git: where it lies, its file, its name.
fn loose(kind: &str, content: &[u8]) -> (String, Vec<u8>, Vec<u8>) {
    let whole = [format!("{kind} {}\0", content.len()).as_bytes(), content].concat();
    let id = Sha1::digest(&whole).to_vec();
    let hex: String = id.iter().map(|byte| format!("{byte:02x}")).collect();
    let mut file = flate2::write::ZlibEncoder::new(Vec::new(), Compression::default());
    file.write_all(&whole).unwrap();
    (format!("srv/.git/objects/{}/{}", &hex[..2], &hex[2..]), file.finish().unwrap(), id)
}

fn tree(mode: &str, name: &str, id: &[u8]) -> Vec<u8> {
    [format!("{mode} {name}\0").as_bytes(), id].concat()
}

#[test]
fn a_loose_object_is_judged_under_the_name_that_a_tree_gives_it() {
    let key: String = Sha1::digest(token(5)).iter().map(|byte| format!("{byte:02x}")).collect();
    let blob = loose("blob", &key.as_bytes()[..32]);
    let folder = loose("tree", &tree("100644", "master.key", &blob.2));
    let root = loose("tree", &tree("40000", "config", &folder.2));
    let id: String = blob.2.iter().map(|byte| format!("{byte:02x}")).collect();
    for objects in [[&blob, &folder, &root], [&root, &folder, &blob]] {
        let layer = objects.iter().fold(Layer::new(), |layer, (path, file, _)| layer.file(path, file));
        let report = scan_bundle(&Bundle::of(ImageBuilder::new().step("RUN git init", layer).build()));
        let finding = only(&report);
        assert_eq!(finding.rule.as_str(), "rails-master-key");
        assert_eq!(finding.place.path.as_deref(), Some(blob.0.as_str()));
        assert_eq!(finding.place.member.as_deref(), Some(format!("blob {id} config/master.key").as_str()));
    }
}
