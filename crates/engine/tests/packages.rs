//! A file that is as its package installed it counts less; one that was changed counts in full.

#![expect(clippy::unwrap_used, reason = "a test that cannot run fails")]

mod common;

use common::{file, request, scan_bundle, token};
use md5::{Digest as _, Md5};
use tightlip_engine::{KnownValue, Quiet, scan};
use tightlip_report::{Level, Report, Verdict};
use tightlip_testkit::{Bundle, ImageBuilder};

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// An image whose package list states the checksum of `shipped`, and whose file holds `body`.
fn scan_with(shipped: &str, body: &str) -> Report {
    let list = format!("{}  usr/share/doc/tool/example.conf\n", hex(&Md5::digest(shipped)));
    let image = ImageBuilder::new()
        .step("ADD rootfs.tar /", file("var/lib/dpkg/info/tool.md5sums", list))
        .file("usr/share/doc/tool/example.conf", body);
    scan_bundle(&Bundle::of(image.build()))
}

#[test]
fn what_a_package_shipped_is_a_note() {
    let body = format!("token = {}\n", token(1));
    let report = scan_with(&body, &body);
    assert_eq!(report.findings.len(), 1);
    assert_eq!(report.findings[0].level, Level::Note);
    assert!(report.findings[0].shape.contains("as dpkg installed it"), "{}", report.findings[0].shape);
    assert_eq!(report.verdict(Level::Deny), Verdict::Clean);
}

#[test]
fn a_value_that_the_user_named_is_a_leak_whoever_installed_the_file() {
    let body = format!("token = {}\n", token(1));
    let list = format!("{}  usr/share/a\n", hex(&Md5::digest(&body)));
    let image = ImageBuilder::new().file("var/lib/dpkg/info/a.md5sums", list).file("usr/share/a", &body);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("image.tar");
    std::fs::write(&path, Bundle::of(image.build()).oci_archive()).unwrap();
    let mut request = request(path.to_str().unwrap());
    request.known.push(KnownValue::new("TOKEN", token(1).into_bytes().into()).unwrap());
    let report = scan(&request, &Quiet).unwrap();
    assert_eq!(report.verdict(Level::Deny), Verdict::Leaking, "{:?}", report.findings);
}

#[test]
fn a_file_of_configuration_is_as_dpkg_shipped_it_until_it_is_changed() {
    let body = format!("export API_TOKEN={}\n", token(1));
    for (now, verdict) in [(body.clone(), Verdict::Clean), (format!("{body}\n"), Verdict::Leaking)] {
        let status = format!("Package: a\nConffiles:\n /etc/a.d/keys {}\n", hex(&Md5::digest(&body)));
        let image = ImageBuilder::new().file("var/lib/dpkg/status", status).file("etc/a.d/keys", now);
        assert_eq!(scan_bundle(&Bundle::of(image.build())).verdict(Level::Deny), verdict);
    }
}

#[test]
fn a_file_that_was_changed_counts_again() {
    let report = scan_with("nothing\n", &format!("token = {}\n", token(1)));
    assert_eq!(report.verdict(Level::Deny), Verdict::Leaking);
}

#[test]
fn a_compiled_file_goes_with_its_source() {
    use base64::Engine as _;
    let source = format!("TOKEN = '{}'\n", token(2));
    let sum = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(sha2::Sha256::digest(&source));
    let image = ImageBuilder::new()
        .file("site/p-1.dist-info/RECORD", format!("p/m.py,sha256={sum},1\np/__pycache__/m.pyc,,\n"))
        .file("site/p/m.py", &source)
        .file("site/p/__pycache__/m.pyc", format!("\0\0\0{}", source));
    let report = scan_bundle(&Bundle::of(image.build()));
    assert_eq!(report.findings.len(), 1, "{:?}", report.findings);
    assert_eq!(report.verdict(Level::Deny), Verdict::Clean, "{:?}", report.findings);
}

#[test]
fn a_compiled_file_and_its_source_are_one_finding() {
    let source = format!("TOKEN = '{}'\n", token(4));
    let compiled = format!("\0\0\0{source}");
    for (pyc, findings) in [
        ("app/__pycache__/m.cpython-311.pyc", 1),
        ("app/m.pyc", 1),
        ("app/__pycache__/other.cpython-311.pyc", 2),
    ] {
        let image = ImageBuilder::new().file("app/m.py", &source).file(pyc, &compiled);
        let report = scan_bundle(&Bundle::of(image.build()));
        assert_eq!(report.findings.len(), findings, "{pyc}: {:?}", report.findings);
        assert_eq!(report.findings[0].level, Level::Deny);
    }
    let image = ImageBuilder::new()
        .file("app/m.py", &source)
        .file("app/__pycache__/m.cpython-311.pyc", &compiled)
        .delete("app/m.py");
    let report = scan_bundle(&Bundle::of(image.build()));
    assert_eq!(report.findings.len(), 2, "the source is hidden, the other is not: {:?}", report.findings);
}

