//! The law `no_output_prints_a_secret`: a value that was found stands in no format, no debug text and no error,
//! in no spelling and not in part.

#![expect(clippy::unwrap_used, reason = "a test that cannot run fails")]

mod common;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use common::plants::{By, ROWS};
use common::{file, request, scan_bundle, token};
use serde_json::json;
use tightlip_engine::{DockerfileText, Quiet, scan};
use tightlip_report::Report;
use tightlip_report::format::{Colour, FORMATS, Style};
use tightlip_testkit::{Bundle, Canary, ImageBuilder, Layer};

/// Characters of a value that stand together nowhere but in the value.
const PART: usize = 9;

/// Everything that a report can be turned into.
fn outputs(report: &Report) -> Vec<(String, String)> {
    let mut outputs = vec![("Debug".to_owned(), format!("{report:?}"))];
    for format in FORMATS {
        for (width, colour) in [(100, Colour::Off), (40, Colour::On)] {
            let mut out = Vec::new();
            (format.write)(report, &Style { width, colour, ..Style::default() }, &mut out).unwrap();
            outputs.push((format!("{} at {width}", format.name), String::from_utf8(out).unwrap()));
        }
    }
    outputs
}

/// The forms and parts of a value that stand in an output.
fn leaks(value: &str, output: &str) -> Vec<String> {
    // Text that is wrapped is still text.
    let output = output.split_whitespace().collect::<Vec<_>>().join(" ");
    let escaped = serde_json::to_string(value).unwrap();
    let mut seen = Canary::of(value).seen_in(&output);
    seen.extend(Canary::of(escaped.trim_matches('"')).seen_in(&output));
    let letters: Vec<char> = value.chars().collect();
    let parts = letters.windows(PART).map(|part| part.iter().collect::<String>());
    seen.extend(parts.filter(|part| output.contains(part.as_str())));
    seen
}

fn keeps_quiet(name: &str, report: &Report, values: &[&str]) {
    assert!(!report.findings.is_empty(), "{name}: nothing was found, so nothing was tested");
    for (output, text) in outputs(report) {
        for value in values {
            let seen = leaks(value, &text);
            let lines: Vec<&str> =
                text.lines().filter(|line| seen.iter().any(|part| line.contains(part.as_str()))).collect();
            assert!(seen.is_empty(), "{name}, {output}: {seen:?} of a value in {lines:#?}");
        }
    }
}

/// The part of a token behind its public prefix.
fn body(token: &str) -> &str {
    token.trim_start_matches("dckr_").trim_start_matches("pat_")
}

/// Random letters, digits, and what shells, URLs, HTML and JSON treat in their own way.
fn weak(seed: u64) -> String {
    let random = Canary::new(seed);
    let (left, right) = random.text().split_at(12);
    format!("{left}&<>\"'${right}")
}

#[test]
fn a_value_in_pieces_of_quotes_is_printed_nowhere() {
    let token = token(77);
    let (first, rest) = token.split_at(20);
    for written in
        [format!("'{first}'\"{rest}\""), format!("{first}\"{rest}\""), format!("\"{first}\\\n{rest}\"")]
    {
        let step = format!("RUN echo {written} && curl -u admin:{token} http://x || true");
        let image = ImageBuilder::new().env("T", &token).step(&step, Layer::new().file("a", "b"));
        let report = scan_bundle(&Bundle::of(image.build()));
        keeps_quiet(&written.replace(&token, ""), &report, &[body(first), rest]);
    }
}

#[test]
fn no_surface_prints_its_canary() {
    for (number, row) in ROWS.iter().enumerate() {
        let token = token(900 + number as u64);
        let name = format!("{} {}", row.surface.name(), row.place);
        keeps_quiet(&name, &scan_bundle(&(row.plant)(&token)), &[body(&token)]);
        if row.by == By::Name {
            // Letters and digits only, so that it is one word in every syntax.
            let value = Canary::new(1900 + number as u64).text().to_owned();
            keeps_quiet(&name, &scan_bundle(&(row.plant)(&value)), &[&value]);
        }
    }
}

