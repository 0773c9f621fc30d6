//! One rule of such a configuration.

use tightlip_report::{Confidence, Level};

use super::super::Draft;
use super::super::read::dialect::{Dialect, translate};
use super::super::read::{Fields, Node, Remarks, WHY, put_keywords, within};
use super::NO_MEANING;
use crate::condition::{Allow, Need, When};
use crate::entry::Entry;
use crate::filter::{Filter, Names};

const NO_VALIDATION: &str = "tightlip asks nobody whether a secret is valid, and revokes none";
/// What Betterleaks calls token efficiency, as an expression.
const EFFICIENCY: &str = "failsTokenEfficiency(finding.secret)";

pub(super) fn draft(file: &str, node: &Node, remarks: &mut Remarks) -> Option<Draft> {
    file.clone_into(&mut remarks.file);
    let mut fields = Fields::of(node, remarks);
    let id = fields.text("id", remarks).unwrap_or_default();
    remarks.enter(Some(id.clone()));
    let before = remarks.errors.len();
    let entry = entry(&mut fields, id, remarks);
    fields.finish(remarks);
    let wrong = remarks.errors.len() > before;
    remarks.enter(None);
    let place = || (file.to_owned(), node.line);
    (!wrong).then(|| Draft { place: place(), provider: String::new(), rotate: None, entry })
}

fn entry(fields: &mut Fields<'_>, id: String, remarks: &mut Remarks) -> Entry {
    let title = fields.text("description", remarks).filter(|title| !title.trim().is_empty());
    let mut entry = Entry {
        title: title.unwrap_or_else(|| id.clone()),
        id,
        why: WHY.to_owned(),
        regex: go(fields, "regex", remarks),
        path: go(fields, "path", remarks),
        entropy: fields.value("entropy", remarks).filter(|least| *least > 0.0),
        // 0 stands for what no number stands for: the first group that is not empty.
        group: fields.value("secretGroup", remarks).filter(|group| *group > 0),
        confidence: Some(confidence(fields, remarks)),
        ..Entry::default()
    };
    let keywords = fields.texts("keywords", remarks);
    if entry.regex.is_some() {
        put_keywords(&mut entry, keywords);
    } else if fields.take("regex").is_none() && entry.path.is_none() {
        remarks.error(fields.line, "a rule without `regex` and `path` is not supported");
    } else if !keywords.is_empty() || entry.entropy.take().is_some() {
        remarks.note(fields.line, "`keywords` and `entropy` are passed over: it finds files by `path` alone");
    }
    if fields.take("valueGroup").is_some() {
        let instead = "say which group is the secret with `secretGroup`, or name it `(?P<secret>…)`";
        remarks.error(fields.line, format!("`valueGroup` is not supported: {instead}"));
    }
    judge(fields, &mut entry, remarks);
    fields.pass_over(&["tags"], NO_MEANING, remarks);
    fields.pass_over(&["validate", "validation", "analyze", "revoke"], NO_VALIDATION, remarks);
    entry
}

/// What else it asks of a match.
fn judge(fields: &mut Fields<'_>, entry: &mut Entry, remarks: &mut Remarks) {
    for list in [fields.list("allowlist"), fields.list("allowlists")].into_iter().flatten() {
        entry.allow.extend(allow(Fields::of(list, remarks), remarks));
    }
    entry.unless.extend(filter(fields, "filter", remarks));
    if fields.value("tokenEfficiency", remarks) == Some(true) {
        estimated("tokenEfficiency", fields.line, remarks);
        entry.unless.push(EFFICIENCY.to_owned());
    }
    for node in fields.list("required") {
        entry.needs.push(need(node, remarks));
    }
    for node in fields.list("components") {
        entry.needs.extend(component(node, remarks));
    }
    if fields.value("skipReport", remarks) == Some(true) {
        entry.level = Some(Level::Note);
        remarks.note(fields.line, "`skipReport`: it is reported as a note, which never fails a build");
    }
}

fn confidence(fields: &mut Fields<'_>, remarks: &mut Remarks) -> Confidence {
    match fields.text("confidence", remarks).unwrap_or_default().to_ascii_lowercase().as_str() {
        "high" => Confidence::High,
        "" | "medium" => Confidence::Medium,
        "low" => Confidence::Low,
        other => {
            remarks.error(fields.line, format!("the confidence `{other}` is not known"));
            Confidence::Medium
        }
    }
}

