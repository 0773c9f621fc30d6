//! Ignore files: which files of a build context the builder never sees.
//!
//! The semantics are those of moby's pattern matcher, not of Git: patterns start at the root of the context (`.env`
//! does not match `sub/.env`, `**/.env` does), the last pattern that matches wins, and what holds for a directory holds
//! for everything in it.

use crate::Span;

/// An ignore file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ignore {
    rules: Vec<Rule>,
}

/// A line of an ignore file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// The pattern, cleaned: no leading slash, no `.` and `..`, without the `!`.
    pub pattern: String,
    /// What it does with what it matches.
    pub effect: Effect,
    /// The line in the file, without line end.
    pub span: Span,
    /// Its number, counted from 1.
    pub line: usize,
    matcher: Matcher,
}

/// What a rule does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Takes files out of the context.
    Exclude,
    /// Puts them back: a line with `!`.
    Include,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Matcher {
    /// Exactly this path.
    Path(String),
    /// Every path that starts with this.
    Prefix(String),
    /// Every path that ends with this, and, when it starts with a slash, the path without the slash.
    Suffix(String),
    /// Anything else.
    Tokens(Vec<Token>),
    /// A pattern that the builder refuses: it matches nothing here.
    Broken,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    Is(char),
    /// `?`
    One,
    /// `*`
    Star,
    /// `**` in the middle: any directories, none too. Always in front of an [`Token::Inside`].
    Directories,
    /// Within those directories: up to a slash.
    Inside,
    /// `**` at the end.
    Rest,
    /// `[a-z]`, `[^a-z]`
    Class {
        ranges: Vec<(char, char)>,
        inverted: Inverted,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Inverted {
    No,
    Yes,
}

impl Ignore {
    /// Reads an ignore file. Never fails; rules that the builder would refuse are in [`Ignore::broken`].
    #[must_use]
    pub fn parse(text: &str) -> Ignore {
        let mut rules = Vec::new();
        let mut at = 0;
        for (number, raw) in text.split_inclusive('\n').enumerate() {
            let line = raw.trim_end_matches(['\r', '\n']);
            let content = if number == 0 { line.trim_start_matches('\u{feff}') } else { line };
            // Only a `#` in the very first column makes a comment.
            if !content.starts_with('#') && !content.trim().is_empty() {
                rules.push(rule(content.trim(), Span::new(at, at + line.len()), number + 1));
            }
            at += raw.len();
        }
        Ignore { rules }
    }

    /// The rules, in order.
    #[must_use]
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// The rules that make the builder stop: a lone `!`, a bracket that does not close.
    pub fn broken(&self) -> impl Iterator<Item = &Rule> {
        self.rules.iter().filter(|rule| rule.matcher == Matcher::Broken)
    }

    /// Whether the builder leaves `path` out. The path is relative to the context, with slashes.
    #[must_use]
    pub fn excludes(&self, path: &str) -> bool {
        self.decides(path).is_some_and(|rule| rule.effect == Effect::Exclude)
    }

    /// The rule that decides about `path`: the last one that changed what happens to it, because it matches the path or
    /// a directory it lies in. `None` when no rule excludes it.
    #[must_use]
    pub fn decides(&self, path: &str) -> Option<&Rule> {
        let path = clean(path);
        let path = path.trim_start_matches('/');
        if path == "." {
            return None;
        }
        let ends = path.match_indices('/').map(|(at, _)| at).chain([path.len()]);
        let parents: Vec<&str> = ends.filter_map(|end| path.get(..end)).collect();
        // A rule that would change nothing is not looked at; so the rule that decides is the last that did.
        let mut decider: Option<&Rule> = None;
        for rule in &self.rules {
            let excluded = decider.is_some_and(|rule| rule.effect == Effect::Exclude);
            let changes = (rule.effect == Effect::Exclude) != excluded;
            if changes && parents.iter().any(|parent| rule.matcher.fits(parent)) {
                decider = Some(rule);
            }
        }
        decider
    }
}

fn rule(line: &str, span: Span, number: usize) -> Rule {
    let (effect, body) = match line.strip_prefix('!') {
        Some(body) => (Effect::Include, body.trim()),
        None => (Effect::Exclude, line),
    };
    let mut pattern = if body.is_empty() { String::new() } else { clean(body) };
    if pattern.len() > 1 && pattern.starts_with('/') {
        pattern.remove(0);
    }
    let matcher = if pattern.is_empty() { Matcher::Broken } else { Matcher::compile(&pattern) };
    Rule { pattern, effect, span, line: number, matcher }
}

/// The shortest path of the same meaning: no double slashes, no `.`, no `..` that can be resolved.
fn clean(path: &str) -> String {
    let rooted = path.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            ".." if rooted => {}
            name => parts.push(name),
        }
    }
    let joined = parts.join("/");
    match (rooted, joined.is_empty()) {
        (true, _) => format!("/{joined}"),
        (false, true) => ".".to_owned(),
        (false, false) => joined,
    }
}

