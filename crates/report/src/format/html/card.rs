//! One leak: what it is, where it lies, how anyone gets it, and what to do.

use std::io::{self, Write};

use super::{escaped, href};
use crate::format::leak::{Leak, level};
use crate::format::words::place;
use crate::{Excerpt, Exposure, Finding};

/// Places of one leak that are shown before the rest is folded away.
const OPEN: usize = 4;

/// Writes the card.
pub(super) fn write(number: usize, leak: &Leak<'_>, out: &mut dyn Write) -> io::Result<()> {
    let Some(first) = leak.first() else { return Ok(()) };
    let level = level(leak).name();
    let (title, rule) = (escaped(&first.title), escaped(&first.rule));
    writeln!(out, "<article class=\"card {level}\" id=\"leak-{number}\">")?;
    writeln!(
        out,
        "<h3><span class=\"dot {level}\">{number}</span> <span class=\"tag {level}\">{level}</span> {title}</h3>"
    )?;
    let more = match leak.len() {
        1 => String::new(),
        n => format!("<span>in {n} places</span>"),
    };
    writeln!(out, "<p class=\"meta\"><code>{rule}</code><span>{}</span>{more}</p>", escaped(&first.shape))?;
    let (shown, folded) = leak.split_at(leak.len().min(OPEN));
    shown.iter().try_for_each(|finding| spot(finding, first, out))?;
    if !folded.is_empty() {
        writeln!(out, "<details><summary>{} more places</summary>", folded.len())?;
        folded.iter().try_for_each(|finding| spot(finding, first, out))?;
        writeln!(out, "</details>")?;
    }
    remedy(first, out)?;
    writeln!(out, "</article>")
}

/// A place of the leak.
fn spot(finding: &Finding, first: &Finding, out: &mut dyn Write) -> io::Result<()> {
    // In a file that people edit, that it can be seen says nothing.
    let word = if finding.excerpt.is_none() { exposure(finding.place.exposure) } else { "" };
    let what = escaped(&place(&finding.place));
    writeln!(
        out,
        "<div class=\"spot\"><p class=\"where\"><code>{what}</code> <span class=\"seen\">{word}</span></p>"
    )?;
    if finding.rule != first.rule {
        writeln!(
            out,
            "<p class=\"meta\"><code>{}</code><span>{}</span></p>",
            escaped(&finding.rule),
            escaped(&finding.title)
        )?;
    }
    if let Some(excerpt) = &finding.excerpt {
        lines(excerpt, out)?;
    }
    if let Some(by) = &finding.introduced_by {
        let file = by.dockerfile.as_ref().map(|line| format!(" {}:{}", line.file, line.line));
        let text = by.instruction.as_deref().unwrap_or_default();
        writeln!(
            out,
            "<h4>Written by{}</h4>\n<pre>{}</pre>",
            escaped(&file.unwrap_or_default()),
            block(text)
        )?;
    }
    if !finding.recover.is_empty() {
        writeln!(
            out,
            "<h4>Anyone with it gets the value back</h4>\n<pre class=\"shell\">{}</pre>",
            block(&finding.recover)
        )?;
    }
    writeln!(out, "<p class=\"print\">fingerprint <code>{}</code></p></div>", escaped(&finding.fingerprint))
}

/// Who sees it, for somebody who has not read the manual.
fn exposure(exposure: Exposure) -> &'static str {
    match exposure {
        Exposure::Visible => "in plain sight",
        Exposure::Deleted => "deleted later, still in its layer",
        Exposure::Overwritten => "overwritten later, still in its layer",
        Exposure::HiddenByOpaque => "covered later, still in its layer",
        Exposure::Metadata => "in what describes the image",
        Exposure::BuildOnly => "where the build ran",
    }
}

/// The lines it stands on, with the place marked.
fn lines(excerpt: &Excerpt, out: &mut dyn Write) -> io::Result<()> {
    let fits =
        |at: usize| (0..=at.min(excerpt.text.len())).rev().find(|at| excerpt.text.is_char_boundary(*at));
    let start = fits(excerpt.start).unwrap_or(0);
    let end = fits(excerpt.end).unwrap_or(start).max(start);
    let mut at = 0;
    write!(out, "<pre class=\"code\">")?;
    for (number, line) in (excerpt.line..).zip(excerpt.text.split_inclusive('\n')) {
        let text = line.trim_end_matches(['\n', '\r']);
        let inside = |place: usize| place.clamp(at, at + text.len()) - at;
        let (from, to) = (inside(start), inside(end));
        let part = |range: std::ops::Range<usize>| escaped(text.get(range).unwrap_or_default());
        let marked = if from < to { format!("<mark>{}</mark>", part(from..to)) } else { String::new() };
        writeln!(
            out,
            "<span class=\"no\">{number}</span> {}{marked}{}",
            part(0..from),
            part(to..text.len())
        )?;
        at += line.len();
    }
    writeln!(out, "</pre>")?;
    if excerpt.label.is_empty() {
        Ok(())
    } else {
        writeln!(out, "<p class=\"label\">{}</p>", escaped(&excerpt.label))
    }
}

fn remedy(finding: &Finding, out: &mut dyn Write) -> io::Result<()> {
    let remedy = &finding.remedy;
    writeln!(out, "<div class=\"fix\"><h4>What to do</h4>\n<p>{}</p>", escaped(&remedy.summary))?;
    if let Some(command) = &remedy.command {
        writeln!(out, "<pre class=\"shell\">{}</pre>", block(command))?;
    }
    if let Some(link) = &remedy.rotate {
        writeln!(out, "<p>Rotate it: {}</p>", href(link))?;
    }
    writeln!(out, "</div>")
}

/// Lines that stay lines.
fn block(text: &str) -> String {
    text.lines().map(escaped).collect::<Vec<_>>().join("\n")
}
