//! Looks for values in a Dockerfile with the detection room, as a scan does in the history of the image.

use std::collections::BTreeSet;
use std::ops::Range;

use tightlip_callers::recognise;
use tightlip_detect::decode::Budget;
use tightlip_detect::{Hint, Rule, Worth, value_worth};
use tightlip_dockerfile::{
    Document, Instruction, Kind, Operator, Pair, Quotes, Source, Span, Text, parts, variables,
};
use tightlip_report::{Confidence, Level, Surface};

use crate::identity::IdentityKey;
use crate::request::IN_TEXTS;
use crate::sighting::{Blind, Eye, Sighting, Spot};
use crate::tools::Tools;

use super::arguments;
use super::name::{self, Says};
use super::printed;
use super::text::Literal;
use super::unread;
use super::used;

static BY_NAME: Rule = Rule::new(
    "secret-by-name",
    "Value with the name of a secret",
    "Whoever can pull the image reads it, and has what the program has.",
);

/// What was seen, and what was not looked into.
#[derive(Default)]
pub(crate) struct Seen {
    pub(crate) literals: Vec<Literal>,
    pub(crate) blind: Vec<Blind>,
}

impl Seen {
    /// In order of place, no two over the same bytes: of those that begin together, what says most.
    fn apart(mut self) -> Self {
        self.literals.sort_by_key(|one| {
            (one.span.start, std::cmp::Reverse((one.level, one.confidence)), one.span.end)
        });
        self.literals.dedup_by(|later, first| later.span.start < first.span.end);
        self
    }
}

/// Looks with one set of tools.
#[derive(Clone, Copy)]
pub(crate) struct Looker<'l> {
    pub(crate) tools: &'l Tools,
    pub(crate) key: &'l IdentityKey,
}

