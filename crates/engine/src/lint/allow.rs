//! What people allowed in the file itself, in our words or in those of other tools that mean the same.
//!
//! - `# tightlip: allow RULE[, RULE] -- reason`, above an instruction; above the first `FROM` or apart from any
//!   instruction at the top it holds for the file.
//! - `# check=skip=NAME` of BuildKit at the top, or above an instruction, with an optional `// reason`.
//! - `# hadolint ignore=NAME` above an instruction, `# hadolint global ignore=NAME` at the top.
//! - `# trivy:ignore:NAME` above an instruction.

use std::collections::HashSet;

use tightlip_dockerfile::{Comment, DirectiveKind, Document, Kind, Span};

use super::Lint;
use super::sink::Issue;
use super::text::TextFile;

/// A permission.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Permit {
    /// The names that it gives: of lints, of detection rules, or of another tool.
    pub(crate) names: Vec<String>,
    /// Where it holds; `None` is the whole file.
    within: Option<Span>,
    /// Why.
    pub(crate) reason: String,
    /// Where it is written.
    pub(crate) line: usize,
    /// The comment.
    pub(crate) span: Span,
    /// In whose words.
    pub(crate) by: Whose,
}

/// Whose words a permission is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Whose {
    Ours,
    OfAnotherTool,
}

/// A comment that means to allow something, and why it does not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Vain {
    pub(crate) span: Span,
    pub(crate) why: &'static str,
}

/// What is allowed in a file.
#[derive(Clone, Debug, Default)]
pub(crate) struct Allowed {
    pub(crate) permits: Vec<Permit>,
    pub(crate) vain: Vec<Vain>,
}

impl Permit {
    /// Whether it allows an issue.
    pub(crate) fn covers(&self, issue: &Issue) -> bool {
        self.names.iter().any(|name| self.covers_as(name, issue))
    }

    /// Whether one of its names does.
    pub(crate) fn covers_as(&self, name: &str, issue: &Issue) -> bool {
        let within =
            self.within.is_none_or(|span| span.start <= issue.span.start && issue.span.start < span.end);
        within && (is_of(issue.lint, name) || issue.found_by == Some(name))
    }
}

/// Whether a lint goes by a name, its own or one that another tool has for it.
pub(crate) fn is_of(lint: &Lint, name: &str) -> bool {
    name.eq_ignore_ascii_case(lint.id) || lint.aliases.iter().any(|alias| alias.eq_ignore_ascii_case(name))
}

/// What is allowed in a Dockerfile.
pub(crate) fn in_dockerfile(document: &Document) -> Allowed {
    let permits = permits(document);
    let taken: HashSet<Span> = permits.iter().map(|permit| permit.span).collect();
    let inside = document.instructions().iter().flat_map(|one| &one.comments);
    let vain = document.comments().iter().chain(inside).filter_map(|comment| {
        let why = vain(&comment.text).filter(|_| !taken.contains(&comment.span))?;
        Some(Vain { span: comment.span, why })
    });
    let vain = vain.collect();
    Allowed { permits, vain }
}

/// Why a comment in our words allows nothing, where it stands alone.
fn vain(text: &str) -> Option<&'static str> {
    let rest = text.trim_start().strip_prefix("tightlip:")?.trim_start();
    Some(match rest.strip_prefix("allow") {
        None => "it is not understood: write `tightlip: allow LINT -- why`",
        Some(rest) => match rest.split_once("--") {
            None => "it says no reason: write `-- why` behind the name",
            Some((_, why)) if why.trim().is_empty() => "it says no reason: write `-- why` behind the name",
            Some((names, _)) if names.trim().is_empty() => "it names no lint",
            Some(_) => "no instruction follows it",
        },
    })
}

