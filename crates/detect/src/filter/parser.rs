//! From an expression's pieces to what it asks, kinds checked.

use super::lexer::{Token, tokens};
use super::{Around, Change, Filter, Names, Number, Order, Part, Reach, Text, Truth, Where};
use crate::condition::expression;
use crate::pack::read::dialect::{Dialect, translate};

/// Expressions inside expressions are entered so deep.
const DEPTH: usize = 64;

/// Something of any kind.
#[derive(Clone, Debug)]
enum Any {
    Truth(Truth),
    Number(Number),
    Text(Text),
    Texts(Vec<Text>),
    Nothing,
}

/// A function: its name, and what it makes of what it is given.
type Function = (&'static str, fn(Vec<Any>) -> Result<Any, String>);

/// Every function. `filter.entropy` and `entropy` are the same.
static FUNCTIONS: &[Function] = &[
    ("entropy", |given| Ok(Any::Number(Number::Entropy(one(given)?)))),
    ("len", |given| Ok(Any::Number(Number::Length(one(given)?)))),
    ("size", |given| Ok(Any::Number(Number::Length(one(given)?)))),
    ("tokenRatio", |given| Ok(Any::Number(Number::Ratio(one(given)?)))),
    ("failsTokenEfficiency", |given| Ok(Any::Truth(Truth::Worded(one(given)?)))),
    ("matchesAny", matches),
    ("matches", matches),
    ("findMatch", found),
    ("containsAny", |given| holds(given, Where::AnyCase)),
    ("contains", |given| holds(given, Where::Anywhere)),
    ("startsWithAny", |given| holds(given, Where::Start)),
    ("startsWith", |given| holds(given, Where::Start)),
    ("hasPrefix", |given| holds(given, Where::Start)),
    ("endsWith", |given| holds(given, Where::End)),
    ("hasSuffix", |given| holds(given, Where::End)),
    ("lower", |given| changed(given, Change::Lower)),
    ("lowerAscii", |given| changed(given, Change::Lower)),
    ("upper", |given| changed(given, Change::Upper)),
    ("upperAscii", |given| changed(given, Change::Upper)),
    ("trim", |given| changed(given, Change::Trim)),
    ("orValue", or_else),
];

/// Operators that are words.
const BETWEEN: &[&str] = &["contains", "startsWith", "endsWith", "matches", "in"];

/// Reads a whole expression.
pub(super) fn parse(source: &str, rule: Names<'_>) -> Result<Filter, String> {
    let tokens = tokens(source)?;
    let names: &[&str] = &["tokenRatio", "failsTokenEfficiency"];
    let estimated =
        tokens.iter().any(|token| matches!(token, Token::Word(word) if names.contains(&word.as_str())));
    let mut parser = Parser { tokens: &tokens, at: 0, rule, depth: 0 };
    let whole = parser.any()?;
    match (parser.peek(), whole) {
        (Some(token), _) => Err(format!("{} is not understood here", shown(token))),
        (None, Any::Truth(truth)) => Ok(Filter { truth, estimated }),
        (None, _) => Err("it is neither true nor false".to_owned()),
    }
}

struct Parser<'p> {
    tokens: &'p [Token],
    at: usize,
    rule: Names<'p>,
    depth: usize,
}

