//! The report for a tired reader: the verdict first, then one block per leak with what to do.

use std::io::{self, Write};

use super::words::place;
use super::{Colour, Format, Style, snippet};
use crate::{Finding, Gap, Level, Report, Verdict, plain};

/// The format.
pub(super) static FORMAT: Format =
    Format { name: "text", summary: "for people: the verdict, then one block per leak", write };

/// Places of one leak that are listed before the rest is counted.
const PLACES_SHOWN: usize = 6;

fn write(report: &Report, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let leaks = leaks(&report.findings);
    let mut page = Page { out, style };
    page.headline(report, &leaks)?;
    for (number, leak) in leaks.iter().enumerate() {
        page.leak(number + 1, leak)?;
    }
    page.gaps("not read", &report.gaps)?;
    page.gaps("not read, and accepted", &report.accepted_gaps)?;
    page.footer(report)
}

/// The findings of one secret, gathered by its identity in order of first appearance.
fn leaks(findings: &[Finding]) -> Vec<Vec<&Finding>> {
    let mut leaks: Vec<Vec<&Finding>> = Vec::new();
    let mut index = std::collections::HashMap::new();
    for finding in findings {
        let at = *index.entry(finding.identity.as_str()).or_insert(leaks.len());
        match leaks.get_mut(at) {
            Some(leak) => leak.push(finding),
            None => leaks.push(vec![finding]),
        }
    }
    leaks.sort_by_key(|leak| std::cmp::Reverse(level(leak)));
    leaks
}

fn level(leak: &[&Finding]) -> Level {
    leak.iter().map(|f| f.level).max().unwrap_or(Level::Note)
}

struct Page<'p> {
    out: &'p mut dyn Write,
    style: &'p Style,
}

