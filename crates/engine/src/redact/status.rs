//! BuildKit's rawjson progress: the same status with everything in it masked.
//!
//! The output of a step comes in base64 and cut anywhere, so what is masked comes out cut elsewhere: a line stays with
//! its step, whole. Source: BuildKit `client/graph.go`, `SolveStatus`.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use memchr::memmem;
use serde_json::{Map, Value, json};

use super::search::Search;
use super::strand::Strand;
use super::{Masked, Page};

/// The members of a status: a line without any is none.
const MEMBERS: [&str; 4] = ["vertexes", "statuses", "logs", "warnings"];
/// Members of which the text is no text of the build's.
const OURS: [&str; 7] = ["digest", "inputs", "started", "completed", "timestamp", "vertex", "stream"];
/// Members that hold text in base64.
const ENCODED: [&str; 3] = ["data", "short", "detail"];

/// The output of every step that runs.
#[derive(Default)]
pub(super) struct Status {
    strands: BTreeMap<(String, u64), Strand>,
}

/// What masks, and what counts.
struct With<'w> {
    search: &'w Search,
    masked: &'w mut Masked,
}

impl Status {
    /// Masks a line; false if it is no status.
    pub(super) fn line(&mut self, line: &[u8], search: &Search, page: &mut Page) -> bool {
        let Ok(Value::Object(mut status)) = serde_json::from_slice(line) else { return false };
        if !MEMBERS.iter().any(|member| status.contains_key(*member)) {
            return false;
        }
        let mut with = With { search, masked: &mut page.masked };
        self.logs(&mut status, &mut with);
        for (name, value) in &mut status {
            if name != "logs" {
                with.value(name, value);
            }
        }
        match memmem::find(line, b"\\u00").is_some() || memmem::find(line, b"\\u20").is_some() {
            true => write_as_go(&Value::Object(status), &mut page.out),
            false => write(&Value::Object(status), &mut page.out),
        }
        page.out.extend(line.ends_with(b"\n").then_some(b'\n'));
        true
    }

    /// Gives what is left of every step.
    pub(super) fn end(&mut self, search: &Search, page: &mut Page) {
        let strands = std::mem::take(&mut self.strands);
        let mut with = With { search, masked: &mut page.masked };
        let logs: Vec<Value> = strands
            .into_iter()
            .filter_map(|((vertex, stream), mut strand)| {
                let text = with.rest(&mut strand)?;
                Some(json!({"vertex": vertex, "stream": stream, "data": text}))
            })
            .collect();
        if !logs.is_empty() {
            // The last line may have come without its end.
            page.out.extend(page.out.last().is_some_and(|byte| *byte != b'\n').then_some(b'\n'));
            write(&json!({ "logs": logs }), &mut page.out);
            page.out.push(b'\n');
        }
    }

    fn logs(&mut self, status: &mut Map<String, Value>, with: &mut With<'_>) {
        let done: Vec<String> = finished(status);
        let mut logs = match status.get_mut("logs") {
            Some(Value::Array(logs)) => std::mem::take(logs),
            _ => Vec::new(),
        };
        for log in &mut logs {
            self.log(log, with);
        }
        logs.retain(|log| log.get("data").and_then(Value::as_str) != Some(""));
        // A step that is over says nothing more: what it left without a line break comes now.
        for ((vertex, stream), strand) in
            self.strands.iter_mut().filter(|((vertex, _), _)| done.contains(vertex))
        {
            if let Some(data) = with.rest(strand) {
                logs.push(json!({"vertex": vertex, "stream": stream, "data": data}));
            }
        }
        self.strands.retain(|(vertex, _), _| !done.contains(vertex));
        if logs.is_empty() {
            if let Some(Value::Array(place)) = status.get_mut("logs") {
                place.clear();
            }
        } else {
            status.insert("logs".to_owned(), Value::Array(logs));
        }
    }