impl Looker<'_> {
    /// The rules that find values, by their names.
    pub(crate) fn rules(&self) -> BTreeSet<&'static str> {
        self.tools
            .rules()
            .map(|rule| rule.id)
            .chain([BY_NAME.id, arguments::RULE.id, unread::RULE.id])
            .collect()
    }

    /// Every value in a Dockerfile, in order of place, no two over the same bytes.
    pub(crate) fn dockerfile(&self, document: &Document) -> Seen {
        let mut seen = Seen::default();
        for comment in document.comments() {
            self.text(&comment.text, Hint::Text, &mut seen);
        }
        for directive in document.directives() {
            self.text(&directive.value, Hint::Text, &mut seen);
        }
        for instruction in document.instructions().iter().map(Instruction::innermost) {
            self.instruction(instruction, document.escape(), &mut seen);
        }
        for given in arguments::given(document) {
            self.keep(&given.value, (&arguments::RULE, given.shape), &mut seen);
        }
        self.by_use(document, &mut seen);
        seen.apart()
    }

    /// Drawn values of variables whose names say nothing, and which steps use as secrets.
    fn by_use(&self, document: &Document, seen: &mut Seen) {
        for (index, instruction) in document.instructions().iter().enumerate() {
            let (Kind::Arg(pairs) | Kind::Env(pairs)) = &instruction.innermost().kind else { continue };
            for pair in pairs {
                let Some(value) = pair.value.as_ref().map(unquoted) else { continue };
                let drawn = value_worth(&value) == Worth::Strong && !is_stand_in(&value);
                let says = || used::later(document, index, &pair.name);
                if drawn && name::says(&pair.name) == Says::Nothing && says() == Says::Secret {
                    let shape = format!("value of {}, {} characters", pair.name, value.chars().count());
                    self.keep(&value, (&BY_NAME, shape), seen);
                }
            }
        }
    }

    /// Every value in a file that starts builds: in all of it, so that none is ever shown.
    /// Dockerfiles that stand in it are looked through as such.
    pub(crate) fn caller(&self, (name, source): (&str, &str), inline: &[Document]) -> Seen {
        let mut seen = Seen::default();
        self.text(&Text::verbatim(source, 0), Hint::File(name.as_bytes()), &mut seen);
        let callers = recognise(name, source).map(|format| tightlip_callers::read(format, name, source));
        let calls = callers.iter().flat_map(|callers| &callers.calls);
        let calls = calls.flat_map(|call| [&call.arguments, &call.image_environment]).flatten();
        let inputs = callers.iter().flat_map(|callers| &callers.elsewhere).flat_map(|one| one.given());
        for argument in calls.cloned().chain(inputs) {
            if let Some(value) = argument.value.as_ref().filter(|value| value.plain().is_some()) {
                self.by_name(&argument.name, value.text(), &mut seen);
            }
        }
        for document in inline {
            let mut of_it = self.dockerfile(document);
            seen.literals.append(&mut of_it.literals);
            seen.blind.append(&mut of_it.blind);
        }
        seen.apart()
    }

    /// Every value in a file of a build context that counts, and what was not looked into.
    pub(crate) fn file(&self, path: &str, bytes: &[u8]) -> Seen {
        let mut eye = Eye::new(self.key, &self.tools.vault);
        eye.turn(Spot::new(Surface::Context, path.as_bytes()));
        let file = (Hint::File(path.as_bytes()), bytes);
        // What containers hold is looked at when the image is scanned.
        if bytes.contains(&0) {
            self.tools.scanner.bytes(file.0, file.1, &mut eye);
        } else {
            self.tools.scanner.deep(file, &Budget::new(IN_TEXTS), &mut eye);
        }
        let literal = |sighting: Sighting| {
            let range = range(&sighting);
            literal(sighting, Span::new(range.start, range.end))
        };
        let mut unread = unread::find(path, bytes);
        // What is known to be a test key, or to be one at all, is judged.
        unread.retain(|one| {
            let judged = eye.seen.iter().filter(|seen| seen.rule.id != unread::NOTED);
            !judged.into_iter().any(|seen| range(seen).start < one.end && one.start < range(seen).end)
        });
        let counts =
            eye.seen.into_iter().filter(|sighting| sighting.level > Level::Note && !is_no_value(sighting));
        let mut seen = Seen { literals: counts.map(literal).collect(), blind: eye.blind };
        seen.literals.extend(unread.into_iter().map(|one| self.unread(one, bytes)));
        seen
    }

    fn unread(&self, at: Range<usize>, bytes: &[u8]) -> Literal {
        let value = bytes.get(at.clone()).unwrap_or_default();
        let identity = self.key.identity(value);
        self.tools.vault.keep(&identity, value);
        Literal {
            span: Span::new(at.start, at.end),
            rule: &unread::RULE,
            level: Level::Warn,
            confidence: Confidence::Medium,
            shape: "says that it is a private key".to_owned(),
            identity,
        }
    }

    fn instruction(&self, instruction: &Instruction, escape: char, seen: &mut Seen) {
        match &instruction.kind {
            Kind::Arg(pairs) | Kind::Env(pairs) | Kind::Label(pairs) => {
                pairs.iter().for_each(|pair| self.pair(pair, escape, seen));
            }
            Kind::Copy(transfer) | Kind::Add(transfer) => {
                self.text(&instruction.arguments, Hint::Text, seen);
                for source in &transfer.sources {
                    let Source::Path(path) = source else { continue };
                    if let Some(given) = arguments::url(path) {
                        self.keep(&given.value, (&arguments::RULE, given.shape), seen);
                    }
                }
            }
            _ => self.text(&instruction.arguments, Hint::Text, seen),
        }
        for flag in instruction.flags.iter().filter_map(|flag| flag.value.as_ref()) {
            self.text(flag, Hint::Text, seen);
        }
        for heredoc in &instruction.heredocs {
            let name = file_name(instruction, &heredoc.name).or_else(|| redirected(instruction));
            let hint = name.as_deref().map_or(Hint::Text, |name| Hint::File(name.as_bytes()));
            self.text(&heredoc.content, hint, seen);
        }
        for (path, printed) in printed::files(instruction) {
            self.text(&printed, Hint::File(path.as_bytes()), seen);
        }
        for comment in &instruction.comments {
            self.text(&comment.text, Hint::Text, seen);
        }
    }

    fn pair(&self, pair: &Pair, escape: char, seen: &mut Seen) {
        let Some(value) = &pair.value else { return };
        let inner = unquoted(value);
        if is_stand_in(&inner) {
            return;
        }
        let before = seen.literals.len();
        self.text(value, Hint::Named(&pair.name), seen);
        let found = seen.literals.get(before..).unwrap_or_default();
        if !found.is_empty() {
            // What only Dockerfiles call so is doubtful elsewhere.
            let doubtful = found.iter().all(|one| one.level == Level::Warn);
            if doubtful && tightlip_detect::name_says(&pair.name) != Says::Secret {
                self.by_name(&pair.name, &inner, seen);
            }
            return;
        }
        if inner.contains('=') || inner.contains(" -") {
            // Options of a program: `JAVA_OPTS=-Dpassword=…`.
            self.text(&inner, Hint::Text, seen);
        }
        if let Some(given) = arguments::url(&inner) {
            self.keep(&given.value, (&arguments::RULE, given.shape), seen);
            return;
        }
        self.by_name(&pair.name, &inner, seen);
        for word in defaults(value, escape) {
            self.text(&word, Hint::Named(&pair.name), seen);
        }
    }

    /// Names that only Dockerfiles have.
    fn by_name(&self, name: &str, value: &Text, seen: &mut Seen) {
        let level = match (name::says(name), value_worth(value)) {
            (Says::Secret, Worth::Weak | Worth::Strong | Worth::Default | Worth::Number) => Level::Deny,
            (Says::Maybe, _) if is_login(name, value) => Level::Deny,
            (Says::Maybe, Worth::Strong) => Level::Warn,
            _ => return,
        };
        let shape = format!("value of {name}, {} characters", value.chars().count());
        self.keep(value, (&BY_NAME, shape), seen);
        seen.literals.last_mut().into_iter().for_each(|literal| literal.level = level);
    }

    /// A value that was found here.
    fn keep(&self, value: &Text, (rule, shape): (&'static Rule, String), seen: &mut Seen) {
        let identity = self.key.identity(value.as_bytes());
        self.tools.vault.keep(&identity, value.as_bytes());
        let (level, confidence) = (Level::Deny, Confidence::Medium);
        seen.literals.push(Literal { span: value.span(), rule, level, confidence, shape, identity });
    }

    fn text(&self, text: &Text, hint: Hint<'_>, seen: &mut Seen) {
        if text.is_empty() {
            return;
        }
        let mut eye = Eye::new(self.key, &self.tools.vault);
        eye.turn(Spot::new(Surface::Dockerfile, b""));
        self.tools.scanner.deep((hint, text.as_bytes()), &Budget::new(IN_TEXTS), &mut eye);
        seen.blind.append(&mut eye.blind);
        for sighting in eye.seen {
            let range = range(&sighting);
            let value = text.get(range.clone()).unwrap_or("");
            // `NAME==1.2` pins a version.
            let pinned = value.starts_with('=');
            if !pinned && !is_stand_in(value) && !is_default_of_a_store(value, &sighting.shape) {
                seen.literals.push(literal(sighting, text.locate(range)));
            }
        }
    }
}

