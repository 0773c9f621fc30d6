//! Goes through the options of a command and takes what they say into the call.

use tightlip_dockerfile::Span;

use super::{Positional, Syntax, Word, problem};
use crate::call::{Argument, Call, Options as Fields, Tool};
use crate::fields::{attest, computed_names, provenance, secrets};
use crate::value::{Origin, Part, Value};
use crate::{Fault, Problem};

/// The options of one command.
pub(super) struct Options<'a> {
    pub(super) syntax: &'static Syntax,
    pub(super) call: &'a mut Call,
    /// What the script sets: words may come from there.
    pub(super) variables: &'a [Argument],
    pub(super) problems: &'a mut Vec<Problem>,
}

impl Options<'_> {
    /// Reads the words after the program; the subcommand ends before `start`.
    pub(super) fn read(&mut self, words: &[Word], start: usize) {
        // Before the subcommand only a few options matter: the files of compose.
        let mut at = 0;
        while let Some(word) = words.get(at).filter(|_| at < start) {
            let file = matches!(word.value.as_str(), "-f" | "--file");
            if let (true, Some(next)) = (file && self.syntax.tool == Tool::Compose, words.get(at + 1)) {
                self.call.files.push(next.value.clone());
            }
            at += 1;
        }
        let mut at = start;
        let mut plain = false;
        while let Some(word) = words.get(at) {
            at += 1;
            let text = word.value.as_str();
            if plain || text == "-" || !text.starts_with('-') {
                self.positional(word);
            } else if text == "--" {
                plain = true;
            } else if text.starts_with("--") {
                at += self.long(word, words.get(at));
            } else {
                at += self.short(word, words.get(at));
            }
        }
        self.problems.extend(computed_names(&self.call.arguments));
    }

    /// One `--option`; how many words after it were its value.
    fn long(&mut self, word: &Word, next: Option<&Word>) -> usize {
        if let Some((name, value)) = word.value.cut('=') {
            if !self.known(name.as_str()) {
                self.unknown(name.as_str(), word.span);
            }
            self.take(name.as_str(), &value, word.span);
            return 0;
        }
        let name = word.value.as_str();
        if self.syntax.switches.contains(&name) {
            self.switch(name, word);
            return 0;
        }
        if !self.syntax.valued.contains(&name) {
            self.unknown(name, word.span);
            return 0;
        }
        match next {
            Some(next) => {
                self.take(name, &next.value, word.span.to(next.span));
                1
            }
            None => {
                self.problems.push(problem(Fault::Shape("an option without its value"), word.span));
                0
            }
        }
    }

    /// `-t name`, `-tname`, `-qt name`.
    fn short(&mut self, word: &Word, next: Option<&Word>) -> usize {
        let text = word.value.as_str();
        for (at, letter) in text.char_indices().skip(1) {
            let Some((_, name)) = self.syntax.short.iter().find(|(known, _)| *known == letter) else {
                self.unknown(text, word.span);
                return 0;
            };
            if name.is_empty() {
                continue;
            }
            let rest = word.value.slice(at + letter.len_utf8()..text.len());
            let rest = match rest.as_str().strip_prefix('=') {
                Some(_) => rest.slice(1..rest.as_str().len()),
                None => rest,
            };
            if !rest.as_str().is_empty() {
                self.take(name, &rest, word.span);
                return 0;
            }
            let Some(next) = next else { return 0 };
            self.take(name, &next.value, word.span.to(next.span));
            return 1;
        }
        0
    }

    fn known(&self, name: &str) -> bool {
        self.syntax.valued.contains(&name) || self.syntax.switches.contains(&name)
    }

    fn unknown(&mut self, name: &str, span: Span) {
        self.problems.push(problem(Fault::UnknownOption(name.to_owned()), span));
    }

    fn positional(&mut self, word: &Word) {
        if self.expanded(word) {
            return;
        }
        match self.syntax.positional {
            Positional::Context if self.call.context.is_none() => {
                self.call.context = Some(word.value.clone());
            }
            // More than one context: one of them is the value of an option that is not known.
            Positional::Context => {
                self.problems.push(problem(Fault::Shape("a second build context"), word.span));
            }
            Positional::Names if self.call.target.is_none() => self.call.target = Some(word.value.clone()),
            Positional::Names => {}
        }
    }

    /// Whether the word comes from a variable that holds options; reads them where the script sets it.
    fn expanded(&mut self, word: &Word) -> bool {
        let name = match word.value.origin() {
            Origin::One(Part::Variable { name, .. }) => name.clone(),
            Origin::One(Part::Computed(_) | Part::Command(_)) => {
                // The context is often computed; anything else in its place hides options.
                let free = self.call.context.is_none() && self.syntax.positional == Positional::Context;
                if !free {
                    self.problems.push(problem(Fault::ComputedWords, word.span));
                }
                return !free;
            }
            _ => return false,
        };
        let lower = name.to_ascii_lowercase();
        let options = ["args", "arg", "opts", "options", "flags", "params", "extra"];
        let is_options =
            lower.split('_').any(|part| options.contains(&part)) || ["@", "*"].contains(&name.as_str());
        if !is_options {
            return false;
        }
        let sets: Vec<&Argument> = self.variables.iter().filter(|one| one.name.as_str() == name).collect();
        let words: Vec<Word> = sets.into_iter().flat_map(words_in).collect();
        if words.is_empty() {
            self.problems.push(problem(Fault::ComputedWords, word.span));
        }
        self.more(&words);
        true
    }

    /// Reads the options that stand in a variable.
    fn more(&mut self, words: &[Word]) {
        let mut at = 0;
        while let Some(word) = words.get(at) {
            at += 1;
            if word.value.as_str().starts_with("--") {
                at += self.long(word, words.get(at));
            }
        }
    }

    fn switch(&mut self, name: &str, word: &Word) {
        if name == "--push" {
            self.call.push = Some(word.value.clone());
        }
    }

    /// Takes the value of an option.
    fn take(&mut self, name: &str, value: &Value, span: Span) {
        let call = &mut *self.call;
        match name {
            "--build-arg" => call.arguments.push(Argument::of(value, span)),
            "--label" | "--annotation" => call.labels.push(Argument::of(value, span)),
            "--env" => call.image_environment.push(Argument::of(value, span)),
            "--change" => change(call, value, span),
            "--build-context" => call.contexts.push(Argument::of(value, span)),
            "--secret" => {
                let mut fields = Fields::of(value);
                fields.span = span;
                self.problems.extend(secrets(call, &[fields]));
            }
            "--ssh" => call.ssh.push(value.clone()),
            "--provenance" => call.provenance = Some(provenance(value)),
            "--sbom" => call.sbom = Some(value.clone()),
            "--attest" => attest(call, &Fields::of(value)),
            "--cache-to" | "--export-cache" => call.cache_to.push(Fields::of(value)),
            "--output" => call.outputs.push(Fields::of(value)),
            "--tag" | "--destination" | "--image" => call.tags.push(value.clone()),
            "--platform" | "--custom-platform" => call.platforms.push(value.clone()),
            "--metadata-file" => call.metadata_file = Some(value.clone()),
            "--push" => call.push = Some(value.clone()),
            "--file" if matches!(call.tool, Tool::Bake | Tool::Compose) => call.files.push(value.clone()),
            "--file" | "--dockerfile" => call.dockerfile = Some(value.clone()),
            "--context" => call.context = Some(value.clone()),
            "--target" => call.target = Some(value.clone()),
            "--set" => self.set(value, span),
            "--opt" => self.opt(value, span),
            "--local" => {
                let local = Argument::of(value, span);
                if local.name.as_str() == "context" {
                    call.context = local.value;
                }
            }
            _ => {}
        }
    }

    /// `--set TARGET.KEY[.NAME]=VALUE` of bake.
    fn set(&mut self, value: &Value, span: Span) {
        set(self.call, value, span, self.problems);
    }

    /// `--opt KEY=VALUE` of buildctl.
    fn opt(&mut self, value: &Value, span: Span) {
        if value.as_str().starts_with("build-arg:") {
            let rest = value.slice("build-arg:".len()..value.as_str().len());
            self.call.arguments.push(Argument::of(&rest, span));
            return;
        }
        let Some((name, value)) = value.cut('=') else { return };
        match name.as_str() {
            "target" => self.call.target = Some(value),
            "filename" => self.call.dockerfile = Some(value),
            "attest:provenance" => self.call.provenance = Some(provenance(&value)),
            _ => {}
        }
    }
}

