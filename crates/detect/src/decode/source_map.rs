//! Source maps (ECMA-426): the sources of a program that a bundler made small, which pages are often given with it.

use std::io::Read;

use serde::Deserialize;

use super::seam::{Members, Stop, give, hold};
use super::{Decoder, Holds};
use crate::Hint;

/// Maps that hold the sources themselves.
pub(crate) static DECODER: Decoder =
    Decoder { name: "source-map", claims, open, tool: None, holds: Holds::Files };

fn claims(head: &[u8], hint: &Hint<'_>) -> bool {
    let start = head.trim_ascii_start();
    // What keeps a map from being taken for a program.
    let start = start.strip_prefix(b")]}'").map_or(start, <[u8]>::trim_ascii_start);
    if !start.starts_with(b"{") || !is_version(start) {
        return false;
    }
    let has = |member: &[u8]| memchr::memmem::find(start, member).is_some();
    let named = hint.file_name().ends_with(b".map") && has(b"\"sources\"");
    named || has(b"\"sourcesContent\"") || has(b"\"sources\"") && has(b"\"mappings\"")
}

/// `"version": 3`, which stands first or behind a name or two.
fn is_version(start: &[u8]) -> bool {
    let near = start.get(..start.len().min(512)).unwrap_or_default();
    let at = memchr::memmem::find(near, b"\"version\"");
    let rest = at.and_then(|at| near.get(at + 9..)).unwrap_or_default().trim_ascii_start();
    rest.strip_prefix(b":").is_some_and(|rest| rest.trim_ascii_start().starts_with(b"3"))
}

#[derive(Deserialize)]
struct Map {
    #[serde(default)]
    sources: Vec<Option<String>>,
    #[serde(default, rename = "sourcesContent")]
    contents: Vec<Option<String>>,
}

fn open(body: &mut dyn Read, members: &mut dyn Members) -> Result<(), Stop> {
    let file = hold(body, members)?;
    let start = file.trim_ascii_start();
    let start = start.strip_prefix(b")]}'").unwrap_or(start);
    let map: Map = match serde_json::from_slice(start) {
        Ok(map) => map,
        // Another document with members of the same names.
        Err(error) if error.is_data() => return Ok(()),
        Err(_) => return Err(Stop::damaged("no map of sources to its end")),
    };
    for (number, content) in map.contents.iter().enumerate() {
        let Some(content) = content else { continue };
        let source = map.sources.get(number).and_then(Option::as_deref);
        let name = source.map_or_else(|| format!("source {number}"), |source| path_of(source).to_owned());
        give(members, &name, &mut content.as_bytes())?;
    }
    Ok(())
}

/// Where a source lies: `webpack://app/./src/api.ts`, `../src/api.ts`.
fn path_of(source: &str) -> &str {
    let path = source.split_once("://").map_or(source, |(_, path)| path);
    let path = path.split(['?', '#']).next().unwrap_or(path);
    path.trim_start_matches(['/', '.'])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::seam::law;

    #[test]
    fn sources_are_members() {
        let map = br#"{"version": 3, "file": "a.js", "sources": ["webpack:///./src/a.ts", "../b.ts?x", null, "d.ts"],
            "sourcesContent": ["const a = 'x';\n", "let \"b\"", "c", null], "mappings": "AAAA"}"#;
        law::holds(
            &DECODER,
            map,
            &[("src/a.ts", b"const a = 'x';\n"), ("b.ts", b"let \"b\""), ("source 2", b"c")],
        );
        law::cuts_are_told(&DECODER, map);
        law::changes_are_survived(&DECODER, map);
    }

    #[test]
    fn a_map_without_sources_has_no_members() {
        law::holds(&DECODER, b")]}'\n{\"version\":3,\"sources\":[\"a.ts\"],\"mappings\":\"\"}", &[]);
    }

    #[test]
    fn other_documents_are_not_claimed() {
        for other in [
            "{\"version\": 3, \"services\": {}}",
            "{\"version\": 3, \"sources\": [{\"url\": 1}]}",
            "{\"version\": 3, \"sources\": [{\"url\": 1}]}",
            "{\"version\":\"3.1\",\"sources\":[]}",
            "var a = {}",
        ] {
            assert!(!claims(other.as_bytes(), &Hint::Text), "{other}");
        }
    }
}
