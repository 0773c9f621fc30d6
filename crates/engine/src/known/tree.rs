//! JSON and YAML: every string, each under the last name above it.

use saphyr_parser::{Event, Parser};
use zeroize::Zeroizing;

use super::form::Held;
use super::judge::Ground;
use crate::json::{self, Scalar};

/// Deeper YAML is not read.
const DEPTH: usize = 64;

/// What a document holds.
pub(super) struct Leaves {
    pub(super) held: Vec<Held>,
    /// Whether it could be read to its end.
    pub(super) whole: bool,
}

/// The strings of JSON.
pub(super) fn json(text: &str) -> Leaves {
    let mut held = Vec::new();
    let mut see = |path: &[String], scalar: Scalar, value: &str| {
        if scalar == Scalar::Text {
            let name = path.iter().rev().find(|step| step.parse::<usize>().is_err()).cloned();
            let value = Zeroizing::new(value.to_owned());
            held.push(Held { name: name.unwrap_or_default(), line: 0, value, ground: Ground::Listed });
        }
    };
    let whole = json::walk(text.as_bytes(), &mut see).is_ok();
    Leaves { held, whole }
}

/// What is open around an event.
enum Open {
    Mapping { key: Option<String> },
    Sequence,
}

/// The strings of YAML, if it is a mapping or a list.
pub(super) fn yaml(text: &str) -> Leaves {
    let mut reader = Reader::default();
    let mut parser = Parser::new_from_str(text);
    while let Some(next) = parser.next_event() {
        match next {
            Ok((Event::StreamEnd, _)) => break,
            Ok((event, span)) if reader.open.len() <= DEPTH => reader.event(&event, span.start.line()),
            _ => return Leaves { held: reader.held, whole: false },
        }
    }
    Leaves { held: reader.held, whole: true }
}

#[derive(Default)]
struct Reader {
    held: Vec<Held>,
    open: Vec<Open>,
}

impl Reader {
    fn event(&mut self, event: &Event<'_>, line: usize) {
        match event {
            Event::MappingStart(..) => {
                self.open.push(Open::Mapping { key: None });
            }
            Event::SequenceStart(..) => self.open.push(Open::Sequence),
            Event::MappingEnd | Event::SequenceEnd => {
                self.open.pop();
                self.done();
            }
            Event::Alias(_) => self.done(),
            Event::Scalar(text, ..) => match self.open.last_mut() {
                Some(Open::Mapping { key: key @ None }) => *key = Some(text.clone().into_owned()),
                Some(_) => {
                    let value = Zeroizing::new(text.clone().into_owned());
                    self.held.push(Held { name: self.name(), line, value, ground: Ground::Setting });
                    self.done();
                }
                None => {}
            },
            _ => {}
        }
    }

    /// What stands in the place of a value is read.
    fn done(&mut self) {
        if let Some(Open::Mapping { key }) = self.open.last_mut() {
            *key = None;
        }
    }

    fn name(&self) -> String {
        let key = |open: &Open| match open {
            Open::Mapping { key } => key.clone(),
            Open::Sequence => None,
        };
        self.open.iter().rev().find_map(key).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(leaves: &Leaves) -> Vec<(&str, &str)> {
        leaves.held.iter().map(|held| (held.name.as_str(), held.value.as_str())).collect()
    }

    #[test]
    fn strings_have_the_name_above_them() {
        let read = json(
            r#"{"db": {"password": "a\"b\n", "port": 1}, "keys": ["two", "three"], "a": "x", "a": "y"}"#,
        );
        assert_eq!(
            found(&read),
            [("password", "a\"b\n"), ("keys", "two"), ("keys", "three"), ("a", "x"), ("a", "y")]
        );
        assert!(!json("{\"a\": \"b\",}").whole);
    }

    #[test]
    fn yaml_has_blocks_and_lists() {
        let read = yaml(
            "users:\n- name: me\n  user: {token: abc}\nkey: |\n  one\n  two\nlist: [x, \"y\\n\"]\n? a\n: b\n",
        );
        let expected = [
            ("name", "me"),
            ("token", "abc"),
            ("key", "one\ntwo\n"),
            ("list", "x"),
            ("list", "y\n"),
            ("a", "b"),
        ];
        assert!(read.whole);
        assert_eq!(found(&read), expected);
    }
}
