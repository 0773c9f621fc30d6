//! The law `formats_say_everything`: every format says every finding and every gap of one shared report, and says it
//! as the files in `snapshots/` show. `UPDATE_SNAPSHOTS=1` writes them anew.

#![expect(clippy::unwrap_used, reason = "a test that cannot run fails")]

use std::path::Path;

use serde_json::Value;
use tightlip_report::format::{Colour, FORMATS, Style, named};
use tightlip_report::{
    Allowed, Confidence, DockerfileLine, Excerpt, Exposure, Finding, Gap, GapKind, ImageOutline, Introduced,
    LayerOutline, LayerRef, Level, Place, Read, Remark, Remedy, Report, Surface, Target, Tool,
};

fn digest(letter: char) -> String {
    format!("sha256:{}", String::from(letter).repeat(64))
}

fn layer(index: usize) -> LayerRef {
    LayerRef { index, digest: Some(digest('a')), diff_id: Some(digest('b')), base: index == 0 }
}

/// A place with every field filled.
fn full_place() -> Place {
    Place {
        surface: Surface::File,
        platform: Some("linux/amd64".into()),
        image: Some("docker.io/library/app:1".into()),
        layer: Some(layer(1)),
        document: None,
        path: Some("app/.env".into()),
        member: Some("inner.jar!/config.properties".into()),
        pointer: None,
        offset: Some(8),
        line: Some(1),
        column: None,
        exposure: Exposure::Deleted,
        hidden_by: Some(layer(2)),
    }
}

fn full_finding() -> Finding {
    Finding {
        fingerprint: "0123456789abcdef01234567".into(),
        identity: "89abcdef89abcdef89abcdef89abcdef".into(),
        rule: "example-token".into(),
        title: "Example access token".into(),
        level: Level::Deny,
        lowered_from: None,
        confidence: Confidence::High,
        shape: "ex_…, 40 characters, checksum holds".into(),
        mechanism: "deleted-file".into(),
        place: full_place(),
        introduced_by: Some(Introduced {
            history_index: Some(3),
            instruction: Some("RUN /bin/sh -c echo TOKEN=‹masked› > /app/.env # buildkit".into()),
            dockerfile: Some(DockerfileLine { file: "Dockerfile".into(), line: 4 }),
        }),
        recover: "tar -xOf app.tar -- blobs/sha256/aaaa | gzip -dc | tar -xO -- app/.env".into(),
        remedy: Remedy {
            summary: "Never let the secret enter a layer: use RUN --mount=type=secret.".into(),
            command: Some("docker build --secret id=token,env=TOKEN .".into()),
            rotate: Some("https://example.com/tokens".into()),
        },
        decoded_from: vec!["base64".into(), "gzip".into()],
        excerpt: None,
    }
}

/// Two findings of a lint: the same secret in two lines of a Dockerfile.
fn linted() -> Vec<Finding> {
    let (declared, used) = ("ARG NPM_TOKEN", "    echo $NPM_TOKEN");
    [(3, declared, 4, 13), (7, used, 9, 19)]
        .map(|(line, text, start, end)| {
            let mut finding = full_finding();
            finding.place = Place::new(Surface::Dockerfile, Exposure::Visible);
            finding.place.path = Some("app/my Dockerfile".into());
            finding.place.line = Some(line);
            finding.place.column = Some(start as u64 + 1);
            finding.place.offset = Some(line * 20);
            finding.identity = "fe".repeat(16);
            finding.fingerprint = format!("11{line:022x}");
            finding.rule = format!("lint-{line}");
            finding.title = "NPM_TOKEN is a build argument".into();
            finding.introduced_by = None;
            let (text, label) = (text.to_owned(), "kept in the history".to_owned());
            finding.excerpt = Some(Excerpt { text, line, start, end, label });
            finding
        })
        .to_vec()
}

