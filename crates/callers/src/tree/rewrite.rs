//! Small edits of structured text that leave every other byte alone.

use tightlip_dockerfile::{Edit, Span};

use super::{At, Entry, Layout, Style};
use crate::Refusal;

/// The text that is edited.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rewrite<'s> {
    source: &'s str,
}

impl<'s> Rewrite<'s> {
    pub(crate) fn of(source: &'s str) -> Self {
        Self { source }
    }

    fn text(&self, start: usize, end: usize) -> &'s str {
        self.source.get(start..end).unwrap_or("")
    }

    /// How lines end here.
    pub(crate) fn newline(&self) -> &'static str {
        if self.source.contains("\r\n") { "\r\n" } else { "\n" }
    }

    fn line_start(&self, at: usize) -> usize {
        self.text(0, at).rfind('\n').map_or(0, |newline| newline + 1)
    }

    /// The end of the line, its line break not included.
    fn line_end(&self, at: usize) -> usize {
        let rest = self.source.get(at..).unwrap_or("");
        let line = rest.split('\n').next().unwrap_or("");
        at + line.trim_end_matches('\r').len()
    }

    /// What stands before `at` on its line.
    fn before(&self, at: usize) -> &'s str {
        self.text(self.line_start(at), at)
    }

    /// White space as wide as what stands before `at` on its line.
    pub(crate) fn column(&self, at: usize) -> String {
        self.before(at).chars().map(|c| if c == '\t' { '\t' } else { ' ' }).collect()
    }

    /// The lines of `text`, each after the first with `indent` before it.
    fn indented(&self, text: &str, indent: &str) -> String {
        text.replace('\n', &format!("{}{indent}", self.newline()))
    }

    /// Whole lines from the one with `start` to the one with `end`, with the line break before them.
    fn lines(&self, start: usize, end: usize) -> Edit {
        let first = self.line_start(start);
        let last = self.line_end(end);
        if first > 0 {
            let newline = if self.text(0, first).ends_with("\r\n") { 2 } else { 1 };
            return Edit::remove(Span::new(first - newline, last));
        }
        let after = self.source.get(last..).unwrap_or("");
        let newline = after.find('\n').map_or(0, |at| at + 1);
        Edit::remove(Span::new(first, last + newline))
    }

    /// Whether nothing but white space, one comma and a comment share the lines with `span`.
    fn has_own_lines(&self, span: Span) -> bool {
        let after = self.text(span.end, self.line_end(span.end)).trim_start();
        let after = after.strip_prefix(',').unwrap_or(after).trim_start();
        let comment = after.starts_with('#') || after.starts_with("//");
        self.before(span.start).trim().is_empty() && (after.is_empty() || comment)
    }

    /// Takes an entry out of a table.
    pub(crate) fn remove_entry(&self, table: At<'_>, entry: Entry<'_>) -> Vec<Edit> {
        let own = table.own();
        let spans: Vec<Span> = own.iter().map(Entry::span).collect();
        match table.layout() {
            Some(Layout::Flow) => self.remove_between(&spans, entry.span()),
            _ => vec![self.remove_block(&spans, entry.span())],
        }
    }

    /// Takes an item out of a list.
    pub(crate) fn remove_item(&self, list: At<'_>, item: At<'_>) -> Vec<Edit> {
        let spans: Vec<Span> = list.items().iter().map(|item| item.stands).collect();
        match list.layout() {
            Some(Layout::Flow) => self.remove_between(&spans, item.stands),
            _ => vec![self.lines(item.stands.start, item.stands.end)],
        }
    }

    fn remove_block(&self, all: &[Span], span: Span) -> Edit {
        if self.has_own_lines(span) {
            return self.lines(span.start, span.end);
        }
        // The first key of a list item stands behind its dash: the next key moves up.
        match all.iter().find(|other| other.start > span.start) {
            Some(next) => Edit::remove(Span::new(span.start, next.start)),
            None => Edit::remove(span),
        }
    }

    /// Takes one of several things with commas between them out.
    fn remove_between(&self, all: &[Span], span: Span) -> Vec<Edit> {
        let rest = self.source.get(span.end..).unwrap_or("");
        let comma = rest.trim_start().starts_with(',').then(|| span.end + rest.find(',').unwrap_or(0) + 1);
        let previous = all.iter().rfind(|other| other.end <= span.start);
        let comma_before = previous.and_then(|one| Some(one.end + self.text(one.end, span.start).find(',')?));
        if self.has_own_lines(span) {
            let mut edits = vec![self.lines(span.start, span.end)];
            if let (None, Some(at)) = (comma, comma_before) {
                edits.push(Edit::remove(Span::new(at, at + 1)));
            }
            return edits;
        }
        if let Some(comma) = comma {
            let after = self.source.get(comma..).unwrap_or("");
            let white = after.len() - after.trim_start_matches([' ', '\t']).len();
            return vec![Edit::remove(Span::new(span.start, comma + white))];
        }
        vec![Edit::remove(Span::new(previous.map_or(span.start, |one| one.end), span.end))]
    }

    /// Puts `text` in the place of an entry. Lines of `text` are indented like the key.
    pub(crate) fn replace_entry(&self, entry: Entry<'_>, text: &str) -> Edit {
        let indent = self.column(entry.key.span().start);
        Edit::replace(entry.span(), self.indented(text, &indent))
    }

    /// Adds an entry at the end of a table.
    pub(crate) fn add_entry(&self, table: At<'_>, text: &str) -> Result<Edit, Refusal> {
        let own = table.own();
        let spans: Vec<Span> = own.iter().map(Entry::span).collect();
        match (table.layout(), spans.last(), spans.first()) {
            (Some(Layout::Block | Layout::Body), Some(last), Some(first)) => {
                if table.layout() == Some(Layout::Body) && !self.has_own_lines(*last) {
                    return Err(Refusal::Form("a block of HCL on one line"));
                }
                Ok(self.add_line(last.end, &self.column(first.start), text))
            }
            (Some(Layout::Flow), ..) => Ok(self.add_between(table.span(), &spans, text)),
            _ => Err(Refusal::Form("an empty table")),
        }
    }

    /// Adds an item at the end of a list.
    pub(crate) fn add_item(&self, list: At<'_>, text: &str) -> Result<Edit, Refusal> {
        let spans: Vec<Span> = list.items().iter().map(|item| item.stands).collect();
        match (list.layout(), spans.last()) {
            (Some(Layout::Block), Some(last)) => {
                // The dash of the item stands before it on its line.
                let before = self.before(last.start);
                let dash = before.rfind('-').ok_or(Refusal::Form("a list item without its dash"))?;
                let column = self.column(self.line_start(last.start) + dash);
                Ok(self.add_line(last.end, &column, &format!("- {text}")))
            }
            (Some(Layout::Flow), _) => Ok(self.add_between(list.span(), &spans, text)),
            _ => Err(Refusal::Form("an empty list")),
        }
    }

    fn add_line(&self, after: usize, indent: &str, text: &str) -> Edit {
        let text = self.indented(text, indent);
        Edit::insert(self.line_end(after), format!("{}{indent}{text}", self.newline()))
    }

    fn add_between(&self, around: Span, all: &[Span], text: &str) -> Edit {
        let Some(last) = all.last() else { return Edit::insert(around.start + 1, text) };
        let separator = match self.before(last.start).trim().is_empty() {
            true => format!("{}{}", self.newline(), self.before(last.start)),
            false => " ".to_owned(),
        };
        let rest = self.text(last.end, around.end);
        let comma = rest.trim_start().starts_with(',').then(|| last.end + rest.find(',').unwrap_or(0) + 1);
        match comma {
            Some(comma) => Edit::insert(comma, format!("{separator}{text},")),
            None => Edit::insert(last.end, format!(",{separator}{text}")),
        }
    }

    /// Adds a line to a text of several lines; a text of one line becomes such a text.
    pub(crate) fn add_text_line(&self, entry: Entry<'_>, line: &str) -> Result<Edit, Refusal> {
        let scalar = entry.value.scalar().filter(|_| entry.value.is_here());
        let scalar = scalar.ok_or(Refusal::Form("an alias, or a list where lines of text belong"))?;
        let span = entry.value.span();
        let indent = self.column(entry.key.span().start) + "  ";
        match scalar.style {
            Style::Literal => {
                let body = scalar.text.find(|c: char| !c.is_whitespace()).unwrap_or(0);
                let column = self.column(scalar.text.origin(body));
                Ok(self.add_line(span.end, &column, line))
            }
            Style::Folded => Err(Refusal::Form("folded text")),
            Style::Plain | Style::Single | Style::Double => {
                if scalar.text.contains('\n') || self.text(span.start, span.end).contains('\n') {
                    return Err(Refusal::Form("several lines in quotes"));
                }
                let (newline, old) = (self.newline(), scalar.text.as_str());
                Ok(Edit::replace(span, format!("|{newline}{indent}{old}{newline}{indent}{line}")))
            }
        }
    }

    /// Takes a line out of a text of several lines.
    pub(crate) fn remove_text_line(&self, value: At<'_>, line: Span) -> Result<Edit, Refusal> {
        let literal = value.scalar().is_some_and(|scalar| scalar.style == Style::Literal);
        if !literal || !value.is_here() {
            return Err(Refusal::Form("several lines that are not a block of text"));
        }
        Ok(self.lines(line.start, line.end))
    }
}
