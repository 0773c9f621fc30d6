//! Statements of a program, in whatever language it is: names, texts and marks, up to a line end or `;` outside of brackets.

/// A piece of a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token<'c> {
    /// A word outside of texts.
    Name(&'c str),
    /// A text, without its quotes.
    Literal(&'c str),
    /// Any other character but blanks.
    Mark(char),
    /// The end of a line.
    Break,
}

/// A statement, or the head of a block.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Statement<'c> {
    pub(super) tokens: Vec<Token<'c>>,
}

/// The statements of a program, in order.
pub(super) fn statements(code: &str) -> Vec<Statement<'_>> {
    let mut all = vec![Statement::default()];
    let mut open: Vec<Bracket> = Vec::new();
    let tokens = tokens(code);
    for (at, token) in tokens.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|before| tokens.get(before));
        let ends = match token {
            Token::Break | Token::Mark(';') => match open.last() {
                None | Some(Bracket::Block) => true,
                Some(Bracket::Held) => *token == Token::Mark(';'),
            },
            Token::Mark('{') => {
                let held = matches!(before, Some(Token::Mark('=' | ':' | '(' | ',' | '[' | '?')));
                let held = held || matches!(before, Some(Token::Name("return" | "ENV" | "env")));
                // A block of Ruby that takes a name.
                let held = held || tokens.get(at + 1) == Some(&Token::Mark('|'));
                open.push(if held { Bracket::Held } else { Bracket::Block });
                !held
            }
            Token::Mark('(' | '[') => {
                open.push(Bracket::Held);
                false
            }
            Token::Mark(')' | ']' | '}') => open.pop() == Some(Bracket::Block),
            Token::Name(_) | Token::Literal(_) | Token::Mark(_) => false,
        };
        let breaks = matches!(token, Token::Break | Token::Mark(';'));
        if let Some(last) = all.last_mut().filter(|_| !breaks) {
            last.tokens.push(*token);
        }
        if ends {
            all.push(Statement::default());
        }
    }
    all.retain(|one| !one.tokens.is_empty());
    all
}

/// What an open bracket holds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Bracket {
    /// Statements.
    Block,
    /// A part of one.
    Held,
}

fn tokens(code: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut rest = code;
    while let Some(first) = rest.chars().next() {
        let (token, length) = match first {
            '\n' => (Some(Token::Break), 1),
            '\\' if rest.starts_with("\\\n") => (None, 2),
            '#' => (None, rest.find('\n').unwrap_or(rest.len())),
            '/' if rest.starts_with("//") => (None, rest.find('\n').unwrap_or(rest.len())),
            '"' | '\'' | '`' => {
                let (text, length) = literal(rest, first);
                (Some(Token::Literal(text)), length)
            }
            first if is_of_name(first) => {
                let end = rest.find(|byte: char| !is_of_name(byte)).unwrap_or(rest.len());
                (rest.get(..end).map(Token::Name), end)
            }
            first if first.is_whitespace() => (None, first.len_utf8()),
            // A variable of Perl and PHP is its name.
            '$' | '@' => (None, 1),
            first => (Some(Token::Mark(first)), first.len_utf8()),
        };
        tokens.extend(token);
        rest = rest.get(length..).unwrap_or_default();
    }
    tokens
}

/// A text in quotes, and how long it is with them.
fn literal(rest: &str, quote: char) -> (&str, usize) {
    let triple: String = [quote; 3].iter().collect();
    if let Some(inner) = rest.strip_prefix(&triple) {
        let end = inner.find(&triple).unwrap_or(inner.len());
        return (inner.get(..end).unwrap_or_default(), (end + 6).min(rest.len()));
    }
    let inner = rest.get(1..).unwrap_or_default();
    let mut escaped = false;
    let end = inner.find(|byte: char| {
        let ends = byte == quote && !escaped;
        escaped = byte == '\\' && !escaped;
        ends
    });
    let end = end.unwrap_or(inner.len());
    (inner.get(..end).unwrap_or_default(), (end + 2).min(rest.len()))
}

fn is_of_name(byte: char) -> bool {
    byte.is_alphanumeric() || byte == '_'
}

/// The names that are put into a text as they are: `{name}`, `${process.env.NAME}`, `#{name.strip}`, `$name`.
pub(super) fn inserted(text: &str) -> impl Iterator<Item = &str> {
    let starts = text.match_indices(['{', '$']).map(|(at, mark)| at + mark.len());
    let expressions = starts.filter_map(move |start| {
        let rest = text.get(start..)?;
        let length = match text.get(..start)?.ends_with('{') {
            true => rest.find(['}', ':']).unwrap_or(0),
            false => rest.find(|byte: char| !is_of_name(byte)).unwrap_or(rest.len()),
        };
        let bare = rest.get(..length)?.trim_end_matches(".strip()").trim_end_matches(".trim()");
        (!bare.contains('(')).then_some(bare)
    });
    expressions.flat_map(|expression| expression.split(|byte: char| !is_of_name(byte)))
}

impl<'c> Statement<'c> {
    /// What stands behind the `=` of an assignment; everything, where it is none.
    pub(super) fn value(&self) -> &[Token<'c>] {
        let behind = self.equals().and_then(|at| self.tokens.get(at + 1..));
        behind.unwrap_or(&self.tokens)
    }