/// One finding for each surface: the same secret in the first two, another one in each of the rest.
fn findings() -> Vec<Finding> {
    let mut findings = vec![full_finding()];
    for (number, surface) in Surface::ALL.iter().enumerate() {
        let mut finding = full_finding();
        finding.place = Place::new(*surface, Exposure::Metadata);
        if number % 2 == 0 {
            finding.place.pointer = Some(format!("/pointer/{number}"));
            finding.place.document = Some(digest('c'));
        } else {
            finding.place.path = Some(format!("path/{number}"));
            finding.place.layer = Some(layer(number));
        }
        if number > 0 {
            finding.identity = format!("{number:032x}");
            finding.rule = format!("rule-{number}");
        }
        finding.level = [Level::Deny, Level::Warn, Level::Note][number % 3];
        finding.confidence = [Confidence::High, Confidence::Medium, Confidence::Low][number % 3];
        finding.fingerprint = format!("{number:024x}");
        finding.introduced_by = None;
        finding.recover = String::new();
        finding.remedy.rotate = None;
        findings.push(finding);
    }
    findings.extend(linted());
    findings
}

fn gap(kind: GapKind, number: usize) -> Gap {
    let mut place = Place::new(Surface::File, Exposure::Visible);
    place.layer = Some(layer(number));
    place.path = Some(format!("gap/{number}"));
    Gap {
        kind,
        place,
        reason: format!("reason number {number}"),
        bytes: number.is_multiple_of(2).then_some(1234),
    }
}

/// A finding that the policy allows.
fn permitted() -> Finding {
    let mut finding = full_finding();
    finding.rule = "permitted-token".into();
    finding.place.path = Some("tests/key.pem".into());
    finding.fingerprint = "fedcba".into();
    finding
}

/// An image of four layers, the lowest from its base.
fn outline() -> ImageOutline {
    let layers = (0..4).map(|index| LayerOutline {
        layer: LayerRef { digest: Some(digest('a')), diff_id: Some(digest('b')), ..layer(index) },
        bytes: Some(1_000_000 * (index as u64 + 1)),
        entries: Some(7),
        introduced_by: full_finding().introduced_by,
    });
    ImageOutline {
        name: Some("docker.io/library/app:1".into()),
        platform: Some("linux/amd64".into()),
        layers: layers.collect(),
    }
}

/// A report with every field filled.
fn report() -> Report {
    let gaps: Vec<Gap> = GapKind::ALL.iter().enumerate().map(|(number, kind)| gap(*kind, number)).collect();
    Report {
        tool: Tool { version: "1.2.3".into(), ruleset: digest('d'), ..Tool::default() },
        target: Target {
            given: "oci-archive:app.tar".into(),
            reference: Some("docker.io/library/app:1".into()),
            digest: Some(digest('e')),
            platforms: vec!["linux/amd64".into(), "linux/arm64".into()],
        },
        findings: findings(),
        gaps,
        accepted_gaps: vec![gap(GapKind::NoReferrers, 99)],
        allowed: vec![Allowed {
            fingerprint: "fedcba".into(),
            reason: "a test key".into(),
            by: "tightlip.toml:3".into(),
            expires: Some("2027-01-31".into()),
            finding: Box::new(permitted()),
        }],
        remarks: vec![Remark { by: "tightlip.toml:9".into(), text: "it allows what is not there".into() }],
        policy: vec!["tightlip.toml".into()],
        images: vec![outline()],
        read: Read {
            images: 2,
            platforms: 2,
            layers: 5,
            entries: 412,
            bytes: 3_120_000,
            decoded_bytes: 7,
            reused_layers: 1,
        },
    }
}

