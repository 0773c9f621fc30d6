//! What BuildKit says of its progress (`--progress=rawjson`), and what stands between.
//!
//! Source: BuildKit `client/graph.go`, `SolveStatus`. One JSON document a line; errors come as plain lines.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Deserializer};

/// A line without an end is no longer than that, in bytes.
const LONGEST: usize = 64 << 20;

/// What changed since the last status.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Status {
    /// Steps that began, ended or failed.
    #[serde(deserialize_with = "list")]
    pub vertexes: Vec<Vertex>,
    /// Transfers inside of steps.
    #[serde(deserialize_with = "list")]
    pub statuses: Vec<Transfer>,
    /// What steps wrote.
    #[serde(deserialize_with = "list")]
    pub logs: Vec<Log>,
    /// What the builder does not like.
    #[serde(deserialize_with = "list")]
    pub warnings: Vec<Warning>,
}

/// A step.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Vertex {
    /// What it is known by.
    pub digest: String,
    /// `[stage 2/3] RUN …`, variables expanded.
    pub name: String,
    /// When it began.
    pub started: Option<String>,
    /// When it was over.
    pub completed: Option<String>,
    /// Whether an earlier result was taken.
    pub cached: bool,
    /// Why it failed.
    pub error: String,
}

/// Something that passes in a step.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Transfer {
    /// What.
    pub id: String,
    /// The step.
    pub vertex: String,
    /// What is done.
    pub name: String,
    /// How much of it there is.
    pub total: i64,
    /// How much of it has passed.
    pub current: i64,
    /// When it was over.
    pub completed: Option<String>,
}

/// What a step wrote.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Log {
    /// The step.
    pub vertex: String,
    /// 1 or 2.
    pub stream: i64,
    /// When.
    pub timestamp: Option<String>,
    /// The bytes, cut anywhere.
    #[serde(deserialize_with = "encoded")]
    pub data: Vec<u8>,
}

/// A remark of the builder.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Warning {
    /// In a line.
    #[serde(deserialize_with = "encoded")]
    pub short: Vec<u8>,
    /// A page about it.
    pub url: String,
}

fn list<'d, D: Deserializer<'d>, T: Deserialize<'d>>(from: D) -> Result<Vec<T>, D::Error> {
    Option::<Vec<T>>::deserialize(from).map(Option::unwrap_or_default)
}

fn encoded<'d, D: Deserializer<'d>>(from: D) -> Result<Vec<u8>, D::Error> {
    let text = Option::<String>::deserialize(from)?.unwrap_or_default();
    Ok(STANDARD.decode(&text).unwrap_or_else(|_| text.into_bytes()))
}

/// A line of what the builder says.
#[derive(Clone, Debug)]
pub enum Told {
    /// Progress.
    Status(Status),
    /// Anything else, without its line break: an error, mostly.
    Text(Vec<u8>),
}

/// Puts lines together from pieces.
#[derive(Debug, Default)]
pub struct Lines(Vec<u8>);

impl Lines {
    /// Takes more; gives the lines that are whole now.
    pub fn push(&mut self, bytes: &[u8]) -> Vec<Told> {
        self.0.extend_from_slice(bytes);
        let end = memchr::memrchr(b'\n', &self.0).map(|place| place + 1);
        let end = end.or_else(|| (self.0.len() > LONGEST).then_some(self.0.len()));
        let whole: Vec<u8> = end.map(|end| self.0.drain(..end).collect()).unwrap_or_default();
        whole.split_inclusive(|byte| *byte == b'\n').map(told).collect()
    }

    /// It is over; gives what has no end.
    pub fn end(&mut self) -> Option<Told> {
        let rest = std::mem::take(&mut self.0);
        (!rest.is_empty()).then(|| told(&rest))
    }
}

fn told(line: &[u8]) -> Told {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let status = line.starts_with(b"{").then(|| serde_json::from_slice(line).ok()).flatten();
    status.map_or_else(|| Told::Text(line.to_vec()), Told::Status)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_and_errors_are_told_apart_however_they_are_cut() {
        let text = b"{\"vertexes\":[{\"digest\":\"sha256:1\",\"name\":\"[1/2] RUN a\",\"error\":\"no\"}],\
            \"logs\":[{\"vertex\":\"sha256:1\",\"stream\":1,\"data\":\"aGk=\"}],\"statuses\":null}\nERROR: no\nrest";
        let mut lines = Lines::default();
        let mut told: Vec<Told> = text.iter().flat_map(|byte| lines.push(&[*byte])).collect();
        told.extend(lines.end());
        let [Told::Status(status), Told::Text(error), Told::Text(rest)] = told.as_slice() else {
            panic!("{told:?}")
        };
        assert_eq!(
            (status.vertexes[0].name.as_str(), status.logs[0].data.as_slice()),
            ("[1/2] RUN a", &b"hi"[..])
        );
        assert_eq!((error.as_slice(), rest.as_slice()), (&b"ERROR: no"[..], &b"rest"[..]));
    }
}
