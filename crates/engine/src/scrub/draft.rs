//! Masks values in a document: in the strings that hold one, and in nothing else of it.

use base64::Engine as _;
use base64::engine::GeneralPurpose;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use tightlip_image::rewrite::{Kind, Node, Splices, fill, quote};

use super::exact::Values;
use super::step::{STEPS, Work};
use crate::json::{Scalar, pointer};
use crate::surface::{Leaf, Paper};

/// How deep documents may be embedded in documents: as deep as a scan reads them.
const DEPTH: usize = 6;
/// Shorter strings are not tried as base64.
const BASE64_SHORTEST: usize = 16;

/// How a document is masked.
pub(crate) struct Draft<'d> {
    pub(crate) values: &'d Values,
    pub(crate) paper: Paper,
    /// Values that only go where they were seen: pointer and identity.
    pub(crate) weak: Vec<(&'d str, &'d str)>,
}

/// A document with its values masked.
#[derive(Debug, Default)]
pub(crate) struct Drafted {
    pub(crate) bytes: Vec<u8>,
    /// The strings that changed: the step that did it, and the pointer.
    pub(crate) touched: Vec<(&'static str, String)>,
}

impl Draft<'_> {
    /// The document without its values; none if nothing changes.
    pub(crate) fn of(&self, bytes: &[u8]) -> Option<Drafted> {
        let mut pen = Pen { draft: self, bytes, splices: Splices::default(), touched: Vec::new() };
        pen.node(&Node::read(bytes)?, &mut Vec::new());
        let Pen { splices, touched, .. } = pen;
        (!splices.is_empty()).then(|| Drafted { bytes: splices.apply(bytes), touched })
    }

    /// A text without its values; none if it has none. `weak` says which others go here.
    pub(crate) fn text(&self, text: &str, weak: &dyn Fn(&str) -> bool) -> Option<String> {
        self.deep(text, weak, 0)
    }

    fn deep(&self, text: &str, weak: &dyn Fn(&str) -> bool, depth: usize) -> Option<String> {
        let inner = (depth < DEPTH).then(|| self.inside(text, weak, depth)).flatten();
        let mut bytes = inner.as_deref().unwrap_or(text).as_bytes().to_vec();
        let found = self.mask(&mut bytes, weak);
        let plain = || String::from_utf8_lossy(&bytes).into_owned();
        if found { Some(plain()) } else { inner }
    }

    fn mask(&self, bytes: &mut [u8], weak: &dyn Fn(&str) -> bool) -> bool {
        let mut spans = Vec::new();
        self.values.find(bytes, weak, &mut |_, span| spans.push(span));
        for span in &spans {
            fill(bytes.get_mut(span.clone()).unwrap_or_default());
        }
        !spans.is_empty()
    }

    /// A document in a string, and what base64 hides.
    fn inside(&self, text: &str, weak: &dyn Fn(&str) -> bool, depth: usize) -> Option<String> {
        if text.trim_start().starts_with(['{', '[']) {
            return self.embedded(text.as_bytes(), weak, depth).and_then(|new| String::from_utf8(new).ok());
        }
        let (engine, bytes) = decode(text)?;
        let new = match std::str::from_utf8(&bytes) {
            Ok(inner) => self.deep(inner, weak, depth + 1)?.into_bytes(),
            Err(_) => {
                let mut bytes = bytes;
                self.mask(&mut bytes, weak).then_some(bytes)?
            }
        };
        Some(engine.encode(new))
    }

    fn embedded(&self, bytes: &[u8], weak: &dyn Fn(&str) -> bool, depth: usize) -> Option<Vec<u8>> {
        let mut splices = Splices::default();
        strings(&Node::read(bytes)?, &mut |node| {
            let span = node.clone();
            let text = bytes.get(span.clone()).and_then(|text| serde_json::from_slice::<String>(text).ok());
            if let Some(new) = text.and_then(|text| self.deep(&text, weak, depth + 1)) {
                splices.put(span, quote(&new));
            }
        });
        (!splices.is_empty()).then(|| splices.apply(bytes))
    }
}

/// Every string of a document, names of members too.
fn strings(node: &Node, tell: &mut dyn FnMut(&std::ops::Range<usize>)) {
    if node.kind == Kind::Text {
        tell(&node.span);
    }
    node.items().iter().for_each(|item| strings(item, tell));
    for member in node.members() {
        tell(&member.key);
        strings(&member.value, tell);
    }
}

/// Base64 of either alphabet that this engine would write again just so.
fn decode(text: &str) -> Option<(&'static GeneralPurpose, Vec<u8>)> {
    if text.len() < BASE64_SHORTEST || text.bytes().any(|b| matches!(b, b' ' | b':' | b'.')) {
        return None;
    }
    let engines = [&STANDARD, &STANDARD_NO_PAD, &URL_SAFE, &URL_SAFE_NO_PAD];
    engines.into_iter().find_map(|engine| {
        let bytes = engine.decode(text).ok()?;
        (engine.encode(&bytes) == text).then_some((engine, bytes))
    })
}

struct Pen<'p> {
    draft: &'p Draft<'p>,
    bytes: &'p [u8],
    splices: Splices,
    touched: Vec<(&'static str, String)>,
}

