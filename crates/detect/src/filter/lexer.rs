//! Cuts an expression into words, numbers, texts and signs.

/// A piece of an expression.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    /// A name or a word that is an operator: `finding`, `contains`.
    Word(String),
    Number(f64),
    /// What stands in quotes, escapes undone.
    Text(String),
    Sign(&'static str),
}

/// The longer before the shorter that begins like it.
const SIGNS: &[&str] = &[
    "&&", "||", "==", "!=", "<=", ">=", "??", "?.", "(", ")", "[", "]", ",", ".", "!", "<", ">", "?", ":",
    "+", "-", "=", ";",
];

/// The pieces in order; comments are left out.
///
/// # Errors
/// What is no piece.
pub(super) fn tokens(source: &str) -> Result<Vec<Token>, String> {
    let mut rest = source;
    let mut tokens = Vec::new();
    loop {
        rest = past_blanks(rest)?;
        let Some(first) = rest.chars().next() else { return Ok(tokens) };
        let (token, after) = if let Some(text) = quoted(rest) {
            text?
        } else if first.is_ascii_digit() {
            number(rest)?
        } else if first.is_alphabetic() || first == '_' {
            let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len());
            let (word, after) = rest.split_at(end);
            (Token::Word(word.to_owned()), after)
        } else {
            let sign = SIGNS.iter().find(|sign| rest.starts_with(**sign));
            let sign = sign.ok_or_else(|| format!("`{first}` is not supported"))?;
            (Token::Sign(sign), rest.get(sign.len()..).unwrap_or_default())
        };
        tokens.push(token);
        rest = after;
    }
}

fn past_blanks(mut rest: &str) -> Result<&str, String> {
    loop {
        rest = rest.trim_start();
        if rest.starts_with("//") {
            rest = rest.split_once('\n').map_or("", |(_, after)| after);
        } else if let Some(inside) = rest.strip_prefix("/*") {
            rest = inside.split_once("*/").ok_or("a comment is not closed")?.1;
        } else {
            return Ok(rest);
        }
    }
}

fn number(rest: &str) -> Result<(Token, &str), String> {
    let digit = |c: char| c.is_ascii_digit() || c == '.' || c == '_';
    let (digits, after) = rest.split_at(rest.find(|c| !digit(c)).unwrap_or(rest.len()));
    let number = digits.replace('_', "").parse();
    Ok((Token::Number(number.map_err(|_| format!("`{digits}` is no number"))?), after))
}

/// A text in any kind of quotes, if one begins here.
fn quoted(rest: &str) -> Option<Result<(Token, &str), String>> {
    let (raw, quotes) = match rest.strip_prefix(['r', 'R']) {
        Some(quotes) if quotes.starts_with(['"', '\'']) => (true, quotes),
        _ => (rest.starts_with('`'), rest),
    };
    let quote = ["\"\"\"", "'''", "\"", "'", "`"].into_iter().find(|quote| quotes.starts_with(quote))?;
    let inside = quotes.get(quote.len()..)?;
    let end = if raw { inside.find(quote) } else { unescaped(inside, quote) };
    let Some(end) = end else { return Some(Err("a text is not closed".to_owned())) };
    let (text, after) = (inside.get(..end)?, inside.get(end..)?.get(quote.len()..)?);
    let text = if raw { Ok(text.to_owned()) } else { undo(text) };
    Some(text.map(|text| (Token::Text(text), after)))
}

/// Where the quote stands that ends a text.
fn unescaped(inside: &str, quote: &str) -> Option<usize> {
    let mut escaped = false;
    inside.char_indices().find_map(|(at, c)| {
        let ends = !escaped && inside.get(at..).is_some_and(|rest| rest.starts_with(quote));
        escaped = !escaped && c == '\\';
        ends.then_some(at)
    })
}

fn undo(text: &str) -> Result<String, String> {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, escape)) = rest.split_once('\\') {
        out.push_str(before);
        let kind = escape.chars().next().ok_or("a backslash at the end of a text")?;
        rest = escape.get(kind.len_utf8()..).unwrap_or_default();
        match kind {
            'n' => out.push('\n'),
            'r' => out.push('\r'),
            't' => out.push('\t'),
            '\\' | '"' | '\'' | '`' | '/' | '?' => out.push(kind),
            'x' | 'u' => {
                let size = if kind == 'x' { 2 } else { 4 };
                let digits = rest.get(..size).and_then(|digits| u32::from_str_radix(digits, 16).ok());
                let c = digits.and_then(char::from_u32);
                out.push(c.ok_or_else(|| format!("an escape `\\{kind}` in a text that is none"))?);
                rest = rest.get(size..).unwrap_or_default();
            }
            other => return Err(format!("the escape `\\{other}` in a text is not supported")),
        }
    }
    out.push_str(rest);
    Ok(out)
}
