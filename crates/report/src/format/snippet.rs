//! A leak that stands in text which people edit, as compilers show it: the lines, a mark, what to do.

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level as Loudness, Renderer, Snippet};

use super::leak::worst;
use super::{Colour, Style};
use crate::{Excerpt, Finding, Level, plain};

/// Places of one leak that are shown before the rest is counted.
pub(super) const PLACES_SHOWN: usize = 5;

/// The places of one leak, and what to do about it.
pub(super) fn render((number, leak): (usize, &[&Finding]), style: &Style) -> String {
    let Some(worst) = worst(leak) else { return String::new() };
    let loudness = match worst.level {
        Level::Deny => Loudness::ERROR.with_name("deny"),
        Level::Warn => Loudness::WARNING.with_name("warn"),
        Level::Note => Loudness::NOTE.with_name("note"),
    };
    let title = plain(&worst.title);
    let mut group = Group::with_title(loudness.primary_title(title).id(plain(&worst.rule)));
    for (finding, label) in shown(worst, leak) {
        group = group.elements(finding.excerpt.as_ref().map(|excerpt| lines(finding, excerpt, label)));
    }
    for (name, note) in notes(worst, leak) {
        group = group.element(Loudness::NOTE.no_name().message(format!("{name}: {note}")));
    }
    let renderer = match style.colour {
        Colour::On => Renderer::styled(),
        Colour::Off => Renderer::plain(),
    };
    let renderer = renderer.decor_style(DecorStyle::Ascii).term_width(style.width);
    format!("{number}. {}\n", renderer.render(&[group]))
}

/// The places that are shown, the worst first, each with what it is called.
pub(super) fn shown<'f>(
    worst: &'f Finding,
    leak: &'f [&'f Finding],
) -> impl Iterator<Item = (&'f Finding, String)> {
    let others = leak.iter().filter(move |finding| !std::ptr::eq(**finding, worst));
    std::iter::once(worst).chain(others.copied()).take(PLACES_SHOWN).map(move |finding| {
        let own = std::ptr::eq(finding, worst);
        let label = finding.excerpt.as_ref().map(|excerpt| plain(&excerpt.label)).unwrap_or_default();
        (finding, if own { label } else { also(finding, worst) })
    })
}

/// What another place of the same leak says.
fn also(finding: &Finding, worst: &Finding) -> String {
    let rule = if finding.rule == worst.rule { String::new() } else { format!(" ({})", finding.rule) };
    plain(&format!("{}{rule}", finding.title))
}

fn lines<'a>(
    finding: &Finding,
    excerpt: &Excerpt,
    label: String,
) -> Snippet<'a, annotate_snippets::Annotation<'a>> {
    let path = finding.place.path.as_deref().unwrap_or("");
    let label = (!label.is_empty()).then_some(label);
    let mark = AnnotationKind::Primary.span(span(excerpt)).label(label);
    let line = usize::try_from(excerpt.line).unwrap_or(1);
    Snippet::source(excerpt.text.clone()).line_start(line).path(plain(path)).fold(false).annotation(mark)
}

/// The marked bytes, as far as they fit the text: a report can come from anywhere.
pub(super) fn span(excerpt: &Excerpt) -> std::ops::Range<usize> {
    let fits =
        |at: usize| (0..=at.min(excerpt.text.len())).rev().find(|at| excerpt.text.is_char_boundary(*at));
    let start = fits(excerpt.start).unwrap_or(0);
    start..fits(excerpt.end).unwrap_or(start).max(start)
}

/// What else there is to say, each under its name.
pub(super) fn notes(worst: &Finding, leak: &[&Finding]) -> Vec<(&'static str, String)> {
    let mut notes = Vec::new();
    let mut add = |name: &'static str, text: &str| {
        if !text.is_empty() {
            notes.push((name, plain(text)));
        }
    };
    if let Some(rest) = leak.len().checked_sub(PLACES_SHOWN).filter(|rest| *rest > 0) {
        add("and", &format!("{rest} more places (--format json lists them)"));
    }
    add("value", &worst.shape);
    add("recover", &worst.recover);
    add("fix", &worst.remedy.summary);
    add("fix", worst.remedy.command.as_deref().unwrap_or(""));
    add("rotate", worst.remedy.rotate.as_deref().unwrap_or(""));
    let prints: Vec<&str> = leak.iter().take(PLACES_SHOWN).map(|one| one.fingerprint.as_str()).collect();
    add(if prints.len() == 1 { "fingerprint" } else { "fingerprints" }, &prints.join(" "));
    notes
}
