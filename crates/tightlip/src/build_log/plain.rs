//! Progress in plain lines, as `docker build --progress=plain` writes it.
//!
//! Source: BuildKit `util/progress/progressui/printer.go`.

use std::collections::HashMap;
use std::io::{self, Write};

use tightlip_engine::builder::{Log, Status, Transfer, Vertex};

use super::{Draw, between, bytes};

/// Lines of a log, step by step.
pub(super) struct Plain<W> {
    out: W,
    steps: HashMap<String, Step>,
    count: usize,
    /// Whose lines came last.
    current: Option<String>,
}

#[derive(Default)]
struct Step {
    number: usize,
    name: String,
    started: Option<String>,
    /// A line whose end has not come.
    line: Vec<u8>,
    over: bool,
}

impl<W: Write + Send> Plain<W> {
    pub(super) fn new(out: W) -> Self {
        Self { out, steps: HashMap::new(), count: 0, current: None }
    }

    fn vertex(&mut self, vertex: &Vertex) -> io::Result<()> {
        if vertex.started.is_none() && !vertex.cached {
            return Ok(());
        }
        self.begin(vertex);
        let Some(step) = self.steps.get_mut(&vertex.digest) else { return Ok(()) };
        if vertex.started.is_some() {
            step.started.clone_from(&vertex.started);
        }
        let running = vertex.completed.is_none();
        if running || step.over {
            return self.enter(&vertex.digest);
        }
        step.over = true;
        let rest = std::mem::take(&mut step.line);
        self.enter(&vertex.digest)?;
        if !rest.is_empty() {
            self.line(&vertex.digest, None, &rest)?;
        }
        let number = self.steps.get(&vertex.digest).map_or(0, |step| step.number);
        let time = between(vertex.started.as_ref(), vertex.completed.as_ref()).unwrap_or_default();
        match (vertex.error.as_str(), vertex.cached) {
            ("", true) => writeln!(self.out, "#{number} CACHED"),
            ("", false) => writeln!(self.out, "#{number} DONE {time:.1}s"),
            (error, _) if error.ends_with("context canceled") => writeln!(self.out, "#{number} CANCELED"),
            (error, _) => writeln!(self.out, "#{number} ERROR: {error}"),
        }
    }

    /// A step gets its number when it begins.
    fn begin(&mut self, vertex: &Vertex) {
        if !self.steps.contains_key(&vertex.digest) {
            self.count += 1;
            let step = Step { number: self.count, name: vertex.name.clone(), ..Step::default() };
            self.steps.insert(vertex.digest.clone(), step);
        }
    }

    /// What follows belongs to this step; says so when another one spoke before.
    fn enter(&mut self, digest: &str) -> io::Result<()> {
        if self.current.as_deref() == Some(digest) {
            return Ok(());
        }
        if let Some(last) = self.current.as_ref().and_then(|last| self.steps.get(last)) {
            if !last.over {
                writeln!(self.out, "#{} ...", last.number)?;
            }
            writeln!(self.out)?;
        }
        self.current = Some(digest.to_owned());
        match self.steps.get(digest) {
            Some(step) => writeln!(self.out, "#{} {}", step.number, step.name),
            None => Ok(()),
        }
    }

    fn log(&mut self, log: &Log) -> io::Result<()> {
        let Some(step) = self.steps.get_mut(&log.vertex) else { return Ok(()) };
        step.line.extend_from_slice(&log.data);
        let text = std::mem::take(&mut step.line);
        let time = between(step.started.as_ref(), log.timestamp.as_ref());
        let whole = text.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
        let (lines, rest) = text.split_at(whole);
        step.line = rest.to_vec();
        for line in lines.split_inclusive(|byte| *byte == b'\n') {
            self.enter(&log.vertex)?;
            self.line(&log.vertex, time, line)?;
        }
        Ok(())
    }

