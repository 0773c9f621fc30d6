//! A leak that stands in text which people edit, for narrow terminals: source lines are broken where the terminal ends,
//! with the mark below each part.

use super::Style;
use super::leak::worst;
use super::snippet::{notes, shown, span};
use super::text::{level_colour, painted, wrap};
use crate::plain::acts;
use crate::{Excerpt, Finding, plain};

/// What stands before a line of a text.
const INDENT: &str = "     ";

/// The places of one leak, and what to do about it.
pub(super) fn render((number, leak): (usize, &[&Finding]), style: &Style) -> String {
    let Some(worst) = worst(leak) else { return String::new() };
    let room = style.width.saturating_sub(INDENT.len()).max(1);
    let mut text = String::new();
    let mut add = |start: &str, line: &str| {
        text.push_str(start);
        text.push_str(line);
        text.push('\n');
    };
    let tag = painted(style, level_colour(worst.level), worst.level.name());
    add(
        &format!("{number}. {tag}  "),
        &below(&format!("{} ({})", worst.title, worst.rule), room - room.min(6)),
    );
    for (finding, label) in shown(worst, leak) {
        let Some(excerpt) = &finding.excerpt else { continue };
        add("   ", &spot(finding, excerpt));
        marked(excerpt, room).iter().for_each(|line| add(INDENT, line));
        if !label.is_empty() {
            add(INDENT, &below(&label, room));
        }
    }
    for (name, note) in notes(worst, leak) {
        // A command must stay whole, so that it can be copied.
        let note = if name == "recover" { note } else { below(&note, room) };
        add("   ", &format!("{name}:\n{INDENT}{note}"));
    }
    text
}

/// A text in lines that fit.
fn below(text: &str, room: usize) -> String {
    wrap(&plain(text), room).join(&format!("\n{INDENT}"))
}

fn spot(finding: &Finding, excerpt: &Excerpt) -> String {
    let path = plain(finding.place.path.as_deref().unwrap_or(""));
    let column = finding.place.column.map(|column| format!(":{column}")).unwrap_or_default();
    format!("{path}:{}{column}", finding.place.line.unwrap_or(excerpt.line))
}

/// The source in parts that fit, each with the mark below it that falls on it.
fn marked(excerpt: &Excerpt, room: usize) -> Vec<String> {
    let span = span(excerpt);
    let mut lines = Vec::new();
    let mut start = 0;
    for line in excerpt.text.split('\n') {
        let characters: Vec<(usize, char)> = line.char_indices().collect();
        for part in characters.chunks(room) {
            let shown = |(_, c): &(usize, char)| if *c == '\t' || acts(*c) { ' ' } else { *c };
            let mark = |(at, _): &(usize, char)| if span.contains(&(start + at)) { '^' } else { ' ' };
            let (shown, mark): (String, String) =
                (part.iter().map(shown).collect(), part.iter().map(mark).collect());
            lines.extend(
                [shown, mark].iter().map(|line| line.trim_end().to_owned()).filter(|l| !l.is_empty()),
            );
        }
        start += line.len() + 1;
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_line_is_broken_and_its_mark_with_it() {
        let text = "RUN npm config set x=$TOKEN\nARG A".to_owned();
        let excerpt = Excerpt { text, line: 3, start: 8, end: 27, label: String::new() };
        let expected =
            ["RUN npm co", "        ^^", "nfig set x", "^^^^^^^^^^", "=$TOKEN", "^^^^^^^", "ARG A"];
        assert_eq!(marked(&excerpt, 10), expected);
    }
}