impl Parser<'_> {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    /// Takes a sign or word if it is next.
    fn takes(&mut self, wanted: &str) -> bool {
        let next = match self.peek() {
            Some(Token::Sign(sign)) => *sign == wanted,
            Some(Token::Word(word)) => word == wanted,
            _ => false,
        };
        self.at = self.at.saturating_add(usize::from(next));
        next
    }

    fn expect(&mut self, wanted: &str) -> Result<(), String> {
        if self.takes(wanted) {
            return Ok(());
        }
        let found = self.peek().map_or("the end".to_owned(), shown);
        Err(format!("`{wanted}` is missing before {found}"))
    }

    /// `a || b`, and everything that binds closer.
    fn any(&mut self) -> Result<Any, String> {
        self.deeper()?;
        let first = self.every()?;
        let more = self.takes("||") || self.takes("or");
        let whole = if more {
            let mut ways = vec![truth(first)?, truth(self.every()?)?];
            while self.takes("||") || self.takes("or") {
                ways.push(truth(self.every()?)?);
            }
            Any::Truth(Truth::Any(ways))
        } else {
            first
        };
        self.depth = self.depth.saturating_sub(1);
        if self.takes("?") {
            return Err("`a ? b : c` is not supported".to_owned());
        }
        Ok(whole)
    }

    fn deeper(&mut self) -> Result<(), String> {
        self.depth = self.depth.saturating_add(1);
        if self.depth > DEPTH {
            return Err(format!("expressions in expressions are read {DEPTH} deep"));
        }
        Ok(())
    }

    fn every(&mut self) -> Result<Any, String> {
        let first = self.negated()?;
        if !(self.takes("&&") || self.takes("and")) {
            return Ok(first);
        }
        let mut all = vec![truth(first)?, truth(self.negated()?)?];
        while self.takes("&&") || self.takes("and") {
            all.push(truth(self.negated()?)?);
        }
        Ok(Any::Truth(Truth::All(all)))
    }

    fn negated(&mut self) -> Result<Any, String> {
        let mut odd = false;
        while self.takes("not") {
            odd = !odd;
        }
        let compared = self.compared()?;
        if odd { negate(compared) } else { Ok(compared) }
    }

    fn compared(&mut self) -> Result<Any, String> {
        let left = self.joined()?;
        let denied = self.takes("not");
        let word = BETWEEN.iter().find(|word| self.takes(word));
        if let Some(word) = word {
            let right = self.joined()?;
            let found = match *word {
                "in" => one_of(left, right)?,
                name => call(name, vec![left, right])?,
            };
            return if denied { negate(found) } else { Ok(found) };
        }
        let orders = [
            ("<=", Order::LessOrSame),
            (">=", Order::MoreOrSame),
            ("<", Order::Less),
            (">", Order::More),
            ("==", Order::Same),
            ("!=", Order::Other),
        ];
        match orders.into_iter().find(|(sign, _)| self.takes(sign)) {
            Some((sign, order)) => {
                let right = self.joined()?;
                compare(left, (sign, order), right)
            }
            None if denied => Err("`not` stands before nothing that it could deny".to_owned()),
            None => Ok(left),
        }
    }

    /// `a + b`, `a ?? b`. Each makes what is asked one deeper.
    fn joined(&mut self) -> Result<Any, String> {
        let (mut left, before) = (self.unary()?, self.depth);
        loop {
            if self.takes("+") {
                let right = text(self.unary()?)?;
                left = Any::Text(Text::Joined(Box::new(text(left)?), Box::new(right)));
            } else if self.takes("??") {
                left = or_else(vec![left, self.unary()?])?;
            } else {
                self.depth = before;
                return Ok(left);
            }
            self.deeper()?;
        }
    }

    fn unary(&mut self) -> Result<Any, String> {
        let before = self.depth;
        let value = if self.takes("!") {
            self.deeper()?;
            negate(self.unary()?)?
        } else if self.takes("-") {
            self.deeper()?;
            match self.unary()? {
                Any::Number(Number::Exactly(number)) => Any::Number(Number::Exactly(-number)),
                _ => return Err("`-` is supported before numbers only".to_owned()),
            }
        } else {
            self.called()?
        };
        self.depth = before;
        Ok(value)
    }

    /// `value.startsWith("x")`.
    fn called(&mut self) -> Result<Any, String> {
        let mut value = self.atom()?;
        while self.takes(".") || self.takes("?.") {
            self.deeper()?;
            let name = self.word()?;
            self.expect("(")?;
            let given = std::iter::once(value).chain(self.rest(")")?).collect();
            value = call(&name, given)?;
        }
        Ok(value)
    }

    fn atom(&mut self) -> Result<Any, String> {
        let Some(token) = self.peek().cloned() else { return Err("it ends too early".to_owned()) };
        self.at = self.at.saturating_add(1);
        match token {
            Token::Number(number) => Ok(Any::Number(Number::Exactly(number))),
            Token::Text(text) => Ok(Any::Text(Text::Exactly(text))),
            Token::Sign("(") => {
                let inside = self.any()?;
                self.expect(")")?;
                Ok(inside)
            }
            Token::Sign("[") => {
                let items = self.rest("]")?;
                Ok(Any::Texts(items.into_iter().map(text).collect::<Result<_, _>>()?))
            }
            Token::Word(word) => self.named(&word),
            Token::Sign(sign) => Err(format!("`{sign}` is not understood here")),
        }
    }

    /// What a word stands for.
    fn named(&mut self, word: &str) -> Result<Any, String> {
        match word {
            "true" => return Ok(Any::Truth(Truth::Always(true))),
            "false" => return Ok(Any::Truth(Truth::Always(false))),
            "nil" | "null" => return Ok(Any::Nothing),
            "let" => return Err("`let` is not supported: write out what the name stands for".to_owned()),
            "attributes" => return self.attribute(),
            "get" if self.takes("(") => return self.get(),
            "finding" => return self.finding(),
            "secret" => return Ok(Any::Text(Text::Part(Part::Secret))),
            "captures" => return Ok(Any::Text(Text::Capture(self.key()?))),
            _ => {}
        }
        let name = match word {
            "filter" | "strings" if self.takes(".") => self.word()?,
            _ => word.to_owned(),
        };
        if self.takes("(") {
            let near = ["matchesAnyNearMatch", "containsAnyNearMatch"].contains(&name.as_str());
            let given = if near { self.near()? } else { self.rest(")")? };
            let name = name.strip_suffix("NearMatch").unwrap_or(&name);
            return call(name, given);
        }
        Err(format!("`{name}` is not supported"))
    }

    /// `get(attributes, "path", "")`: a field, or what is taken for it where it is not there.
    fn get(&mut self) -> Result<Any, String> {
        let map = self.word()?;
        self.expect(",")?;
        let key = match self.peek() {
            Some(Token::Text(key)) => key.clone(),
            _ => return Err("`get`: the name of a field must be written out".to_owned()),
        };
        self.at = self.at.saturating_add(1);
        let field = match map.as_str() {
            "attributes" => Any::Text(Text::Part(attribute(&key))),
            "finding" => Any::Text(self.field(&key)?),
            "captures" => Any::Text(Text::Capture(key)),
            other => return Err(format!("`get`: `{other}` has no fields here")),
        };
        if self.takes(",") {
            let other = self.any()?;
            self.expect(")")?;
            return or_else(vec![field, other]);
        }
        self.expect(")")?;
        Ok(field)
    }

    /// `(finding, [words], before, after, line)`: a text and what is looked for in it. Without the last, lines end nothing.
    fn near(&mut self) -> Result<Vec<Any>, String> {
        let what = "`finding`, a list, two numbers and whether the line is all are needed";
        if !self.takes("finding") {
            return Err(format!("a search near the match: {what}"));
        }
        self.expect(",")?;
        let mut given = self.rest(")")?.into_iter();
        let bytes = |number: Option<Any>| match number {
            // A distance below zero is none.
            Some(Any::Number(Number::Exactly(number))) => Ok(number.clamp(0.0, FARTHEST) as usize),
            _ => Err(format!("a search near the match: {what}")),
        };
        let words = given.next().ok_or(what)?;
        let (before, after) = (bytes(given.next())?, bytes(given.next())?);
        let reach = match given.next() {
            Some(Any::Truth(Truth::Always(true))) => Reach::Line,
            None | Some(Any::Truth(Truth::Always(false))) => Reach::Anywhere,
            Some(_) => return Err(format!("a search near the match: {what}")),
        };
        Ok(vec![Any::Text(Text::Around(Around { before, after, reach })), words])
    }

    fn attribute(&mut self) -> Result<Any, String> {
        Ok(Any::Text(Text::Part(attribute(&self.key()?))))
    }

    fn finding(&mut self) -> Result<Any, String> {
        let key = self.key()?;
        Ok(Any::Text(self.field(&key)?))
    }

    fn field(&mut self, key: &str) -> Result<Text, String> {
        Ok(match key {
            "secret" => Text::Part(Part::Secret),
            "match" => Text::Part(Part::Match),
            "line" => Text::Part(Part::Line),
            "rule_id" => Text::Exactly(self.rule.id.to_owned()),
            "description" => Text::Exactly(self.rule.title.to_owned()),
            "captures" => Text::Capture(self.key()?),
            other => return Err(format!("`finding.{other}` is not supported")),
        })
    }

    /// `.name`, `?.name`, `["name"]`, `[?"name"]`, and `.[…]` in older ones.
    fn key(&mut self) -> Result<String, String> {
        let dotted = self.takes(".") || self.takes("?.");
        if self.takes("[") {
            let _optional = self.takes("?");
            let key = match self.peek() {
                Some(Token::Text(key)) => key.clone(),
                _ => return Err("only a text may stand in `[…]`".to_owned()),
            };
            self.at = self.at.saturating_add(1);
            self.expect("]")?;
            return Ok(key);
        }
        if dotted { self.word() } else { Err("which of its fields is not said".to_owned()) }
    }

    fn word(&mut self) -> Result<String, String> {
        match self.peek().cloned() {
            Some(Token::Word(word)) => {
                self.at = self.at.saturating_add(1);
                Ok(word)
            }
            _ => Err("a name is missing behind `.`".to_owned()),
        }
    }

    /// Values up to a closing sign.
    fn rest(&mut self, close: &str) -> Result<Vec<Any>, String> {
        let mut values = Vec::new();
        while !self.takes(close) {
            values.push(self.any()?);
            if !self.takes(",") {
                self.expect(close)?;
                break;
            }
        }
        Ok(values)
    }
}

