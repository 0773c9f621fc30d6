//! Progress on a terminal: steps that are over stay, steps that run are redrawn below with their last line.

use std::collections::{HashMap, VecDeque};
use std::io;
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use tightlip_engine::builder::{Log, Status, Vertex};

use super::{Draw, between};

/// So many lines of a step are shown again when it fails.
const LAST: usize = 20;

/// What is drawn.
pub(super) struct Tty {
    screen: MultiProgress,
    steps: HashMap<String, Step>,
    over: usize,
    head: ProgressBar,
}

struct Step {
    bar: ProgressBar,
    name: String,
    lines: VecDeque<String>,
    line: Vec<u8>,
    over: bool,
}

impl Tty {
    pub(super) fn new() -> Self {
        let screen = MultiProgress::with_draw_target(ProgressDrawTarget::stderr_with_hz(10));
        let head = screen.add(ProgressBar::new_spinner());
        head.set_style(style("[+] Building {elapsed} ({msg})"));
        head.enable_steady_tick(Duration::from_millis(200));
        Self { screen, steps: HashMap::new(), over: 0, head }
    }

    fn vertex(&mut self, vertex: &Vertex) -> io::Result<()> {
        if vertex.started.is_none() && !vertex.cached {
            return Ok(());
        }
        if !self.steps.contains_key(&vertex.digest) {
            let bar = self.screen.add(ProgressBar::new_spinner());
            bar.set_style(style(" => {prefix:.bold} {elapsed}\n    {wide_msg:.dim}"));
            bar.set_prefix(short(&vertex.name));
            let (name, lines, line) = (vertex.name.clone(), VecDeque::new(), Vec::new());
            self.steps.insert(vertex.digest.clone(), Step { bar, name, lines, line, over: false });
        }
        let Some(step) = self.steps.get_mut(&vertex.digest) else { return Ok(()) };
        if vertex.completed.is_some() && !step.over {
            step.over = true;
            self.over += 1;
            step.bar.finish_and_clear();
            self.screen.remove(&step.bar);
            let time = between(vertex.started.as_ref(), vertex.completed.as_ref()).unwrap_or_default();
            let canceled = vertex.error.ends_with("context canceled");
            let (mark, time) = match (vertex.error.is_empty(), vertex.cached) {
                (false, _) if canceled => (" => CANCELED", format!("{time:.1}s")),
                (false, _) => (" => ERROR", format!("{time:.1}s")),
                (true, true) => (" => CACHED", String::new()),
                (true, false) => (" =>", format!("{time:.1}s")),
            };
            self.screen.println(format!("{mark} {} {time}", short(&step.name)))?;
            if !vertex.error.is_empty() && !canceled {
                self.screen.println("------")?;
                step.lines.iter().try_for_each(|line| self.screen.println(line))?;
                self.screen.println("------")?;
            }
        }
        self.head.set_message(format!("{}/{}", self.over, self.steps.len()));
        Ok(())
    }

    fn log(&mut self, log: &Log) {
        let Some(step) = self.steps.get_mut(&log.vertex) else { return };
        step.line.extend_from_slice(&log.data);
        let whole = step.line.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
        let lines: Vec<u8> = step.line.drain(..whole).collect();
        for line in String::from_utf8_lossy(&lines).lines() {
            // A step must not draw where it likes.
            let line: String = line.chars().filter(|c| !c.is_control() || *c == '\t').collect();
            step.bar.set_message(line.clone());
            step.lines.push_back(line);
            if step.lines.len() > LAST {
                step.lines.pop_front();
            }
        }
    }
}

/// A name that fits into a line, mostly.
fn short(name: &str) -> String {
    let line: String = name.chars().filter(|c| !c.is_control()).collect();
    if line.chars().count() > 100 { line.chars().take(99).chain(['…']).collect() } else { line }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_spinner())
}

impl Draw for Tty {
    fn status(&mut self, status: &Status) -> io::Result<()> {
        let running = status.vertexes.iter().filter(|vertex| vertex.completed.is_none());
        running.into_iter().try_for_each(|vertex| self.vertex(vertex))?;
        status.logs.iter().for_each(|log| self.log(log));
        let over = status.vertexes.iter().filter(|vertex| vertex.completed.is_some());
        over.into_iter().try_for_each(|vertex| self.vertex(vertex))
    }

    fn text(&mut self, line: &[u8]) -> io::Result<()> {
        self.screen.println(String::from_utf8_lossy(line))
    }

    fn end(&mut self) -> io::Result<()> {
        self.steps.values().for_each(|step| step.bar.finish_and_clear());
        self.head.finish_and_clear();
        Ok(())
    }
}