/// Whether what a name says is all there is to a sighting, and the name is that of no secret: inputs of actions that
/// list names, and variables that bundlers give to browsers.
fn is_no_value(sighting: &Sighting) -> bool {
    let Some(name) = sighting.shape.strip_prefix("value of ").and_then(|rest| rest.split([',', ' ']).next())
    else {
        return false;
    };
    let public = name::without_public_prefix(name).is_some_and(|rest| {
        !rest.split('_').any(|word| matches!(word, "SECRET" | "PASSWORD" | "PRIVATE" | "PASSWD"))
    });
    public || matches!(name, "secret-envs" | "secret-files")
}

/// Whether a value that is called credentials is a name with a drawn password: `user:password`.
fn is_login(name: &str, value: &str) -> bool {
    let last = name.rsplit('_').next().unwrap_or("").to_ascii_uppercase();
    let Some((user, password)) = value.split_once(':') else { return false };
    let plain = |c: char| c.is_ascii_alphanumeric() || "._@+-".contains(c);
    let named =
        matches!(last.as_str(), "CRED" | "CREDS" | "AUTH") && !user.is_empty() && user.chars().all(plain);
    let mixed = |of: fn(&char) -> bool| password.chars().any(|c| of(&c));
    let mixed =
        mixed(char::is_ascii_digit) && mixed(char::is_ascii_uppercase) && mixed(char::is_ascii_lowercase);
    let drawn = match value_worth(password) {
        Worth::Strong => true,
        Worth::Weak => mixed && password.len() >= 8,
        _ => false,
    };
    named && drawn && !password.contains(['/', ':', ' '])
}

