//! What a step prints into a file by itself: it is read as that file would be, `printf 'user\npassword\n' > login.conf`.

use tightlip_dockerfile::shell::{Command, Interpreter, PartKind, RedirectOperator, Script, Target, Word};
use tightlip_dockerfile::{Instruction, Kind, Text};

/// The paths of the files, and what is printed into each, one command after the other.
pub(super) fn files(instruction: &Instruction) -> Vec<(String, Text)> {
    if !matches!(instruction.kind, Kind::Run(_)) {
        return Vec::new();
    }
    // Other shells have other quotes and escapes; nothing of them is understood.
    let script = Script::of(instruction, &Interpreter::Posix).filter(|script| script.problems.is_empty());
    let mut files: Vec<(String, Text)> = Vec::new();
    for (path, printed) in script.iter().flat_map(Script::commands).filter_map(file) {
        match files.iter_mut().find(|(known, _)| *known == path) {
            Some((_, text)) => text.append(&printed),
            None => files.push((path, printed)),
        }
    }
    files
}

/// What `echo` and `printf` write.
fn file(command: &Command) -> Option<(String, Text)> {
    let simple = command.simple()?;
    let (_, arguments) = simple.words.split_first()?;
    let target = command.redirects.iter().rev().find_map(|redirect| match &redirect.target {
        Target::Word(word)
            if matches!(redirect.operator, RedirectOperator::Write | RedirectOperator::Append)
                && redirect.descriptor.is_none_or(|number| number == 1) =>
        {
            word.literal()
        }
        _ => None,
    })?;
    let printed = match simple.program()?.as_str() {
        "echo" => echoed(arguments),
        "printf" => formatted(arguments)?,
        _ => return None,
    };
    let path = target.replacen("~/", "root/", 1);
    Some((path.trim_start_matches('/').to_owned(), printed))
}

fn echoed(arguments: &[Word]) -> Text {
    let is_option = |word: &&Word| {
        word.literal().is_some_and(|text| matches!(text.as_str(), "-n" | "-e" | "-ne" | "-en"))
    };
    let words: Vec<Text> =
        arguments.iter().skip_while(is_option).map(|word| unescaped(&known(word))).collect();
    let mut text = Text::empty(words.first().map_or(0, |word| word.span().start));
    for (index, word) in words.iter().enumerate() {
        if index > 0 {
            push(&mut text, " ");
        }
        text.append(word);
    }
    push(&mut text, "\n");
    text
}

/// The format, as often as there are arguments left for it.
fn formatted(arguments: &[Word]) -> Option<Text> {
    let mut rest = arguments.iter().map(known);
    let format = rest.find(|word| word.as_str() != "--")?;
    let mut rest = rest.peekable();
    let mut text = Text::empty(format.span().start);
    loop {
        let takes = spread(&unescaped(&format), &mut rest, &mut text);
        if !takes || rest.peek().is_none() {
            return Some(text);
        }
    }
}

/// Writes a format once, and says whether it takes arguments.
fn spread(format: &Text, rest: &mut impl Iterator<Item = Text>, text: &mut Text) -> bool {
    let (mut at, mut takes) = (0, false);
    while let Some(found) = format.get(at..).and_then(|tail| tail.find('%')) {
        let mark = at + found;
        text.append(&format.slice(at..mark));
        let tail = format.get(mark + 1..).unwrap_or_default();
        let width = tail.find(|c: char| c.is_ascii_alphabetic() || c == '%').unwrap_or(tail.len());
        if tail.get(width..).is_some_and(|tail| tail.starts_with('%')) {
            push(text, "%");
        } else {
            takes = true;
            rest.next().iter().for_each(|argument| text.append(argument));
        }
        at = (mark + width + 2).min(format.len());
    }
    text.append(&format.slice(at..format.len()));
    takes
}

/// The text of a word; what the shell puts there stands as a reference.
fn known(word: &Word) -> Text {
    let mut text = Text::empty(word.span.start);
    for part in &word.parts {
        match &part.kind {
            PartKind::Literal(literal) => text.append(literal),
            PartKind::Variable(variable) => text.push(&format!("${{{}}}", variable.name), part.span),
            _ => text.push("$(…)", part.span),
        }
    }
    text
}

/// `\n` and `\t` as what they stand for.
fn unescaped(text: &Text) -> Text {
    let mut plain = Text::empty(text.span().start);
    let mut at = 0;
    while let Some(found) = text.get(at..).and_then(|tail| tail.find('\\')) {
        let mark = at + found;
        plain.append(&text.slice(at..mark));
        let escape = text.get(mark..mark + 2).unwrap_or_default();
        let meant = match escape {
            "\\n" => "\n",
            "\\t" => "\t",
            "\\r" => "\r",
            "\\\\" => "\\",
            _ => escape,
        };
        plain.push(meant, text.locate(mark..mark + escape.len()));
        // A backslash at the end, or before a letter of several bytes, stands for itself.
        if escape.is_empty() {
            push(&mut plain, "\\");
        }
        at = mark + escape.len().max(1);
    }
    plain.append(&text.slice(at..text.len()));
    plain
}

/// Adds what does not stand in the source.
fn push(text: &mut Text, more: &str) {
    let end = text.span().end;
    text.push(more, tightlip_dockerfile::Span::new(end, end));
}

#[cfg(test)]
mod tests {
    use tightlip_dockerfile::Document;

    use super::*;

    fn printed(run: &str) -> Vec<(String, String)> {
        let document = Document::parse(&format!("FROM x\nRUN {run}\n"));
        files(&document.instructions()[1]).into_iter().map(|(path, text)| (path, text.to_string())).collect()
    }

    #[test]
    fn what_is_printed_is_put_together() {
        for (run, path, text) in [
            ("printf 'user\\nword\\n' > /etc/a", "etc/a", "user\nword\n"),
            ("printf '%s\\n' one two > a", "a", "one\ntwo\n"),
            ("printf '[a]\\nk=%s;%d%%' \"$T\" 5 > ~/.x", "root/.x", "[a]\nk=${T};5%"),
            ("echo -e 'a\\tb' c >> /a", "a", "a\tb c\n"),
            ("echo one > a && echo 'two' >> a", "a", "one\ntwo\n"),
            ("echo \"$(cat /x)\" > a", "a", "$(…)\n"),
            ("echo 'a\\' > a", "a", "a\\\n"),
            ("printf -- 'x' > a", "a", "x"),
        ] {
            assert_eq!(printed(run), [(path.to_owned(), text.to_owned())], "{run}");
        }
        for run in ["echo a", "echo a > $F", "cat > a", "echo a 2> b", "printf > a"] {
            assert_eq!(printed(run), [], "{run}");
        }
    }

    #[test]
    fn a_place_in_what_is_printed_is_one_in_the_source() {
        let source = "FROM x\nRUN printf 'user\\nsecond\\n' > /etc/a\n";
        let document = Document::parse(source);
        let (_, text) = files(&document.instructions()[1]).remove(0);
        let at = text.find("second").unwrap();
        assert_eq!(source.get(text.locate(at..at + 6).range()), Some("second"));
    }
}
