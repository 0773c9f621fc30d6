//! HCL as a tree: blocks and their labels become tables in tables, expressions stay symbolic.

use hcl_edit::Span as _;
use hcl_edit::expr::{Expression, ObjectKey};
use hcl_edit::structure::{Body, Structure};
use hcl_edit::template::Element;
use tightlip_dockerfile::{Span, Text};

use super::{Child, Kind, Layout, Scalar, Style, Tree};
use crate::value::{Part, Piece};
use crate::{Fault, Problem};

/// Reads HCL. With a mistake in it there is no tree, and the mistake is a problem.
pub(crate) fn hcl(source: &str) -> Tree {
    let mut reader = Reader { source, tree: Tree::default() };
    match hcl_edit::parser::parse_body(source) {
        Ok(body) => {
            let root = reader.body(&body, Span::new(0, source.len()));
            reader.tree.roots.push(root);
        }
        Err(error) => {
            let at = error.location().offset();
            let fault = Fault::Syntax(error.message().trim().replace('\n', "; "));
            reader.tree.problems.push(Problem { fault, span: Span::new(at, at) });
        }
    }
    reader.tree
}

struct Reader<'s> {
    source: &'s str,
    tree: Tree,
}

impl Reader<'_> {
    fn child(&self, node: usize) -> Child {
        Child { node, stands: self.tree.nodes.get(node).map_or(Span::default(), |node| node.span) }
    }

    fn scalar(&mut self, text: Text, span: Span, style: Style) -> usize {
        self.tree.push(span, Kind::Scalar(Scalar { text, style, holes: Some(Vec::new()) }))
    }

    fn verbatim(&mut self, span: Span) -> usize {
        let text = Text::verbatim(self.source.get(span.range()).unwrap_or(""), span.start);
        self.scalar(text, span, Style::Plain)
    }

    fn body(&mut self, body: &Body, span: Span) -> usize {
        let mut rows = Vec::new();
        for structure in body {
            match structure {
                Structure::Attribute(attribute) => {
                    let key = self.verbatim(range(attribute.key.span()));
                    let value = self.expression(&attribute.value);
                    rows.push((key, self.child(value)));
                }
                Structure::Block(block) => {
                    let key = self.verbatim(range(block.ident.span()));
                    let whole = range(block.span());
                    let mut inner = self.body(&block.body, whole);
                    for label in block.labels.iter().rev() {
                        let place = range(label.span());
                        let mut text = Text::empty(place.start);
                        text.push(label.as_str(), place);
                        let label = self.scalar(text, place, Style::Double);
                        let row = vec![(label, self.child(inner))];
                        inner = self.tree.push(whole, Kind::Table { rows: row, layout: Layout::Body });
                    }
                    rows.push((key, self.child(inner)));
                }
            }
        }
        self.tree.push(span, Kind::Table { rows, layout: Layout::Body })
    }

    fn expression(&mut self, expression: &Expression) -> usize {
        let span = range(expression.span());
        match expression {
            Expression::Null(_) => self.tree.push(span, Kind::Null),
            Expression::Bool(_) | Expression::Number(_) => self.verbatim(span),
            Expression::String(value) => {
                let text = self.quoted(value.as_str(), span);
                self.scalar(text, span, Style::Double)
            }
            Expression::StringTemplate(template) => self.template(template.iter(), span),
            Expression::HeredocTemplate(heredoc) => self.template(heredoc.template.iter(), span),
            Expression::Array(array) => {
                let items = array.iter().map(|item| self.expression(item)).collect::<Vec<_>>();
                let items = items.into_iter().map(|item| self.child(item)).collect();
                self.tree.push(span, Kind::List { items, layout: Layout::Flow })
            }
            Expression::Object(object) => {
                let mut rows = Vec::new();
                for (key, value) in object.iter() {
                    let key = self.key(key);
                    let value = self.expression(value.expr());
                    rows.push((key, self.child(value)));
                }
                self.tree.push(span, Kind::Table { rows, layout: Layout::Flow })
            }
            Expression::Parenthesis(inner) => self.expression(inner.inner()),
            other => {
                let part = self.part(other);
                let text = Text::verbatim(self.source.get(span.range()).unwrap_or(""), span.start);
                let holes = vec![Piece { at: 0..text.len(), part }];
                let scalar = Scalar { text, style: Style::Plain, holes: Some(holes) };
                self.tree.push(span, Kind::Scalar(scalar))
            }
        }
    }

    fn key(&mut self, key: &ObjectKey) -> usize {
        match key {
            ObjectKey::Ident(ident) => self.verbatim(range(ident.span())),
            ObjectKey::Expression(key @ (Expression::String(_) | Expression::StringTemplate(_))) => {
                self.expression(key)
            }
            // An identifier in parentheses is a variable; a plain one is a name.
            ObjectKey::Expression(computed) => self.verbatim(range(computed.span())),
        }
    }

    /// A string without references.
    fn quoted(&self, value: &str, span: Span) -> Text {
        let inner = Span::new(span.start + 1, span.end.saturating_sub(1));
        let raw = self.source.get(inner.range()).unwrap_or("");
        if raw == value {
            return Text::verbatim(raw, inner.start);
        }
        let mut text = Text::empty(inner.start);
        text.push(value, inner);
        text
    }

    fn template<'e>(&mut self, elements: impl Iterator<Item = &'e Element>, span: Span) -> usize {
        let mut text = Text::empty(span.start);
        let mut holes = Vec::new();
        for element in elements {
            let place = range(element.span());
            let at = text.len();
            match element {
                Element::Literal(literal) => text.push(literal.as_str(), place),
                Element::Interpolation(inner) => {
                    text.push(self.source.get(place.range()).unwrap_or(""), place);
                    holes.push(Piece { at: at..text.len(), part: self.part(&inner.expr) });
                }
                Element::Directive(_) => {
                    let raw = self.source.get(place.range()).unwrap_or("");
                    text.push(raw, place);
                    holes.push(Piece { at: at..text.len(), part: Part::Computed(raw.to_owned()) });
                }
            }
        }
        let scalar = Scalar { text, style: Style::Double, holes: Some(holes) };
        self.tree.push(span, Kind::Scalar(scalar))
    }

    fn part(&self, expression: &Expression) -> Part {
        match expression {
            Expression::Variable(name) => Part::Variable { name: name.as_str().to_owned(), fallback: None },
            other => Part::Computed(self.source.get(range(other.span()).range()).unwrap_or("").to_owned()),
        }
    }
}

fn range(range: Option<std::ops::Range<usize>>) -> Span {
    range.map_or(Span::default(), |range| Span::new(range.start, range.end))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialect::Dialect;
    use crate::value::Origin;

    #[test]
    fn blocks_and_expressions_know_their_places() {
        let source = "# é\ntarget \"app\" {\n  args = {\n    T = TOKEN\n    \"U\" = \"x${A}y\"\n    V = f(A)\n  }\n}\n";
        let tree = hcl(source);
        let args = tree.root().unwrap().get("target").unwrap().get("app").unwrap().get("args").unwrap();
        let value = |key: &str| args.get(key).unwrap().value(Dialect::Plain).unwrap();
        let token = Part::Variable { name: "TOKEN".into(), fallback: None };
        assert_eq!(value("T").origin(), Origin::One(&token));
        assert_eq!(value("U").origin(), Origin::Mixture);
        assert_eq!(&source[value("U").span().range()], "x${A}y");
        assert_eq!(value("V").origin(), Origin::One(&Part::Computed("f(A)".into())));
    }

    #[test]
    fn a_mistake_is_a_problem() {
        assert_eq!(hcl("target \"a\" {\n").problems.len(), 1);
    }
}
