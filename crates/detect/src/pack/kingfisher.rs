//! Kingfisher's rules, and those of Nosey Parker and Titus, which have the same form: YAML with `rules:`.

use regex_syntax::hir::{Hir, HirKind};
use tightlip_report::{Confidence, Level};

use super::read::dialect::{Dialect, translate};
use super::read::{Fields, Node, Remarks, WHY, as_template, within, yaml};
use super::{Contents, Draft, Pack};
use crate::PackText;
use crate::condition::{Allow, Checksum, Contains, Need};
use crate::entry::Entry;
use crate::expression::parse;

pub(super) static PACK: Pack = Pack {
    name: "kingfisher",
    summary: "YAML with rules:, as Kingfisher, Nosey Parker and Titus read it",
    claims: |text| text.lines().any(|line| line.trim_end() == "rules:" || line.starts_with("rules: ")),
    extends: |_| None,
    read,
};

const NOBODY_ASKED: &str = "tightlip asks nobody whether a secret is valid, and revokes none";

fn read(pack: &PackText, remarks: &mut Remarks) -> Contents {
    let mut drafts = Vec::new();
    for document in yaml(&pack.text, remarks) {
        let mut fields = Fields::of(&document, remarks);
        drafts.extend(fields.list("rules").iter().filter_map(|node| rule(&pack.name, node, remarks)));
        fields.pass_over(&["rulesets"], "every rule of the file is searched for", remarks);
        fields.finish(remarks);
    }
    Contents { drafts, off: Vec::new() }
}

fn rule(file: &str, node: &Node, remarks: &mut Remarks) -> Option<Draft> {
    let mut fields = Fields::of(node, remarks);
    let id = fields.text("id", remarks).unwrap_or_default();
    remarks.enter(Some(id.clone()));
    let before = remarks.errors.len();
    let mut entry = entry(&mut fields, id, remarks);
    if let Some(requirements) = fields.take("pattern_requirements") {
        demand(&mut entry, Fields::of(requirements, remarks), remarks);
    }
    for dependency in fields.list("depends_on_rule") {
        entry.needs.extend(need(dependency, remarks));
    }
    fields.finish(remarks);
    let wrong = remarks.errors.len() > before;
    remarks.enter(None);
    let place = || (file.to_owned(), node.line);
    (!wrong).then(|| Draft { place: place(), provider: String::new(), rotate: None, entry })
}

fn entry(fields: &mut Fields<'_>, id: String, remarks: &mut Remarks) -> Entry {
    let pattern = fields.text("pattern", remarks);
    if pattern.is_none() {
        remarks.error(fields.line, "a rule without `pattern` is not supported");
    }
    let regex = pattern.and_then(|pattern| {
        translate(&pattern, Dialect::Rust)
            .map_err(|what| remarks.error(fields.line, format!("`pattern`: {what}")))
            .ok()
    });
    let mut entry = Entry {
        title: fields.text("name", remarks).unwrap_or_else(|| id.clone()),
        id,
        why: WHY.to_owned(),
        group: regex.as_deref().and_then(|regex| secret_group(&parse(regex).ok()?)),
        regex,
        entropy: fields.value("min_entropy", remarks).filter(|least| *least > 0.0),
        hit: fields.texts("examples", remarks).iter().map(|text| as_template(text)).collect(),
        miss: fields.texts("negative_examples", remarks).iter().map(|text| as_template(text)).collect(),
        source: fields.texts("references", remarks).into_iter().next(),
        ..Entry::default()
    };
    weigh(&mut entry, fields, remarks);
    fields.pass_over(&["validation", "revocation", "tls_mode"], NOBODY_ASKED, remarks);
    fields.pass_over(&["description", "categories"], "it changes nothing in what is found", remarks);
    entry
}

