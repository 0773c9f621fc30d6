//! Answers of the language server, made from what a lint came to.

use std::collections::HashMap;

use lsp_types::{
    CodeAction, CodeActionKind, CodeActionOrCommand, CodeActionParams, Diagnostic, DiagnosticSeverity, Hover,
    HoverContents, HoverParams, MarkupContent, MarkupKind, NumberOrString, Range, TextEdit, Uri,
    WorkspaceEdit,
};
use tightlip_engine::lint::{Fix, Mark, Safety};
use tightlip_report::{Finding, Level};

use super::place::{meet, range};
use super::{Open, address};

/// What stands below the lines of the file.
pub(super) fn diagnostics(open: &Open) -> Vec<Diagnostic> {
    let marks = marks(open);
    let told = marks.iter().filter_map(|mark| {
        let finding = finding(open, mark)?;
        Some(diagnostic(open, mark, finding))
    });
    told.collect()
}

fn diagnostic(open: &Open, mark: &Mark, finding: &Finding) -> Diagnostic {
    let severity = match finding.level {
        Level::Deny => DiagnosticSeverity::ERROR,
        Level::Warn => DiagnosticSeverity::WARNING,
        Level::Note => DiagnosticSeverity::INFORMATION,
    };
    Diagnostic {
        range: whereabouts(open, mark),
        severity: Some(severity),
        code: Some(NumberOrString::String(mark.lint.id.to_owned())),
        source: Some("tightlip".to_owned()),
        message: format!("{}\n{}", finding.title, finding.remedy.summary),
        ..Diagnostic::default()
    }
}

/// The manual of what is said at a place.
pub(super) fn hover(open: &Open, params: HoverParams) -> Option<Hover> {
    let at = params.text_document_position_params.position;
    let here = Range::new(at, at);
    let marks = marks(open);
    let mark = marks.iter().find(|mark| meet(whereabouts(open, mark), here))?;
    let value = readable(&mark.lint.manual());
    Some(Hover {
        contents: HoverContents::Markup(MarkupContent { kind: MarkupKind::Markdown, value }),
        range: Some(whereabouts(open, mark)),
    })
}

/// The fixes of what is said in a range.
pub(super) fn actions(open: &Open, params: CodeActionParams) -> Option<Vec<CodeActionOrCommand>> {
    let mut actions: Vec<CodeActionOrCommand> = Vec::new();
    for mark in marks(open).into_iter().filter(|mark| meet(whereabouts(open, mark), params.range)) {
        let Some(fix) = mark.fix.as_ref().filter(|fix| !matches!(fix.safety, Safety::Refused(_))) else {
            continue;
        };
        let Some(edit) = edit(open, fix) else { continue };
        actions.push(CodeActionOrCommand::CodeAction(CodeAction {
            title: title(fix),
            kind: Some(CodeActionKind::QUICKFIX),
            diagnostics: finding(open, mark).map(|finding| vec![diagnostic(open, mark, finding)]),
            edit: Some(edit),
            is_preferred: Some(fix.safety == Safety::Safe),
            ..CodeAction::default()
        }));
    }
    Some(actions)
}

fn title(fix: &Fix) -> String {
    match fix.safety {
        Safety::Safe => fix.title.clone(),
        _ => format!("{} (look at it: the build may need it)", fix.title),
    }
}

/// All edits of a fix, or none: half a fix is worse than none.
#[expect(
    clippy::mutable_key_type,
    reason = "the protocol's type has addresses as keys, and nothing changes them"
)]
fn edit(open: &Open, fix: &Fix) -> Option<WorkspaceEdit> {
    let mut changes: HashMap<Uri, Vec<TextEdit>> = HashMap::new();
    for (id, edit) in &fix.edits {
        let file = open.linted.file(*id)?;
        let uri = if *id == open.id() { open.uri.clone() } else { address(file.path.as_deref()?)? };
        let new_text = edit.replacement.clone();
        changes.entry(uri).or_default().push(TextEdit { range: range(&file.source, edit.span), new_text });
    }
    Some(WorkspaceEdit { changes: Some(changes), ..WorkspaceEdit::default() })
}

/// What is said about the file that is open.
fn marks(open: &Open) -> Vec<&Mark> {
    open.linted.marks.iter().filter(|mark| mark.file == open.id()).collect()
}

fn whereabouts(open: &Open, mark: &Mark) -> Range {
    open.linted.file(mark.file).map_or_else(Range::default, |file| range(&file.source, mark.span))
}

/// The finding of a mark: two lints may speak of one place, but each once.
fn finding<'o>(open: &'o Open, mark: &Mark) -> Option<&'o Finding> {
    let at = Some(mark.span.start as u64);
    open.linted.report.findings.iter().find(|one| one.rule == mark.lint.id && one.place.offset == at)
}

/// The manual without the marks of its tests.
fn readable(manual: &str) -> String {
    let line =
        |line: &str| match line.strip_prefix("```").map(|info| info.split_once(' ').unwrap_or((info, ""))) {
            Some(("bad", name)) => format!("leaks, `{name}`:\n\n```dockerfile"),
            Some(("good", name)) => format!("does not, `{name}`:\n\n```dockerfile"),
            Some(("and", name)) => format!("with `{name}`:\n\n```"),
            _ => line.to_owned(),
        };
    manual.lines().map(line).collect::<Vec<_>>().join("\n")
}