/// Farther than this nothing is near, in bytes.
const FARTHEST: f64 = 65_536.0;

fn attribute(name: &str) -> Part {
    if name == "path" { Part::Path } else { Part::Nothing }
}

fn shown(token: &Token) -> String {
    match token {
        Token::Word(word) => format!("`{word}`"),
        Token::Sign(sign) => format!("`{sign}`"),
        Token::Number(number) => format!("`{number}`"),
        Token::Text(_) => "a text".to_owned(),
    }
}

fn call(name: &str, given: Vec<Any>) -> Result<Any, String> {
    let known = FUNCTIONS.iter().find(|(known, _)| *known == name);
    let (_, make) = known.ok_or_else(|| format!("the function `{name}` is not supported"))?;
    make(given).map_err(|error| format!("`{name}`: {error}"))
}

fn truth(value: Any) -> Result<Truth, String> {
    match value {
        Any::Truth(truth) => Ok(truth),
        _ => Err("something stands beside `&&`, `||` or `!` that is neither true nor false".to_owned()),
    }
}

fn negate(value: Any) -> Result<Any, String> {
    Ok(Any::Truth(Truth::Not(Box::new(truth(value)?))))
}

fn text(value: Any) -> Result<Text, String> {
    match value {
        Any::Text(text) => Ok(text),
        _ => Err("a text is missing".to_owned()),
    }
}

