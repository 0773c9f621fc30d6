//! The receipt of a proof says everything that it rests on, in both of its forms.

use tightlip_report::format::Style;
use tightlip_report::proof::{
    Answer, Built, Control, Doubt, Leak, Origin, Proof, Proven, Subject, Way, write_json, write_text,
};
use tightlip_report::{
    Confidence, DockerfileLine, Exposure, Finding, Gap, GapKind, Introduced, LayerRef, Level, Place, Read,
    Remedy, Surface, Tool,
};

fn line(line: u64) -> DockerfileLine {
    DockerfileLine { file: "Dockerfile".to_owned(), line }
}

fn secret(name: &str, answer: Answer) -> Proven {
    Proven {
        name: name.to_owned(),
        way: Way::Mount,
        required: true,
        shape: "an npm token, 40 bytes".to_owned(),
        origin: Origin::MadeUp,
        taken_by: vec![line(3)],
        answer,
        leaks: Vec::new(),
        doubts: Vec::new(),
    }
}

fn leak(form: &str) -> Leak {
    let mut place = Place::new(Surface::File, Exposure::Deleted);
    place.layer = Some(LayerRef { index: 2, digest: Some("sha256:abc".to_owned()), ..LayerRef::default() });
    place.path = Some("root/.npmrc".to_owned());
    let instruction = Some("RUN npm ci".to_owned());
    Leak {
        target: "app".to_owned(),
        form: form.to_owned(),
        finding: Finding {
            fingerprint: "f".to_owned(),
            identity: "i".to_owned(),
            rule: "known-value".to_owned(),
            title: "Known value".to_owned(),
            level: Level::Deny,
            lowered_from: None,
            confidence: Confidence::High,
            shape: form.to_owned(),
            mechanism: "deleted-file".to_owned(),
            place,
            introduced_by: Some(Introduced {
                history_index: Some(1),
                instruction,
                dockerfile: Some(line(3)),
            }),
            recover: String::new(),
            remedy: Remedy { summary: "Let the step not write it down.".to_owned(), ..Remedy::default() },
            decoded_from: Vec::new(),
            excerpt: None,
        },
    }
}

fn proof() -> Proof {
    let doubt = Doubt {
        reason: "a step failed".to_owned(),
        dockerfile: Some(line(5)),
        output: vec!["401 Unauthorized".to_owned()],
        help: "give a value".to_owned(),
    };
    Proof {
        tool: Tool::default(),
        subject: Subject { dockerfile: "Dockerfile".to_owned(), ..Subject::default() },
        secrets: vec![
            Proven { leaks: vec![leak("as base64"), leak("its SHA-256")], ..secret("npm", Answer::Leaks) },
            secret("pip", Answer::Kept),
            Proven { doubts: vec![doubt], required: false, ..secret("api", Answer::Unproven) },
        ],
        builds: vec![Built {
            target: "app".to_owned(),
            stages: vec!["deps".to_owned(), "app".to_owned()],
            digest: Some("sha256:def".to_owned()),
            platforms: vec!["linux/amd64".to_owned()],
            searched: vec!["the log".to_owned(), "the image".to_owned()],
            read: Read::default(),
        }],
        control: Control { found: vec!["a file".to_owned(), "base64".to_owned()], ..Control::default() },
        forms: vec!["the value in every encoding".to_owned()],
        stubs: Vec::new(),
        not_covered: vec!["the network".to_owned()],
        gaps: Vec::new(),
        other_findings: 1,
        left: vec!["a record".to_owned()],
    }
}

fn text(proof: &Proof) -> String {
    let mut out = Vec::new();
    assert!(write_text(proof, &Style::default(), &mut out).is_ok());
    String::from_utf8_lossy(&out).into_owned()
}

#[test]
fn a_person_reads_the_answer_first_and_then_what_it_rests_on() {
    let expected = "\
leaks  Dockerfile: 1 of 3 secrets leak

1. leaks  npm (secret-mount)
   value         an npm token, 40 bytes, made up for this run
   taken by      Dockerfile:3
   found         as base64: root/.npmrc, layer 2 (sha256:abc), deleted (target app)
   found         its SHA-256: root/.npmrc, layer 2 (sha256:abc), deleted (target app)
     written by  Dockerfile:3  RUN npm ci
   fix           Let the step not write it down.

2. kept  pip (secret-mount)
   value         an npm token, 40 bytes, made up for this run
   taken by      Dockerfile:3

3. unproven  api (secret-mount)
   value         an npm token, 40 bytes, made up for this run
   taken by      Dockerfile:3 (the build goes on without it)
   not shown     Dockerfile:5: a step failed
                   401 Unauthorized
   help          give a value

   built         app (stages deps, app), sha256:def; read: the log, the image
   looked for    the value in every encoding
   control       2 of 2 planted leaks were found
   not covered   the network
   beside        1 secret stands there that this run did not bring in: scan the image
   left behind   a record
";
    assert_eq!(text(&proof()), expected);
}

#[test]
fn a_proof_is_no_better_than_its_worst_secret_its_gaps_and_its_control() {
    let kept = Proof { secrets: vec![secret("pip", Answer::Kept)], ..proof() };
    assert_eq!(kept.answer(), Answer::Kept);
    let place = Place::new(Surface::Log, Exposure::BuildOnly);
    let gap = Gap { kind: GapKind::Limit, place, reason: "clipped".to_owned(), bytes: None };
    assert_eq!(Proof { gaps: vec![gap], ..kept.clone() }.answer(), Answer::Unproven);
    let blind =
        Proof { control: Control { missed: vec!["a file".to_owned()], ..Control::default() }, ..kept };
    assert_eq!(blind.answer(), Answer::Unproven);
    assert!(text(&blind).contains("the search missed what was planted for it, so this proves nothing"));
    assert!(text(&blind).contains("0 of 1 planted leaks were found; missed: a file"));
    assert_eq!(Proof { control: Control::default(), ..proof() }.answer(), Answer::Leaks);
    let nothing = Proof { secrets: Vec::new(), control: Control::default(), ..proof() };
    assert_eq!(nothing.answer(), Answer::Kept);
    assert!(
        text(&nothing).starts_with("kept  Dockerfile: it takes no secrets, so there is nothing to prove\n")
    );
}

#[test]
fn a_machine_reads_a_schema_an_answer_and_the_same_facts() {
    let mut out = Vec::new();
    write_json(&proof(), &Style::default(), &mut out).unwrap();
    let document: serde_json::Value = serde_json::from_slice(&out).unwrap();
    assert_eq!((&document["schema"], &document["answer"]), (&"tightlip.proof/1".into(), &"leaks".into()));
    assert_eq!(document["secrets"][0]["way"], "secret-mount");
    let again: Proof = serde_json::from_value(document).unwrap();
    assert_eq!(again, proof());
}
