//! A command line of a builder, read into options and words.
//!
//! Source: spf13/pflag, which Docker reads its command lines with: options and words may mix, `--` ends the options.

use super::flags::{Flag, Role, Takes};

/// A command line.
#[derive(Clone, Default)]
pub struct Line {
    items: Vec<Item>,
}

/// A part of it.
#[derive(Clone)]
enum Item {
    Option {
        flag: &'static Flag,
        value: Option<String>,
    },
    Word(String),
    /// An option that no table has, with its value.
    Foreign(String),
}

/// A command line could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LineError {
    /// An option that is not known: whether the next word is its value cannot be told.
    #[error(
        "{name} is no option that tightlip knows here{}\nIf the builder has it, write --OPTION=VALUE, and it is passed on",
        near.map(|near| format!(": is {near} meant?")).unwrap_or_default()
    )]
    Unknown {
        /// The option.
        name: String,
        /// One that is spelled nearly so.
        near: Option<&'static str>,
    },
    /// An option came last and lacks its value.
    #[error("{name} needs a value")]
    NoValue {
        /// The option.
        name: String,
    },
    /// There is no way to guard it.
    #[error("{name} cannot be used here: {why}")]
    Refused {
        /// The option.
        name: String,
        /// Why.
        why: &'static str,
    },
}

impl Line {
    /// Reads the words after `build`. The tables say which options there are, the first that knows one counts.
    ///
    /// # Errors
    /// When an option is not known, lacks its value or cannot be guarded.
    pub fn parse(words: &[String], tables: &[&'static [Flag]]) -> Result<Self, LineError> {
        let mut reader = Reader { tables, line: Self::default(), rest: words.iter() };
        while let Some(word) = reader.rest.next() {
            match word.as_str() {
                "--" => {
                    let words = reader.rest.by_ref().map(|word| Item::Word(word.clone()));
                    reader.line.items.extend(words);
                }
                "-" => reader.line.items.push(Item::Word(word.clone())),
                long if long.starts_with("--") => reader.long(long)?,
                short if short.starts_with('-') => reader.short(short)?,
                _ => reader.line.items.push(Item::Word(word.clone())),
            }
        }
        Ok(reader.line)
    }

    /// The words that are no options: the build context.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        self.items.iter().filter_map(|item| match item {
            Item::Word(word) => Some(word.as_str()),
            Item::Option { .. } | Item::Foreign(_) => None,
        })
    }

    /// The values of the options of a role, in order.
    pub fn values(&self, role: Role) -> impl Iterator<Item = &str> {
        self.options().filter(move |(flag, _)| flag.role == role).filter_map(|(_, value)| value)
    }

    /// The last value of a role.
    #[must_use]
    pub fn value(&self, role: Role) -> Option<&str> {
        self.values(role).last()
    }

    /// Whether a switch of this role is on; the last one counts.
    #[must_use]
    pub fn is_on(&self, role: Role) -> bool {
        let last =
            self.options().filter(|(flag, _)| flag.role == role && flag.takes == Takes::Nothing).last();
        last.is_some_and(|(_, value)| is_true(value))
    }

    /// The options in order.
    pub fn options(&self) -> impl Iterator<Item = (&'static Flag, Option<&str>)> {
        self.items.iter().filter_map(|item| match item {
            Item::Option { flag, value } => Some((*flag, value.as_deref())),
            Item::Word(_) | Item::Foreign(_) => None,
        })
    }

    /// The options that `wanted` wants and those that are not known, as arguments.
    pub fn arguments(&self, mut wanted: impl FnMut(&Flag, Option<&str>) -> bool) -> Vec<String> {
        let argument = |item: &Item| match item {
            Item::Option { flag, value } if wanted(flag, value.as_deref()) => Some(match value {
                Some(value) => format!("{}={value}", flag.long),
                None => flag.long.to_owned(),
            }),
            Item::Foreign(word) => Some(word.clone()),
            Item::Option { .. } | Item::Word(_) => None,
        };
        self.items.iter().filter_map(argument).collect()
    }
}

/// Source: Go `strconv.ParseBool`.
fn is_true(value: Option<&str>) -> bool {
    value.is_none_or(|value| matches!(value, "1" | "t" | "T" | "true" | "TRUE" | "True"))
}

struct Reader<'r> {
    tables: &'r [&'static [Flag]],
    line: Line,
    rest: std::slice::Iter<'r, String>,
}