#[test]
fn a_value_with_special_characters_is_masked_whole() {
    for (number, plain) in ["{}", "{} with {}", "{}\\{}", "{}%41{}", "{}\t{}", "é{}ü{}"].iter().enumerate()
    {
        let (one, two) = (weak(number as u64), weak(100 + number as u64));
        let value = plain.replacen("{}", &one, 1).replacen("{}", &two, 1);
        let places = [
            ImageBuilder::new().env("API_KEY", &value),
            ImageBuilder::new().label("api_key", &value),
            ImageBuilder::new().annotation("api.key", &value),
            ImageBuilder::new().note(&format!("ARG API_KEY={value}")),
            ImageBuilder::new()
                .step(&format!("RUN |1 API_KEY={value} /bin/sh -c x # buildkit"), Layer::new()),
            ImageBuilder::new().file("app/.env", format!("API_KEY={value}\n")),
            ImageBuilder::new().top("x", json!({"client_secret": value})),
        ];
        for (place, image) in places.into_iter().enumerate() {
            let report = scan_bundle(&Bundle::of(image.build()));
            let pieces: Vec<&str> = value.split_whitespace().filter(|piece| piece.len() >= PART).collect();
            keeps_quiet(&format!("{plain} at {place}"), &report, &pieces);
        }
    }
}

#[test]
fn what_holds_a_token_in_another_form_is_masked_as_it_stands() {
    let token = token(931);
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    std::io::Write::write_all(&mut packed, token.as_bytes()).unwrap();
    let numbers: Vec<String> = token.bytes().map(|byte| byte.to_string()).collect();
    let forms = [
        STANDARD.encode(STANDARD.encode(&token)),
        STANDARD.encode(packed.finish().unwrap()),
        numbers.join(", "),
        STANDARD.encode(numbers.join(" ")),
    ];
    for form in forms {
        let places = [
            ImageBuilder::new().step(&format!("RUN /bin/sh -c x [{form}] # buildkit"), Layer::new()),
            ImageBuilder::new().env("NOTES", &form),
            ImageBuilder::new().label("notes", &form),
        ];
        for (place, image) in places.into_iter().enumerate() {
            let report = scan_bundle(&Bundle::of(image.build()));
            keeps_quiet(&format!("{} characters at {place}", form.len()), &report, &[&form]);
        }
    }
}

#[test]
fn the_command_cuts_the_stretch_out_of_its_string() {
    let form = STANDARD.encode(format!("login {}", token(933)));
    let step = format!("RUN /bin/sh -c echo {form} | base64 -d > x # buildkit");
    let report = scan_bundle(&Bundle::of(ImageBuilder::new().step(&step, Layer::new()).build()));
    let place = step.find(&form).unwrap() + 1;
    let expected = format!("created_by' | tail -c +{place} | head -c {} | base64 -d", form.len());
    let recover: Vec<&str> = report.findings.iter().map(|finding| finding.recover.as_str()).collect();
    assert!(recover.iter().any(|command| command.ends_with(&expected)), "{recover:?} {expected}");
}

/// A private key that nobody ever used: PKCS#8 of Ed25519 around random bytes.
fn pem() -> (String, String) {
    let mut der = vec![0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20];
    der.extend_from_slice(Canary::new(77).text().as_bytes());
    der.extend_from_slice(&Canary::new(78).text().as_bytes()[..8]);
    let body = STANDARD.encode(&der);
    let (head, foot) =
        (format!("-----BEGIN {} KEY-----", "PRIVATE"), format!("-----END {} KEY-----", "PRIVATE"));
    (format!("{head}\n{body}\n{foot}\n"), body)
}

