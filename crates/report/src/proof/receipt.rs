//! The receipt for a person: the answer first, then one block for each secret, then what the answer rests on.

use std::io::{self, Write};

use super::{Answer, Built, Doubt, Leak, Origin, Proof, Proven};
use crate::format::words::place;
use crate::format::{Colour, Style, wrap};
use crate::{DockerfileLine, Introduced, plain};

/// Places of one secret that are listed before the rest is counted.
const PLACES_SHOWN: usize = 5;

/// Writes the receipt.
///
/// # Errors
/// When writing fails.
pub fn write(proof: &Proof, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Page { out, style };
    page.headline(proof)?;
    for (number, secret) in proof.secrets.iter().enumerate() {
        page.secret(number + 1, secret)?;
    }
    page.ground(proof)
}

struct Page<'p> {
    out: &'p mut dyn Write,
    style: &'p Style,
}

impl Page<'_> {
    fn headline(&mut self, proof: &Proof) -> io::Result<()> {
        let answer = proof.answer();
        let word = self.paint(colour(answer), answer.name());
        let count = |answer: Answer| proof.secrets.iter().filter(|one| one.answer == answer).count();
        let all = proof.secrets.len();
        let detail = match answer {
            _ if all == 0 => "it takes no secrets, so there is nothing to prove".to_owned(),
            Answer::Kept => format!("{} kept in everything that the build makes", secrets(all, "is", "are")),
            Answer::Leaks if all == 1 => "its secret leaks".to_owned(),
            Answer::Leaks => format!("{} of {all} secrets leak", count(Answer::Leaks)),
            Answer::Unproven if !proof.control.holds() => {
                "the search missed what was planted for it, so this proves nothing".to_owned()
            }
            Answer::Unproven => "nothing was found, but not everything could be built and read".to_owned(),
        };
        let stubs = match proof.stubs.len() {
            0 => String::new(),
            1 => ", with a stub in the place of a step".to_owned(),
            n => format!(", with stubs in the place of {n} steps"),
        };
        writeln!(self.out, "{word}  {}: {detail}{stubs}", plain(&proof.subject.dockerfile))
    }

    fn secret(&mut self, number: usize, secret: &Proven) -> io::Result<()> {
        let tag = self.paint(colour(secret.answer), secret.answer.name());
        writeln!(self.out)?;
        writeln!(self.out, "{number}. {tag}  {} ({})", plain(&secret.name), secret.way.name())?;
        let origin = match secret.origin {
            Origin::MadeUp => "made up for this run",
            Origin::Given => "as given",
        };
        self.field("value", &format!("{}, {origin}", secret.shape))?;
        if !secret.taken_by.is_empty() {
            let lines: Vec<String> = secret.taken_by.iter().map(line).collect();
            let optional = if secret.required { "" } else { " (the build goes on without it)" };
            self.field("taken by", &format!("{}{optional}", lines.join(", ")))?;
        }
        self.leaks(&secret.leaks)?;
        if let Some(leak) = secret.leaks.first() {
            self.field("fix", &leak.finding.remedy.summary)?;
        }
        secret.doubts.iter().try_for_each(|doubt| self.doubt(doubt))
    }

    /// Places, with what brought things there, once where several come of one instruction.
    fn leaks(&mut self, leaks: &[Leak]) -> io::Result<()> {
        for (index, leak) in leaks.iter().take(PLACES_SHOWN).enumerate() {
            let place = place(&leak.finding.place);
            self.field("found", &format!("{}: {place} (target {})", leak.form, leak.target))?;
            let by = leak.finding.introduced_by.as_ref();
            let next = leaks.get(index + 1).filter(|_| index + 1 < PLACES_SHOWN);
            if next.is_none_or(|next| next.finding.introduced_by.as_ref() != by) {
                by.map_or(Ok(()), |by| self.written_by(by))?;
            }
        }
        match leaks.len().saturating_sub(PLACES_SHOWN) {
            0 => Ok(()),
            rest => self.field("", &format!("and {rest} more (--format json lists them)")),
        }
    }

    fn written_by(&mut self, by: &Introduced) -> io::Result<()> {
        let at = by.dockerfile.as_ref().map(line);
        let parts: Vec<String> = at.into_iter().chain(by.instruction.as_deref().map(one_line)).collect();
        if parts.is_empty() { Ok(()) } else { self.field("  written by", &parts.join("  ")) }
    }

    fn doubt(&mut self, doubt: &Doubt) -> io::Result<()> {
        let at = doubt.dockerfile.as_ref().map(|at| format!("{}: ", line(at))).unwrap_or_default();
        self.field("not shown", &format!("{at}{}", doubt.reason))?;
        for text in &doubt.output {
            writeln!(self.out, "   {:<13}   {}", "", plain(text))?;
        }
        if doubt.help.is_empty() { Ok(()) } else { self.field("help", &doubt.help) }
    }

    /// What the answer rests on.
    fn ground(&mut self, proof: &Proof) -> io::Result<()> {
        writeln!(self.out)?;
        for built in &proof.builds {
            self.field("built", &build(built))?;
        }
        for stub in &proof.stubs {
            let instead = format!("{} in the place of: {}", stub.command, one_line(&stub.instruction));
            self.field("stub", &format!("{}  {instead}", line(&stub.dockerfile)))?;
        }
        if !proof.forms.is_empty() {
            self.field("looked for", &proof.forms.join(", "))?;
        }
        let control = &proof.control;
        if !control.missed.is_empty() || !control.found.is_empty() {
            let all = control.found.len() + control.missed.len();
            let note = control.note.as_ref().map(|note| format!("; {note}")).unwrap_or_default();
            let missed = match control.missed.as_slice() {
                [] => String::new(),
                missed => format!("; missed: {}", missed.join(", ")),
            };
            self.field(
                "control",
                &format!("{} of {all} planted leaks were found{missed}{note}", control.found.len()),
            )?;
        }
        for gap in &proof.gaps {
            self.field("not read", &format!("{}: {}: {}", gap.kind.name(), place(&gap.place), gap.reason))?;
        }
        for text in &proof.not_covered {
            self.field("not covered", text)?;
        }
        if proof.other_findings > 0 {
            let text = format!(
                "{} that this run did not bring in: scan the image",
                secrets(count(proof.other_findings), "stands there", "stand there")
            );
            self.field("beside", &text)?;
        }
        proof.left.iter().try_for_each(|text| self.field("left behind", text))
    }

    /// A name in a narrow column and its text, wrapped below itself where the terminal ends.
    fn field(&mut self, name: &str, text: &str) -> io::Result<()> {
        let room = self.style.width.saturating_sub(18).max(40);
        for (row, line) in wrap(&plain(text), room).iter().enumerate() {
            writeln!(self.out, "   {:<13} {line}", if row == 0 { name } else { "" })?;
        }
        Ok(())
    }

    fn paint(&self, code: &str, text: &str) -> String {
        match self.style.colour {
            Colour::On => format!("\u{1b}[1;{code}m{text}\u{1b}[0m"),
            Colour::Off => text.to_owned(),
        }
    }
}

fn colour(answer: Answer) -> &'static str {
    match answer {
        Answer::Kept => "32",
        Answer::Leaks => "31",
        Answer::Unproven => "33",
    }
}

fn build(built: &Built) -> String {
    let stages = match built.stages.as_slice() {
        [] | [_] => String::new(),
        stages => format!(" (stages {})", stages.join(", ")),
    };
    match &built.digest {
        Some(digest) => format!("{}{stages}, {digest}; read: {}", built.target, built.searched.join(", ")),
        None => format!("{}{stages}: failed; read: {}", built.target, built.searched.join(", ")),
    }
}

fn line(at: &DockerfileLine) -> String {
    format!("{}:{}", at.file, at.line)
}

fn one_line(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(160) {
        Some((cut, _)) => format!("{} …", line.get(..cut).unwrap_or_default()),
        None => line,
    }
}

fn secrets(n: usize, one: &str, many: &str) -> String {
    if n == 1 { format!("1 secret {one}") } else { format!("{n} secrets {many}") }
}

fn count(n: u64) -> usize {
    usize::try_from(n).unwrap_or(usize::MAX)
}
