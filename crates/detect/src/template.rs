//! Token templates: `ghp_{base62:36}` read into parts.
//!
//! Literal text; `{class:n}`, `{class:n-m}`, `{class:n+}`; `{[A-Z0-9-]:32}`; `{(a|b)}`; `{pad}`; `{uuid}`;
//! `{token}` (in examples); `{{` and `}}`. A leading `i:` makes literals match in any case.

use crate::set::Set;

/// How far an open end (`{hex:20+}`) reads, in bytes.
pub(crate) const OPEN_END: usize = 4096;

/// A template that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Template {
    /// What it is made of, in order.
    pub(crate) parts: Vec<Part>,
    /// How its literals compare.
    pub(crate) case: Case,
}

/// One part of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// These bytes.
    Literal(Vec<u8>),
    /// One of these.
    Either(Vec<Vec<u8>>),
    /// Bytes of one alphabet.
    Run(Run),
    /// The token of the rule that the example belongs to.
    Token,
}

/// Bytes of one alphabet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Run {
    /// The alphabet.
    pub(crate) set: Set,
    /// At least so many.
    pub(crate) min: usize,
    /// At most so many.
    pub(crate) max: usize,
    /// What more of the same alphabet behind it means.
    pub(crate) end: End,
}

/// What follows a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// More of the same alphabet makes it something else.
    Closed,
    /// The run may go on.
    Open,
}

/// How literals compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Case {
    /// Byte by byte.
    Exact,
    /// Upper and lower case letters are the same.
    Folded,
}

impl Case {
    /// Whether `text` starts with `literal`.
    #[inline]
    pub(crate) fn starts(self, text: &[u8], literal: &[u8]) -> bool {
        match (text.get(..literal.len()), self) {
            (Some(head), Self::Exact) => head == literal,
            (Some(head), Self::Folded) => head.eq_ignore_ascii_case(literal),
            (None, _) => false,
        }
    }
}

/// Why a template cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    /// `{hex:32`.
    #[error("`{{` without its `}}` (write `{{{{` for the character itself)")]
    Unclosed,
    /// `hex:32}`.
    #[error("`}}` without its `{{` (write `}}}}` for the character itself)")]
    Unopened,
    /// `{hax:32}`.
    #[error("`{0}` is not part of the template grammar")]
    Unknown(String),
    /// `{hex:}` or `{hex:9-3}`.
    #[error("`{0}` is not a length: use n, n-m or n+")]
    Length(String),
    /// `{token}` where there is none.
    #[error("`{{token}}` stands where there is no token to put")]
    NoToken,
}

impl Template {
    /// Reads a template.
    pub(crate) fn parse(text: &str) -> Result<Self, TemplateError> {
        let (case, mut rest) = match text.strip_prefix("i:") {
            Some(rest) => (Case::Folded, rest),
            None => (Case::Exact, text),
        };
        let mut template = Self { parts: Vec::new(), case };
        while let Some(next) = rest.find(['{', '}']) {
            let (plain, special) = rest.split_at(next);
            template.literal(plain.as_bytes());
            rest = template.special(special)?;
        }
        template.literal(rest.as_bytes());
        Ok(template)
    }