#[test]
fn a_key_of_several_lines_is_masked_in_every_line() {
    let (pem, body) = pem();
    let one_line = pem.replace('\n', "\\n");
    let instruction = format!("RUN /bin/sh -c printf '{one_line}' > /k.pem # buildkit");
    let places = [
        ImageBuilder::new().file("k.pem", &pem),
        ImageBuilder::new().label("note", &pem),
        ImageBuilder::new().env("TLS_KEY", &pem),
        ImageBuilder::new().env("TLS_KEY", &one_line),
        ImageBuilder::new().note(&format!("ENV TLS_KEY={pem}")),
        ImageBuilder::new().step(&instruction, file("k.pem", &pem)),
        ImageBuilder::new().step(&format!("RUN <<EOF (printf '{pem}')"), file("k.pem", &pem)),
    ];
    for (place, image) in places.into_iter().enumerate() {
        keeps_quiet(&format!("key at {place}"), &scan_bundle(&Bundle::of(image.build())), &[&body]);
    }
}

#[test]
fn a_token_in_a_name_is_masked_wherever_the_name_is_written() {
    let (name, other) = (token(1), token(2));
    let path = format!("cache/{name}/deep/{name}.env");
    let layer = Layer::new().directory(&format!("cache/{name}")).file(&path, format!("TOKEN={other}\n"));
    let image = ImageBuilder::new().step(&format!("COPY {path} /{path} # buildkit"), layer).delete(&path);
    let values = [body(&name), body(&other)];
    keeps_quiet("names", &scan_bundle(&Bundle::of(image.build())), &values);

    // A gap that names the entry.
    let image =
        ImageBuilder::new().packing(tightlip_testkit::Packing::Plain).file(&path, "x".repeat(5000)).build();
    let cut = Bundle::of(image.with_blob(0, |blob| blob[..2000].to_vec()));
    let report = scan_bundle(&cut);
    assert!(!report.gaps.is_empty());
    keeps_quiet("a gap", &report, &values);
}

#[test]
fn a_token_in_what_names_the_image_is_masked() {
    let (name, tag) = (token(3), token(4));
    let image = || {
        ImageBuilder::new()
            .architecture(&name)
            .named(&format!("registry.invalid/{name}/app:{tag}"))
            .file("a", "b")
    };
    let values = [body(&name), body(&tag)];
    keeps_quiet("one image", &scan_bundle(&Bundle::of(image().build())), &values);
    let two = Bundle::of(image().build()).and(ImageBuilder::new().named("x:2").env("API_KEY", &tag).build());
    keeps_quiet("two images", &scan_bundle(&two), &values);
    let file =
        Bundle::of(image().build()).with_file(&format!("{name}.json"), format!("{{\"a\": \"{tag}\"}}"));
    keeps_quiet("a loose file", &scan_bundle(&file), &values);
}

#[test]
fn a_token_in_what_the_user_typed_is_masked() {
    let (name, file) = (token(5), token(6));
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join(format!("{name}.tar"));
    let image = ImageBuilder::new().file("a.env", format!("TOKEN={file}\n")).delete("a.env").build();
    std::fs::write(&path, Bundle::of(image).oci_archive()).unwrap();
    let mut request = request(&format!("oci-archive:{}", path.display()));
    let text = format!("FROM scratch\nCOPY file /a.env\n# {file}\n");
    request.dockerfile = Some(DockerfileText { name: format!("{name}/Dockerfile"), text });
    keeps_quiet("the target", &scan(&request, &Quiet).unwrap(), &[body(&name), body(&file)]);
}

#[test]
fn an_error_does_not_quote_what_it_read() {
    let name = token(7);
    let image = ImageBuilder::new().named(&format!("registry.invalid/{name}:1")).file("a", "b").build();
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("image.tar");
    std::fs::write(&path, Bundle::of(image).oci_archive()).unwrap();
    let error = scan(&request(&format!("oci-archive:{}:no-such-name", path.display())), &Quiet).unwrap_err();
    let text = format!("{error} {error:?}");
    assert!(text.contains("no-such-name"), "{text}");
    assert!(leaks(body(&name), &text).is_empty(), "{text}");
}