fn weigh(entry: &mut Entry, fields: &mut Fields<'_>, remarks: &mut Remarks) {
    let confidence = fields.text("confidence", remarks).unwrap_or_default().to_ascii_lowercase();
    let (confidence, level) = match confidence.as_str() {
        "high" => (Confidence::High, None),
        "" | "medium" => (Confidence::Medium, None),
        "low" => (Confidence::Low, Some(Level::Warn)),
        other => {
            remarks.error(fields.line, format!("the confidence `{other}` is not known"));
            (Confidence::Medium, None)
        }
    };
    (entry.confidence, entry.level) = (Some(confidence), level);
    if fields.value("visible", remarks) == Some(false) {
        entry.level = Some(Level::Note);
        remarks.note(fields.line, "`visible: false`: it is reported as a note, which never fails a build");
    }
}

/// The group named `TOKEN`, else the first without a name, else the first.
fn secret_group(expression: &Hir) -> Option<usize> {
    let mut groups = Vec::new();
    collect(expression, &mut groups);
    groups.sort_unstable();
    let named = groups.iter().find(|(_, name)| name.as_deref() == Some("TOKEN"));
    let unnamed = || groups.iter().find(|(_, name)| name.is_none());
    let (index, _) = named.or_else(unnamed).or_else(|| groups.first())?;
    usize::try_from(*index).ok()
}

/// Expressions are nested as deep as their parser allows, which is not deep.
fn collect(expression: &Hir, groups: &mut Vec<(u32, Option<String>)>) {
    if let HirKind::Capture(capture) = expression.kind() {
        groups.push((capture.index, capture.name.as_deref().map(str::to_owned)));
    }
    expression.kind().subs().iter().for_each(|part| collect(part, groups));
}

fn demand(entry: &mut Entry, mut fields: Fields<'_>, remarks: &mut Remarks) {
    let mut count = |name: &str, remarks: &mut Remarks| fields.value(name, remarks).unwrap_or(0);
    let contains = Contains {
        digits: count("min_digits", remarks),
        upper: count("min_uppercase", remarks),
        lower: count("min_lowercase", remarks),
        special: count("min_special_chars", remarks),
        specials: fields.text("special_chars", remarks),
    };
    entry.contains = (contains != Contains::default()).then_some(contains);
    let words = fields.texts("ignore_if_contains", remarks);
    let words: Vec<String> =
        words.iter().map(|word| word.trim().to_owned()).filter(|w| !w.is_empty()).collect();
    if !words.is_empty() {
        entry.allow.push(Allow { words, ..Allow::default() });
    }
    if let Some(node) = fields.take("checksum") {
        entry.checksum = Some(checksum(Fields::of(node, remarks), remarks));
    }
    fields.finish(remarks);
}

fn checksum(mut fields: Fields<'_>, remarks: &mut Remarks) -> Checksum {
    let mut checksum = Checksum {
        expected: fields.text("expected", remarks).unwrap_or_default(),
        optional: fields.value("skip_if_missing", remarks).unwrap_or(false),
        ..Checksum::default()
    };
    match fields.take("actual") {
        Some(node) => {
            let mut actual = Fields::of(node, remarks);
            checksum.actual = actual.text("template", remarks).unwrap_or_default();
            checksum.group = actual.text("requires_capture", remarks);
            actual.finish(remarks);
        }
        None => remarks.error(fields.line, "a `checksum` without `actual` is not supported"),
    }
    fields.finish(remarks);
    checksum
}

fn need(node: &Node, remarks: &mut Remarks) -> Option<Need> {
    let mut fields = Fields::of(node, remarks);
    let rule = fields.text("rule_id", remarks).unwrap_or_default();
    fields.pass_over(&["variable", "verify_candidates"], NOBODY_ASKED, remarks);
    let distance = fields.text("within", remarks).unwrap_or_default();
    let optional = fields.value("optional", remarks) == Some(true);
    let line = fields.line;
    fields.finish(remarks);
    let near = within(&distance).map_err(|what| remarks.error(line, what)).ok()?;
    if optional || (near.lines.is_none() && near.characters.is_none()) {
        // Without a distance it supplies a value for validation only.
        remarks.note(line, format!("`depends_on_rule` on `{rule}` is passed over: {NOBODY_ASKED}"));
        return None;
    }
    // The line of the match itself is counted.
    let lines = near.lines.map(|lines| lines.saturating_sub(1));
    Some(Need { rule, lines, bytes: near.characters, side: near.side, ..Need::default() })
}