    /// Where the `=` of an assignment stands: that of a keyword argument is none.
    fn equals(&self) -> Option<usize> {
        let ends = |token: &Token<'_>| matches!(token, Token::Mark('=' | '>' | '~'));
        let at = self.tokens.iter().position(|token| *token == Token::Mark('='))?;
        let left = self.tokens.get(..at)?;
        let plain = !left.iter().any(|token| matches!(token, Token::Mark('(' | '!' | '<' | '>')));
        (plain && !self.tokens.get(at + 1).is_some_and(ends)).then_some(at)
    }

    /// Its words outside of texts.
    pub(super) fn words(&self) -> impl Iterator<Item = &'c str> {
        self.tokens.iter().filter_map(|token| if let Token::Name(name) = token { Some(*name) } else { None })
    }

    /// Its texts.
    pub(super) fn literals(&self) -> impl Iterator<Item = &'c str> {
        self.tokens
            .iter()
            .filter_map(|token| if let Token::Literal(text) = token { Some(*text) } else { None })
    }

    /// The names that it calls, but for what the environment or a collection is asked for.
    pub(super) fn calls(&self) -> impl Iterator<Item = &'c str> {
        self.tokens.windows(2).enumerate().filter_map(|(at, pair)| match pair {
            [Token::Name("get" | "fetch"), Token::Mark('(')] if self.is_of_environment(at) => None,
            [Token::Name(name), Token::Mark('(')] => Some(*name),
            _ => None,
        })
    }

    /// Whether the name at this place is one of the environment's: `os.environ.get`, `ENV.fetch`.
    fn is_of_environment(&self, at: usize) -> bool {
        let owner = at.checked_sub(2).and_then(|owner| self.tokens.get(owner));
        matches!(owner, Some(Token::Name("environ" | "env" | "ENV")))
    }

    /// Whether it only asks for something of a value: `x ? "set" : "missing"`, `"set" if x else …`, `x.length`, `!!x`.
    pub(super) fn only_asks(&self) -> bool {
        let asks = |token: &Token<'_>| match token {
            Token::Name(name) => matches!(*name, "if" | "unless" | "is" | "not" | "length" | "size"),
            Token::Mark(mark) => matches!(mark, '?' | '!'),
            Token::Literal(_) | Token::Break => false,
        };
        self.tokens.iter().any(asks)
    }

    /// Whether a block follows: it is what opens or takes, and what is done with that comes after.
    pub(super) fn is_head(&self) -> bool {
        matches!(self.tokens.last(), Some(Token::Mark(':' | '{' | '|')))
    }

    /// The names that it sets: before `=`, after `as`, between bars, before an arrow.
    pub(super) fn sets(&self) -> impl Iterator<Item = &'c str> {
        let tokens = self.tokens.as_slice();
        let left = self.equals().and_then(|at| tokens.get(..at)).unwrap_or_default();
        let last = left.iter().rev().find_map(|token| match token {
            Token::Name(name) => Some(*name),
            _ => None,
        });
        // `name: str = …`, `settings["key"] = …`
        let first = left.iter().find_map(|token| match token {
            Token::Name("let" | "const" | "var" | "my" | "our" | "local" | "export" | "final") => None,
            Token::Name(name) => Some(*name),
            _ => None,
        });
        let assigned = [first, last].into_iter().flatten();
        let bound = tokens.windows(2).filter_map(|pair| match pair {
            [Token::Name("as"), Token::Name(name)] => Some(*name),
            [Token::Mark('|'), Token::Name(name)] => Some(*name),
            _ => None,
        });
        // `open(my $f, '>', …)`
        let opened = tokens.windows(3).filter_map(|three| match three {
            [Token::Name("open"), Token::Mark('('), Token::Name(name)] if *name != "my" => Some(*name),
            [Token::Mark('('), Token::Name("my"), Token::Name(name)] => Some(*name),
            _ => None,
        });
        let arrow = tokens.windows(2).position(|pair| pair == [Token::Mark('='), Token::Mark('>')]);
        let before = arrow.and_then(|at| tokens.get(..at)).unwrap_or_default();
        let from = before
            .iter()
            .rposition(|token| *token == Token::Mark('('))
            .unwrap_or(before.len().saturating_sub(1));
        let taken = before.iter().skip(from).filter_map(|token| match token {
            Token::Name(name) => Some(*name),
            _ => None,
        });
        assigned.chain(bound).chain(opened).chain(taken).collect::<Vec<_>>().into_iter()
    }

    /// Whether what it sets keeps what it had: `+=`, `settings["key"] =`.
    pub(super) fn adds(&self) -> bool {
        let before = self.equals().and_then(|at| self.tokens.get(..at)).unwrap_or_default();
        matches!(before.last(), Some(Token::Mark(_)))
    }

    /// Whether it shows something with one of these calls, and calls nothing else.
    pub(super) fn shows(&self, calls: &[&str]) -> bool {
        let first = self.tokens.iter().find_map(|token| match token {
            Token::Name("console" | "logger" | "logging" | "STDOUT") => None,
            Token::Name(name) => Some(*name),
            _ => None,
        });
        let others = self
            .calls()
            .any(|call| !calls.contains(&call) && !matches!(call, "strip" | "decode" | "trim" | "toString"));
        first.is_some_and(|first| calls.contains(&first)) && !others
    }
}
