//! Finds scripts inside scripts: `sh -c '…'`, `eval …`, `trap '…' EXIT`, `sh <<EOF`, `echo '…' | sh`.

use std::ops::Range;

use super::ast::{Command, CommandKind, Nested, PartKind, Simple, Target, When, Word};
use super::parser::Parser;
use crate::Text;

/// Programs that read a script from the word after `-c`.
const SHELLS: &[&str] = &["sh", "bash", "dash", "ash", "zsh", "ksh", "mksh", "hush"];

/// Programs that start another one, named in a later word.
const STARTERS: &[&str] = &[
    "sudo",
    "doas",
    "command",
    "exec",
    "nice",
    "ionice",
    "nohup",
    "env",
    "timeout",
    "xargs",
    "parallel",
    "chroot",
    "gosu",
    "su-exec",
    "setpriv",
    "setsid",
    "stdbuf",
    "unshare",
    "busybox",
    "find",
    "tini",
    "dumb-init",
    "chronic",
    "retry",
    "flock",
    "script",
    "builtin",
];

/// Programs that run the word after `-c` as somebody else.
const CHANGERS: &[&str] = &["su", "runuser"];

impl Parser<'_> {
    /// The script that a command carries in its words.
    pub(super) fn nested(&mut self, simple: &Simple) -> Option<Box<Nested>> {
        let words: Vec<String> = simple.words.iter().map(|word| word.literal().unwrap_or_default()).collect();
        let (when, range) = carried(&words)?;
        let text = self.joined(simple.words.get(range.clone())?);
        let list = self.deeper(|parser| parser.script(&text));
        Some(Box::new(Nested { when, words: range, list }))
    }

    /// The script that a shell reads from its standard input: a here-document, or what the command before it prints.
    pub(super) fn fed(&mut self, pipeline: &mut [Command]) {
        for at in 0..pipeline.len() {
            let Some(words) = pipeline.get(at).and_then(reader) else { continue };
            let own = pipeline.get(at).and_then(document);
            let before = at.checked_sub(1).and_then(|before| pipeline.get(before)).and_then(printed);
            let Some(source) = own.map(|word| vec![word]).or(before) else { continue };
            let text = self.joined(&source.into_iter().cloned().collect::<Vec<Word>>());
            let list = self.deeper(|parser| parser.script(&text));
            if let Some(CommandKind::Simple(simple)) = pipeline.get_mut(at).map(|command| &mut command.kind) {
                simple.nested = Some(Box::new(Nested { when: When::Fed, words: words..words, list }));
            }
        }
    }

    /// Words as one text, their quotes removed and everything else as it stands.
    fn joined(&self, words: &[Word]) -> Text {
        let mut text = Text::empty(words.first().map_or(0, |word| word.span.start));
        for (index, word) in words.iter().enumerate() {
            if index > 0 {
                text.push(" ", crate::Span::new(word.span.start, word.span.start));
            }
            for part in &word.parts {
                match &part.kind {
                    PartKind::Literal(literal) => text.append(literal),
                    _ => text.append(&self.text.slice(part.range.clone())),
                }
            }
        }
        text
    }
}

/// The number of words of a shell that reads its script from standard input: `sh`, `bash -ex -s`, `sudo sh -`.
fn reader(command: &Command) -> Option<usize> {
    let CommandKind::Simple(simple) = &command.kind else { return None };
    if simple.nested.is_some() {
        return None;
    }
    let words: Vec<String> = simple.words.iter().map(|word| word.literal().unwrap_or_default()).collect();
    let shell = words.iter().position(|word| SHELLS.contains(&base(word)))?;
    if shell > 0 && !STARTERS.contains(&base(words.first()?)) {
        return None;
    }
    let mut arguments = words.get(shell + 1..)?.iter();
    while let Some(word) = arguments.next() {
        match word.as_str() {
            "-" | "--" | "-s" => break,
            // The name of an option follows.
            option if option.starts_with(['-', '+']) && option.ends_with(['o', 'O']) => {
                arguments.next();
            }
            option if option.starts_with(['-', '+']) => {}
            _ => return None,
        }
    }
    Some(words.len())
}

