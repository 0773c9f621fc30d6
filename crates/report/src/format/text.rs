//! The report for a tired reader: the verdict first, then one block per leak with what to do.

use std::io::{self, Write};

use super::leak::{leaks, level};
use super::words::{amount, place, size, summary};
use super::{Colour, Format, Style, narrow, snippet};
use crate::{Allowed, Finding, Gap, Level, Remark, Report, Verdict, plain};

/// The format.
pub(super) static FORMAT: Format = Format {
    name: "text",
    summary: "for people: the verdict, then one block per leak",
    endings: &["txt"],
    write,
};

/// Places of one leak that are listed before the rest is counted.
const PLACES_SHOWN: usize = 6;
/// Below so many columns a text stands below its name instead of beside it.
pub(super) const NARROW: usize = 64;

fn write(report: &Report, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let leaks = leaks(&report.findings);
    let mut page = Page { out, style };
    page.headline(report, &leaks)?;
    for (number, leak) in leaks.iter().enumerate() {
        page.leak(number + 1, leak)?;
    }
    page.gaps("not read", &report.gaps)?;
    page.gaps("not read, and accepted", &report.accepted_gaps)?;
    page.allowed(&report.allowed)?;
    page.remarks(&report.remarks)?;
    page.footer(report)
}

struct Page<'p> {
    out: &'p mut dyn Write,
    style: &'p Style,
}

impl Page<'_> {
    fn headline(&mut self, report: &Report, leaks: &[Vec<&Finding>]) -> io::Result<()> {
        let verdict = report.verdict(self.style.counts);
        let word = self.paint(verdict_colour(verdict), verdict.name());
        let line = format!("{}: {}", plain(&report.target.given), summary(report, leaks));
        let room = self.style.width.saturating_sub(verdict.name().len() + 2);
        let lines = if self.is_narrow() { wrap(&line, room) } else { vec![line] };
        writeln!(self.out, "{word}  {}", lines.join("\n  "))
    }

    /// Whether names and texts do not fit side by side.
    fn is_narrow(&self) -> bool {
        self.style.width < NARROW
    }

    fn leak(&mut self, number: usize, leak: &[&Finding]) -> io::Result<()> {
        let Some(first) = leak.first() else { return Ok(()) };
        if first.excerpt.is_some() {
            let render = if self.is_narrow() { narrow::render } else { snippet::render };
            return write!(self.out, "\n{}", render((number, leak), self.style));
        }
        let level = level(leak);
        let tag = self.paint(level_colour(level), level.name());
        writeln!(self.out)?;
        let name = format!("{} ({})", plain(&first.title), plain(&first.rule));
        let room = self.style.width.saturating_sub(10);
        let lines = if self.is_narrow() { wrap(&name, room) } else { vec![name] };
        writeln!(self.out, "{number}. {tag}  {}", lines.join("\n   "))?;
        self.field("value", &first.shape)?;
        for finding in leak.iter().take(PLACES_SHOWN) {
            self.place(finding)?;
        }
        if leak.len() > PLACES_SHOWN {
            let rest = leak.len() - PLACES_SHOWN;
            self.field("", &format!("and {rest} more places (--format json lists them)"))?;
        }
        self.remedy(first)?;
        // By these a policy allows them and `tightlip show` finds them.
        let prints: Vec<&str> = leak.iter().take(PLACES_SHOWN).map(|one| one.fingerprint.as_str()).collect();
        self.field(if prints.len() == 1 { "fingerprint" } else { "fingerprints" }, &prints.join(" "))
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
            self.item(&plain(&line))?;
        }
        Ok(())
    }

    fn allowed(&mut self, allowed: &[Allowed]) -> io::Result<()> {
        if allowed.is_empty() {
            return Ok(());
        }
        writeln!(self.out, "\nallowed:")?;
        for one in allowed {
            let until = one.expires.as_ref().map(|day| format!(", until {day}")).unwrap_or_default();
            let Allowed { finding, reason, by, .. } = one;
            let line = format!("{}: {}: {reason} ({by}{until})", finding.rule, place(&finding.place));
            self.item(&plain(&line))?;
        }
        Ok(())
    }

    fn remarks(&mut self, remarks: &[Remark]) -> io::Result<()> {
        if !remarks.is_empty() {
            writeln!(self.out)?;
        }
        for remark in remarks {
            self.line(&format!("note: {}: {}", plain(&remark.by), plain(&remark.text)))?;
        }
        Ok(())
    }

    fn footer(&mut self, report: &Report) -> io::Result<()> {
        let policy = match report.policy.as_slice() {
            [] => String::new(),
            files => format!("; policy: {}", files.join(", ")),
        };
        writeln!(self.out)?;
        self.line(&format!("read: {}{}", amount(report), plain(&policy)))
    }

    /// A line, wrapped where the terminal is narrow.
    fn line(&mut self, line: &str) -> io::Result<()> {
        let lines = if self.is_narrow() { wrap(line, self.style.width) } else { vec![line.to_owned()] };
        writeln!(self.out, "{}", lines.join("\n"))
    }

    /// A line of a list, wrapped where the terminal is narrow.
    fn item(&mut self, line: &str) -> io::Result<()> {
        let room = self.style.width.saturating_sub(5);
        let lines = if self.is_narrow() { wrap(line, room) } else { vec![line.to_owned()] };
        writeln!(self.out, "   {}", lines.join("\n     "))
    }

    /// A name in a narrow column and its text, wrapped below itself where the terminal ends.
    fn field(&mut self, name: &str, text: &str) -> io::Result<()> {
        let (margin, name) = if self.is_narrow() { (5, name.trim()) } else { (17, name) };
        let room = self.style.width.saturating_sub(margin + 1);
        // A command must stay whole, so that it can be copied.
        let lines = if name.trim() == "recover" { vec![plain(text)] } else { wrap(&plain(text), room) };
        if self.is_narrow() && !name.is_empty() {
            writeln!(self.out, "   {name}:")?;
        }
        for (row, line) in lines.iter().enumerate() {
            let name = if row == 0 && !self.is_narrow() { name } else { "" };
            let line = format!("   {name:<room$} {line}", room = margin.saturating_sub(4));
            writeln!(self.out, "{}", line.trim_end())?;
        }
        Ok(())
    }

    fn paint(&self, code: &str, text: &str) -> String {
        painted(self.style, code, text)
    }
}

/// A word in a colour, where there are colours.
pub(super) fn painted(style: &Style, code: &str, text: &str) -> String {
    match style.colour {
        Colour::On => format!("\u{1b}[1;{code}m{text}\u{1b}[0m"),
        Colour::Off => text.to_owned(),
    }
}

fn verdict_colour(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Clean => "32",
        Verdict::Leaking => "31",
        Verdict::Unproven => "33",
    }
}

pub(super) fn level_colour(level: Level) -> &'static str {
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
    // A gap in the text that a line ends in leaves nothing.
    lines.iter_mut().for_each(|line| line.truncate(line.trim_end().len()));
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_sentence_wraps_between_words() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("unbreakable", 4), ["unbreakable"]);
        assert_eq!(wrap("one two   three", 9), ["one two", "three"]);
    }

    #[test]
    fn an_empty_report_says_that_everything_was_read() {
        let mut out = Vec::new();
        write(&Report::default(), &Style::default(), &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(text.starts_with("clean  : everything was read, nothing leaks"), "{text}");
    }
}
