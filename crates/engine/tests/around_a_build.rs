//! What lies around a build: logs, metadata files, records, directories.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot run fails")]

mod common;

use std::io::Write as _;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use common::{gaps, request, token};
use tightlip_engine::{KnownValue, Quiet, scan};
use tightlip_report::{Exposure, Finding, GapKind, Level, Report, Surface, Verdict};
use tightlip_testkit::Canary;

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn put(&self, name: &str, body: impl AsRef<[u8]>) -> String {
        let path = self.0.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, body).unwrap();
        path.display().to_string()
    }
}

fn scanned(target: &str) -> Report {
    let report = scan(&request(target), &Quiet).unwrap();
    let text = serde_json::to_string(&report).unwrap();
    assert!(!text.contains(&token(1)), "{text}");
    report
}

fn scan_log(log: impl AsRef<[u8]>) -> Report {
    let folder = Folder::new();
    scanned(&format!("log:{}", folder.put("build.log", log)))
}

fn only(report: &Report) -> &Finding {
    assert_eq!(report.findings.len(), 1, "{:#?}", report.findings);
    &report.findings[0]
}

/// `log-output at line 3 of #7 [2/2] RUN x`.
fn told(report: &Report) -> Vec<String> {
    let brief = |f: &Finding| {
        let line = f.place.line.unwrap_or_default();
        format!("{} at line {line} of {}", f.mechanism, f.place.member.as_deref().unwrap_or("the build"))
    };
    let mut all: Vec<_> = report.findings.iter().map(brief).collect();
    all.sort();
    all
}

#[test]
fn what_a_step_writes_is_found_at_its_line() {
    let log =
        format!("#0 building with \"default\"\n\n#7 [2/2] RUN x\n#7 0.157 key {}\n#7 DONE 0.2s\n", token(1));
    let report = scan_log(&log);
    assert_eq!(told(&report), ["log-output at line 4 of #7 [2/2] RUN x"]);
    let place = &only(&report).place;
    assert_eq!((place.surface, place.exposure), (Surface::Log, Exposure::BuildOnly));
    assert_eq!(place.offset, log.find(&token(1)).map(|at| at as u64));
    assert!(only(&report).recover.starts_with("sed -n 4p -- "), "{}", only(&report).recover);
    assert_eq!(report.verdict(Level::Deny), Verdict::Leaking);
}

#[test]
fn a_step_is_named_without_its_secret() {
    let report = scan_log(format!("#7 [2/2] RUN curl -H \"X: {}\"\n#7 DONE 0.1s\n", token(1)));
    assert_eq!(told(&report), ["log-step-name at line 1 of #7 [2/2] RUN curl -H \"X: ‹masked›\""]);
}

#[test]
fn an_excerpt_of_the_dockerfile_is_found() {
    let log = "#5 ERROR: process \"x\" did not complete\n------\nDockerfile:3\n--------------------\n   2 |     ENV API_KEY=secret123\n   3 | >>> RUN false\n--------------------\nERROR: failed to build\n";
    let report = scan_log(log);
    assert_eq!(told(&report), ["log-error at line 5 of the build"]);
}

#[test]
fn colours_inside_a_secret_do_not_hide_it() {
    let token = token(1);
    let (first, rest) = token.split_at(12);
    let log = format!("#7 [2/2] RUN x\r\n\x1b[2K#7 0.1 \x1b[32mkey \x1b[1m{first}\x1b[0m{rest}\x1b[0m\r\n");
    let report = scan_log(&log);
    assert_eq!(told(&report), ["log-output at line 2 of #7 [2/2] RUN x"]);
    assert_eq!(only(&report).place.offset, log.find(first).map(|at| at as u64));
}

#[test]
fn a_secret_of_several_lines_is_put_together_although_another_step_writes_between() {
    let secret: Vec<String> = (0..3).map(|n| Canary::new(n).text().to_owned()).collect();
    let log = format!(
        "#7 0.1 {}\n#8 0.1 other\n#7 0.2 {}\n#8 0.2 other\n#7 0.2 {}\n",
        secret[0], secret[1], secret[2]
    );
    let folder = Folder::new();
    let mut request = request(&format!("log:{}", folder.put("build.log", log)));
    request.known = vec![KnownValue::new("KEY", secret.join("\n").into_bytes().into()).unwrap()];
    let report = scan(&request, &Quiet).unwrap();
    assert_eq!(told(&report), ["log-output at line 1 of the build"]);
}