    fn log(&mut self, log: &mut Value, with: &mut With<'_>) {
        let vertex = log.get("vertex").and_then(Value::as_str).unwrap_or_default().to_owned();
        let stream = log.get("stream").and_then(Value::as_u64).unwrap_or_default();
        let data = log.get("data").and_then(Value::as_str).and_then(|data| STANDARD.decode(data).ok());
        match (log, data) {
            (Value::Object(members), Some(data)) => {
                let strand = self.strands.entry((vertex, stream)).or_default();
                let text = with.on_page(|search, page| strand.push(&data, search, page));
                members.insert("data".to_owned(), Value::String(STANDARD.encode(text)));
            }
            (log, _) => with.value("", log),
        }
    }
}

/// The steps that this status says are over.
fn finished(status: &Map<String, Value>) -> Vec<String> {
    let steps = status.get("vertexes").and_then(Value::as_array).into_iter().flatten();
    let over = steps.filter(|step| step.get("completed").is_some_and(|time| !time.is_null()));
    over.filter_map(|step| step.get("digest")?.as_str().map(str::to_owned)).collect()
}

impl With<'_> {
    /// What work leaves on a page of its own; what it masked is counted.
    fn on_page(&mut self, work: impl FnOnce(&Search, &mut Page)) -> Vec<u8> {
        let mut page = Page { out: Vec::new(), masked: std::mem::take(self.masked) };
        work(self.search, &mut page);
        *self.masked = page.masked;
        page.out
    }

    /// Masks every text of a value.
    fn value(&mut self, name: &str, value: &mut Value) {
        match value {
            Value::String(text) if OURS.contains(&name) && is_ours(text) => {}
            Value::String(text) => *text = self.string(name, text),
            Value::Array(items) => items.iter_mut().for_each(|item| self.value(name, item)),
            Value::Object(members) => members.iter_mut().for_each(|(name, value)| self.value(name, value)),
            _ => {}
        }
    }

    fn string(&mut self, name: &str, text: &str) -> String {
        let encoded = ENCODED.contains(&name).then(|| STANDARD.decode(text).ok()).flatten();
        match encoded {
            Some(bytes) => STANDARD.encode(self.text(&bytes)),
            None => String::from_utf8_lossy(&self.text(text.as_bytes())).into_owned(),
        }
    }

    fn text(&mut self, text: &[u8]) -> Vec<u8> {
        let mut strand = Strand::default();
        self.on_page(|search, page| {
            strand.push(text, search, page);
            strand.end(search, page);
        })
    }

    fn rest(&mut self, strand: &mut Strand) -> Option<String> {
        let text = self.on_page(|search, page| strand.end(search, page));
        (!text.is_empty()).then(|| STANDARD.encode(text))
    }
}

/// A digest or a time, as it should be: everything else is looked at.
fn is_ours(text: &str) -> bool {
    let digest = |rest: &str| rest.len() == 64 && rest.bytes().all(|b| b.is_ascii_hexdigit());
    let time = text.len() <= 40 && text.bytes().all(|b| b.is_ascii_digit() || b"-:.TZ+".contains(&b));
    text.strip_prefix("sha256:").is_some_and(digest) || time
}

fn write(status: &Value, out: &mut Vec<u8>) {
    out.extend_from_slice(status.to_string().as_bytes());
}

/// With what would be markup in HTML as escapes, as BuildKit writes it: these signs stand in strings alone.
fn write_as_go(status: &Value, out: &mut Vec<u8>) {
    for part in status.to_string().split_inclusive(['<', '>', '&', '\u{2028}', '\u{2029}']) {
        let sign = part.chars().next_back().filter(|sign| "<>&\u{2028}\u{2029}".contains(*sign));
        let plain = sign.map_or(part, |sign| part.strip_suffix(sign).unwrap_or(part));
        out.extend_from_slice(plain.as_bytes());
        out.extend(sign.into_iter().flat_map(|sign| format!("\\u{:04x}", u32::from(sign)).into_bytes()));
    }
}
