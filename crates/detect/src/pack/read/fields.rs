//! The fields of a table: those that are asked for are taken, those that nobody asked for are mistakes.

use super::{Node, Remarks, Value};

/// The fields of one table. Names are compared in any case, as the scanners do that these packs are written for.
pub(crate) struct Fields<'n> {
    pub(crate) line: usize,
    rows: &'n [(String, Node)],
    taken: Vec<bool>,
}

impl<'n> Fields<'n> {
    /// The fields of a node; none, and a mistake, if it is no table.
    pub(crate) fn of(node: &'n Node, remarks: &mut Remarks) -> Self {
        let rows: &[(String, Node)] = match &node.value {
            Value::Table(rows) => rows,
            _ => {
                remarks.error(node.line, "this must be a table of fields");
                &[]
            }
        };
        Self { line: node.line, rows, taken: vec![false; rows.len()] }
    }

    /// Takes a field; one without a value is as good as none.
    pub(crate) fn take(&mut self, name: &str) -> Option<&'n Node> {
        let index = self.rows.iter().position(|(key, _)| key.eq_ignore_ascii_case(name))?;
        self.taken.get_mut(index).into_iter().for_each(|taken| *taken = true);
        self.rows.get(index).map(|(_, node)| node).filter(|node| node.value != Value::Null)
    }

    pub(crate) fn text(&mut self, name: &str, remarks: &mut Remarks) -> Option<String> {
        let node = self.take(name)?;
        match &node.value {
            Value::Scalar(text) => Some(text.clone()),
            _ => {
                remarks.error(node.line, format!("`{name}` must be a text"));
                None
            }
        }
    }

    /// A text that says something else: a number, `true`.
    pub(crate) fn value<T: std::str::FromStr>(&mut self, name: &str, remarks: &mut Remarks) -> Option<T> {
        let node = self.take(name)?;
        let value = match &node.value {
            Value::Scalar(text) => text.parse().ok(),
            _ => None,
        };
        if value.is_none() {
            remarks.error(node.line, format!("`{name}` has a value that cannot be used"));
        }
        value
    }

    pub(crate) fn texts(&mut self, name: &str, remarks: &mut Remarks) -> Vec<String> {
        let mut texts = Vec::new();
        for node in self.list(name) {
            match &node.value {
                Value::Scalar(text) => texts.push(text.clone()),
                _ => remarks.error(node.line, format!("`{name}` must be texts: put quotes around them")),
            }
        }
        texts
    }

    /// The items of a list; a single value is a list of one.
    pub(crate) fn list(&mut self, name: &str) -> &'n [Node] {
        match self.take(name) {
            Some(Node { value: Value::List(items), .. }) => items,
            Some(node) => std::slice::from_ref(node),
            None => &[],
        }
    }

    /// Passes over fields that make no difference, with a note that says why.
    pub(crate) fn pass_over(&mut self, names: &[&str], why: &str, remarks: &mut Remarks) {
        for name in names {
            if let Some(node) = self.take(name) {
                remarks.note(node.line, format!("`{name}` is passed over: {why}"));
            }
        }
    }

    /// Tells the fields that nobody asked for.
    pub(crate) fn finish(self, remarks: &mut Remarks) {
        for ((name, node), _) in self.rows.iter().zip(&self.taken).filter(|(_, taken)| !**taken) {
            remarks.error(node.line, format!("`{name}` is not supported"));
        }
    }
}
