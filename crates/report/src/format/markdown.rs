//! Markdown for a comment on a pull request: the verdict, a table of the leaks, and what to do about each.
//!
//! Source: <https://docs.github.com/get-started/writing-on-github>; a comment holds at most 65,536 characters.

use std::fmt::Write as _;
use std::io::{self, Write};

use super::leak::{Leak, leaks, level};
use super::words::{amount, place, summary};
use super::{Format, Style};
use crate::{Finding, Gap, Level, Report, Verdict, plain};

/// The format.
pub(super) static FORMAT: Format = Format {
    name: "markdown",
    summary: "Markdown, for a comment on a pull request",
    endings: &["md", "markdown"],
    write,
};

/// Room for the comment, in characters, with some left for what others add.
const LONGEST: usize = 60_000;
/// By this a script finds its own comment again, to replace it.
const MARK: &str = "<!-- tightlip -->\n";

fn write(report: &Report, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(MARK.as_bytes())?;
    out.write_all(page(report, style, LONGEST).as_bytes())
}

/// The report in at most so many characters; how much is left out is told.
pub(super) fn page(report: &Report, style: &Style, room: usize) -> String {
    let leaks = leaks(&report.findings);
    let mut blocks: Vec<String> = leaks.iter().enumerate().map(|(at, leak)| block(at + 1, leak)).collect();
    blocks.extend(gaps("not read", &report.gaps));
    blocks.extend(gaps("not read, and accepted", &report.accepted_gaps));
    blocks.extend(allowed(report));
    blocks.extend(report.remarks.iter().map(|r| format!("> note: {}: {}\n", code(&r.by), text(&r.text))));
    let mut page = head(report, style, &leaks);
    let foot = foot(report);
    let mut left = room.saturating_sub(page.chars().count() + foot.chars().count() + 100);
    let total = blocks.len();
    for (number, block) in blocks.iter().enumerate() {
        let length = block.chars().count() + 1;
        if length > left {
            let rest = total - number;
            let _ = writeln!(
                page,
                "\n**{rest} more parts of the report do not fit here** (`--format json` has all)."
            );
            break;
        }
        left -= length;
        let _ = write!(page, "\n{block}");
    }
    page + &foot
}