/// Where a sighting stands in what was looked at.
fn range(sighting: &Sighting) -> Range<usize> {
    let start = usize::try_from(sighting.offset).unwrap_or(usize::MAX);
    start..start.saturating_add(usize::try_from(sighting.length).unwrap_or(usize::MAX))
}

fn literal(sighting: Sighting, span: Span) -> Literal {
    Literal {
        span,
        rule: sighting.rule,
        level: sighting.level,
        confidence: sighting.confidence,
        shape: sighting.shape,
        identity: sighting.identity,
    }
}

/// The name of the file that `COPY` makes of a heredoc.
fn file_name(instruction: &Instruction, heredoc: &str) -> Option<String> {
    let (Kind::Copy(copy) | Kind::Add(copy)) = &instruction.kind else { return None };
    let destination = copy.destination.as_deref().unwrap_or("");
    let name =
        if destination.ends_with('/') { format!("{destination}{heredoc}") } else { destination.to_owned() };
    Some(name.trim_start_matches('/').to_owned())
}

/// The file that the shell writes a heredoc into: `cat <<EOF > /root/.pgpass`.
fn redirected(instruction: &Instruction) -> Option<String> {
    let line = instruction.arguments.lines().next()?;
    let path = line.rsplit_once('>')?.1.split_whitespace().next()?.trim_matches(['"', '\'']);
    (!path.contains('$')).then(|| path.trim_start_matches('/').to_owned())
}

/// The value without the quotes around it.
fn unquoted(value: &Text) -> Text {
    let quoted =
        ['"', '\''].into_iter().any(|q| value.len() > 1 && value.starts_with(q) && value.ends_with(q));
    if quoted { value.slice(1..value.len() - 1) } else { value.clone() }
}

/// The words that stand in for a variable that is not set: `${TOKEN:-value}`.
fn defaults(value: &Text, escape: char) -> Vec<Text> {
    if !value.contains("${") {
        return Vec::new();
    }
    let Ok(parts) = parts(value, escape, Quotes::Keep) else { return Vec::new() };
    let all = variables(&parts);
    let with_default = all.iter().filter(|variable| matches!(variable.operator, Operator::Default(..)));
    let word = |range: std::ops::Range<usize>| {
        let reference = value.slice(range);
        let at = reference.find('-')? + 1;
        Some(reference.slice(at..reference.len().saturating_sub(1)))
    };
    with_default.filter_map(|variable| word(variable.range.clone())).collect()
}

/// Whether a value is the password that key stores come with: their files are made, not protected, by it.
fn is_default_of_a_store(value: &str, shape: &str) -> bool {
    shape.contains("keytool") && value_worth(value) == Worth::Default
}

/// Whether a value says of itself that it only stands in while an image is built.
pub(crate) fn is_stand_in(value: &str) -> bool {
    let lower = value.to_ascii_lowercase();
    let squeezed: String = lower.chars().filter(char::is_ascii_alphanumeric).collect();
    let says = [
        "notareal",
        "notreal",
        "unused",
        "notused",
        "buildonly",
        "onlyforbuild",
        "forbuild",
        "dummy",
        "fake",
    ];
    let is = ["build", "buildtime", "ignored", "noop", "temp", "tmp", "fixme", "stub", "mock"];
    says.iter().any(|word| squeezed.contains(word)) && squeezed.len() < 48 || is.contains(&squeezed.as_str())
}

/// Whether a value is one that somebody could use: not empty, no reference, no blank to fill in.
pub(crate) fn is_real(value: &str) -> bool {
    matches!(value_worth(value), Worth::Weak | Worth::Strong | Worth::Default | Worth::Number | Worth::Uuid)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_login_is_a_name_with_a_password() {
        for value in ["ci:xK93mvQ_2pLw8Zr", "me@h.example:aB3_kQ9x"] {
            assert!(is_login("INDEX_CRED", value) && is_login("REGISTRY_AUTH", value), "{value}");
            assert!(!is_login("IMAGE", value) && !is_login("AUTH_URL", value), "{value}");
        }
        for value in
            ["vault:ci-index", "h.example:8080", "user:password", "a:$B", "https://h/a", "ldap:on", "x"]
        {
            assert!(!is_login("INDEX_CRED", value), "{value}");
        }
    }
}
