//! Gitleaks' configuration, which Betterleaks reads too: TOML with `[[rules]]`.

use super::read::dialect::{Dialect, translate};
use super::read::{Fields, Node, Remarks, WHY, put_keywords, toml};
use super::{Draft, Pack, has_line};
use crate::condition::{Allow, Need, When};
use crate::entry::Entry;
use tightlip_report::{Confidence, Level};

pub(super) static GITLEAKS: Pack = Pack {
    name: "gitleaks",
    summary: "TOML with [[rules]], as Gitleaks and Betterleaks read it",
    claims: |text| has_line(text, &["[[rules]]", "[[allowlists]]", "[allowlist]", "[extend]"]),
    read,
};

/// An allowlist of the whole file.
struct Global {
    allow: Allow,
    /// The rules for which it holds; none: all.
    rules: Vec<String>,
}

const NO_VALIDATION: &str = "tightlip asks nobody whether a secret is valid";
const NO_MEANING: &str = "it changes nothing in what is found";

fn read(text: &str, remarks: &mut Remarks) -> Vec<Draft> {
    let tree = toml(text, remarks);
    let mut fields = Fields::of(&tree, remarks);
    fields.pass_over(&["title", "description"], NO_MEANING, remarks);
    fields.pass_over(&["minVersion", "betterleaksMinVersion"], "it is about another program", remarks);
    if let Some(node) = fields.take("extend") {
        extend(node, remarks);
    }
    let lists = [fields.list("allowlist"), fields.list("allowlists")];
    let globals: Vec<Global> = lists.into_iter().flatten().filter_map(|node| global(node, remarks)).collect();
    if !globals.is_empty() {
        remarks.note(0, "allowlists hold for the rules of this file: the built-in rules have their own");
    }
    let rules = fields.list("rules");
    let mut drafts: Vec<Draft> = rules.iter().filter_map(|node| rule(node, remarks)).collect();
    for global in &globals {
        for id in global.rules.iter().filter(|id| drafts.iter().all(|draft| draft.entry.id != **id)) {
            remarks.note(0, format!("an allowlist names rule `{id}`, which is not in this file"));
        }
    }
    for draft in &mut drafts {
        let id = draft.entry.id.clone();
        let fits = globals.iter().filter(|global| global.rules.is_empty() || global.rules.contains(&id));
        draft.entry.allow.extend(fits.map(|global| global.allow.clone()));
    }
    fields.finish(remarks);
    drafts
}

fn extend(node: &Node, remarks: &mut Remarks) {
    let mut fields = Fields::of(node, remarks);
    if fields.value("useDefault", remarks) == Some(true) {
        remarks.note(
            node.line,
            "`extend.useDefault`: the built-in rules of tightlip are searched for besides these",
        );
    }
    for (name, instead) in [
        ("path", "name that file with another `--rules`"),
        ("url", "save that file and name it with another `--rules`"),
        ("disabledRules", "the rules of another scanner are not there to be disabled"),
    ] {
        if let Some(node) = fields.take(name) {
            remarks.error(node.line, format!("`extend.{name}` is not supported: {instead}"));
        }
    }
    fields.finish(remarks);
}

fn rule(node: &Node, remarks: &mut Remarks) -> Option<Draft> {
    let mut fields = Fields::of(node, remarks);
    let id = fields.text("id", remarks).unwrap_or_default();
    remarks.enter(Some(id.clone()));
    let before = remarks.errors.len();
    let entry = entry(&mut fields, id, remarks);
    fields.finish(remarks);
    let wrong = remarks.errors.len() > before;
    remarks.enter(None);
    (!wrong).then(|| Draft { line: node.line, provider: String::new(), rotate: None, entry })
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
        confidence: Some(Confidence::Medium),
        ..Entry::default()
    };
    if entry.regex.is_none() && fields.take("regex").is_none() {
        let instead = if entry.path.is_some() {
            "a rule that finds files by `path` alone"
        } else {
            "a rule without `regex`"
        };
        remarks.error(fields.line, format!("{instead} is not supported"));
    }
    let keywords = fields.texts("keywords", remarks);
    if let Some(Err(note)) = entry.regex.is_some().then(|| put_keywords(&mut entry, keywords)) {
        remarks.note(fields.line, note);
    }
    for list in [fields.list("allowlist"), fields.list("allowlists")].into_iter().flatten() {
        entry.allow.extend(allow(Fields::of(list, remarks), remarks));
    }
    for node in fields.list("required") {
        entry.needs.push(need(node, remarks));
    }
    if fields.value("skipReport", remarks) == Some(true) {
        entry.level = Some(Level::Note);
        remarks.note(fields.line, "`skipReport`: it is reported as a note, which never fails a build");
    }
    fields.pass_over(&["tags"], NO_MEANING, remarks);
    fields.pass_over(&["validate", "validation"], NO_VALIDATION, remarks);
    entry
}

fn go(fields: &mut Fields<'_>, name: &str, remarks: &mut Remarks) -> Option<String> {
    let source = fields.text(name, remarks).filter(|source| !source.is_empty())?;
    translated(&source, (name, fields.line), remarks)
}

fn translated(source: &str, (name, line): (&str, usize), remarks: &mut Remarks) -> Option<String> {
    let result = translate(source, Dialect::Go);
    result.map_err(|what| remarks.error(line, format!("`{name}`: {what}"))).ok()
}

fn global(node: &Node, remarks: &mut Remarks) -> Option<Global> {
    let mut fields = Fields::of(node, remarks);
    let rules = fields.texts("targetRules", remarks);
    Some(Global { allow: allow(fields, remarks)?, rules })
}

fn allow(mut fields: Fields<'_>, remarks: &mut Remarks) -> Option<Allow> {
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
        bytes: None,
    };
    fields.finish(remarks);
    need
}