impl Pen<'_> {
    fn node(&mut self, node: &Node, path: &mut Vec<String>) {
        match &node.kind {
            Kind::Text => {
                if let Some(text) = node.text(self.bytes) {
                    self.string(&text, node.span.clone(), (path, Scalar::Text));
                }
            }
            Kind::Number => self.number(node, path),
            Kind::Word => {}
            Kind::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    path.push(index.to_string());
                    self.node(item, path);
                    path.pop();
                }
            }
            Kind::Object(members) => {
                for member in members {
                    let Some(name) = member.name(self.bytes) else { continue };
                    path.push(name.clone());
                    self.string(&name, member.key.clone(), (path, Scalar::Key));
                    self.node(&member.value, path);
                    path.pop();
                }
            }
        }
    }

    fn string(&mut self, text: &str, span: std::ops::Range<usize>, (path, scalar): (&[String], Scalar)) {
        let here = pointer(path);
        if let Some(new) = self.draft.text(text, &|identity| self.is_weak_here(identity, &here)) {
            self.splices.put(span, quote(&new));
            self.touch(text, (path, scalar), here);
        }
    }

    fn number(&mut self, node: &Node, path: &[String]) {
        let text = self.bytes.get(node.span.clone()).unwrap_or_default().to_vec();
        let here = pointer(path);
        let mut found = false;
        self.draft
            .values
            .find(&text, &|identity| self.is_weak_here(identity, &here), &mut |_, _| found = true);
        if found {
            self.splices.put(node.span.clone(), b"0".to_vec());
            self.touch(&String::from_utf8_lossy(&text), (path, Scalar::Number), here);
        }
    }

    fn is_weak_here(&self, identity: &str, here: &str) -> bool {
        let at = |pointer: &str| {
            here.strip_prefix(pointer).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        self.draft.weak.iter().any(|(pointer, weak)| *weak == identity && at(pointer))
    }

    fn touch(&mut self, text: &str, (path, scalar): (&[String], Scalar), here: String) {
        let leaf = Leaf { paper: self.draft.paper, path, scalar, text };
        let claims = |step: &&&super::step::Step| matches!(step.work, Work::Text(claims) if claims(&leaf));
        if let Some(step) = STEPS.iter().find(claims) {
            self.touched.push((step.name, here));
        }
    }
}

#[cfg(test)]
mod tests {
    use zeroize::Zeroizing;

    use super::*;

    fn values(value: &str) -> Values {
        Values::new(vec![("id".to_owned(), Zeroizing::new(value.as_bytes().to_vec()))], &[], &|_| false)
            .unwrap()
    }

    #[test]
    fn only_the_strings_that_hold_a_value_change() {
        let values = values("kD93jfLs02mQpz");
        let draft = Draft { values: &values, paper: Paper::Config, weak: Vec::new() };
        let text = br#"{ "config":{"Env":["A=b","T=kD93jfLs02mQpz"], "X":{"a\/b":1}},"history":[{"created_by":"RUN kD93jfLs02mQpz \u0026"}] }"#;
        let drafted = draft.of(text).unwrap();
        let new = String::from_utf8(drafted.bytes).unwrap();
        assert_eq!(
            new,
            r#"{ "config":{"Env":["A=b","T=xxxxxxxxxxxxxx"], "X":{"a\/b":1}},"history":[{"created_by":"RUN xxxxxxxxxxxxxx &"}] }"#
        );
        assert_eq!(
            drafted.touched,
            [
                ("config-text", "/config/Env/1".to_owned()),
                ("history-text", "/history/0/created_by".to_owned())
            ]
        );
        assert!(draft.of(new.as_bytes()).is_none());
    }

    #[test]
    fn what_is_embedded_is_masked_where_it_stands() {
        let values = values("kD93jfLs02mQpz");
        let draft = Draft { values: &values, paper: Paper::Config, weak: Vec::new() };
        let comment = r#"[{"created_by":"ARG T=kD93jfLs02mQpz"}]"#;
        let hidden = STANDARD.encode(r#"{"a":"x kD93jfLs02mQpz y"}"#);
        let text = serde_json::json!({"history": [{"comment": comment}], "vendor": hidden}).to_string();
        let new = draft.of(text.as_bytes()).unwrap().bytes;
        let new: serde_json::Value = serde_json::from_slice(&new).unwrap();
        assert_eq!(new["history"][0]["comment"], r#"[{"created_by":"ARG T=xxxxxxxxxxxxxx"}]"#);
        assert_eq!(
            STANDARD.decode(new["vendor"].as_str().unwrap()).unwrap(),
            br#"{"a":"x xxxxxxxxxxxxxx y"}"#
        );
    }

    #[test]
    fn a_common_word_goes_only_where_it_was_seen() {
        let values = values("postgres");
        let draft = Draft { values: &values, paper: Paper::Config, weak: vec![("/config/Env/0", "id")] };
        let text = br#"{"config":{"Env":["PASSWORD=postgres","USER=postgres"],"Cmd":["postgres"]}}"#;
        let new = String::from_utf8(draft.of(text).unwrap().bytes).unwrap();
        assert_eq!(new, r#"{"config":{"Env":["PASSWORD=xxxxxxxx","USER=postgres"],"Cmd":["postgres"]}}"#);
    }
}