#[test]
fn logs_of_ci_systems_and_terminals_are_read() {
    let token = token(1);
    for (log, expected) in [
        (
            format!(
                "2026-01-02T03:04:05.1234567Z #7 [2/2] RUN x\n2026-01-02T03:04:05.2Z #7 0.1 key {token}\n"
            ),
            "#7 [2/2] RUN x",
        ),
        (format!(" => [2/2] RUN x   0.3s\r\n => => # key {token}\r\n"), "the build"),
        (format!("Step 2/3 : RUN x\n ---> Running in 7\nkey {token}\n"), "Step 2/3 : RUN x"),
        (format!("STEP 2/3: RUN x\nkey {token}\n"), "STEP 2/3: RUN x"),
        (format!("INFO[0000] Retrieving image\nINFO[0001] RUN x\nkey {token}\n"), "INFO[0001] RUN x"),
    ] {
        let report = scan_log(&log);
        let line = log.lines().count();
        assert_eq!(told(&report), [format!("log-output at line {line} of {expected}")]);
        assert_eq!(only(&report).place.offset, log.find(&token).map(|at| at as u64), "{log}");
    }
}

#[test]
fn a_long_log_is_read_in_parts() {
    let token = token(1);
    let filling = "ab cd ".repeat(10_000);
    let line = |n: usize| {
        if n.is_multiple_of(40) { format!("#7 0.1 key {token}\n") } else { format!("#7 0.1 {filling}\n") }
    };
    let log: String = (0..600).map(line).collect();
    let report = scan_log(&log);
    let lines: Vec<u64> = report.findings.iter().filter_map(|f| f.place.line).collect();
    assert_eq!(lines, (0..15).map(|n| n * 40 + 1).collect::<Vec<u64>>());
    for finding in &report.findings {
        let at = finding.place.offset.unwrap() as usize;
        assert!(log[at..].starts_with(&token));
    }
}

fn status(logs: &[(&str, &[u8])]) -> String {
    let line = |(vertex, data): &(&str, &[u8])| {
        let data = STANDARD.encode(data);
        format!(
            "{{\"logs\":[{{\"vertex\":\"{vertex}\",\"stream\":1,\"data\":\"{data}\",\"timestamp\":\"2026\"}}]}}\n"
        )
    };
    logs.iter().map(line).collect()
}

#[test]
fn a_secret_that_is_cut_into_chunks_is_found() {
    let token = token(1);
    let (first, rest) = token.as_bytes().split_at(15);
    let name = "{\"vertexes\":[{\"digest\":\"sha256:aa\",\"name\":\"[2/2] RUN cat /k\"}]}\n";
    let log = format!(
        "{name}{}",
        status(&[("sha256:aa", b"key "), ("sha256:aa", first), ("sha256:bb", b"\n"), ("sha256:aa", rest)])
    );
    let report = scan_log(&log);
    assert_eq!(told(&report), ["log-output at line 3 of [2/2] RUN cat /k"]);
    assert_eq!(only(&report).decoded_from, ["base64"]);
    assert!(only(&report).recover.contains("@base64d"), "{}", only(&report).recover);
}

#[test]
fn a_status_names_steps_and_errors() {
    let token = token(1);
    let vertex = format!(
        "{{\"digest\":\"sha256:aa\",\"name\":\"[2/2] RUN x {token}\",\"error\":\"x {token} failed\"}}"
    );
    let log = format!("{{\"vertexes\":[{vertex}]}}\n{{\"vertexes\":[{vertex}]}}\nERROR: x {token}\n");
    let masked = "[2/2] RUN x ‹masked›";
    let expected = [
        format!("log-error at line 1 of {masked}"),
        "log-error at line 3 of the build".to_owned(),
        format!("log-step-name at line 1 of {masked}"),
    ];
    assert_eq!(told(&scan_log(&log)), expected);
}

#[test]
fn a_warning_shows_the_dockerfile() {
    let source = STANDARD.encode(format!("FROM x\nENV A={}\n", token(1)));
    let log = format!(
        "{{\"warnings\":[{{\"vertex\":\"sha256:aa\",\"level\":1,\"sourceInfo\":{{\"filename\":\"D\",\"data\":\"{source}\"}}}}]}}\n"
    );
    assert_eq!(scan_log(&log).findings.len(), 1);
}

#[test]
fn a_log_is_recognised_by_its_first_line() {
    let folder = Folder::new();
    for (name, first) in [
        ("a", "#0 building with \"default\" instance\n\n"),
        ("b", "{\"vertexes\":[]}\n"),
        ("c", "Sending build context to Docker daemon  4.096kB\n"),
        ("d", "STEP 1/2: FROM scratch\n"),
    ] {
        let report = scanned(&folder.put(name, format!("{first}key {}\n", token(1))));
        assert_eq!(report.findings[0].place.surface, Surface::Log, "{name}");
    }
}