    fn line(&mut self, digest: &str, time: Option<f64>, line: &[u8]) -> io::Result<()> {
        let number = self.steps.get(digest).map_or(0, |step| step.number);
        match time {
            Some(time) => write!(self.out, "#{number} {time:.3} ")?,
            None => write!(self.out, "#{number} ")?,
        }
        self.out.write_all(line.trim_ascii_end())?;
        writeln!(self.out)
    }

    fn transfer(&mut self, transfer: &Transfer) -> io::Result<()> {
        // Half-way marks would fill a log.
        if transfer.completed.is_none() || !self.steps.contains_key(&transfer.vertex) {
            return Ok(());
        }
        self.enter(&transfer.vertex)?;
        let number = self.steps.get(&transfer.vertex).map_or(0, |step| step.number);
        match transfer.current {
            0 => writeln!(self.out, "#{number} {} done", transfer.id),
            current => writeln!(self.out, "#{number} {} {} done", transfer.id, bytes(current)),
        }
    }
}

impl<W: Write + Send> Draw for Plain<W> {
    fn status(&mut self, status: &Status) -> io::Result<()> {
        // A step can end and begin again within one message: the last word counts.
        let is_last = |index: usize, digest: &str| {
            status.vertexes.iter().skip(index + 1).all(|later| later.digest != digest)
        };
        let last = status.vertexes.iter().enumerate().filter(|(index, one)| is_last(*index, &one.digest));
        let (over, running): (Vec<_>, Vec<_>) =
            last.map(|(_, vertex)| vertex).partition(|vertex| vertex.completed.is_some());
        running.into_iter().try_for_each(|vertex| self.vertex(vertex))?;
        // What a step that ends now said in the same message comes before its end.
        over.iter().filter(|vertex| vertex.started.is_some()).for_each(|vertex| self.begin(vertex));
        status.statuses.iter().try_for_each(|transfer| self.transfer(transfer))?;
        status.logs.iter().try_for_each(|log| self.log(log))?;
        over.into_iter().try_for_each(|vertex| self.vertex(vertex))?;
        self.out.flush()
    }

    fn text(&mut self, line: &[u8]) -> io::Result<()> {
        self.out.write_all(line)?;
        writeln!(self.out)
    }

    fn end(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vertex(digest: &str, completed: Option<&str>) -> Vertex {
        Vertex {
            digest: digest.to_owned(),
            name: format!("[1/2] RUN {digest}"),
            started: Some("2026-01-01T00:00:01Z".to_owned()),
            completed: completed.map(str::to_owned),
            ..Vertex::default()
        }
    }

    fn log(vertex: &str, data: &str) -> Log {
        let timestamp = Some("2026-01-01T00:00:01.5Z".to_owned());
        Log { vertex: vertex.to_owned(), stream: 1, data: data.into(), timestamp }
    }

    #[test]
    fn steps_that_speak_in_turns_are_told_apart() {
        let mut plain = Plain::new(Vec::new());
        let say = |vertexes: &[Vertex], logs: &[Log]| Status {
            vertexes: vertexes.to_vec(),
            logs: logs.to_vec(),
            ..Status::default()
        };
        plain.status(&say(&[vertex("a", None), vertex("b", None)], &[])).unwrap();
        plain.status(&say(&[], &[log("a", "one\nhal"), log("b", "two\n"), log("a", "f\n")])).unwrap();
        let end = Some("2026-01-01T00:00:03Z");
        let failed = Vertex { error: "exit code: 1".to_owned(), ..vertex("b", end) };
        plain.status(&say(&[vertex("a", end), failed], &[log("b", "rest")])).unwrap();
        let text = String::from_utf8(plain.out).unwrap();
        let expected = "#1 [1/2] RUN a\n#1 ...\n\n#2 [1/2] RUN b\n#2 ...\n\n#1 [1/2] RUN a\n#1 0.500 one\n#1 ...\n\n\
            #2 [1/2] RUN b\n#2 0.500 two\n#2 ...\n\n#1 [1/2] RUN a\n#1 0.500 half\n#1 DONE 2.0s\n\n\
            #2 [1/2] RUN b\n#2 rest\n#2 ERROR: exit code: 1\n";
        assert_eq!(text, expected);
    }
}
