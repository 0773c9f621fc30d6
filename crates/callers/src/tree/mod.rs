//! Structured text (YAML, JSON, HCL) as one kind of tree, every node with its place.

mod align;
mod hcl;
mod json;
pub(crate) mod rewrite;
mod yaml;

use std::collections::BTreeSet;

use tightlip_dockerfile::{Span, Text};

pub(crate) use self::hcl::hcl;
pub(crate) use self::json::json;
pub(crate) use self::yaml::yaml;
use crate::Problem;
use crate::dialect::Dialect;
use crate::value::{Piece, Value};

/// Values in values are entered so deep.
pub(crate) const DEPTH: usize = 64;

/// A structured text.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    nodes: Vec<Node>,
    /// The documents.
    roots: Vec<usize>,
    /// What could not be read.
    pub(crate) problems: Vec<Problem>,
    /// Stretches that an alias repeats elsewhere.
    shared: Vec<Span>,
}

#[derive(Debug)]
struct Node {
    span: Span,
    kind: Kind,
    tag: Option<String>,
}

#[derive(Debug)]
enum Kind {
    Null,
    Scalar(Scalar),
    List { items: Vec<Child>, layout: Layout },
    Table { rows: Vec<(usize, Child)>, layout: Layout },
}

/// A text and how it is written.
#[derive(Debug)]
pub(crate) struct Scalar {
    pub(crate) text: Text,
    pub(crate) style: Style,
    /// References in it, where the grammar itself knows them.
    holes: Option<Vec<Piece>>,
}

/// How a scalar is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    /// Without quotes.
    Plain,
    /// In single quotes.
    Single,
    /// In double quotes.
    Double,
    /// A YAML block that keeps its lines.
    Literal,
    /// A YAML block that folds its lines.
    Folded,
}

/// How a list or table is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Layout {
    /// One entry a line, by indentation.
    Block,
    /// In brackets, with commas.
    Flow,
    /// Statements in a block of HCL.
    Body,
}

/// A node as it stands in a list or table: an alias stands elsewhere than its node.
#[derive(Debug, Clone, Copy)]
struct Child {
    node: usize,
    stands: Span,
}

/// A place in a tree.
#[derive(Debug, Clone, Copy)]
pub(crate) struct At<'t> {
    tree: &'t Tree,
    node: usize,
    /// Where it stands; for an alias this is the alias.
    pub(crate) stands: Span,
}

/// A key and its value.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Entry<'t> {
    pub(crate) key: At<'t>,
    pub(crate) value: At<'t>,
}

impl<'t> Entry<'t> {
    /// Key and value.
    pub(crate) fn span(&self) -> Span {
        self.key.span().to(self.value.end_span())
    }
}

impl Tree {
    fn push(&mut self, span: Span, kind: Kind) -> usize {
        self.nodes.push(Node { span, kind, tag: None });
        self.nodes.len() - 1
    }

    /// The documents.
    pub(crate) fn documents(&self) -> Vec<At<'_>> {
        let at = |node: &usize| {
            let span = self.nodes.get(*node)?.span;
            Some(At { tree: self, node: *node, stands: span })
        };
        self.roots.iter().filter_map(at).collect()
    }

    /// The first document.
    pub(crate) fn root(&self) -> Option<At<'_>> {
        self.documents().into_iter().next()
    }

    /// The keys that stand twice in one table.
    pub(crate) fn repeated(&self) -> Vec<String> {
        let mut repeated = Vec::new();
        for node in &self.nodes {
            let Kind::Table { rows, .. } = &node.kind else { continue };
            let mut seen = BTreeSet::new();
            for (key, _) in rows {
                let key = match self.nodes.get(*key).map(|key| &key.kind) {
                    Some(Kind::Scalar(scalar)) => scalar.text.as_str(),
                    _ => continue,
                };
                if !seen.insert(key) {
                    repeated.push(key.to_owned());
                }
            }
        }
        repeated
    }

    /// Whether what stands there is repeated elsewhere by an alias.
    pub(crate) fn is_shared(&self, span: Span) -> bool {
        self.shared.iter().any(|shared| shared.contains(span))
    }
}