fn printed(name: &str, style: &Style) -> String {
    let mut out = Vec::new();
    (named(name).unwrap().write)(&report(), style, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn formats_say_everything() {
    for format in FORMATS {
        let text = printed(format.name, &Style::default());
        for finding in report().findings {
            let place = finding.place.path.or(finding.place.pointer).unwrap();
            let place = if format.name == "sarif" { place.replace(' ', "%20") } else { place };
            assert!(text.contains(&finding.rule), "{}: rule {}", format.name, finding.rule);
            assert!(text.contains(&place), "{}: place {place}", format.name);
        }
        for kind in GapKind::ALL {
            assert!(text.contains(kind.name()), "{}: gap {}", format.name, kind.name());
        }
        assert!(text.contains("gap/99"), "{}: an accepted gap stays visible", format.name);
        assert!(text.contains("leaking"), "{}: the verdict", format.name);
        for part in ["permitted-token", "tests/key.pem", "a test key", "tightlip.toml:3"] {
            assert!(text.contains(part), "{}: what is allowed stays visible: {part}", format.name);
        }
        for part in ["tightlip.toml:9", "it allows what is not there"] {
            assert!(text.contains(part), "{}: what the policy has to say: {part}", format.name);
        }
    }
}

#[test]
fn formats_look_as_their_snapshots() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots");
    let mut kept: Vec<String> = Vec::new();
    for format in FORMATS {
        let path = folder.join(format!("{}.txt", format.name));
        let text = printed(format.name, &Style::default());
        if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
            std::fs::write(&path, &text).unwrap();
        }
        let expected = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(text == expected, "{}: it reads\n{text}", path.display());
        kept.push(format!("{}.txt", format.name));
    }
    let names =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let stale: Vec<String> = names.filter(|name| !kept.contains(name)).collect();
    assert!(stale.is_empty(), "snapshots of no format: {stale:?}");
}

#[test]
fn colour_adds_escape_sequences_and_nothing_else() {
    for format in FORMATS {
        let plain = printed(format.name, &Style::default());
        assert!(!plain.contains('\u{1b}'), "{}", format.name);
        let coloured = printed(format.name, &Style { colour: Colour::On, ..Style::default() });
        let mut stripped = String::new();
        for (number, part) in coloured.split('\u{1b}').enumerate() {
            let rest = if number == 0 { Some(part) } else { part.split_once('m').map(|(_, rest)| rest) };
            stripped.push_str(rest.unwrap());
        }
        assert_eq!(stripped, plain, "{}", format.name);
    }
}

/// The members of a JSON object, sorted.
fn keys(value: &Value) -> Vec<&str> {
    let mut keys: Vec<&str> = value.as_object().unwrap().keys().map(String::as_str).collect();
    keys.sort_unstable();
    keys
}

#[test]
fn the_json_report_keeps_its_contract() {
    let report: Value = serde_json::from_str(&printed("json", &Style::default())).unwrap();
    assert_eq!(report["schema"], "tightlip.report/1");
    assert_eq!(report["verdict"], "leaking");
    assert_eq!(
        keys(&report),
        [
            "accepted_gaps",
            "allowed",
            "findings",
            "gaps",
            "images",
            "policy",
            "read",
            "remarks",
            "schema",
            "target",
            "tool",
            "verdict"
        ]
    );
    assert_eq!(keys(&report["images"][0]), ["layers", "name", "platform"]);
    let layer = ["base", "bytes", "diff_id", "digest", "entries", "index", "introduced_by"];
    assert_eq!(keys(&report["images"][0]["layers"][0]), layer);
    assert_eq!(keys(&report["remarks"][0]), ["by", "text"]);
    assert_eq!(keys(&report["tool"]), ["name", "ruleset", "version"]);
    assert_eq!(keys(&report["target"]), ["digest", "given", "platforms", "reference"]);
    let read = ["bytes", "decoded_bytes", "entries", "images", "layers", "platforms", "reused_layers"];
    assert_eq!(keys(&report["read"]), read);
    assert_eq!(keys(&report["gaps"][0]), ["bytes", "kind", "place", "reason"]);
    assert_eq!(keys(&report["allowed"][0]), ["by", "expires", "finding", "fingerprint", "reason"]);
}

