//! BuildKit's rawjson progress: one `SolveStatus` on each line, output in base64, cut anywhere.
//!
//! Source: BuildKit `client/graph.go`, `SolveStatus`. After a failure the client adds lines that are no JSON.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::json::{self, Scalar};
use crate::loom::{Form, Loom, Origin, Part};

/// The members of a status.
const MEMBERS: [&str; 4] = ["vertexes", "statuses", "logs", "warnings"];

/// Whether a line is a status, as far as it goes: the line may be cut.
pub(super) fn is_status(line: &[u8]) -> bool {
    let text = line.trim_ascii_start();
    let name =
        text.strip_prefix(b"{").map(<[u8]>::trim_ascii_start).and_then(|rest| rest.strip_prefix(b"\""));
    name.is_some_and(|name| {
        MEMBERS
            .iter()
            .any(|member| name.strip_prefix(member.as_bytes()).is_some_and(|rest| rest.starts_with(b"\"")))
    })
}

/// Takes a status in; false if the line is none.
pub(super) fn read(line: &[u8], origin: Origin, loom: &mut Loom) -> bool {
    if !is_status(line) {
        return false;
    }
    let mut items: BTreeMap<(String, usize), Item> = BTreeMap::new();
    let origin = Origin { form: Form::Field, ..origin };
    let whole = json::walk(line, &mut |path, scalar, text| match (path, scalar) {
        ([list, index, .., _], Scalar::Text | Scalar::Number) => {
            let number = |step: &&String| step.bytes().all(|b| b.is_ascii_digit());
            let field = path.iter().rev().find(|step| !number(step)).map_or("", String::as_str);
            let index = index.parse().unwrap_or_default();
            items.entry((list.clone(), index)).or_default().take(field, text);
        }
        (_, Scalar::Text) => loom.once("", Part::Output, (text, origin)),
        _ => {}
    });
    // A line that breaks off is still read as text.
    if whole.is_err() {
        return false;
    }
    for ((list, _), item) in &items {
        item.tell(list, origin, loom);
    }
    true
}

/// An item of one of the lists.
#[derive(Debug, Default)]
struct Item {
    vertex: String,
    stream: String,
    name: String,
    error: String,
    data: Vec<String>,
    others: Vec<String>,
}

impl Item {
    fn take(&mut self, field: &str, text: &str) {
        let text = text.to_owned();
        match field {
            "vertex" | "digest" => self.vertex = text,
            "stream" => self.stream = text,
            "name" => self.name = text,
            "error" => self.error = text,
            "data" | "short" | "detail" => self.data.push(text),
            "inputs" | "started" | "completed" | "timestamp" => {}
            _ => self.others.push(text),
        }
    }

    fn tell(&self, list: &str, origin: Origin, loom: &mut Loom) {
        match list {
            "vertexes" => loom.name(&self.vertex, &self.name, origin),
            _ if self.name.is_empty() => {}
            _ => loom.once(&self.vertex, Part::Output, (&self.name, origin)),
        }
        if !self.error.is_empty() {
            loom.once(&self.vertex, Part::Error, (&self.error, origin));
        }
        // The two streams of a step are two texts.
        let step = if self.stream == "2" { format!("{} 2", self.vertex) } else { self.vertex.clone() };
        for data in &self.data {
            match STANDARD.decode(data) {
                Ok(bytes) => {
                    loom.add((&step, Part::Output), &bytes, Origin { form: Form::Base64, ..origin });
                    if list != "logs" {
                        loom.add((&step, Part::Output), b"\n", origin);
                    }
                }
                Err(_) => loom.once(&self.vertex, Part::Output, (data, origin)),
            }
        }
        for text in &self.others {
            loom.once(&self.vertex, Part::Output, (text, origin));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_is_told_from_other_json() {
        assert!(is_status(br#"{"vertexes":[]}"#) && is_status(br#" { "logs":[{"ver"#));
        assert!(!is_status(br#"{"level":"info"}"#) && !is_status(b"#1 [internal]"));
    }
}