impl<'t> At<'t> {
    fn kind(&self) -> Option<&'t Kind> {
        self.tree.nodes.get(self.node).map(|node| &node.kind)
    }

    fn child(&self, child: Child) -> At<'t> {
        At { tree: self.tree, node: child.node, stands: child.stands }
    }

    /// Where the node is written.
    pub(crate) fn span(&self) -> Span {
        self.tree.nodes.get(self.node).map_or(self.stands, |node| node.span)
    }

    /// Where it stands, for what comes after it: the alias if it is one.
    pub(crate) fn end_span(&self) -> Span {
        self.stands
    }

    /// Whether it is written here, not repeated by an alias.
    pub(crate) fn is_here(&self) -> bool {
        self.stands == self.span()
    }

    pub(crate) fn tag(&self) -> Option<&'t str> {
        self.tree.nodes.get(self.node)?.tag.as_deref()
    }

    pub(crate) fn is_null(&self) -> bool {
        matches!(self.kind(), None | Some(Kind::Null))
    }

    pub(crate) fn is_list(&self) -> bool {
        matches!(self.kind(), Some(Kind::List { .. }))
    }

    pub(crate) fn is_table(&self) -> bool {
        matches!(self.kind(), Some(Kind::Table { .. }))
    }

    pub(crate) fn layout(&self) -> Option<Layout> {
        match self.kind()? {
            Kind::List { layout, .. } | Kind::Table { layout, .. } => Some(*layout),
            _ => None,
        }
    }

    pub(crate) fn scalar(&self) -> Option<&'t Scalar> {
        match self.kind()? {
            Kind::Scalar(scalar) => Some(scalar),
            _ => None,
        }
    }

    /// The text of a scalar.
    pub(crate) fn text(&self) -> Option<&'t Text> {
        self.scalar().map(|scalar| &scalar.text)
    }

    pub(crate) fn as_str(&self) -> Option<&'t str> {
        self.text().map(Text::as_str)
    }

    /// A scalar as a value.
    pub(crate) fn value(&self, dialect: Dialect) -> Option<Value> {
        let scalar = self.scalar()?;
        Some(match &scalar.holes {
            Some(holes) => Value::with_holes(scalar.text.clone(), holes.clone()),
            None => Value::new(scalar.text.clone(), dialect),
        })
    }

    /// The items of a list.
    pub(crate) fn items(&self) -> Vec<At<'t>> {
        match self.kind() {
            Some(Kind::List { items, .. }) => items.iter().map(|item| self.child(*item)).collect(),
            _ => Vec::new(),
        }
    }

    /// A list's items, or the thing itself when it is one scalar.
    pub(crate) fn one_or_more(&self) -> Vec<At<'t>> {
        if self.scalar().is_some() { vec![*self] } else { self.items() }
    }

    /// The entries that are written in this table.
    pub(crate) fn own(&self) -> Vec<Entry<'t>> {
        let Some(Kind::Table { rows, .. }) = self.kind() else { return Vec::new() };
        let entry = |(key, value): &(usize, Child)| {
            let span = self.tree.nodes.get(*key).map_or(self.stands, |node| node.span);
            Entry { key: At { tree: self.tree, node: *key, stands: span }, value: self.child(*value) }
        };
        rows.iter().map(entry).collect()
    }

    /// The entries of this table and of those that it merges (`<<`); what is written here comes first and counts.
    pub(crate) fn entries(&self) -> Vec<Entry<'t>> {
        let mut seen: BTreeSet<usize> = BTreeSet::new();
        let mut names: BTreeSet<&str> = BTreeSet::new();
        let mut found = Vec::new();
        let mut waiting = vec![*self];
        while let Some(table) = waiting.pop() {
            if !seen.insert(table.node) {
                continue;
            }
            let mut merged = Vec::new();
            for entry in table.own() {
                match entry.key.as_str() {
                    Some("<<") if entry.value.is_table() => merged.push(entry.value),
                    Some("<<") => merged.extend(entry.value.items()),
                    Some(name) if !names.insert(name) && table.node != self.node => {}
                    _ => found.push(entry),
                }
            }
            waiting.extend(merged.into_iter().rev());
        }
        found
    }

    /// The entry with this key that is written in this table itself.
    pub(crate) fn own_entry(&self, key: &str) -> Option<Entry<'t>> {
        self.own().into_iter().find(|entry| entry.key.as_str() == Some(key))
    }

    /// The value with this key, merged tables included.
    pub(crate) fn get(&self, key: &str) -> Option<At<'t>> {
        self.entries().into_iter().find(|entry| entry.key.as_str() == Some(key)).map(|entry| entry.value)
    }

    /// The text with this key.
    pub(crate) fn text_of(&self, key: &str) -> Option<&'t Text> {
        self.get(key)?.text()
    }
}
