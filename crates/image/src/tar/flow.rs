//! How bytes flow through a walk: to the visitor, past it, and to the very end of the blob.

use std::io::Read;

use super::body::Body;
use super::walk::Walker;
use crate::compress::Fill;
use crate::layer::{All, Aside, End, Rest, Slack, SlackKind, Visit, Within};
use crate::problem::{Problem, ProblemKind};

/// How many bytes pass between two calls of [`Visit::progress`].
const PROGRESS: u64 = 256 * 1024;

impl Walker<'_, '_> {
    /// Gives out the whole stream as content.
    pub(crate) fn content(&mut self) {
        let slack = Slack { kind: SlackKind::Content, offset: 0, within: Within::Tar };
        self.visit.slack(&slack, &mut All(&mut self.stream));
        self.skip(u64::MAX);
    }

    /// Gives out what is left of the blob behind its compressed stream, and reads the blob to its end.
    pub(crate) fn rest(&mut self) {
        self.attend();
        let fault = self.stream.fault.take();
        // Of a stream that was given up, what is left is not understood; behind a whole one it belongs to nobody.
        let kind = if self.stream.failed() { SlackKind::Unparsed } else { SlackKind::TrailingData };
        fault.into_iter().for_each(|problem| self.report(problem));
        let offset = self.stream.raw.offset();
        if !self.stopped && !self.stream.raw.peek(1).is_empty() {
            self.visit.slack(&Slack { kind, offset, within: Within::Blob }, &mut Rest(&mut self.stream.raw));
        }
        while !self.stopped {
            match self.stream.raw.peek(1).len() {
                0 => break,
                length => self.stream.raw.take(length),
            }
            self.attend();
        }
        self.close();
    }

    /// How the walk ended.
    pub(crate) fn end(&self) -> End {
        match self.problems {
            _ if self.stopped => End::Stopped,
            0 => End::Whole,
            _ => End::Cut,
        }
    }

    /// Tells a problem, unless too many were told already.
    pub(crate) fn report(&mut self, problem: Problem) {
        self.problems += 1;
        self.unreadable |= problem.kind == ProblemKind::Unreadable;
        if self.problems <= self.limits.problems {
            self.visit.problem(problem);
        }
    }

    fn close(&mut self) {
        if let Some(failure) = self.stream.raw.failure().filter(|_| !self.unreadable) {
            let what = format!("byte {} of the blob", self.stream.raw.count());
            let problem = Problem::new(ProblemKind::Unreadable, what, failure);
            self.report(problem);
        }
        if self.problems > self.limits.problems {
            let more = self.problems - self.limits.problems;
            let detail = format!("problems: {more} or more than the {} told", self.limits.problems);
            self.visit.problem(Problem::new(ProblemKind::Limit, "the blob", detail));
        }
    }

    /// Lets the visitor have a body, goes past what it leaves, and says how much is missing.
    pub(super) fn give_body(&mut self, size: u64, give: impl FnOnce(&mut dyn Visit, &mut dyn Read)) -> u64 {
        let mut body = Body { stream: &mut self.stream, left: size };
        give(self.visit, &mut body);
        let left = body.left;
        self.skip(left)
    }

    /// Goes past bytes and says how many of them are missing.
    pub(super) fn skip(&mut self, mut left: u64) -> u64 {
        while left > 0 && !self.stopped {
            let length = usize::try_from(left).unwrap_or(usize::MAX).min(self.stream.buffered().len());
            self.stream.take(length);
            left -= length as u64;
            self.attend();
            if left > 0 && !self.stopped && !self.fill() {
                break;
            }
        }
        left
    }

    pub(super) fn check_body(&mut self, missing: u64, path: &[u8]) {
        if missing == 0 || self.stopped {
            return;
        }
        let what = String::from_utf8_lossy(path).into_owned();
        let problem = match self.stream.fault.take() {
            Some(fault) => Problem { detail: format!("{}, {}", fault.detail, fault.what), what, ..fault },
            None => {
                Problem::new(ProblemKind::Truncated, what, "the archive ends in the middle of this entry")
            }
        };
        self.report(problem.with_bytes(missing));
    }

    pub(super) fn give(&mut self, kind: SlackKind, offset: u64, mut bytes: &[u8]) {
        self.visit.slack(&Slack { kind, offset, within: Within::Tar }, &mut bytes);
    }

    pub(super) fn need(&mut self, want: usize) {
        while self.stream.buffered().len() < want && self.fill() {}
    }

    /// More bytes into the buffer; slack of the compression goes straight to the visitor. False at the end.
    pub(super) fn fill(&mut self) -> bool {
        match self.stream.fill() {
            Fill::More => true,
            Fill::Aside(slack) => {
                self.attend();
                let mut aside = Aside(&mut self.stream);
                self.visit.slack(&slack, &mut aside);
                let mut chunk = [0; 4096];
                while aside.read(&mut chunk).is_ok_and(|length| length > 0) {}
                true
            }
            Fill::End => false,
        }
    }

    /// Hands over what has waited, and asks whether to go on.
    pub(super) fn attend(&mut self) {
        for (slack, bytes) in self.stream.queue() {
            self.visit.slack(&slack, &mut bytes.as_slice());
        }
        for problem in std::mem::take(&mut self.stream.problems) {
            self.report(problem);
        }
        let passed = self.stream.raw.count().saturating_add(self.stream.produced());
        if passed - self.told >= PROGRESS {
            self.told = passed;
            self.stopped |= self.visit.progress(self.stream.raw.count()).is_break();
        }
    }
}