fn one(given: Vec<Any>) -> Result<Text, String> {
    match <[Any; 1]>::try_from(given) {
        Ok([value]) => text(value),
        Err(_) => Err("one text is needed".to_owned()),
    }
}

/// A text, and one or more others.
fn two(given: Vec<Any>) -> Result<(Text, Vec<Text>), String> {
    match <[Any; 2]>::try_from(given) {
        Ok([first, Any::Texts(others)]) => Ok((text(first)?, others)),
        Ok([first, Any::Text(other)]) => Ok((text(first)?, vec![other])),
        _ => Err("a text and a list of texts are needed".to_owned()),
    }
}

fn holds(given: Vec<Any>, place: Where) -> Result<Any, String> {
    let (text, words) = two(given)?;
    Ok(Any::Truth(Truth::Holds(text, place, words)))
}

fn one_of(left: Any, right: Any) -> Result<Any, String> {
    holds(vec![left, right], Where::Whole)
}

fn matches(given: Vec<Any>) -> Result<Any, String> {
    let (text, expressions) = two(given)?;
    Ok(Any::Truth(Truth::Matches(text, expressions.iter().map(regex).collect::<Result<_, _>>()?)))
}

fn found(given: Vec<Any>) -> Result<Any, String> {
    let (text, expressions) = two(given)?;
    let first = expressions.first().ok_or("an expression is needed")?;
    Ok(Any::Text(Text::Found(Box::new(text), regex(first)?)))
}

fn changed(given: Vec<Any>, change: Change) -> Result<Any, String> {
    Ok(Any::Text(Text::Changed(Box::new(one(given)?), change)))
}

fn or_else(given: Vec<Any>) -> Result<Any, String> {
    match <[Any; 2]>::try_from(given) {
        Ok([first, other]) => Ok(Any::Text(Text::Or(Box::new(text(first)?), Box::new(text(other)?)))),
        Err(_) => Err("one text is needed".to_owned()),
    }
}

fn compare(left: Any, (sign, order): (&str, Order), right: Any) -> Result<Any, String> {
    let same = match (left, right) {
        (Any::Number(left), Any::Number(right)) => {
            return Ok(Any::Truth(Truth::Order(left, order, right)));
        }
        (Any::Text(left), Any::Text(right)) => Truth::Same(left, right),
        (Any::Text(text), Any::Nothing) | (Any::Nothing, Any::Text(text)) => {
            Truth::Not(Box::new(Truth::Given(text)))
        }
        (Any::Truth(left), Any::Truth(right)) => Truth::Agree(Box::new(left), Box::new(right)),
        _ => return Err(format!("what stands beside `{sign}` cannot be compared")),
    };
    match order {
        Order::Same => Ok(Any::Truth(same)),
        Order::Other => negate(Any::Truth(same)),
        _ => Err(format!("`{sign}` compares numbers only")),
    }
}

fn regex(source: &Text) -> Result<regex_automata::meta::Regex, String> {
    let Text::Exactly(source) = source else {
        return Err("expressions must be written out".to_owned());
    };
    expression(&translate(source, Dialect::Go)?)
}
