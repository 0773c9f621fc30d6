//! A page of its own: readable without scripts, nothing loaded from anywhere, and a picture of the image.

mod card;
mod picture;

use std::io::{self, Write};

use super::leak::{Leak, leaks, level};
use super::markup::{escaped, href};
use super::words::{amount, place, size, summary};
use super::{Format, Style};
use crate::{Gap, Level, Report, Verdict};

/// The format.
pub(super) static FORMAT: Format = Format {
    name: "html",
    summary: "a page with a picture of the image, complete in one file",
    endings: &["html", "htm"],
    write,
};

const SHEET: &str = include_str!("sheet.css");
/// Nothing may be loaded and nothing may run, whatever stands in the report.
const RULES: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

fn write(report: &Report, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let leaks = leaks(&report.findings);
    let verdict = report.verdict(style.counts);
    let title = format!("{}: {}", verdict.name(), report.target.given);
    write!(
        out,
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
        <meta http-equiv=\"Content-Security-Policy\" content=\"{RULES}\">\n\
        <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
        <meta name=\"color-scheme\" content=\"light dark\">\n\
        <title>{}</title>\n<style>\n{SHEET}</style>\n</head>\n<body>\n",
        escaped(&title)
    )?;
    head((report, verdict), &leaks, out)?;
    writeln!(out, "<main>")?;
    report.images.iter().try_for_each(|image| picture::draw((report, image), &leaks, out))?;
    if !leaks.is_empty() {
        writeln!(out, "<section id=\"leaks\">\n<h2>What leaks</h2>")?;
        leaks.iter().enumerate().try_for_each(|(at, leak)| card::write(at + 1, leak, out))?;
        writeln!(out, "</section>")?;
    }
    gaps(("not-read", "Not read", UNREAD), &report.gaps, out)?;
    gaps(("accepted", "Not read, and accepted", ACCEPTED), &report.accepted_gaps, out)?;
    allowed(report, out)?;
    remarks(report, out)?;
    writeln!(out, "</main>")?;
    foot(report, out)?;
    writeln!(out, "</body>\n</html>")
}

const UNREAD: &str =
    "What could not be read may hold anything: nothing is proven while this list is not empty.";
const ACCEPTED: &str = "These do not count, because the user or the policy accepts them.";

/// The verdict and what it rests on.
fn head((report, verdict): (&Report, Verdict), leaks: &[Leak<'_>], out: &mut dyn Write) -> io::Result<()> {
    let (word, sentence) = (verdict.name(), escaped(&summary(report, leaks)));
    let sign = match verdict {
        Verdict::Clean => "✓",
        Verdict::Leaking => "✕",
        Verdict::Unproven => "?",
    };
    writeln!(out, "<header class=\"{word}\">\n<div class=\"inside\">")?;
    writeln!(out, "<p class=\"verdict\"><span class=\"sign\" aria-hidden=\"true\">{sign}</span> {word}</p>")?;
    writeln!(out, "<h1>{}</h1>\n<p class=\"lead\">{sentence}.</p>", escaped(&report.target.given))?;
    tallies(report, leaks, out)?;
    let platforms = report.target.platforms.join(", ");
    writeln!(out, "<dl class=\"facts\">")?;
    for (name, value) in [
        ("image", report.target.reference.as_deref()),
        ("digest", report.target.digest.as_deref()),
        ("platforms", Some(platforms.as_str()).filter(|text| !text.is_empty())),
        ("read", Some(amount(report).as_str())),
    ] {
        if let Some(value) = value {
            writeln!(out, "<div><dt>{name}</dt><dd>{}</dd></div>", escaped(value))?;
        }
    }
    writeln!(out, "</dl>\n</div>\n</header>")
}

/// The numbers, each leading to its part of the page.
fn tallies(report: &Report, leaks: &[Leak<'_>], out: &mut dyn Write) -> io::Result<()> {
    let count = |at: Level| leaks.iter().filter(|leak| level(leak) == at).count();
    writeln!(out, "<ul class=\"tallies\">")?;
    for (class, number, name, target) in [
        ("deny", count(Level::Deny), ("leak", "leaks"), "leaks"),
        ("warn", count(Level::Warn), ("warning", "warnings"), "leaks"),
        ("note", count(Level::Note), ("note", "notes"), "leaks"),
        ("gap", report.gaps.len(), ("not read", "not read"), "not-read"),
        ("quiet", report.accepted_gaps.len(), ("not read, accepted", "not read, accepted"), "accepted"),
        ("quiet", report.allowed.len(), ("allowed", "allowed"), "allowed"),
    ] {
        if number > 0 {
            let name = if number == 1 { name.0 } else { name.1 };
            writeln!(
                out,
                "<li class=\"{class}\"><a href=\"#{target}\"><b>{number}</b> <span>{name}</span></a></li>"
            )?;
        }
    }
    writeln!(out, "</ul>")
}

fn gaps((id, title, words): (&str, &str, &str), gaps: &[Gap], out: &mut dyn Write) -> io::Result<()> {
    if gaps.is_empty() {
        return Ok(());
    }
    writeln!(
        out,
        "<section id=\"{id}\">\n<h2>{title}</h2>\n<p class=\"lead\">{words}</p>\n<ul class=\"rows\">"
    )?;
    for gap in gaps {
        let bytes = gap.bytes.map(|n| format!(" <span class=\"dim\">{}</span>", size(n))).unwrap_or_default();
        let (kind, what, why) = (gap.kind.name(), escaped(&place(&gap.place)), escaped(&gap.reason));
        writeln!(
            out,
            "<li><span class=\"tag gap\">{kind}</span> <code>{what}</code>{bytes}<p>{why}</p></li>"
        )?;
    }
    writeln!(out, "</ul>\n</section>")
}

fn allowed(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    if report.allowed.is_empty() {
        return Ok(());
    }
    writeln!(out, "<section id=\"allowed\">\n<h2>Allowed</h2>\n<ul class=\"rows\">")?;
    for one in &report.allowed {
        let until = one.expires.as_ref().map(|day| format!(", until {}", escaped(day))).unwrap_or_default();
        let (rule, what) = (escaped(&one.finding.rule), escaped(&place(&one.finding.place)));
        let (why, by, print) = (escaped(&one.reason), escaped(&one.by), escaped(&one.fingerprint));
        writeln!(
            out,
            "<li><span class=\"tag quiet\">{rule}</span> <code>{what}</code><p>{why} <span class=\"dim\">({by}{until}; \
            <code>{print}</code>)</span></p></li>"
        )?;
    }
    writeln!(out, "</ul>\n</section>")
}

fn remarks(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    if report.remarks.is_empty() {
        return Ok(());
    }
    writeln!(out, "<section id=\"policy\">\n<h2>About the policy</h2>\n<ul class=\"rows\">")?;
    for remark in &report.remarks {
        writeln!(out, "<li><code>{}</code><p>{}</p></li>", escaped(&remark.by), escaped(&remark.text))?;
    }
    writeln!(out, "</ul>\n</section>")
}

fn foot(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let policy = report.policy.iter().map(|file| format!("<code>{}</code>", escaped(file)));
    let policy = policy.collect::<Vec<_>>().join(", ");
    let policy = if policy.is_empty() { policy } else { format!(" Policy: {policy}.") };
    let (name, version) = (escaped(&report.tool.name), escaped(&report.tool.version));
    let rules = escaped(&report.tool.ruleset);
    writeln!(
        out,
        "<footer>\n<p>{name} {version}, rules <code>{rules}</code>.{policy} Values are masked: this page holds no \
        secret.</p>\n</footer>"
    )
}
