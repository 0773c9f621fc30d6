//! Dockerfiles that stand in a compose or bake file: read at their place, as if all around them was blank.

use tightlip_callers::{Callers, read, recognise};
use tightlip_dockerfile::{Document, Span, Text};

/// The Dockerfiles in a file that starts builds. One in a quoted string has its lines nowhere: see [`passed_over`].
pub(crate) fn documents(name: &str, source: &str) -> Vec<Document> {
    let Some(format) = recognise(name, source) else { return Vec::new() };
    let calls = read(format, name, source).calls;
    let inline = calls.iter().filter_map(|call| call.inline.as_ref());
    inline
        .filter(|text| has_its_lines(text, source))
        .map(|text| Document::parse(&alone(source, text.span())))
        .collect()
}

/// Where the first Dockerfile stands that [`documents`] passes over.
pub(crate) fn passed_over(callers: &Callers, source: &str) -> Option<Span> {
    let mut inline = callers.calls.iter().filter_map(|call| call.inline.as_ref());
    inline.find(|text| !has_its_lines(text, source)).map(Text::span)
}

/// Whether the text stands in the file line by line, only indented.
fn has_its_lines(text: &Text, source: &str) -> bool {
    let there = source.get(text.span().range()).unwrap_or("");
    let bare = |text: &str| text.lines().map(|line| line.trim().to_owned()).collect::<Vec<String>>();
    bare(text.as_str().trim()) == bare(there.trim())
}

/// The file with everything outside of the stretch blank: what is found keeps its place.
fn alone(source: &str, span: Span) -> String {
    let blank = |text: &str| -> String {
        text.bytes().map(|byte| if matches!(byte, b'\n' | b'\r') { char::from(byte) } else { ' ' }).collect()
    };
    let of = |range: std::ops::Range<usize>| source.get(range).unwrap_or("");
    format!("{}{}{}", blank(of(0..span.start)), of(span.range()), blank(of(span.end..source.len())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dockerfile_in_a_compose_file_is_read_at_its_place() {
        let source = "services:\n  a:\n    build:\n      dockerfile_inline: |\n        FROM x\n        ARG TOKEN # ü\n  b: {}\n";
        let all = documents("compose.yaml", source);
        let [document] = all.as_slice() else { panic!("{all:?}") };
        let at = document.instructions()[1].span;
        assert!(source[at.range()].trim().starts_with("ARG TOKEN"), "{at:?}");
        assert_eq!((document.instructions().len(), document.problems().len()), (2, 0));
    }

    #[test]
    fn one_in_quotes_is_passed_over() {
        let source = "{\"target\": {\"a\": {\"dockerfile-inline\": \"FROM x\\nARG TOKEN\"}}}";
        assert!(documents("docker-bake.json", source).is_empty());
        let callers = read(recognise("docker-bake.json", source).unwrap(), "docker-bake.json", source);
        assert!(passed_over(&callers, source).is_some_and(|span| source[span.range()].contains("ARG TOKEN")));
    }
}