/// `ENV NAME=value`, `LABEL name=value`: an instruction that a commit applies.
fn change(call: &mut Call, value: &Value, span: Span) {
    let Some((instruction, rest)) = value.as_str().trim_start().split_once(char::is_whitespace) else {
        return;
    };
    let start = value.as_str().len() - rest.trim_start().len();
    let given = value.slice(start..value.as_str().len());
    // `ENV NAME value`, the older form.
    let pair = match (given.cut('='), given.cut(' ')) {
        (None, Some((name, value))) => Argument::new(name.text().clone(), Some(value), span),
        _ => Argument::of(&given, span),
    };
    match instruction.to_ascii_uppercase().as_str() {
        "ENV" => call.image_environment.push(pair),
        "LABEL" => call.labels.push(pair),
        _ => {}
    }
}

/// The words that a variable holds.
fn words_in(variable: &Argument) -> Vec<Word> {
    let Some(value) = &variable.value else { return Vec::new() };
    // An element of an array does not stand behind the name: it is one word, quotes and all.
    if !variable.span.contains(variable.name.span()) {
        return vec![Word { value: value.clone(), span: variable.span }];
    }
    let blanks = value.split(' ').into_iter().flat_map(|part| part.split('\n'));
    let parts = blanks.flat_map(|part| part.split('\t')).map(|part| part.trim().unquote());
    // A line that goes on ends in a backslash.
    let parts = parts.filter(|part| !matches!(part.as_str(), "" | "\\"));
    parts.map(|part| Word { span: part.span(), value: part }).collect()
}