#[test]
fn what_pip_installed_from_a_directory_is_the_users_own() {
    use base64::Engine as _;
    let source = format!("TOKEN = '{}'\n", token(6));
    let sum = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(sha2::Sha256::digest(&source));
    let origin = r#"{"url": "file:///src", "dir_info": {}}"#;
    for (line, verdict) in
        [("", Verdict::Clean), ("myapp-1.dist-info/direct_url.json,sha256=x,38\n", Verdict::Leaking)]
    {
        let image = ImageBuilder::new()
            .file("site/myapp/settings.py", &source)
            .file("site/myapp-1.dist-info/RECORD", format!("myapp/settings.py,sha256={sum},1\n{line}"))
            .file("site/myapp-1.dist-info/direct_url.json", origin);
        let report = scan_bundle(&Bundle::of(image.build()));
        assert_eq!(report.verdict(Level::Deny), verdict, "{:?}", report.findings);
    }
}

#[test]
fn a_directory_tree_has_packages_too() {
    let folder = tempfile::tempdir().unwrap();
    let put = |name: &str, body: &str| {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, body).unwrap();
    };
    let body = format!("token = {}\n", token(5));
    put("var/lib/dpkg/info/tool.md5sums", &format!("{}  etc/tool.conf\n", hex(&Md5::digest(&body))));
    for (is, level) in [(body.clone(), Level::Note), (format!("{body}#"), Level::Deny)] {
        put("etc/tool.conf", &is);
        let report = scan(&request(&format!("rootfs:{}", folder.path().display())), &Quiet).unwrap();
        let levels: Vec<_> = report.findings.iter().map(|finding| finding.level).collect();
        assert_eq!(levels, [level], "{:?}", report.findings);
    }
}

/// A database of RPM, in the form that SUSE uses, which states the checksum of one file.
fn rpm_database(directory: &str, name: &str, sum: &str) -> Vec<u8> {
    let big = |numbers: &[usize]| -> Vec<u8> {
        numbers.iter().flat_map(|n| u32::try_from(*n).unwrap().to_be_bytes()).collect()
    };
    let little = |numbers: &[usize]| -> Vec<u8> {
        numbers.iter().flat_map(|n| u32::try_from(*n).unwrap().to_le_bytes()).collect()
    };
    let texts = format!("{sum}\0{name}\0{directory}\0");
    let names = sum.len() + 1;
    let directories = names + name.len() + 1;
    let numbers = texts.len();
    let index = [
        [1035, 8, 0, 1],
        [1116, 4, numbers, 1],
        [1117, 8, names, 1],
        [1118, 8, directories, 1],
        [5011, 4, numbers + 4, 1],
    ];
    let store = [texts.as_bytes(), &big(&[0, 8])].concat();
    let header = [big(&[index.len(), store.len()]), big(index.as_flattened()), store].concat();
    let mut file = [b"RpmP", &little(&[0, 1, 1])[..], &[0; 16], b"Slot", &little(&[1, 256, 1])].concat();
    file.resize(4096, 0);
    [file, b"BlbS".to_vec(), little(&[1, 1, header.len()]), header].concat()
}

#[test]
fn what_rpm_installed_is_a_note_until_it_is_changed() {
    let shipped = format!("token = {}\n", token(3));
    let sum = hex(&sha2::Sha256::digest(&shipped));
    for (body, verdict) in [(shipped.clone(), Verdict::Clean), (format!("{shipped}#"), Verdict::Leaking)] {
        let database = rpm_database("/usr/share/doc/tool/", "example.conf", &sum);
        let image = ImageBuilder::new()
            .step("ADD rootfs.tar /", file("usr/lib/sysimage/rpm/Packages.db", database))
            .file("usr/share/doc/tool/example.conf", &body);
        let report = scan_bundle(&Bundle::of(image.build()));
        assert_eq!(report.findings.len(), 1);
        assert_eq!(report.verdict(Level::Deny), verdict, "{:?}", report.findings);
    }
}
