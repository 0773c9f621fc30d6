//! Whatever is mended: the steps that no fix names are there as before, and the builder understands the file.

use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use tightlip_dockerfile::{Document, Instruction};
use tightlip_engine::IdentityKey;
use tightlip_engine::lint::{Apply, Input, LintRequest, mend};

/// What stands between two words of an instruction.
const BETWEEN: &[&str] = &[" ", "  ", " \\\n    ", " \\\n    # why\n    ", " \\\n# escape=`\n", " \\\n\n  "];
/// What is declared, and what fixes take out of it.
const DECLARED: &[&str] = &["A_TOKEN", "V=1", "B_TOKEN", "W=\"x y\"", "C_TOKEN"];
const SET: &[&str] = &["V=1", "A_TOKEN=$A_TOKEN", "W=\"x # y\"", "B_TOKEN=${B_TOKEN}", "AUTH=x-$C_TOKEN"];
const COPIED: &[&str] = &[".npmrc", "app.js", "id_rsa"];
const STEPS: &[&str] = &[
    "RUN echo $A_TOKEN $B_TOKEN | wc -c\n",
    "RUN npm ci \\\n  # it reads the token\n  && rm -f \\\n  # both\n  .npmrc other && echo $C_TOKEN | wc -c\n",
    "RUN cat /app/.npmrc id_rsa | wc -c\n",
    "RUN chmod 600 \\\n  # the key\n  /app/id_rsa \\\n  # the other\n  app.js && cat id_rsa | wc -c; rm /app/id_rsa\n",
    "RUN rm -f .npmrc\n",
    "RUN rm -f /app/.npmrc \\\n  # away\n",
    "RUN <<E\nnpm ci --t=$A_TOKEN\nE\n",
    "# why\n",
    "\n",
];
const FIRST: &[&str] = &["", "# syntax=docker/dockerfile:1.4\n", "# a comment\n", "ARG A_TOKEN\n"];

/// Some of the words, behind a keyword, with something between them.
fn instruction(
    keyword: &'static str,
    words: &'static [&'static str],
    end: &'static str,
) -> BoxedStrategy<String> {
    let between = prop::collection::vec(select(BETWEEN), words.len());
    let word = move |(word, between): (&&str, &&str)| format!("{between}{word}");
    (subsequence(words, 1..=words.len()), between)
        .prop_map(move |(words, between)| {
            let words: String = words.iter().zip(&between).map(word).collect();
            format!("{keyword}{words}{end}\n")
        })
        .boxed()
}

fn dockerfile() -> impl Strategy<Value = String> {
    let one = prop_oneof![
        instruction("ARG", DECLARED, ""),
        instruction("ENV", SET, ""),
        instruction("COPY --chown=1:1", COPIED, " /app/"),
        select(STEPS).prop_map(str::to_owned),
    ];
    (select(FIRST), prop::collection::vec(one, 1..7), any::<bool>()).prop_map(|(first, all, windows)| {
        let mut text = format!("{first}FROM node:22\nWORKDIR /app\n");
        for (index, one) in all.iter().enumerate() {
            text.push_str(&format!("{one}RUN echo untouched {index}\nLABEL step={index}\n"));
        }
        if windows { text.replace('\n', "\r\n") } else { text }
    })
}

/// The instructions that no fix names.
fn untouched(document: &Document) -> Vec<&str> {
    let is = |text: &&str| {
        text.starts_with("RUN echo untouched")
            || ["FROM", "WORKDIR", "LABEL"].iter().any(|name| text.starts_with(name))
    };
    document.instructions().iter().map(|one: &Instruction| document.text(one.span)).filter(is).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

    #[test]
    fn the_steps_that_no_fix_names_are_there_as_before(text in dockerfile()) {
        let input = Input::Text { name: "Dockerfile".to_owned(), path: None, bytes: text.clone().into_bytes() };
        for which in [Apply::Safe, Apply::Unsafe] {
            let mended = mend(&LintRequest::new(vec![input.clone()], IdentityKey::new([5; 32])), which).unwrap();
            let after = mended.files.first().map_or(text.as_str(), |file| file.after.as_str());
            let (before, after) = (Document::parse(&text), Document::parse(after));
            prop_assert_eq!(untouched(&before), untouched(&after), "{}", after.source());
            prop_assert!(after.instructions().len() <= before.instructions().len());
            let faults = |document: &Document| document.problems().iter().map(|one| one.fault).collect::<Vec<_>>();
            let known = faults(&before);
            prop_assert!(faults(&after).iter().all(|fault| known.contains(fault)), "{}", after.source());
        }
    }
}
