//! A configuration that builds on another one.

use super::super::read::{Fields, Node, Remarks, Value, toml};
use super::Config;
use crate::PackText;

/// Lists of a rule to which a rule of the same name adds.
const ADDED: &[&str] = &["keywords", "tags", "allowlists", "allowlist", "required"];
/// What a rule with an expression of its own does not take over.
const OWN: &[&str] = &["filter", "components"];

/// What `[extend]` says.
#[derive(Default)]
pub(super) struct Extend {
    /// Rules that are not wanted: line and name.
    off: Vec<(usize, String)>,
}

/// The file that a configuration builds on, as it names it.
pub(super) fn path(text: &str) -> Option<String> {
    let quiet = &mut Remarks::default();
    let tree = toml(text, quiet);
    let extend = Fields::of(&tree, quiet).take("extend")?;
    Fields::of(extend, quiet).text("path", quiet).filter(|path| !path.is_empty())
}

impl Extend {
    pub(super) fn read(node: &Node, pack: &PackText, remarks: &mut Remarks) -> Self {
        let mut fields = Fields::of(node, remarks);
        if fields.value("useDefault", remarks) == Some(true) {
            remarks.note(
                node.line,
                "`extend.useDefault`: the built-in rules of tightlip are searched for besides these",
            );
        }
        if let Some(path) = fields.take("path").filter(|_| pack.base.is_none()) {
            remarks.error(path.line, "`extend.path`: the file that it names was not read");
        }
        if let Some(node) = fields.take("url") {
            let what = "`extend.url` is not supported: save that file and name it in `extend.path`";
            remarks.error(node.line, what);
        }
        let off = fields.texts("disabledRules", remarks).into_iter().map(|id| (node.line, id));
        let extend = Self { off: off.collect() };
        fields.finish(remarks);
        extend
    }
}

/// Puts the rules of the base before the own ones. One of the same name is one rule: what it does not say is taken over.
pub(super) fn inherit(own: Config, base: Config, extend: Extend) -> Config {
    let (gone, off): (Vec<_>, Vec<_>) =
        extend.off.into_iter().partition(|(_, id)| base.rules.iter().any(|(_, node)| name(node) == Some(id)));
    let mut rules: Vec<(String, Node)> = base.rules;
    rules.retain(|(_, node)| !gone.iter().any(|(_, id)| name(node) == Some(id)));
    for (file, node) in own.rules {
        let inherited = rules.iter_mut().take_while(|(from, _)| *from != file);
        match inherited.into_iter().find(|(_, known)| name(known).is_some() && name(known) == name(&node)) {
            Some(known) => *known = (file, merged(&known.1, node)),
            None => rules.push((file, node)),
        }
    }
    Config {
        rules,
        globals: base.globals.into_iter().chain(own.globals).collect(),
        filters: base.filters.into_iter().chain(own.filters).collect(),
        off: base.off.into_iter().chain(off).collect(),
    }
}

fn rows(node: &Node) -> &[(String, Node)] {
    match &node.value {
        Value::Table(rows) => rows,
        _ => &[],
    }
}

fn name(node: &Node) -> Option<&String> {
    let (_, id) = rows(node).iter().find(|(key, _)| key.eq_ignore_ascii_case("id"))?;
    match &id.value {
        Value::Scalar(id) => Some(id),
        _ => None,
    }
}

fn merged(base: &Node, own: Node) -> Node {
    let has =
        |rows: &[(String, Node)], wanted: &str| rows.iter().any(|(key, _)| key.eq_ignore_ascii_case(wanted));
    let Value::Table(mut table) = own.value else { return own };
    let whole = has(&table, "regex") || has(&table, "path");
    for (key, node) in rows(base) {
        let known = table.iter_mut().find(|(own, _)| own.eq_ignore_ascii_case(key));
        match known {
            Some((_, own)) if ADDED.iter().any(|added| added.eq_ignore_ascii_case(key)) => add(own, node),
            None if !(whole && OWN.iter().any(|own| own.eq_ignore_ascii_case(key))) => {
                table.push((key.clone(), node.clone()));
            }
            _ => {}
        }
    }
    Node { line: own.line, value: Value::Table(table) }
}

/// Puts the items of another list behind those of this one.
fn add(list: &mut Node, other: &Node) {
    let items = |node: &Node| match &node.value {
        Value::List(items) => items.clone(),
        _ => vec![node.clone()],
    };
    list.value = Value::List([items(list), items(other)].concat());
}