    /// Reads what starts with a brace; gives back what follows it.
    fn special<'t>(&mut self, text: &'t str) -> Result<&'t str, TemplateError> {
        for (twice, once) in [("{{", b"{"), ("}}", b"}")] {
            if let Some(rest) = text.strip_prefix(twice) {
                self.literal(once);
                return Ok(rest);
            }
        }
        let inside = text.strip_prefix('{').ok_or(TemplateError::Unopened)?;
        // A list or alternative may hold a closing brace: look for its own end first.
        let from = match inside.as_bytes().first() {
            Some(b'[') => inside.find("]:"),
            Some(b'(') => inside.find(')'),
            _ => Some(0),
        };
        let from = from.ok_or(TemplateError::Unclosed)?;
        let end = inside.get(from..).and_then(|tail| tail.find('}')).ok_or(TemplateError::Unclosed)?;
        let (field, rest) = inside.split_at(from.saturating_add(end));
        self.field(field)?;
        Ok(rest.strip_prefix('}').unwrap_or(rest))
    }

    /// Reads the inside of `{…}`.
    fn field(&mut self, field: &str) -> Result<(), TemplateError> {
        match field {
            "pad" => self.run(one(b'='), (0, 2, End::Closed)),
            "uuid" => self.uuid(),
            "token" => self.parts.push(Part::Token),
            _ => return self.class_or_choice(field),
        }
        Ok(())
    }

    fn class_or_choice(&mut self, field: &str) -> Result<(), TemplateError> {
        let unknown = || TemplateError::Unknown(field.to_owned());
        if let Some(choice) = field.strip_prefix('(').and_then(|field| field.strip_suffix(')')) {
            let words = choice.split('|').map(|word| word.as_bytes().to_vec()).collect();
            self.parts.push(Part::Either(words));
            return Ok(());
        }
        let (class, length) = field.rsplit_once(':').ok_or_else(unknown)?;
        let set = match class.strip_prefix('[').and_then(|class| class.strip_suffix(']')) {
            Some(list) => Set::listed(list.as_bytes()),
            None => Set::named(class),
        };
        self.run(set.ok_or_else(unknown)?, length_of(length)?);
        Ok(())
    }

    fn uuid(&mut self) {
        // Most write it in lower case; some languages and all of Windows do not.
        let hex = Set::named("xhex").unwrap_or_default();
        for (index, length) in [8, 4, 4, 4, 12].into_iter().enumerate() {
            if index > 0 {
                self.literal(b"-");
            }
            self.run(hex, (length, length, End::Closed));
        }
    }

    fn run(&mut self, set: Set, (min, max, end): (usize, usize, End)) {
        self.parts.push(Part::Run(Run { set, min, max, end }));
    }

    /// Adds literal text to the literal before it, if there is one.
    fn literal(&mut self, bytes: &[u8]) {
        match self.parts.last_mut() {
            _ if bytes.is_empty() => {}
            Some(Part::Literal(before)) => before.extend_from_slice(bytes),
            _ => self.parts.push(Part::Literal(bytes.to_vec())),
        }
    }
}

fn one(byte: u8) -> Set {
    let mut set = Set::EMPTY;
    set.add(byte, byte);
    set
}

/// `n`, `n-m` or `n+`.
fn length_of(text: &str) -> Result<(usize, usize, End), TemplateError> {
    let wrong = || TemplateError::Length(text.to_owned());
    let number = |digits: &str| digits.parse::<usize>().ok().filter(|n| *n <= OPEN_END).ok_or_else(wrong);
    let length = if let Some(min) = text.strip_suffix('+') {
        (number(min)?, OPEN_END, End::Open)
    } else if let Some((min, max)) = text.split_once('-') {
        (number(min)?, number(max)?, End::Closed)
    } else {
        (number(text)?, number(text)?, End::Closed)
    };
    if length.0 > length.1 || length.1 == 0 {
        return Err(wrong());
    }
    Ok(length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_is_literals_and_runs() {
        let template = Template::parse("sk_{(live|test)}_{base62:24-99}{pad}").unwrap();
        assert_eq!(template.case, Case::Exact);
        assert_eq!(template.parts.len(), 5);
        assert_eq!(template.parts[0], Part::Literal(b"sk_".to_vec()));
        assert_eq!(template.parts[1], Part::Either(vec![b"live".to_vec(), b"test".to_vec()]));
        assert!(matches!(template.parts[3], Part::Run(Run { min: 24, max: 99, end: End::Closed, .. })));
        assert!(matches!(template.parts[4], Part::Run(Run { min: 0, max: 2, .. })));
    }

    #[test]
    fn double_braces_are_braces() {
        let template = Template::parse("{{\"auth\": \"{hex:4}\"}}").unwrap();
        assert_eq!(template.parts[0], Part::Literal(b"{\"auth\": \"".to_vec()));
        assert_eq!(template.parts[2], Part::Literal(b"\"}".to_vec()));
    }

    #[test]
    fn a_list_may_hold_braces_and_colons() {
        let template = Template::parse("{[:}{]:3}").unwrap();
        assert!(matches!(template.parts[0], Part::Run(Run { set, .. }) if set.has(b'}') && set.has(b':')));
    }

    #[test]
    fn mistakes_are_named() {
        for (text, wrong) in [
            ("{hex:32", TemplateError::Unclosed),
            ("hex}", TemplateError::Unopened),
            ("{hax:3}", TemplateError::Unknown("hax:3".into())),
            ("{hex}", TemplateError::Unknown("hex".into())),
            ("{hex:9-3}", TemplateError::Length("9-3".into())),
            ("{hex:99999}", TemplateError::Length("99999".into())),
        ] {
            assert_eq!(Template::parse(text), Err(wrong), "{text}");
        }
    }
}