/// Every permission in a Dockerfile.
fn permits(document: &Document) -> Vec<Permit> {
    let mut permits = Vec::new();
    if let Some(check) = document.directive(DirectiveKind::Check) {
        permits.extend(buildkit(&check.value).map(|words| words.at(document, check.span, None)));
    }
    for (index, instruction) in document.instructions().iter().enumerate() {
        let above = document.comments_above(index);
        let file = index == 0 && matches!(instruction.kind, Kind::From(_));
        let within = (!file).then_some(instruction.span);
        for comment in above.iter().chain(&instruction.comments) {
            permits.extend(read(document, comment, within));
        }
    }
    permits.extend(apart(document).filter_map(|comment| read(document, comment, None)));
    permits
}

/// Every permission in a file that starts builds: `# tightlip: allow RULE -- reason` holds for its own line and for the
/// next one that is no comment.
pub(crate) fn in_caller(file: &TextFile) -> Allowed {
    let mut allowed = Allowed::default();
    let mut at = 0;
    for line in file.source.split_inclusive('\n') {
        let start = at;
        at += line.len();
        let comment = line.find("tightlip:").filter(|found| line.get(..*found).is_some_and(is_comment));
        let Some(found) = comment else { continue };
        let text = line.get(found..).unwrap_or_default().trim_end();
        let span = Span::new(start + found, start + found + text.len());
        let Some(words) = ours(text) else {
            allowed.vain.extend(vain(text).map(|why| Vain { span, why }));
            continue;
        };
        let rest = file.source.get(at..).unwrap_or("").split_inclusive('\n');
        let next: usize = rest
            .scan(true, |go, line| {
                let taken = *go;
                *go = is_comment(line.trim());
                taken.then_some(line.len())
            })
            .sum();
        let within = Some(Span::new(start, at + next));
        let (names, reason, line) = (words.names, words.reason, file.line(start));
        allowed.permits.push(Permit { names, within, reason, line, span, by: Whose::Ours });
    }
    allowed
}

/// Whether what stands before the words opens a comment.
fn is_comment(before: &str) -> bool {
    let before = before.trim();
    before.starts_with('#') || before.starts_with("//") || before.ends_with('#') || before.ends_with("//")
}

/// The comments before the first instruction that do not stand directly above it.
fn apart(document: &Document) -> impl Iterator<Item = &Comment> {
    let first = document.instructions().first().map_or(usize::MAX, |one| one.span.start);
    let above = document.comments_above(0);
    let at_top = document.comments().iter().filter(move |comment| comment.span.start < first);
    at_top.filter(move |comment| !above.contains(comment))
}

fn read(document: &Document, comment: &Comment, within: Option<Span>) -> Option<Permit> {
    let text: &str = &comment.text;
    if let Some(words) = text.strip_prefix("hadolint").and_then(global_hadolint) {
        return within.is_none().then(|| words.at(document, comment.span, None));
    }
    let words = ours(text).or_else(|| others(text))?;
    Some(words.at(document, comment.span, within))
}

/// Names and reason, not yet placed.
struct Words {
    names: Vec<String>,
    reason: String,
    by: Whose,
}

impl Words {
    fn new(names: &str, reason: &str) -> Option<Self> {
        let split = names.split([',', ';', ' ', '\t']).map(str::trim).filter(|name| !name.is_empty());
        let names: Vec<String> = split.map(str::to_owned).collect();
        let by = Whose::OfAnotherTool;
        (!names.is_empty()).then(|| Self { names, reason: reason.trim().to_owned(), by })
    }

    fn at(self, document: &Document, comment: Span, within: Option<Span>) -> Permit {
        let (line, by) = (document.line(comment.start), self.by);
        Permit { names: self.names, within, reason: self.reason, line, span: comment, by }
    }
}

/// Ours, which must say why.
fn ours(text: &str) -> Option<Words> {
    let rest = text.strip_prefix("tightlip:")?.trim_start().strip_prefix("allow")?;
    let (names, reason) = rest.split_once("--")?;
    let words = Words::new(names, reason).filter(|words| !words.reason.is_empty())?;
    Some(Words { by: Whose::Ours, ..words })
}

