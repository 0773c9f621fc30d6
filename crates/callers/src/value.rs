//! What a value is made of: text, variables, secrets of the CI, outputs of commands.

use std::ops::Range;

use tightlip_dockerfile::{Span, Text};

use crate::dialect::Dialect;

/// One kind of content in a [`Value`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// Text as it stands.
    Literal,
    /// One secret of the CI by name: `${{ secrets.NAME }}`.
    Secret(String),
    /// All secrets of the CI at once: `${{ toJSON(secrets) }}`.
    AllSecrets,
    /// The token that the CI gives every run: `${{ github.token }}`, `$CI_JOB_TOKEN`.
    Token(String),
    /// A variable of the environment or of the file.
    Variable {
        /// Its name.
        name: String,
        /// What stands in when it is not set.
        fallback: Option<String>,
    },
    /// The output of a command.
    Command(String),
    /// Anything else that is computed: the text of the expression.
    Computed(String),
}

impl Part {
    /// A variable without a fallback, or a token when it is one of those that a CI provides.
    #[must_use]
    pub fn variable(name: &str) -> Self {
        if is_token(name) {
            return Self::Token(name.to_owned());
        }
        Self::Variable { name: name.to_owned(), fallback: None }
    }

    /// Whether it is a secret by what it is, whatever its name.
    #[must_use]
    pub fn is_secret(&self) -> bool {
        match self {
            Self::Secret(_) | Self::AllSecrets | Self::Token(_) => true,
            Self::Computed(text) => mentions_secret(text),
            Self::Literal | Self::Variable { .. } | Self::Command(_) => false,
        }
    }
}

/// Whether an expression of GitHub uses a secret somewhere.
fn mentions_secret(expression: &str) -> bool {
    let bare: String =
        expression.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_ascii_lowercase();
    let uses = |words: &str| {
        bare.match_indices(words).any(|(at, _)| {
            let before = bare.get(..at).and_then(|text| text.chars().next_back());
            !before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'))
        })
    };
    ["secrets.", "secrets[", "secrets)", "github.token", "github['token']"].iter().any(|words| uses(words))
}

/// The names behind `inputs.` in an expression.
fn inputs(expression: &str) -> Vec<&str> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    let name = |(at, word): (usize, &str)| {
        let before = expression.get(..at)?.chars().next_back();
        let rest = expression.get(at + word.len()..)?;
        let name = rest.split(|c: char| !is_part(c)).next()?;
        let own = before.is_none_or(|c| !is_part(c) && c != '.')
            || expression.get(..at)?.ends_with("github.event.");
        (own && !name.is_empty()).then_some(name)
    };
    expression.match_indices("inputs.").filter_map(name).collect()
}

/// Variables in which a CI puts credentials of its own.
const TOKENS: &[&str] = &[
    "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
    "ACTIONS_RUNTIME_TOKEN",
    "BITBUCKET_STEP_OIDC_TOKEN",
    "BUILDKITE_AGENT_ACCESS_TOKEN",
    "CIRCLE_OIDC_TOKEN",
    "CIRCLE_OIDC_TOKEN_V2",
    "CI_DEPENDENCY_PROXY_PASSWORD",
    "CI_DEPLOY_PASSWORD",
    "CI_JOB_JWT",
    "CI_JOB_JWT_V1",
    "CI_JOB_JWT_V2",
    "CI_JOB_TOKEN",
    "CI_REGISTRY_PASSWORD",
    // The address holds the job's token.
    "CI_REPOSITORY_URL",
    "GITHUB_TOKEN",
    "SYSTEM_ACCESSTOKEN",
    "System.AccessToken",
];

/// Whether a variable of this name holds a credential that the CI itself provides.
#[must_use]
pub fn is_token(name: &str) -> bool {
    TOKENS.contains(&name)
}

/// A part and where in the text it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// The bytes of [`Value::text`].
    pub at: Range<usize>,
    /// What they are.
    pub part: Part,
}

/// What a value as a whole is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin<'a> {
    /// Text only; it may be empty.
    Literal,
    /// Nothing but this.
    One(&'a Part),
    /// Text and other things, or several other things.
    Mixture,
}

/// A value with its place in the file, and what it is made of.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Value {
    text: Text,
    pieces: Vec<Piece>,
}

impl Value {
    /// A value of text only.
    #[must_use]
    pub fn literal(text: Text) -> Self {
        Self::with_holes(text, Vec::new())
    }