#[test]
fn a_finding_keeps_its_contract_in_json() {
    let report: Value = serde_json::from_str(&printed("json", &Style::default())).unwrap();
    let finding = &report["findings"][0];
    assert_eq!(
        keys(finding),
        [
            "confidence",
            "decoded_from",
            "fingerprint",
            "identity",
            "introduced_by",
            "level",
            "mechanism",
            "place",
            "recover",
            "remedy",
            "rule",
            "shape",
            "title"
        ]
    );
    assert_eq!((&finding["level"], &finding["confidence"]), (&Value::from("deny"), &Value::from("high")));
    let place = &finding["place"];
    assert_eq!(
        keys(place),
        [
            "exposure",
            "hidden_by",
            "image",
            "layer",
            "line",
            "member",
            "offset",
            "path",
            "platform",
            "surface"
        ]
    );
    assert_eq!(keys(&place["layer"]), ["base", "diff_id", "digest", "index"]);
    assert_eq!((&place["surface"], &place["exposure"]), (&Value::from("file"), &Value::from("deleted")));
    assert_eq!(keys(&finding["introduced_by"]), ["dockerfile", "history_index", "instruction"]);
    assert_eq!(keys(&finding["introduced_by"]["dockerfile"]), ["file", "line"]);
    assert_eq!(keys(&finding["remedy"]), ["command", "rotate", "summary"]);
    assert_eq!(report["findings"][1]["place"]["pointer"], "/pointer/0");
}

#[test]
fn the_verdict_of_the_json_report_follows_what_counts() {
    let mut quiet = report();
    quiet.findings.retain(|finding| finding.level == Level::Warn);
    quiet.gaps.clear();
    for (counts, verdict) in [(Level::Deny, "clean"), (Level::Warn, "leaking")] {
        let mut out = Vec::new();
        (named("json").unwrap().write)(&quiet, &Style { counts, ..Style::default() }, &mut out).unwrap();
        assert_eq!(serde_json::from_slice::<Value>(&out).unwrap()["verdict"], verdict);
    }
}

#[test]
fn sarif_has_what_its_schema_requires() {
    let log: Value = serde_json::from_str(&printed("sarif", &Style::default())).unwrap();
    assert_eq!(log["version"], "2.1.0");
    let run = &log["runs"][0];
    assert_eq!(run["columnKind"], "unicodeCodePoints");
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    for result in run["results"].as_array().unwrap() {
        let rule = &rules[usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap()];
        assert_eq!(rule["id"], result["ruleId"]);
        assert!(["error", "warning", "note"].contains(&result["level"].as_str().unwrap()));
        assert!(!result["message"]["text"].as_str().unwrap().is_empty());
        assert!(result["partialFingerprints"]["tightlip/v1"].is_string());
        assert!(!result["locations"].as_array().unwrap().is_empty());
    }
    let mut results = run["results"].as_array().unwrap().iter().rev();
    let allowed = results.next().unwrap();
    assert_eq!(allowed["suppressions"][0]["justification"], "a test key (tightlip.toml:3, until 2027-01-31)");
    let region = &results.next().unwrap()["locations"][0]["physicalLocation"]["region"];
    assert_eq!((&region["startLine"], &region["startColumn"]), (&Value::from(7), &Value::from(10)));
    assert_eq!((&region["endLine"], &region["endColumn"]), (&Value::from(7), &Value::from(20)));
}

