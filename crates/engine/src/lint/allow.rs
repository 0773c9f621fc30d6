//! What people allowed in the file itself, in our words or in those of other tools that mean the same.
//!
//! - `# tightlip: allow RULE[, RULE] -- reason`, above an instruction; above the first `FROM` or apart from any
//!   instruction at the top it holds for the file.
//! - `# check=skip=NAME` of BuildKit at the top, or above an instruction, with an optional `// reason`.
//! - `# hadolint ignore=NAME` above an instruction, `# hadolint global ignore=NAME` at the top.
//! - `# trivy:ignore:NAME` above an instruction.

use tightlip_dockerfile::{Comment, DirectiveKind, Document, Kind, Span};

use super::sink::Issue;
use super::text::TextFile;

/// A permission.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Permit {
    /// The names that it gives: of lints, of detection rules, or of another tool.
    names: Vec<String>,
    /// Where it holds; `None` is the whole file.
    within: Option<Span>,
    /// Why.
    pub(crate) reason: String,
    /// Where it is written.
    pub(crate) line: usize,
}

impl Permit {
    /// Whether it allows an issue.
    pub(crate) fn covers(&self, issue: &Issue) -> bool {
        let within =
            self.within.is_none_or(|span| span.start <= issue.span.start && issue.span.start < span.end);
        let lint = issue.lint;
        let named = |name: &String| {
            name.eq_ignore_ascii_case(lint.id)
                || issue.found_by == Some(name.as_str())
                || lint.aliases.iter().any(|alias| alias.eq_ignore_ascii_case(name))
        };
        within && self.names.iter().any(named)
    }
}

/// Every permission in a Dockerfile.
pub(crate) fn permits(document: &Document) -> Vec<Permit> {
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
pub(crate) fn in_caller(file: &TextFile) -> Vec<Permit> {
    let mut permits = Vec::new();
    let mut at = 0;
    for line in file.source.split_inclusive('\n') {
        let start = at;
        at += line.len();
        let comment = line.find("tightlip:").filter(|found| line.get(..*found).is_some_and(is_comment));
        let Some(words) = comment.and_then(|found| ours(line.get(found..)?.trim_end())) else { continue };
        let rest = file.source.get(at..).unwrap_or("").split_inclusive('\n');
        let next: usize = rest
            .scan(true, |go, line| {
                let taken = *go;
                *go = is_comment(line.trim());
                taken.then_some(line.len())
            })
            .sum();
        let within = Some(Span::new(start, at + next));
        permits.push(Permit { names: words.names, within, reason: words.reason, line: file.line(start) });
    }
    permits
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
}

impl Words {
    fn new(names: &str, reason: &str) -> Option<Self> {
        let split = names.split([',', ';', ' ', '\t']).map(str::trim).filter(|name| !name.is_empty());
        let names: Vec<String> = split.map(str::to_owned).collect();
        (!names.is_empty()).then(|| Self { names, reason: reason.trim().to_owned() })
    }

    fn at(self, document: &Document, comment: Span, within: Option<Span>) -> Permit {
        Permit { names: self.names, within, reason: self.reason, line: document.line(comment.start) }
    }
}

/// Ours, which must say why.
fn ours(text: &str) -> Option<Words> {
    let rest = text.strip_prefix("tightlip:")?.trim_start().strip_prefix("allow")?;
    let (names, reason) = rest.split_once("--")?;
    if reason.trim().is_empty() { None } else { Words::new(names, reason) }
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
    fn other_tools_are_understood() {
        let all = |text: &str| read(text).into_iter().flat_map(|one| one.0).collect::<Vec<_>>();
        assert_eq!(all("# check=skip=A,B;error=true\nFROM a\n"), ["A", "B"]);
        assert_eq!(all("FROM a\n# check=skip=A // why\nARG X\n"), ["A"]);
        assert_eq!(all("FROM a\n# hadolint ignore=DL1,DL2\nARG X\n"), ["DL1", "DL2"]);
        assert_eq!(all("# hadolint global ignore=DL1\nFROM a\n"), ["DL1"]);
        assert_eq!(all("FROM a\n#trivy:ignore:DS-0031\nARG X\n"), ["DS-0031"]);
    }
}