fn others(text: &str) -> Option<Words> {
    if let Some(value) = text.strip_prefix("check=") {
        return buildkit(value);
    }
    if let Some(rest) = text.strip_prefix("hadolint") {
        return Words::new(
            rest.trim_start().strip_prefix("ignore")?.trim_start().strip_prefix('=')?,
            HADOLINT,
        );
    }
    let rest = text.strip_prefix("trivy:ignore:")?;
    let name = rest.split_whitespace().next()?;
    let name = name.split(':').next()?;
    Words::new(name, "the Dockerfile tells Trivy to ignore it")
}

const HADOLINT: &str = "the Dockerfile tells hadolint to ignore it";

fn global_hadolint(rest: &str) -> Option<Words> {
    let names = rest.trim_start().strip_prefix("global")?.trim_start().strip_prefix("ignore")?;
    Words::new(names.trim_start().strip_prefix('=')?, HADOLINT)
}

/// `skip=A,B;error=true`, and a reason after `//`.
fn buildkit(value: &str) -> Option<Words> {
    let (value, reason) =
        value.split_once("//").unwrap_or((value, "the Dockerfile tells BuildKit to skip it"));
    let skip = value.split(';').find_map(|part| part.trim().strip_prefix("skip="))?;
    Words::new(skip, reason)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(Vec<String>, Option<usize>, usize, String)> {
        let document = Document::parse(text);
        let line = |span: Span| document.line(span.start);
        permits(&document)
            .into_iter()
            .map(|one| (one.names, one.within.map(line), one.line, one.reason))
            .collect()
    }

    #[test]
    fn a_permission_holds_for_the_instruction_below_it() {
        let text = "FROM a\n# tightlip: allow secret-in-arg, github-pat -- a test token\nARG X\n";
        let names = vec!["secret-in-arg".to_owned(), "github-pat".to_owned()];
        assert_eq!(read(text), [(names, Some(3), 2, "a test token".to_owned())]);
    }

    #[test]
    fn at_the_top_it_holds_for_the_file() {
        for text in ["# tightlip: allow x -- y\nFROM a\n", "# tightlip: allow x -- y\n\nARG V=1\nFROM a\n"] {
            assert_eq!(read(text), [(vec!["x".to_owned()], None, 1, "y".to_owned())]);
        }
    }

    #[test]
    fn without_a_reason_nothing_is_allowed() {
        assert_eq!(read("FROM a\n# tightlip: allow x\nARG X\n# tightlip: allow x -- \nARG Y\n"), []);
    }

    #[test]
    fn what_allows_nothing_is_told_with_its_reason() {
        let vain = |text: &str| {
            let vain = in_dockerfile(&Document::parse(text)).vain;
            vain.into_iter().map(|one| one.why).collect::<Vec<_>>().join("; ")
        };
        assert!(vain("FROM a\n# tightlip: allow x\nARG X\n").contains("no reason"));
        assert!(vain("FROM a\n# tightlip: ignore x -- y\nARG X\n").contains("not understood"));
        assert!(vain("FROM a\n# tightlip: allow -- y\nARG X\n").contains("names no lint"));
        assert!(vain("FROM a\nARG X\n# tightlip: allow x -- y\n").contains("no instruction follows"));
        assert_eq!(vain("FROM a\n# tightlip: allow x -- y\nARG X\n# tightlip is fine\nRUN x\n"), "");
    }

    #[test]
    fn other_tools_are_understood() {
        let all = |text: &str| read(text).into_iter().flat_map(|one| one.0).collect::<Vec<_>>();
        assert_eq!(all("# check=skip=A,B;error=true\nFROM a\n"), ["A", "B"]);
        assert_eq!(all("FROM a\n# check=skip=A // why\nARG X\n"), ["A"]);
        assert_eq!(all("FROM a\n# hadolint ignore=DL1,DL2\nARG X\n"), ["DL1", "DL2"]);
        assert_eq!(all("# hadolint global ignore=DL1\nFROM a\n"), ["DL1"]);
        assert_eq!(all("FROM a\n#trivy:ignore:DS-0031\nARG X\n"), ["DS-0031"]);
    }
}