impl Page<'_> {
    fn headline(&mut self, report: &Report, leaks: &[Vec<&Finding>]) -> io::Result<()> {
        let verdict = report.verdict(self.style.counts);
        let word = self.paint(verdict_colour(verdict), verdict.name());
        let count = |at: Level| leaks.iter().filter(|leak| level(leak) == at).count();
        let mut parts = Vec::new();
        for (at, one, many) in [
            (Level::Deny, "secret leaks", "secrets leak"),
            (Level::Warn, "warning", "warnings"),
            (Level::Note, "note", "notes"),
        ] {
            match count(at) {
                0 => {}
                1 => parts.push(format!("1 {one}")),
                n => parts.push(format!("{n} {many}")),
            }
        }
        match report.gaps.len() {
            0 => {}
            1 => parts.push("1 thing was not read".into()),
            n => parts.push(format!("{n} things were not read")),
        }
        let detail =
            if parts.is_empty() { "everything was read, nothing leaks".into() } else { parts.join(", ") };
        writeln!(self.out, "{word}  {}: {detail}", plain(&report.target.given))
    }

    fn leak(&mut self, number: usize, leak: &[&Finding]) -> io::Result<()> {
        let Some(first) = leak.first() else { return Ok(()) };
        if first.excerpt.is_some() {
            return write!(self.out, "\n{}", snippet::render((number, leak), self.style));
        }
        let level = level(leak);
        let tag = self.paint(level_colour(level), level.name());
        writeln!(self.out)?;
        writeln!(self.out, "{number}. {tag}  {} ({})", plain(&first.title), plain(&first.rule))?;
        self.field("value", &first.shape)?;
        for finding in leak.iter().take(PLACES_SHOWN) {
            self.place(finding)?;
        }
        if leak.len() > PLACES_SHOWN {
            let rest = leak.len() - PLACES_SHOWN;
            self.field("", &format!("and {rest} more places (--format json lists them)"))?;
        }
        self.remedy(first)
    }

    fn place(&mut self, finding: &Finding) -> io::Result<()> {
        self.field("in", &place(&finding.place))?;
        if let Some(by) = &finding.introduced_by
            && let Some(text) = &by.instruction
        {
            let line = by.dockerfile.as_ref().map(|d| format!("   {}:{}", d.file, d.line));
            self.field("  written by", &format!("{}{}", one_line(text), line.unwrap_or_default()))?;
        }
        if finding.recover.is_empty() { Ok(()) } else { self.field("  recover", &finding.recover) }
    }

    fn remedy(&mut self, finding: &Finding) -> io::Result<()> {
        self.field("fix", &finding.remedy.summary)?;
        if let Some(command) = &finding.remedy.command {
            self.field("", command)?;
        }
        match &finding.remedy.rotate {
            Some(link) => self.field("rotate", link),
            None => Ok(()),
        }
    }

    fn gaps(&mut self, title: &str, gaps: &[Gap]) -> io::Result<()> {
        if gaps.is_empty() {
            return Ok(());
        }
        writeln!(self.out, "\n{title}:")?;
        for gap in gaps {
            let bytes = gap.bytes.map(|n| format!(", {}", size(n))).unwrap_or_default();
            let line = format!("{}: {}{bytes}: {}", gap.kind.name(), place(&gap.place), gap.reason);
            writeln!(self.out, "   {}", plain(&line))?;
        }
        Ok(())
    }

    fn footer(&mut self, report: &Report) -> io::Result<()> {
        let allowed = match report.allowed.len() {
            0 => String::new(),
            n => format!(", {n} allowed"),
        };
        writeln!(self.out, "\nread: {}{allowed}", amount(report))
    }

    /// A name in a narrow column and its text, wrapped below itself where the terminal ends.
    fn field(&mut self, name: &str, text: &str) -> io::Result<()> {
        let room = self.style.width.saturating_sub(18).max(40);
        // A command must stay whole, so that it can be copied.
        let lines = if name.trim() == "recover" { vec![plain(text)] } else { wrap(&plain(text), room) };
        for (row, line) in lines.iter().enumerate() {
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

/// How much was read, in words; what there is none of is left out.
fn amount(report: &Report) -> String {
    let read = &report.read;
    let (entry, entries) = if read.layers == 0 { ("file", "files") } else { ("entry", "entries") };
    let counts =
        [(read.images, "image", "images"), (read.layers, "layer", "layers"), (read.entries, entry, entries)];
    let counts = counts.iter().filter(|(n, ..)| *n > 0).map(|(n, one, many)| counted(*n, one, many));
    counts.chain([size(read.bytes)]).collect::<Vec<_>>().join(", ")
}

fn verdict_colour(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Clean => "32",
        Verdict::Leaking => "31",
        Verdict::Unproven => "33",
    }
}

fn level_colour(level: Level) -> &'static str {
    match level {
        Level::Deny => "31",
        Level::Warn => "33",
        Level::Note => "36",
    }
}

fn one_line(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let line = words.join(" ");
    match line.char_indices().nth(160) {
        Some((cut, _)) => format!("{} …", &line[..cut]),
        None => line,
    }
}

fn counted(n: u64, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}

/// Bytes in the unit that a person reads, powers of ten.
fn size(bytes: u64) -> String {
    const UNITS: [(u64, &str); 3] = [(1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "kB")];
    for (unit, name) in UNITS {
        if bytes >= unit {
            return format!("{}.{} {name}", bytes / unit, (bytes % unit) * 10 / unit);
        }
    }
    format!("{bytes} B")
}

/// Lines of at most so many columns, broken between words.
pub(crate) fn wrap(text: &str, room: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut used = 0;
    for word in text.split(' ') {
        let width = word.chars().count();
        if used > 0 && used + 1 + width > room {
            lines.push(String::new());
            used = 0;
        }
        if let Some(line) = lines.last_mut() {
            if used > 0 {
                line.push(' ');
                used += 1;
            }
            line.push_str(word);
        }
        used += width;
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_sentence_wraps_between_words() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("unbreakable", 4), ["unbreakable"]);
    }

    #[test]
    fn sizes_are_for_people() {
        assert_eq!(size(999), "999 B");
        assert_eq!(size(3_120_000), "3.1 MB");
    }

    #[test]
    fn an_empty_report_says_that_everything_was_read() {
        let mut out = Vec::new();
        write(&Report::default(), &Style::default(), &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(text.starts_with("clean  : everything was read, nothing leaks"), "{text}");
    }
}