#[test]
fn an_annotation_cannot_be_broken_out_of() {
    let mut report = Report { findings: linted(), ..Report::default() };
    report.findings[0].place.path = Some("a,b::error::c\nd".into());
    let mut out = Vec::new();
    (named("github").unwrap().write)(&report, &Style::default(), &mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    assert!(
        text.starts_with("::error file=a%2Cb%3A%3Aerror%3A%3Ac%0Ad,line=3,col=5,endColumn=14,"),
        "{text}"
    );
}

/// What tags of a page leave open, and what no tag may have.
fn unbalanced(page: &str) -> Vec<String> {
    let mut open: Vec<String> = Vec::new();
    let body = page.split_once("</style>").unwrap().1;
    for tag in body.split('<').skip(1).map(|part| part.split_once('>').unwrap().0) {
        let name = tag.trim_start_matches('/').split_whitespace().next().unwrap().to_owned();
        match tag.strip_prefix('/') {
            Some(_) if open.last() == Some(&name) => {
                open.pop();
            }
            Some(_) => return vec![format!("</{name}> closes {open:?}")],
            None => open.push(name),
        }
    }
    open
}

#[test]
fn the_page_is_well_formed_and_loads_nothing() {
    let page = printed("html", &Style::default());
    // What stands before the sheet was opened there.
    let page = page.replace("</head>", "").replace("</html>", "");
    assert_eq!(unbalanced(&page), Vec::<String>::new());
    for part in ["<script", "<img", "<link", "<iframe", "src=", "url(", "@import", "<object", "<embed"] {
        assert!(!page.contains(part), "{part}");
    }
    for link in page.split("href=\"").skip(1) {
        assert!(link.starts_with('#') || link.starts_with("https://"), "{link:.40}");
    }
    let targets = page.split("href=\"#").skip(1).map(|rest| rest.split_once('"').unwrap().0);
    for target in targets {
        assert!(page.contains(&format!("id=\"{target}\"")), "a link leads nowhere: #{target}");
    }
}

#[test]
fn nothing_in_a_report_becomes_markup() {
    let hostile = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>`|@everyone\u{1b}[2J";
    let mut report = report();
    report.target.given = hostile.into();
    report.images[0].name = Some(hostile.into());
    report.images[0].platform = Some(hostile.into());
    for finding in &mut report.findings {
        finding.title = hostile.into();
        finding.shape = hostile.into();
        finding.recover = hostile.into();
        finding.remedy.summary = hostile.into();
        finding.remedy.rotate = Some(format!("javascript:{hostile}"));
        finding.place.path = Some(hostile.into());
        finding.introduced_by = full_finding().introduced_by;
        finding.introduced_by.as_mut().unwrap().instruction = Some(hostile.into());
    }
    report.gaps[0].reason = hostile.into();
    let print = |name: &str| {
        let mut out = Vec::new();
        (named(name).unwrap().write)(&report, &Style::default(), &mut out).unwrap();
        String::from_utf8(out).unwrap()
    };
    for format in FORMATS {
        assert!(!print(format.name).contains('\u{1b}'), "{}", format.name);
    }
    for name in ["html", "junit"] {
        let text = print(name);
        assert!(!text.contains("<script") && !text.contains("<img"), "{name}");
        assert!(!text.contains("href=\"javascript"), "{name}");
    }
    for name in ["json", "sarif", "gitlab-secrets", "gitlab-quality"] {
        serde_json::from_str::<Value>(&print(name)).unwrap();
    }
    for line in print("jsonl").lines() {
        assert!(serde_json::from_str::<Value>(line).unwrap()["type"].is_string());
    }
}

#[test]
fn a_file_name_asks_for_its_format() {
    let asked = |name: &str| tightlip_report::format::of_file(name).map(|format| format.name);
    assert_eq!(asked("out/report.html"), Some("html"));
    assert_eq!(
        (asked("r.xml"), asked("r.md"), asked("r.jsonl")),
        (Some("junit"), Some("markdown"), Some("jsonl"))
    );
    assert_eq!((asked("html"), asked("r.pdf")), (None, None));
}

#[test]
fn a_narrow_terminal_is_enough_for_the_text() {
    let report = report();
    let mut out = Vec::new();
    let style = Style { width: 40, ..Style::default() };
    (named("text").unwrap().write)(&report, &style, &mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    for line in text.lines().filter(|line| !line.contains("tar -xOf")) {
        // Words are not broken.
        let longest = line.split_whitespace().map(|word| word.chars().count()).max().unwrap_or(0);
        assert!(line.chars().count() <= 40.max(longest + 8), "{line}");
    }
}