impl Reader<'_> {
    fn find(&self, is: impl Fn(&Flag) -> bool) -> Option<&'static Flag> {
        self.tables.iter().flat_map(|table| table.iter()).find(|flag| is(flag))
    }

    /// The option that is spelled most like this.
    fn near(&self, name: &str) -> Option<&'static str> {
        let all = self.tables.iter().flat_map(|table| table.iter()).map(|flag| flag.long);
        let rated = all.map(|long| (strsim::damerau_levenshtein(name, long), long));
        rated.min().filter(|(edits, _)| *edits <= 2).map(|(_, long)| long)
    }

    fn long(&mut self, word: &str) -> Result<(), LineError> {
        let (name, value) = match word.split_once('=') {
            Some((name, value)) => (name, Some(value.to_owned())),
            None => (word, None),
        };
        match (self.find(|flag| flag.long == name), value) {
            (Some(flag), value) => self.option(flag, value),
            // Whoever writes it like this says that it has one.
            (None, Some(_)) => {
                self.line.items.push(Item::Foreign(word.to_owned()));
                Ok(())
            }
            (None, None) => Err(LineError::Unknown { name: name.to_owned(), near: self.near(name) }),
        }
    }

    /// `-qt NAME`, `-tNAME`, `-t=NAME`.
    fn short(&mut self, word: &str) -> Result<(), LineError> {
        let mut rest = word.strip_prefix('-').unwrap_or(word);
        while let Some(letter) = rest.chars().next() {
            rest = rest.get(letter.len_utf8()..).unwrap_or_default();
            let unknown = || LineError::Unknown { name: format!("-{letter}"), near: None };
            let flag = self.find(|flag| flag.short == Some(letter)).ok_or_else(unknown)?;
            let given = rest.strip_prefix('=');
            match flag.takes {
                Takes::Nothing if given.is_none() => self.option(flag, None)?,
                Takes::Nothing => return self.option(flag, given.map(str::to_owned)),
                Takes::Value if rest.is_empty() => return self.option(flag, None),
                Takes::Value => return self.option(flag, Some(given.unwrap_or(rest).to_owned())),
            }
        }
        Ok(())
    }

    fn option(&mut self, flag: &'static Flag, value: Option<String>) -> Result<(), LineError> {
        if let Role::Refused(why) = flag.role {
            return Err(LineError::Refused { name: flag.long.to_owned(), why });
        }
        let value = match (value, flag.takes) {
            (None, Takes::Value) => {
                let missing = || LineError::NoValue { name: flag.long.to_owned() };
                Some(self.rest.next().cloned().ok_or_else(missing)?)
            }
            (value, _) => value,
        };
        self.line.items.push(Item::Option { flag, value });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::flags::BUILD;
    use super::*;

    fn parse(line: &str) -> Result<Line, LineError> {
        let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
        Line::parse(&words, &[BUILD])
    }

    fn all(line: &str) -> Vec<String> {
        let line = parse(line).unwrap();
        let words: Vec<String> = line.words().map(str::to_owned).collect();
        [line.arguments(|_, _| true), words].concat()
    }

    #[test]
    fn a_line_is_read_as_docker_reads_it() {
        let spelled = [
            "-t a -f x --pull . --label b=c",
            "-ta -f=x --pull . --label=b=c",
            "--tag=a --file x --pull --label b=c -- .",
        ];
        for line in spelled {
            let mut read = all(line);
            read.sort();
            assert_eq!(read, ["--file=x", "--label=b=c", "--pull", "--tag=a", "."], "{line}");
        }
        assert_eq!(all("-qDt a -"), ["--quiet", "--debug", "--tag=a", "-"]);
        assert_eq!(all("-- --push"), ["--push"]);
        assert_eq!(parse("-- --push").unwrap().words().collect::<Vec<_>>(), ["--push"]);
    }

    #[test]
    fn the_last_word_on_a_switch_counts() {
        assert!(parse("--push .").unwrap().is_on(Role::Push));
        assert!(!parse("--push --push=false .").unwrap().is_on(Role::Push));
        assert!(!parse(". --label --push").unwrap().is_on(Role::Push));
    }

    #[test]
    fn what_cannot_be_understood_is_refused_by_name() {
        let unknown = |name: &str, near| Some(LineError::Unknown { name: name.into(), near });
        assert_eq!(parse("--frob .").err(), unknown("--frob", None));
        assert_eq!(parse("--no-cahe .").err(), unknown("--no-cahe", Some("--no-cache")));
        assert_eq!(parse("-x .").err(), unknown("-x", None));
        assert_eq!(parse(". --tag").err(), Some(LineError::NoValue { name: "--tag".into() }));
        assert!(matches!(parse("--invoke on-error ."), Err(LineError::Refused { .. })));
        assert_eq!(all("--frob=1 ."), ["--frob=1", "."]);
    }
}
