//! Redirections: where the output of a command goes, and where its input comes from.

use std::collections::BTreeMap;

use super::Writer;
use super::state::{Mode, State, Tail};
use super::taint::{Output, Taint};
use super::words::Argument;
use crate::Span;
use crate::shell::{Flowing, List, PartKind, Redirect, RedirectOperator, Target, Word};

/// Where a descriptor leads.
#[derive(Debug, Clone)]
enum Port<'s> {
    /// To the standard output of what is around.
    Out,
    /// To the standard error of what is around.
    Err,
    /// To a file.
    File(String, Span, Mode),
    /// To the input of other commands: `> >(…)`.
    Feed(&'s List),
    /// Nowhere.
    Closed,
}

/// The descriptors of a command.
pub(super) struct Ports<'s> {
    /// What it reads.
    pub(super) input: Taint,
    /// The here-document or here-string that it reads.
    pub(super) document: Option<Argument>,
    leads: BTreeMap<u32, Port<'s>>,
}

impl<'s> State<'s> {
    /// Applies redirections, in order.
    pub(super) fn ports(&mut self, redirects: &'s [Redirect], input: &Taint) -> Ports<'s> {
        let mut ports = Ports {
            input: input.clone(),
            document: None,
            leads: BTreeMap::from([(1, Port::Out), (2, Port::Err)]),
        };
        for redirect in redirects {
            match &redirect.target {
                Target::Document(word) | Target::String(word) => {
                    let Argument { text, taint, span } = self.word(word);
                    if redirect.descriptor == Some(0) {
                        ports.input = taint.clone();
                        ports.document = Some(Argument { text, taint, span });
                    } else if let Some(number) = redirect.descriptor {
                        self.alias(&format!("/dev/fd/{number}"), taint);
                    }
                }
                Target::Word(word) => self.redirect((redirect, word), &mut ports),
            }
        }
        ports
    }

    fn redirect(&mut self, (redirect, word): (&'s Redirect, &'s Word), ports: &mut Ports<'s>) {
        let text = self.word(word).text;
        let mode = match redirect.operator {
            RedirectOperator::Read => {
                let taint = self.file(&self.resolve(&text), word.span).through(&text);
                if redirect.descriptor == Some(0) {
                    ports.input = taint;
                } else if let Some(number) = redirect.descriptor {
                    self.alias(&format!("/dev/fd/{number}"), taint);
                }
                return;
            }
            RedirectOperator::Duplicate => return ports.duplicate(redirect.descriptor, &text),
            RedirectOperator::Write => Mode::Anew,
            RedirectOperator::Append | RedirectOperator::ReadWrite => Mode::More,
        };
        let feed = word.parts.iter().find_map(|part| match &part.kind {
            PartKind::Process(Flowing::In, list) => Some(list),
            _ => None,
        });
        let port = match (feed, text.as_str()) {
            (Some(list), _) => Port::Feed(list),
            (None, "/dev/stdout" | "/dev/fd/1" | "/proc/self/fd/1" | "/proc/1/fd/1" | "/dev/tty") => {
                Port::Out
            }
            (None, "/dev/stderr" | "/dev/fd/2" | "/proc/self/fd/2" | "/proc/1/fd/2") => Port::Err,
            (None, _) => Port::File(self.resolve(&text), redirect.span, mode),
        };
        match redirect.descriptor {
            Some(number) => drop(ports.leads.insert(number, port)),
            None => ports.leads.extend([(1, port.clone()), (2, port)]),
        }
    }

    /// Sends what a command printed where its descriptors lead. What is opened is written, even with nothing.
    pub(super) fn route(&mut self, output: Output, ports: Ports<'s>) -> Output {
        let mut outer = Output::default();
        let mut files: Vec<(String, Span, Mode, Taint)> = Vec::new();
        for (number, port) in ports.leads {
            let held = match number {
                1 => output.out.clone(),
                2 => output.err.clone(),
                _ => Taint::default(),
            };
            match port {
                Port::Out => outer.out.add(&held),
                Port::Err => outer.err.add(&held),
                Port::Closed => {}
                Port::Feed(list) => outer.add(&self.list(list, &held, Tail::Inner)),
                Port::File(path, span, mode) => match files.iter_mut().find(|file| file.1 == span) {
                    Some(file) => file.3.add(&held),
                    None => files.push((path, span, mode, held)),
                },
            }
        }
        for (path, span, mode, taint) in files {
            self.write((&path, span), &taint, (Writer::Redirect, mode));
        }
        outer
    }
}

impl Ports<'_> {
    /// `2>&1` and its kin.
    fn duplicate(&mut self, descriptor: Option<u32>, target: &str) {
        let Some(number) = descriptor else { return };
        let port = match target.trim_end_matches('-').parse::<u32>() {
            Ok(0) => Port::Closed,
            Ok(other) => self.leads.get(&other).cloned().unwrap_or(Port::Closed),
            Err(_) => Port::Closed,
        };
        if number > 0 {
            self.leads.insert(number, port);
        }
    }
}