/// The here-document or here-string that a command reads.
fn document(command: &Command) -> Option<&Word> {
    command.redirects.iter().rev().find(|one| one.descriptor == Some(0)).and_then(|one| match &one.target {
        Target::Document(word) | Target::String(word) => Some(word),
        Target::Word(_) => None,
    })
}

/// What a command prints, when its text tells: the arguments of `echo` and `printf`, the here-document of `cat`.
fn printed(command: &Command) -> Option<Vec<&Word>> {
    let CommandKind::Simple(simple) = &command.kind else { return None };
    let (first, rest) = simple.words.split_first()?;
    match first.literal()?.as_str() {
        "cat" if rest.is_empty() => document(command).map(|word| vec![word]),
        "echo" | "printf" => Some(rest.iter().filter(|word| !word.prefix().starts_with('-')).collect()),
        _ => None,
    }
}

/// When the script runs and which words it is; words that are not literal are empty.
fn carried(words: &[String]) -> Option<(When, Range<usize>)> {
    let first = base(words.first()?);
    if first == "eval" {
        // However often in a row it stands: what the last one reads, the one before it has read once more.
        let again = words.iter().take_while(|word| base(word) == "eval").count();
        return (words.len() > 1).then_some((When::Here, again.saturating_sub(1).max(1)..words.len()));
    }
    if first == "trap" {
        let at = if words.get(1).is_some_and(|word| word == "--") { 2 } else { 1 };
        let script = words.get(at).filter(|word| word.as_str() != "-" && !word.starts_with("-"))?;
        return (words.len() > at + 1 && !script.is_empty()).then_some((When::AtEnd, at..at + 1));
    }
    let changer = words.iter().position(|word| CHANGERS.contains(&base(word)));
    if changer.is_some_and(|at| at == 0 || STARTERS.contains(&first)) {
        let at = words.iter().position(|word| word == "-c" || word == "--command")? + 1;
        return (at < words.len()).then_some((When::Apart, at..at + 1));
    }
    let shell = words.iter().position(|word| SHELLS.contains(&base(word)))?;
    if shell > 0 && !STARTERS.contains(&first) {
        return None;
    }
    let at = script_word(words.get(shell + 1..)?)? + shell + 1;
    Some((When::Apart, at..at + 1))
}

/// The index of the script among the arguments of a shell.
fn script_word(arguments: &[String]) -> Option<usize> {
    let mut carries = false;
    let mut at = 0;
    while let Some(option) = arguments.get(at).filter(|word| word.starts_with(['-', '+'])) {
        let letters = option.strip_prefix('-').filter(|rest| !rest.starts_with('-')).unwrap_or("");
        carries |= letters.contains('c');
        at += 1 + usize::from(option.ends_with(['o', 'O']) && !option.starts_with("--"));
    }
    (carries && at < arguments.len()).then_some(at)
}

/// The name of a program without its folders.
fn base(word: &str) -> &str {
    word.rsplit('/').next().unwrap_or(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(line: &str) -> Option<(When, Range<usize>)> {
        carried(&line.split(' ').map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn scripts_are_found_behind_starters_and_options() {
        assert_eq!(found("sh -c x"), Some((When::Apart, 2..3)));
        assert_eq!(found("/bin/bash -euxo pipefail -c x y"), Some((When::Apart, 4..5)));
        assert_eq!(found("sudo -E bash -lc x"), Some((When::Apart, 4..5)));
        assert_eq!(found("su - app -c x"), Some((When::Apart, 4..5)));
        assert_eq!(found("eval a b"), Some((When::Here, 1..3)));
        assert_eq!(found("eval eval eval a b"), Some((When::Here, 2..5)));
        assert_eq!(found("trap x EXIT"), Some((When::AtEnd, 1..2)));
    }

    #[test]
    fn a_shell_that_runs_a_file_carries_nothing() {
        for line in ["sh ./configure -c", "bash -x setup.sh", "apt-get install bash -c", "trap - EXIT", "sh"]
        {
            assert_eq!(found(line), None, "{line}");
        }
    }
}