/// An expression that says what is no secret, if it can be read.
pub(super) fn filter(fields: &mut Fields<'_>, name: &str, remarks: &mut Remarks) -> Option<String> {
    let source = fields.text(name, remarks).filter(|source| !source.trim().is_empty())?;
    match Filter::parse(&source, Names::default()) {
        Ok(filter) if filter.estimated => estimated(name, fields.line, remarks),
        Ok(_) => {}
        Err(what) => {
            let instead =
                "write it with what `docs/rule-packs.md` lists, or leave it out: then more is found";
            remarks.error(fields.line, format!("`{name}`: {what}; {instead}"));
            return None;
        }
    }
    Some(source)
}

fn estimated(name: &str, line: usize, remarks: &mut Remarks) {
    let what = "asks how a language model would cut the text; here, whether it is spelled out of words";
    remarks.note(line, format!("`{name}` {what}"));
}

fn go(fields: &mut Fields<'_>, name: &str, remarks: &mut Remarks) -> Option<String> {
    let source = fields.text(name, remarks).filter(|source| !source.is_empty())?;
    translated(&source, (name, fields.line), remarks)
}

fn translated(source: &str, (name, line): (&str, usize), remarks: &mut Remarks) -> Option<String> {
    let result = translate(source, Dialect::Go);
    result.map_err(|what| remarks.error(line, format!("`{name}`: {what}"))).ok()
}

pub(super) fn allow(mut fields: Fields<'_>, remarks: &mut Remarks) -> Option<Allow> {
    let line = fields.line;
    fields.pass_over(&["description"], NO_MEANING, remarks);
    let when = match fields.text("condition", remarks).unwrap_or_default().to_ascii_lowercase().as_str() {
        "" | "or" | "||" => When::Any,
        "and" | "&&" => When::All,
        other => {
            remarks.error(line, format!("the condition `{other}` of an allowlist is not known"));
            When::Any
        }
    };
    let mut expressions = |name: &str, remarks: &mut Remarks| -> Vec<String> {
        let sources = fields.texts(name, remarks);
        sources.iter().filter_map(|source| translated(source, (name, line), remarks)).collect()
    };
    let mut allow = Allow { when, path: expressions("paths", remarks), ..Allow::default() };
    let regexes = expressions("regexes", remarks);
    match fields.text("regexTarget", remarks).unwrap_or_default().to_ascii_lowercase().as_str() {
        "" | "secret" => allow.secret = regexes,
        "match" => allow.whole = regexes,
        "line" => allow.line = regexes,
        other => remarks.error(line, format!("the regexTarget `{other}` is not known")),
    }
    allow.words = fields.texts("stopwords", remarks);
    let commits = !fields.texts("commits", remarks).is_empty();
    fields.finish(remarks);
    if commits {
        remarks.note(line, "`commits` of an allowlist are passed over: an image has none");
    }
    let reasons = [&allow.path, &allow.secret, &allow.whole, &allow.line, &allow.words];
    let reasonless = reasons.iter().all(|reason| reason.is_empty());
    if reasonless && !commits {
        remarks.error(line, "an allowlist without any reason");
    }
    // Where every reason must hold and one is a commit, it never does.
    let never = commits && when == When::All;
    (!reasonless && !never).then_some(allow)
}

fn need(node: &Node, remarks: &mut Remarks) -> Need {
    let mut fields = Fields::of(node, remarks);
    let need = Need {
        rule: fields.text("id", remarks).unwrap_or_default(),
        lines: fields.value("withinLines", remarks),
        columns: fields.value("withinColumns", remarks),
        ..Need::default()
    };
    fields.finish(remarks);
    need
}

/// `{ id = "other", within = "5L,100C", optional = true }`.
fn component(node: &Node, remarks: &mut Remarks) -> Option<Need> {
    let mut fields = Fields::of(node, remarks);
    let rule = fields.text("id", remarks).unwrap_or_default();
    let distance = fields.text("within", remarks).unwrap_or_default();
    let optional = fields.value("optional", remarks) == Some(true);
    let line = fields.line;
    fields.finish(remarks);
    if optional {
        remarks.note(line, format!("the optional component `{rule}` is passed over: {NO_VALIDATION}"));
        return None;
    }
    let near = within(&distance).map_err(|what| remarks.error(line, what)).ok()?;
    Some(Need { rule, lines: near.lines, columns: near.characters, side: near.side, ..Need::default() })
}
