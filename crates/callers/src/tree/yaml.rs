//! YAML as a tree. An alias is the node that it names: the tree never grows with it.

use std::collections::BTreeMap;

use saphyr_parser::{Event, Parser, ScalarStyle};
use tightlip_dockerfile::Span;

use super::align::align;
use super::{Child, DEPTH, Kind, Layout, Scalar, Style, Tree};
use crate::{Fault, Problem};

/// Reads YAML. What stands before a mistake is kept, and the mistake is a problem.
pub(crate) fn yaml(source: &str) -> Tree {
    let mut reader = Reader {
        source,
        offsets: Offsets::new(source),
        tree: Tree::default(),
        open: Vec::new(),
        anchors: BTreeMap::new(),
    };
    let mut parser = Parser::new_from_str(source).keep_tags(true);
    while let Some(next) = parser.next_event() {
        match next {
            Ok((Event::StreamEnd, _)) => break,
            Ok((event, span)) => {
                let span = reader.offsets.span(span.start.index(), span.end.index());
                if reader.event(event, span).is_none() {
                    break;
                }
            }
            Err(error) => {
                let at = reader.offsets.offset(error.marker().index());
                reader.problem(Fault::Syntax(error.info().to_owned()), Span::new(at, at));
                break;
            }
        }
    }
    while !reader.open.is_empty() {
        reader.close(Span::new(source.len(), source.len()));
    }
    reader.tree
}

/// The markers of the parser count characters; spans count bytes.
struct Offsets {
    /// The byte of each character; none when all are ASCII.
    starts: Option<Vec<usize>>,
    length: usize,
}

impl Offsets {
    fn new(source: &str) -> Self {
        let starts = (!source.is_ascii()).then(|| source.char_indices().map(|(at, _)| at).collect());
        Self { starts, length: source.len() }
    }

    fn offset(&self, index: usize) -> usize {
        match &self.starts {
            Some(starts) => starts.get(index).copied().unwrap_or(self.length),
            None => index.min(self.length),
        }
    }

    fn span(&self, start: usize, end: usize) -> Span {
        Span::new(self.offset(start), self.offset(end))
    }
}

/// A list or table that is not closed yet.
struct Open {
    node: usize,
    anchor: usize,
    /// The key that waits for its value.
    key: Option<usize>,
}

struct Reader<'s> {
    source: &'s str,
    offsets: Offsets,
    tree: Tree,
    open: Vec<Open>,
    anchors: BTreeMap<usize, usize>,
}

impl Reader<'_> {
    fn problem(&mut self, fault: Fault, span: Span) {
        self.tree.problems.push(Problem { fault, span });
    }

    /// Takes one event; nothing comes back when it is no use to go on.
    fn event(&mut self, event: Event<'_>, span: Span) -> Option<()> {
        match event {
            Event::Scalar(value, style, anchor, tag) => {
                let (span, kind) = self.scalar(&value, style, span);
                let node = self.tree.push(span, kind);
                self.tag(node, tag.as_deref());
                self.anchor(anchor, node);
                self.add(Child { node, stands: span });
            }
            Event::SequenceStart(anchor, tag) => {
                let layout = self.layout('[', span);
                let node = self.tree.push(span, Kind::List { items: Vec::new(), layout });
                self.tag(node, tag.as_deref());
                self.enter(node, anchor)?;
            }
            Event::MappingStart(anchor, tag) => {
                let layout = self.layout('{', span);
                let node = self.tree.push(span, Kind::Table { rows: Vec::new(), layout });
                self.tag(node, tag.as_deref());
                self.enter(node, anchor)?;
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(span),
            Event::Alias(anchor) => self.alias(anchor, span),
            _ => {}
        }
        Some(())
    }

    fn layout(&self, bracket: char, span: Span) -> Layout {
        let flow = self.source.get(span.start..).is_some_and(|text| text.starts_with(bracket));
        if flow { Layout::Flow } else { Layout::Block }
    }

    fn enter(&mut self, node: usize, anchor: usize) -> Option<()> {
        // A name inside of what it names would be a circle; it is known before its end all the same.
        self.anchor(anchor, node);
        self.open.push(Open { node, anchor, key: None });
        if self.open.len() > DEPTH {
            let span = self.tree.nodes.get(node)?.span;
            self.problem(Fault::TooDeep, span);
            return None;
        }
        Some(())
    }

    fn anchor(&mut self, anchor: usize, node: usize) {
        if anchor > 0 {
            self.anchors.insert(anchor, node);
        }
    }

    fn tag(&mut self, node: usize, tag: Option<&saphyr_parser::Tag>) {
        if let (Some(node), Some(tag)) = (self.tree.nodes.get_mut(node), tag) {
            node.tag = Some(tag.suffix.clone());
        }
    }

    fn alias(&mut self, anchor: usize, span: Span) {
        let open = self.open.iter().any(|open| open.anchor == anchor);
        let Some(node) = self.anchors.get(&anchor).copied().filter(|_| !open) else {
            self.problem(Fault::Shape("an alias"), span);
            let node = self.tree.push(span, Kind::Null);
            self.add(Child { node, stands: span });
            return;
        };
        if let Some(named) = self.tree.nodes.get(node).map(|node| node.span) {
            self.tree.shared.push(named);
        }
        self.add(Child { node, stands: span });
    }

    fn close(&mut self, span: Span) {
        let Some(open) = self.open.pop() else { return };
        let Some(node) = self.tree.nodes.get_mut(open.node) else { return };
        let last = match &node.kind {
            Kind::List { items, .. } => items.last().map(|item| item.stands.end),
            Kind::Table { rows, .. } => rows.last().map(|(_, value)| value.stands.end),
            _ => None,
        };
        let flow = matches!(
            node.kind,
            Kind::List { layout: Layout::Flow, .. } | Kind::Table { layout: Layout::Flow, .. }
        );
        // The end of a block comes after white space and comments that do not belong to it.
        let end =
            if flow { (span.start + 1).min(self.source.len()) } else { last.unwrap_or(node.span.start) };
        node.span = Span::new(node.span.start, end);
        let stands = node.span;
        self.add(Child { node: open.node, stands });
    }

    /// Puts a finished node where it belongs.
    fn add(&mut self, child: Child) {
        let Some(open) = self.open.last_mut() else {
            self.tree.roots.push(child.node);
            return;
        };
        match self.tree.nodes.get_mut(open.node).map(|node| &mut node.kind) {
            Some(Kind::List { items, .. }) => items.push(child),
            Some(Kind::Table { rows, .. }) => match open.key.take() {
                Some(key) => rows.push((key, child)),
                None => open.key = Some(child.node),
            },
            _ => {}
        }
    }

    fn scalar(&self, value: &str, style: ScalarStyle, span: Span) -> (Span, Kind) {
        let style = match style {
            ScalarStyle::Plain => Style::Plain,
            ScalarStyle::SingleQuoted => Style::Single,
            ScalarStyle::DoubleQuoted => Style::Double,
            ScalarStyle::Literal => Style::Literal,
            ScalarStyle::Folded => Style::Folded,
        };
        let block = matches!(style, Style::Literal | Style::Folded);
        let span = if block { Span::new(self.header(span.start), span.end) } else { span };
        let raw = self.source.get(span.range()).unwrap_or("");
        let kept = if block { raw.trim_end_matches([' ', '\n', '\r', '\t']) } else { raw.trim_end() };
        let end = span.start + kept.len();
        if style == Style::Plain && matches!(value, "" | "~" | "null" | "Null" | "NULL") {
            // An empty value stands after its key, not on the next line.
            return (Span::new(span.start, end), Kind::Null);
        }
        let text = align(if block { raw } else { kept }, span.start, style, value);
        (Span::new(span.start, end), Kind::Scalar(Scalar { text, style, holes: None }))
    }

    /// Where a block begins, with its `|` or `>`: the parser tells only where its text does.
    fn header(&self, start: usize) -> usize {
        let before = self.source.get(..start).unwrap_or("");
        let mut end = before.rfind('\n').unwrap_or(0);
        while let Some(line) = before.get(..end) {
            let from = line.rfind('\n').map_or(0, |newline| newline + 1);
            let line = line.get(from..).unwrap_or("");
            if let Some(at) = indicator(line) {
                return from + at;
            }
            if !line.trim().is_empty() || from == 0 {
                break;
            }
            end = from - 1;
        }
        start
    }
}