/// `TARGET.KEY[.NAME]=VALUE`, as bake and its action take it.
pub(crate) fn set(call: &mut Call, value: &Value, span: Span, problems: &mut Vec<Problem>) {
    let Some((key, given)) = value.cut('=') else {
        problems.push(problem(Fault::Shape("an override"), span));
        return;
    };
    let path = key.as_str().strip_suffix('+').unwrap_or(key.as_str());
    let Some((target, path)) = path.split_once('.') else {
        problems.push(problem(Fault::Shape("an override"), span));
        return;
    };
    let (field, _) = path.split_once('.').unwrap_or((path, ""));
    let name_at = target.len() + 1 + field.len() + 1;
    let target = key.slice(0..target.len()).text().clone();
    match field {
        "args" | "labels" => {
            let name = key.slice(name_at..key.as_str().len()).text().clone();
            let list = if field == "args" { &mut call.arguments } else { &mut call.labels };
            list.push(Argument { target: Some(target), ..Argument::new(name, Some(given), span) });
        }
        "secrets" | "secret" => {
            let mut fields = Fields::of(&given);
            fields.span = span;
            problems.extend(secrets(call, &[fields]));
        }
        "cache-to" => call.cache_to.push(Fields::of(&given)),
        "output" => call.outputs.push(Fields::of(&given)),
        "attest" => attest(call, &Fields::of(&given)),
        "tags" => call.tags.push(given),
        "platform" => call.platforms.push(given),
        "context" => call.context = Some(given),
        "dockerfile" => call.dockerfile = Some(given),
        "target" => call.target = Some(given),
        "ssh" => call.ssh.push(given),
        "push" => call.push = Some(given),
        _ => {}
    }
}
