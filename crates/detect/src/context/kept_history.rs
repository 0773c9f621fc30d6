//! The history of an image that somebody kept in a file: what `docker inspect`, `docker history` and the configuration of an image say
//! of each instruction. It is judged as the history of the image itself.
//!
//! bad: `"created_by": "RUN |1 DB_PASSWORD=… /bin/sh -c make"`
//! good: an instruction with `--mount=type=secret`

use memchr::memmem;

use super::judge::ground::{Ground, ground};
use super::judge::name::KEYWORDS;
use super::shell::{self, assignment};
use crate::read::Part;
use crate::{Example, Finder, Found, Hint, Text};

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "kept-history",
    rules: shell::FINDER.rules,
    wants: |hint| matches!(hint, Hint::File(_)) && !matches!(ground(hint), Ground::Noise | Ground::Code),
    keywords: &["created_by\"", "createdby\"", "# buildkit", "#(nop)"],
    find,
    hits: &[
        Example {
            path: "history.json",
            text: r#"{"created_by": "|1 GIT_PW=k{lower:6}9 /bin/sh -c git clone https://h/a # buildkit"}"#,
            rule: "secret-in-command",
        },
        Example {
            path: "backup/config.json",
            text: r#"{"history":[{"created_by":"ENV API_KEY=secret123","empty_layer":true}]}"#,
            rule: "secret-in-command",
        },
        Example {
            path: "layers.txt",
            text: "<missing>  2 weeks ago  RUN |1 NPM_TOKEN=secret123 /bin/sh -c npm ci # buildkit   12MB  buildkit.dockerfile.v0\n",
            rule: "secret-in-command",
        },
    ],
    misses: &[
        Example {
            path: "history.json",
            text: r#"{"created_by": "ENV GPG_KEY=A035C8C19219BA821ECEA86B64E628F8D684696D", "author": "password=hunter22x"}"#,
            rule: "",
        },
        Example {
            path: "notes.md",
            text: "RUN --mount=type=secret,id=token make # buildkit\nARG TOKEN # buildkit\n",
            rule: "",
        },
    ],
};

/// Longer instructions are those of a document inside of one.
const LONGEST: usize = 16 << 10;
/// How far before the instruction a line of a table may begin.
const TABLE: usize = 512;

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    let mut done = 0;
    for &at in text.at.iter().filter(|_| !text.binary) {
        let Some(instruction) = instruction(text.bytes, at).filter(|one| one.span().start >= done) else {
            continue;
        };
        done = instruction.span().end;
        let lower = instruction.bytes().to_ascii_lowercase();
        let mut places: Vec<usize> = KEYWORDS
            .iter()
            .flat_map(|word| memmem::find_iter(&lower, word.as_bytes()).collect::<Vec<_>>())
            .collect();
        places.sort_unstable();
        places.dedup();
        let one = Text { bytes: instruction.bytes(), hint: Hint::Text, binary: false, at: &[] };
        let start = instruction.span().start;
        let mut end = 0;
        for place in places {
            if let Some(found) =
                Some(place).filter(|place| *place >= end).and_then(|place| assignment(&one, place))
            {
                end = found.span.end;
                let span = found.span.start + start..found.span.end + start;
                out(Found { span, ..found });
            }
        }
    }
}

/// The instruction that a keyword stands in, or announces.
fn instruction(text: &[u8], at: usize) -> Option<Part<'_>> {
    let rest = Part::between(text, at..text.len().min(at + LONGEST));
    if let Some(after) = rest.strip("created_by\"").or_else(|| rest.strip("createdby\"")) {
        let string = after.trim().strip(":")?.trim().strip("\"")?;
        return Some(string.first(end_of_string(string.bytes())));
    }
    // In a table the instruction stands in the middle of its line.
    let before = text.get(at.saturating_sub(LONGEST)..at)?;
    let opened = memchr::memrchr2(b'\n', b'"', before).map_or(0, |mark| mark + 1);
    let line = before.get(opened..)?;
    let head = line.get(..line.len().min(TABLE))?;
    let starts = [&b"RUN "[..], b"|", b"/bin/sh -c", b"ENV ", b"ARG ", b"LABEL "];
    let start = starts.iter().filter_map(|start| memmem::find(head, start)).min()?;
    let from = at - line.len() + start;
    let length = memchr::memchr2(b'\n', b'"', rest.bytes()).unwrap_or(rest.len());
    Some(Part::between(text, from..at + length))
}

/// Where a string of JSON ends.
fn end_of_string(text: &[u8]) -> usize {
    let mut escaped = false;
    let end = text.iter().position(|b| {
        let closes = *b == b'"' && !escaped;
        escaped = *b == b'\\' && !escaped;
        closes
    });
    end.unwrap_or(text.len())
}
