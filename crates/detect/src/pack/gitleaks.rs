//! Gitleaks' configuration, which Betterleaks reads too: TOML with `[[rules]]`.

mod extend;
mod rule;

use super::read::{Fields, Node, Remarks, toml};
use super::{Contents, Pack, has_line};
use crate::PackText;
use crate::condition::Allow;
use extend::{Extend, inherit};

pub(super) static PACK: Pack = Pack {
    name: "gitleaks",
    summary: "TOML with [[rules]], as Gitleaks and Betterleaks read it",
    claims: |text| has_line(text, &["[[rules]]", "[[allowlists]]", "[allowlist]", "[extend]"]),
    extends: extend::path,
    read,
};

const NO_MEANING: &str = "it changes nothing in what is found";

/// A configuration and those that it extends.
#[derive(Default)]
struct Config {
    /// With the file in which each stands.
    rules: Vec<(String, Node)>,
    /// Allowlists of the whole file.
    globals: Vec<Global>,
    /// Expressions for every rule: the match is no secret where one holds.
    filters: Vec<String>,
    /// Rules that are switched off: line and name.
    off: Vec<(usize, String)>,
}

/// An allowlist of the whole file.
struct Global {
    allow: Allow,
    /// The rules for which it holds; none: all.
    rules: Vec<String>,
}

fn read(pack: &PackText, remarks: &mut Remarks) -> Contents {
    let config = config(pack, remarks);
    if !config.globals.is_empty() || !config.filters.is_empty() {
        let what =
            "allowlists and filters hold for the rules of this file: the built-in rules have their own";
        remarks.note(0, what);
    }
    let drafts = config.rules.iter().filter_map(|(file, node)| rule::draft(file, node, remarks));
    let mut drafts: Vec<_> = drafts.collect();
    for global in &config.globals {
        for id in global.rules.iter().filter(|id| drafts.iter().all(|draft| draft.entry.id != **id)) {
            remarks.note(0, format!("an allowlist names rule `{id}`, which is not in this file"));
        }
    }
    for draft in &mut drafts {
        let id = draft.entry.id.clone();
        let fits = config.globals.iter().filter(|one| one.rules.is_empty() || one.rules.contains(&id));
        draft.entry.allow.extend(fits.map(|global| global.allow.clone()));
        draft.entry.unless.extend(config.filters.iter().cloned());
    }
    Contents { drafts, off: config.off }
}

fn config(pack: &PackText, remarks: &mut Remarks) -> Config {
    let base = pack.base.as_ref().map(|base| {
        let config = config(base, remarks);
        remarks.file.clone_from(&pack.name);
        config
    });
    remarks.file.clone_from(&pack.name);
    let tree = toml(&pack.text, remarks);
    let mut fields = Fields::of(&tree, remarks);
    fields.pass_over(&["title", "description"], NO_MEANING, remarks);
    fields.pass_over(&["minVersion", "betterleaksMinVersion"], "it is about another program", remarks);
    let extend = fields.take("extend").map(|node| Extend::read(node, pack, remarks)).unwrap_or_default();
    let mut own = Config::default();
    for name in ["prefilter", "filter"] {
        own.filters.extend(rule::filter(&mut fields, name, remarks));
    }
    let lists = [fields.list("allowlist"), fields.list("allowlists")];
    own.globals = lists.into_iter().flatten().filter_map(|node| global(node, remarks)).collect();
    own.rules = fields.list("rules").iter().map(|node| (pack.name.clone(), node.clone())).collect();
    fields.finish(remarks);
    inherit(own, base.unwrap_or_default(), extend)
}

fn global(node: &Node, remarks: &mut Remarks) -> Option<Global> {
    let mut fields = Fields::of(node, remarks);
    let rules = fields.texts("targetRules", remarks);
    Some(Global { allow: rule::allow(fields, remarks)?, rules })
}