/// Which shape a pattern has so far.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    Path,
    Prefix,
    Suffix,
    Tokens,
}

impl Matcher {
    fn compile(pattern: &str) -> Matcher {
        let mut tokens = Vec::new();
        let mut shape = Shape::Path;
        let mut characters = pattern.chars().peekable();
        let mut first = true;
        while let Some(character) = characters.next() {
            match character {
                '*' if characters.next_if_eq(&'*').is_some() => {
                    characters.next_if_eq(&'/');
                    let last = characters.peek().is_none();
                    shape = if first {
                        Shape::Suffix
                    } else if last && shape == Shape::Path {
                        Shape::Prefix
                    } else {
                        Shape::Tokens
                    };
                    if last {
                        tokens.push(Token::Rest);
                    } else {
                        tokens.extend([Token::Directories, Token::Inside]);
                    }
                }
                '*' | '?' => {
                    tokens.push(if character == '*' { Token::Star } else { Token::One });
                    shape = Shape::Tokens;
                }
                '\\' => {
                    let Some(escaped) = characters.next() else { return Matcher::Broken };
                    tokens.push(Token::Is(escaped));
                    shape = Shape::Tokens;
                }
                '[' => {
                    let Some(class) = class(&mut characters) else { return Matcher::Broken };
                    tokens.push(class);
                    shape = Shape::Tokens;
                }
                plain => tokens.push(Token::Is(plain)),
            }
            first = false;
        }
        match shape {
            Shape::Path => Matcher::Path(pattern.to_owned()),
            Shape::Prefix => Matcher::Prefix(pattern.trim_end_matches('/').trim_end_matches("**").to_owned()),
            Shape::Suffix => Matcher::Suffix(pattern.strip_prefix("**").unwrap_or(pattern).to_owned()),
            Shape::Tokens => Matcher::Tokens(tokens),
        }
    }

    fn fits(&self, path: &str) -> bool {
        match self {
            Matcher::Path(wanted) => path == wanted,
            Matcher::Prefix(prefix) => path.starts_with(prefix.as_str()),
            Matcher::Suffix(suffix) => {
                path.ends_with(suffix.as_str()) || suffix.strip_prefix('/').is_some_and(|name| name == path)
            }
            Matcher::Tokens(tokens) => fits(tokens, path),
            Matcher::Broken => false,
        }
    }
}

/// The rest of a `[…]`: what `filepath.Match` of Go accepts.
fn class(characters: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Option<Token> {
    let inverted = if characters.next_if_eq(&'^').is_some() { Inverted::Yes } else { Inverted::No };
    let mut ranges = Vec::new();
    loop {
        if !ranges.is_empty() && characters.next_if_eq(&']').is_some() {
            return Some(Token::Class { ranges, inverted });
        }
        let low = class_character(characters)?;
        let high = if characters.next_if_eq(&'-').is_some() { class_character(characters)? } else { low };
        if high < low {
            return None;
        }
        ranges.push((low, high));
    }
}

fn class_character(characters: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Option<char> {
    match characters.next()? {
        '\\' => characters.next(),
        '-' | ']' => None,
        plain => Some(plain),
    }
}

/// Walks the path once, with all positions in the pattern at which the match may be.
fn fits(tokens: &[Token], path: &str) -> bool {
    let mut states = vec![false; tokens.len() + 1];
    if let Some(first) = states.first_mut() {
        *first = true;
    }
    close(tokens, &mut states);
    for character in path.chars() {
        let mut next = vec![false; states.len()];
        for (index, token) in tokens.iter().enumerate() {
            if states.get(index) != Some(&true) {
                continue;
            }
            let (stay, go) = step(token, character);
            next[index] |= stay;
            next[index + 1] |= go;
        }
        close(tokens, &mut next);
        states = next;
    }
    states.last() == Some(&true)
}

/// Whether a character keeps the match at a token, and whether it takes it behind.
fn step(token: &Token, character: char) -> (bool, bool) {
    match token {
        Token::Is(wanted) => (false, *wanted == character),
        Token::One => (false, character != '/'),
        Token::Star => (character != '/', false),
        Token::Directories => (false, false),
        Token::Inside => (true, character == '/'),
        Token::Rest => (true, false),
        Token::Class { ranges, inverted } => {
            let inside = ranges.iter().any(|(low, high)| (*low..=*high).contains(&character));
            (false, inside != (*inverted == Inverted::Yes))
        }
    }
}

/// Tokens that may match nothing let the match through.
fn close(tokens: &[Token], states: &mut [bool]) {
    for (index, token) in tokens.iter().enumerate().filter(|(_, token)| may_be_nothing(token)) {
        if states.get(index) != Some(&true) {
            continue;
        }
        let behind = if *token == Token::Directories { index + 2 } else { index + 1 };
        for state in states.iter_mut().take(behind + 1).skip(index + 1) {
            *state = true;
        }
    }
}

fn may_be_nothing(token: &Token) -> bool {
    matches!(token, Token::Star | Token::Rest | Token::Directories)
}
