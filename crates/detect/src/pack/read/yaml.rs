//! YAML as a tree. Aliases are refused: a small text could become a large tree.

use saphyr_parser::{Event, Parser, ScalarStyle};

use super::{Node, Remarks, Value};

/// Values in values are entered so deep.
const DEPTH: usize = 64;

/// A list or table that is not closed yet.
struct Open {
    line: usize,
    items: Items,
}

enum Items {
    List(Vec<Node>),
    Table { rows: Vec<(String, Node)>, key: Option<String> },
}

/// Reads the documents of a text, in order.
pub(crate) fn yaml(text: &str, remarks: &mut Remarks) -> Vec<Node> {
    let mut open: Vec<Open> = Vec::new();
    let mut documents = Vec::new();
    let mut parser = Parser::new_from_str(text);
    while let Some(next) = parser.next_event() {
        let (event, span) = match next {
            Ok(next) => next,
            Err(error) => {
                remarks.error(error.marker().line(), error.info());
                break;
            }
        };
        let line = span.start.line();
        let done = match event {
            Event::StreamEnd => break,
            Event::Scalar(text, style, ..) => Some(Node { line, value: scalar(&text, style) }),
            Event::SequenceStart(..) => {
                open.push(Open { line, items: Items::List(Vec::new()) });
                None
            }
            Event::MappingStart(..) => {
                open.push(Open { line, items: Items::Table { rows: Vec::new(), key: None } });
                None
            }
            Event::SequenceEnd | Event::MappingEnd => open.pop().map(Open::close),
            Event::Alias(_) => {
                remarks.error(line, "a YAML alias (`*name`) is not read: write out what it stands for");
                Some(Node { line, value: Value::Null })
            }
            _ => None,
        };
        if open.len() > DEPTH {
            remarks.error(line, format!("values inside values are read {DEPTH} deep"));
            return Vec::new();
        }
        if let Some(node) = done {
            match open.last_mut() {
                Some(around) => around.add(node, remarks),
                None => documents.push(node),
            }
        }
    }
    documents
}

fn scalar(text: &str, style: ScalarStyle) -> Value {
    let null = style == ScalarStyle::Plain && matches!(text, "" | "~" | "null" | "Null" | "NULL");
    if null { Value::Null } else { Value::Scalar(text.to_owned()) }
}

impl Open {
    fn add(&mut self, node: Node, remarks: &mut Remarks) {
        match &mut self.items {
            Items::List(items) => items.push(node),
            Items::Table { rows, key } => match (key.take(), node.value) {
                (Some(name), value) => {
                    if rows.iter().any(|(known, _)| *known == name) {
                        remarks.error(node.line, format!("`{name}` stands twice"));
                    }
                    rows.push((name, Node { line: node.line, value }));
                }
                (None, Value::Scalar(name)) => *key = Some(name),
                (None, _) => {
                    remarks.error(node.line, "a key that is no text");
                    *key = Some(String::new());
                }
            },
        }
    }

    fn close(self) -> Node {
        let value = match self.items {
            Items::List(items) => Value::List(items),
            Items::Table { rows, .. } => Value::Table(rows),
        };
        Node { line: self.line, value }
    }
}