/// Where in a line the `|` or `>` stands after which nothing but its indicators and a comment comes.
fn indicator(line: &str) -> Option<usize> {
    let candidates = line.match_indices(['|', '>']).map(|(at, _)| at);
    candidates
        .filter(|at| line.get(..*at).is_some_and(|text| text.is_empty() || text.ends_with([' ', '\t'])))
        .find(|at| {
            let rest = line.get(at + 1..).unwrap_or("");
            let rest = rest.trim_start_matches(|c: char| c.is_ascii_digit() || c == '+' || c == '-');
            let after = rest.trim_start();
            after.is_empty() || (after.starts_with('#') && rest.len() > after.len())
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::At;

    fn at<'t>(tree: &'t Tree, path: &[&str]) -> At<'t> {
        path.iter().fold(tree.root().unwrap(), |at, key| at.get(key).unwrap_or_else(|| panic!("{key}")))
    }

    #[test]
    fn every_node_knows_where_it_is_written() {
        let source = "# é\na:\n  b: [x, 'y']  # c\n  d: |\n    one\n    two\n\n# end\ne: {f: g}\n";
        let tree = yaml(source);
        let text = |path: &[&str]| &source[at(&tree, path).span().range()];
        assert_eq!(text(&["a", "b"]), "[x, 'y']");
        assert_eq!(text(&["a"]), "b: [x, 'y']  # c\n  d: |\n    one\n    two");
        assert_eq!(text(&["e"]), "{f: g}");
        let block = at(&tree, &["a", "d"]).text().unwrap().clone();
        assert_eq!((block.as_str(), &source[block.locate(4..7).range()]), ("one\ntwo\n", "two"));
    }

    #[test]
    fn merged_tables_are_seen_and_told_apart() {
        let source = "x: &x {a: 1, b: 2}\ny:\n  <<: *x\n  b: 3\nz: *x\n";
        let tree = yaml(source);
        assert_eq!(at(&tree, &["y", "a"]).as_str(), Some("1"));
        assert_eq!(at(&tree, &["y", "b"]).as_str(), Some("3"));
        assert!(at(&tree, &["y"]).own_entry("a").is_none());
        assert!(
            tree.is_shared(at(&tree, &["y", "a"]).span()) && !tree.is_shared(at(&tree, &["y", "b"]).span())
        );
        assert_eq!(&source[at(&tree, &["z"]).stands.range()], "*x");
    }

    #[test]
    fn a_mistake_is_a_problem_and_what_came_before_is_kept() {
        let tree = yaml("a: 1\nb: [1, 2\nc: }\n");
        assert_eq!(tree.problems.len(), 1);
        assert_eq!(at(&tree, &["a"]).as_str(), Some("1"));
        assert_eq!(yaml(&"[".repeat(5000)).problems.len(), 1);
        let deep = (0..100).map(|depth| format!("{}a:\n", " ".repeat(depth))).collect::<String>();
        assert_eq!(yaml(&deep).problems[0].fault, Fault::TooDeep);
        assert_eq!(yaml("a: &a [*a]\n").problems.len(), 1);
    }
}