    /// A text as `dialect` reads it.
    pub(crate) fn new(text: Text, dialect: Dialect) -> Self {
        let holes = dialect.holes(&text);
        Self::with_holes(text, holes)
    }

    /// A text in which some stretches, in order, are not text.
    pub(crate) fn with_holes(text: Text, holes: Vec<Piece>) -> Self {
        let mut pieces: Vec<Piece> = Vec::new();
        let mut at = 0;
        let length = text.len();
        let holes = holes.into_iter().filter(|hole| hole.at.start < hole.at.end && hole.at.end <= length);
        for hole in holes {
            if hole.at.start < at {
                continue;
            }
            if hole.at.start > at {
                pieces.push(Piece { at: at..hole.at.start, part: Part::Literal });
            }
            at = hole.at.end;
            pieces.push(hole);
        }
        if at < length {
            pieces.push(Piece { at: at..length, part: Part::Literal });
        }
        Self { text, pieces }
    }

    /// The text, references as they are written.
    #[must_use]
    pub fn text(&self) -> &Text {
        &self.text
    }

    /// The text as a string.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.text.as_str()
    }

    /// Where it stands in the file.
    #[must_use]
    pub fn span(&self) -> Span {
        self.text.span()
    }

    /// The parts in order; they cover the text.
    #[must_use]
    pub fn pieces(&self) -> &[Piece] {
        &self.pieces
    }

    /// What it is as a whole.
    #[must_use]
    pub fn origin(&self) -> Origin<'_> {
        match self.pieces.as_slice() {
            [] => Origin::Literal,
            [one] if one.part == Part::Literal => Origin::Literal,
            [one] => Origin::One(&one.part),
            _ => Origin::Mixture,
        }
    }

    /// The text, when nothing in it is computed.
    #[must_use]
    pub fn plain(&self) -> Option<&str> {
        (self.origin() == Origin::Literal).then(|| self.as_str())
    }

    /// The variable that it is, when it is nothing else; a token that the CI keeps in a variable counts.
    #[must_use]
    pub fn variable(&self) -> Option<(&str, Option<&str>)> {
        match self.origin() {
            Origin::One(Part::Variable { name, fallback }) => Some((name, fallback.as_deref())),
            Origin::One(Part::Token(name)) if is_token(name) => Some((name, None)),
            _ => None,
        }
    }

    /// Whether a secret of the CI is in it.
    #[must_use]
    pub fn holds_secret(&self) -> bool {
        self.pieces.iter().any(|piece| piece.part.is_secret())
    }

    /// Whether something that is computed stands in it where a URL has its password: `https://user:${TOKEN}@host/`.
    /// What stands there alone, `https://${TOKEN}@host/`, may be a name: then `is_secret` judges what it is called.
    #[must_use]
    pub fn holds_login(&self, is_secret: impl Fn(&str) -> bool) -> bool {
        self.pieces.iter().filter(|piece| piece.part != Part::Literal).any(|piece| {
            let before = self.as_str().get(..piece.at.start).unwrap_or("");
            let behind = self.as_str().get(piece.at.end..).unwrap_or("");
            let Some((_, inside)) = before.rsplit_once("://").filter(|_| behind.starts_with('@')) else {
                return false;
            };
            let named = match &piece.part {
                Part::Variable { name, .. } => is_secret(name),
                _ => false,
            };
            !inside.contains(['/', '@', ' ']) && (inside.contains(':') || inside.is_empty() && named)
        })
    }

    /// The inputs of a workflow that are in it: `${{ inputs.NAME }}`.
    #[must_use]
    pub fn inputs(&self) -> Vec<&str> {
        let computed = self.pieces.iter().filter_map(|piece| match &piece.part {
            Part::Computed(text) => Some(text.as_str()),
            _ => None,
        });
        computed.flat_map(inputs).collect()
    }

    /// Its lines, as inputs that are lists have them: quotes may hold line breaks, comments and empty lines are none.
    #[must_use]
    pub fn lines(&self) -> Vec<Value> {
        let lines = self.split('\n').into_iter().map(|line| line.trim().unquote());
        lines.filter(|line| !line.as_str().is_empty() && !line.as_str().starts_with('#')).collect()
    }

    /// The part of it in `range`; a piece that is cut in two stays what it is.
    #[must_use]
    pub fn slice(&self, range: Range<usize>) -> Value {
        let range = range.start.min(self.text.len())..range.end.min(self.text.len());
        let pieces = self.pieces.iter().filter_map(|piece| {
            let (start, end) = (piece.at.start.max(range.start), piece.at.end.min(range.end));
            (start < end)
                .then(|| Piece { at: start - range.start..end - range.start, part: piece.part.clone() })
        });
        Value { pieces: pieces.collect(), text: self.text.slice(range) }
    }

    /// Without white space at both ends.
    #[must_use]
    pub fn trim(&self) -> Value {
        let text = self.as_str();
        let end = text.trim_end().len();
        let start = end - text.get(..end).unwrap_or("").trim_start().len();
        self.slice(start..end)
    }

    /// Without the double quotes around it, if both are there.
    #[must_use]
    pub fn unquote(&self) -> Value {
        let text = self.as_str();
        let quoted = text.len() >= 2 && text.starts_with('"') && text.ends_with('"');
        if quoted { self.slice(1..text.len() - 1) } else { self.clone() }
    }

    /// The two sides of the first `separator` that is text.
    #[must_use]
    pub fn cut(&self, separator: char) -> Option<(Value, Value)> {
        let at = self.find(separator, 0)?;
        Some((self.slice(0..at), self.slice(at + separator.len_utf8()..self.text.len())))
    }

    /// The first `wanted` from `from` on that is text.
    fn find(&self, wanted: char, from: usize) -> Option<usize> {
        let literal = self.pieces.iter().filter(|piece| piece.part == Part::Literal);
        literal.filter(|piece| piece.at.end > from).find_map(|piece| {
            let start = piece.at.start.max(from);
            let text = self.as_str().get(start..piece.at.end)?;
            text.find(wanted).map(|at| start + at)
        })
    }

    /// The stretches between `separator`s that are text and outside of double quotes.
    #[must_use]
    pub fn split(&self, separator: char) -> Vec<Value> {
        let mut parts = Vec::new();
        let (mut start, mut quoted) = (0, false);
        for (at, character) in self.as_str().char_indices() {
            let literal = self.is_literal_at(at);
            match character {
                // A quote counts at the start of a field, as in CSV.
                '"' if literal && quoted => quoted = false,
                '"' if literal => {
                    quoted = self.as_str().get(start..at).is_some_and(|text| text.trim().is_empty())
                }
                other if other == separator && literal && !quoted => {
                    parts.push(self.slice(start..at));
                    start = at + separator.len_utf8();
                }
                _ => {}
            }
        }
        parts.push(self.slice(start..self.text.len()));
        parts
    }

    fn is_literal_at(&self, at: usize) -> bool {
        let index = self.pieces.partition_point(|piece| piece.at.end <= at);
        self.pieces.get(index).is_none_or(|piece| piece.part == Part::Literal)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn github(text: &str) -> Value {
        Value::new(Text::verbatim(text, 0), Dialect::GitHub)
    }

    #[test]
    fn a_value_says_what_it_is() {
        assert_eq!(github("x").origin(), Origin::Literal);
        assert_eq!(github("${{ secrets.T }}").origin(), Origin::One(&Part::Secret("T".into())));
        assert_eq!(github("v${{ secrets.T }}").origin(), Origin::Mixture);
        assert!(github("v${{ secrets.T }}").holds_secret());
        assert!(github("${{ inputs.x || secrets.T }}").holds_secret());
        assert!(!github("${{ inputs.secrets_name }}").holds_secret());
        assert_eq!(github("v${{ inputs.a || github.event.inputs.b-c }}").inputs(), ["a", "b-c"]);
        assert!(github("${{ steps.inputs.outputs.a }}").inputs().is_empty());
    }

    #[test]
    fn a_cut_leaves_references_whole() {
        let (name, value) = github("T=${{ a == 'b' && secrets.T }}").cut('=').unwrap();
        assert_eq!((name.as_str(), value.pieces().len()), ("T", 1));
        assert_eq!(value.span(), Span::new(2, 30));
        assert!(github("${{ a == b }}").cut('=').is_none());
    }

    #[test]
    fn quotes_keep_a_separator() {
        let parts = github("type=a,\"dest=x,y\",mode=max").split(',');
        let parts: Vec<String> = parts.iter().map(|part| part.unquote().as_str().to_owned()).collect();
        assert_eq!(parts, ["type=a", "dest=x,y", "mode=max"]);
    }
}