fn head(report: &Report, style: &Style, leaks: &[Leak<'_>]) -> String {
    let verdict = report.verdict(style.counts);
    let sign = match verdict {
        Verdict::Clean => "✅",
        Verdict::Leaking => "❌",
        Verdict::Unproven => "⚠️",
    };
    let (word, target) = (verdict.name(), code(&report.target.given));
    format!("### {sign} {word}: {target}\n\n{}.\n", text(&summary(report, leaks)))
}

fn foot(report: &Report) -> String {
    let policy = report.policy.iter().map(|file| code(file)).collect::<Vec<_>>().join(", ");
    let policy = if policy.is_empty() { policy } else { format!("; policy: {policy}") };
    let (name, version) = (text(&report.tool.name), text(&report.tool.version));
    format!("\n<sub>read: {}{policy}; {name} {version}</sub>\n", text(&amount(report)))
}

/// A leak: what it is and where, and behind a fold how it got there and what to do.
fn block(number: usize, leak: &Leak<'_>) -> String {
    let Some(first) = leak.first() else { return String::new() };
    let sign = match level(leak) {
        Level::Deny => "🔴 deny",
        Level::Warn => "🟡 warn",
        Level::Note => "🔵 note",
    };
    let mut out = format!("**{number}. {sign}: {}** ({})\n", text(&first.title), code(&first.rule));
    if !first.shape.is_empty() {
        let _ = writeln!(out, "\n{}\n", text(&first.shape));
    }
    for finding in leak {
        let other = finding.rule != first.rule;
        let rule = if other { format!(" ({})", code(&finding.rule)) } else { String::new() };
        let _ = writeln!(out, "- {}{rule}", spot(finding));
    }
    let _ = write!(
        out,
        "\n<details><summary>How it leaks, and the fix</summary>\n\n{}\n</details>\n",
        advice(leak)
    );
    out
}

fn spot(finding: &Finding) -> String {
    let column = finding.place.column.map(|column| format!(", column {column}")).unwrap_or_default();
    let written = finding.introduced_by.as_ref().and_then(|by| by.dockerfile.as_ref());
    let line = written.map(|line| format!(", written in {}", code(&format!("{}:{}", line.file, line.line))));
    format!("{}{column}{}", code(&place(&finding.place)), line.unwrap_or_default())
}

fn advice(leak: &Leak<'_>) -> String {
    let mut out = String::new();
    for finding in leak {
        if let Some(instruction) = finding.introduced_by.as_ref().and_then(|by| by.instruction.as_ref()) {
            let _ = writeln!(out, "Written by:\n{}", fence(instruction));
        }
        if !finding.recover.is_empty() {
            let _ = writeln!(out, "Anyone with it gets the value back:\n{}", fence(&finding.recover));
        }
    }
    let Some(first) = leak.first() else { return out };
    let _ = writeln!(out, "{}", text(&first.remedy.summary));
    if let Some(command) = &first.remedy.command {
        let _ = write!(out, "{}", fence(command));
    }
    if let Some(link) = &first.remedy.rotate {
        let _ = writeln!(out, "\nRotate it: {}", text(link));
    }
    let prints = leak.iter().map(|finding| code(&finding.fingerprint)).collect::<Vec<_>>().join(", ");
    let _ = writeln!(out, "\nFingerprints: {prints}");
    out
}

fn gaps(title: &str, gaps: &[Gap]) -> Option<String> {
    let rows = gaps.iter().map(|gap| {
        format!("| {} | {} | {} |\n", gap.kind.name(), cell(&place(&gap.place)), text(&gap.reason))
    });
    let head = format!("**{title}**\n\n| kind | what | why |\n|---|---|---|\n");
    (!gaps.is_empty()).then(|| head + &rows.collect::<String>())
}

fn allowed(report: &Report) -> Option<String> {
    let rows = report.allowed.iter().map(|one| {
        let until = one.expires.as_ref().map(|day| format!(", until {day}")).unwrap_or_default();
        let (rule, what) = (cell(&one.finding.rule), cell(&place(&one.finding.place)));
        format!("| {rule} | {what} | {} | {}{until} |\n", text(&one.reason), cell(&one.by))
    });
    let head = "**allowed**\n\n| rule | where | why | by |\n|---|---|---|---|\n".to_owned();
    (!report.allowed.is_empty()).then(|| head + &rows.collect::<String>())
}

/// Text that is nothing but text: no markup, no link, nobody who is notified.
pub(super) fn text(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in plain(text).chars() {
        match c {
            '@' => out.push_str("&#64;"),
            '<' => out.push_str("&lt;"),
            '&' => out.push_str("&amp;"),
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '>' | '#' | '!' | '|' | '~' => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
    out
}

/// Text as it stands, between marks that it does not hold.
fn code(text: &str) -> String {
    let text = plain(text);
    let mark = "`".repeat(longest_run(&text) + 1);
    let space = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{mark}{space}{text}{space}{mark}")
}

/// The same in a table, where a bar ends the cell even there.
pub(super) fn cell(text: &str) -> String {
    code(text).replace('|', "\\|")
}

/// Lines as they stand.
fn fence(text: &str) -> String {
    let mark = "`".repeat(longest_run(text).max(2) + 1);
    let lines: Vec<String> = text.lines().map(plain).collect();
    format!("{mark}\n{}\n{mark}\n", lines.join("\n"))
}

/// The most backticks in a row.
fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_become_markup() {
        assert_eq!(text("[x](y) @me <b> a_b #1"), "\\[x\\](y) &#64;me &lt;b\\> a\\_b \\#1");
        assert_eq!(code("a`b"), "``a`b``");
        assert_eq!(code("`"), "`` ` ``");
        assert_eq!(cell("a|b"), "`a\\|b`");
        assert_eq!(fence("```\nx"), "````\n```\nx\n````\n");
    }

    #[test]
    fn what_does_not_fit_is_counted() {
        let gap = Gap {
            kind: crate::GapKind::Limit,
            place: crate::Place::new(crate::Surface::File, crate::Exposure::Visible),
            reason: "x".repeat(5000),
            bytes: None,
        };
        let report = Report { gaps: vec![gap], ..Report::default() };
        let short = page(&report, &Style::default(), 1000);
        assert!(short.chars().count() <= 1000, "{short}");
        assert!(short.contains("**1 more parts of the report do not fit here**"), "{short}");
    }
}
