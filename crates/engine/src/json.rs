//! Walks a JSON document and gives every string, key and number with its pointer.
//!
//! Image documents are never turned into typed structs or maps here: unknown keys and keys that stand twice
//! would be lost.

use std::fmt;

use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

/// What stands at a pointer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scalar {
    /// A string.
    Text,
    /// The name of a member.
    Key,
    /// A number.
    Number,
    /// The strings of an array joined by one space, as a command line is read.
    Joined,
}

/// Receives what stands in the document.
pub(crate) type See<'s> = dyn FnMut(&[String], Scalar, &str) + 's;

/// Walks the whole document. An error says where the JSON ends being JSON; all before it was given.
pub(crate) fn walk(bytes: &[u8], see: &mut See<'_>) -> Result<(), serde_json::Error> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let mut path = Vec::new();
    Node { path: &mut path, see }.deserialize(&mut reader)?;
    reader.end()
}

/// A JSON pointer (RFC 6901).
pub(crate) fn pointer(path: &[String]) -> String {
    path.iter().fold(String::new(), |mut text, step| {
        text.push('/');
        text.push_str(&step.replace('~', "~0").replace('/', "~1"));
        text
    })
}

struct Node<'n, 's> {
    path: &'n mut Vec<String>,
    see: &'n mut See<'s>,
}

/// The string that a node was, for arrays that are command lines.
type Word = Option<String>;

impl<'de> DeserializeSeed<'de> for Node<'_, '_> {
    type Value = Word;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Word, D::Error> {
        reader.deserialize_any(self)
    }
}

impl Node<'_, '_> {
    fn number(self, text: &str) -> Word {
        (self.see)(self.path, Scalar::Number, text);
        None
    }
}

impl<'de> Visitor<'de> for Node<'_, '_> {
    type Value = Word;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Word, E> {
        (self.see)(self.path, Scalar::Text, text);
        Ok(Some(text.to_owned()))
    }

    fn visit_bool<E: de::Error>(self, _: bool) -> Result<Word, E> {
        Ok(None)
    }

    fn visit_unit<E: de::Error>(self) -> Result<Word, E> {
        Ok(None)
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Word, E> {
        Ok(self.number(&number.to_string()))
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<Word, E> {
        Ok(self.number(&number.to_string()))
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<Word, E> {
        Ok(self.number(&number.to_string()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Word, A::Error> {
        let mut words: Vec<String> = Vec::new();
        for index in 0.. {
            self.path.push(index.to_string());
            let item = items.next_element_seed(Node { path: self.path, see: self.see });
            self.path.pop();
            match item? {
                Some(word) => words.extend(word),
                None => break,
            }
        }
        if words.len() > 1 {
            (self.see)(self.path, Scalar::Joined, &words.join(" "));
        }
        Ok(None)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Word, A::Error> {
        while let Some(key) = members.next_key::<String>()? {
            self.path.push(key);
            if let Some(key) = self.path.last() {
                (self.see)(self.path, Scalar::Key, key);
            }
            let member = members.next_value_seed(Node { path: self.path, see: self.see });
            self.path.pop();
            member?;
        }
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(json: &str) -> Vec<String> {
        let mut out = Vec::new();
        walk(json.as_bytes(), &mut |path, kind, text| {
            if kind != Scalar::Key {
                out.push(format!("{}={text}", pointer(path)));
            }
        })
        .unwrap();
        out
    }

    #[test]
    fn a_key_that_stands_twice_is_seen_twice() {
        assert_eq!(seen(r#"{"a":"one","a":"two"}"#), ["/a=one", "/a=two"]);
    }

    #[test]
    fn escapes_are_undone() {
        assert_eq!(seen(r#"{"a/b":"x\u0026y\n"}"#), ["/a~1b=x&y\n"]);
    }

    #[test]
    fn a_command_line_is_seen_word_by_word_and_whole() {
        assert_eq!(seen(r#"["-p","x",1]"#), ["/0=-p", "/1=x", "/2=1", "=-p x"]);
    }

    #[test]
    fn what_stands_before_a_fault_is_seen() {
        let mut texts = Vec::new();
        let end = walk(br#"{"a":"b","c":"#, &mut |_, kind, text| {
            if kind == Scalar::Text {
                texts.push(text.to_owned());
            }
        });
        assert!(end.is_err());
        assert_eq!(texts, ["b"]);
    }
}