#[test]
fn a_metadata_file_shows_build_arguments() {
    let folder = Folder::new();
    let args = "{\"build-arg:API_KEY\":\"secret123\",\"label:a\":\"b\"}";
    let json = format!(
        "{{\"buildx.build.provenance\":{{\"invocation\":{{\"parameters\":{{\"args\":{args}}}}}}},\"buildx.build.ref\":\"a/b/c\"}}"
    );
    let path = folder.put("md.json", json);
    for target in [path.clone(), format!("metadata:{path}")] {
        let report = scan(&request(&target), &Quiet).unwrap();
        let finding = only(&report);
        assert_eq!(finding.mechanism, "metadata-file");
        let pointer = finding.place.pointer.as_deref().unwrap();
        assert_eq!(pointer, "/buildx.build.provenance/invocation/parameters/args/build-arg:API_KEY");
        assert_eq!(report.verdict(Level::Deny), Verdict::Leaking);
    }
    let broken = scanned(&format!("metadata:{}", folder.put("cut.json", "{\"a\":")));
    assert_eq!(gaps(&broken), ["corrupt"]);
}

#[test]
fn a_directory_tree_is_read_like_a_layer() {
    let folder = Folder::new();
    let token = token(1);
    folder.put("root/app/.env", "A=b\nAPI_KEY=secret123\n");
    folder.put(&format!("root/tmp/{token}"), "");
    let root = format!("rootfs:{}/root", folder.0.path().display());
    let report = scanned(&root);
    let mut briefs: Vec<String> = report.findings.iter().map(common::brief).collect();
    briefs.sort();
    assert_eq!(briefs, ["file app/.env visible", "file-name tmp/‹masked› visible"]);
    let file = report.findings.iter().find(|f| f.place.surface == Surface::File).unwrap();
    assert_eq!(file.place.line, Some(2));
    assert!(file.recover.ends_with("root/app/.env"), "{}", file.recover);
    assert_eq!((report.read.entries, report.read.bytes), (4, 22));
}

#[cfg(unix)]
#[test]
fn links_out_of_a_tree_are_not_followed() {
    use std::os::unix::fs::symlink;
    let folder = Folder::new();
    let token = token(1);
    folder.put("outside/secret", &token);
    folder.put("root/a", &token);
    let root = folder.0.path().join("root");
    symlink("../outside", root.join("out")).unwrap();
    symlink(format!("https://u:{token}@h/"), root.join("link")).unwrap();
    symlink(".", root.join("loop")).unwrap();
    std::fs::hard_link(root.join("a"), root.join("b")).unwrap();
    std::os::unix::net::UnixListener::bind(root.join("socket")).unwrap();
    let report = scanned(&format!("rootfs:{}", root.display()));
    let mut briefs: Vec<String> = report.findings.iter().map(common::brief).collect();
    briefs.sort();
    assert_eq!(briefs, ["file a visible", "link-target link visible"]);
    assert!(report.gaps.is_empty(), "{:?}", report.gaps);
}

#[test]
fn a_directory_that_looks_like_a_root_is_not_guessed_to_be_one() {
    let folder = Folder::new();
    folder.put("etc/passwd", "");
    folder.put("bin/sh", "");
    let error = scan(&request(folder.0.path().to_str().unwrap()), &Quiet).unwrap_err().to_string();
    assert!(error.contains("rootfs:"), "{error}");
}

#[test]
fn a_compressed_log_is_read_and_one_that_is_cut_is_not_clean() {
    let folder = Folder::new();
    let (value, mut gzip) =
        (token(5), flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast()));
    write!(gzip, "#5 0.1 first\n#5 0.2 {value}\n").unwrap();
    let packed = gzip.finish().unwrap();
    let report = scanned(&format!("log:{}", folder.put("build.log.gz", &packed)));
    assert_eq!(report.findings.len(), 1, "{:?}", report.gaps);
    let recover = report.findings[0].recover.clone();
    assert!(recover.starts_with("gzip -dc -- ") && recover.ends_with(" | sed -n 2p"), "{recover}");
    let cut = packed.get(..packed.len() - 12).unwrap();
    let report = scanned(&format!("log:{}", folder.put("cut.log.gz", cut)));
    assert_eq!(report.gaps.iter().map(|gap| gap.kind).collect::<Vec<_>>(), [GapKind::Truncated]);
    let status = "{\"logs\":[{\"vertex\":\"sha256:1\",\"stream\":1,\"data\":\"aGVsbG8K\"}]}\n";
    assert!(scan_log(status).gaps.is_empty());
    assert_eq!(scan_log(format!("{status}{}", status.get(..60).unwrap())).gaps.len(), 1);
}

#[test]
fn what_is_no_text_is_no_log() {
    let folder = Folder::new();
    let target = format!("log:{}", folder.put("image.tar", b"app\0\0\0\0 and more"));
    let error = scan(&request(&target), &Quiet).unwrap_err().to_string();
    assert!(error.contains("no build log"), "{error}");
}

#[test]
fn what_is_not_there_is_said_so() {
    for (target, expected) in [
        ("log:/none", "no file"),
        ("metadata:/none", "no file"),
        ("rootfs:/none", "no file"),
        ("log:/", "not a file"),
    ] {
        let error = scan(&request(target), &Quiet).unwrap_err().to_string();
        assert!(error.contains(expected), "{target}: {error}");
    }
    assert!(!Path::new("/none").exists());
}
