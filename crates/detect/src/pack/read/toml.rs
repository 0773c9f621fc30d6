//! TOML as a tree.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{Node, Remarks, Value, line_at};

/// Reads a document; all its mistakes are told at once.
pub(crate) fn toml(text: &str, remarks: &mut Remarks) -> Node {
    let (table, errors) = DeTable::parse_recoverable(text);
    for error in errors {
        remarks.error(error.span().map_or(0, |span| line_at(text, span.start)), error.message());
    }
    Node { line: 1, value: branch(table.into_inner(), text) }
}

fn branch(table: DeTable<'_>, text: &str) -> Value {
    Value::Table(
        table.into_iter().map(|(key, value)| (key.get_ref().to_string(), node(value, text))).collect(),
    )
}

fn node(value: Spanned<DeValue<'_>>, text: &str) -> Node {
    let line = line_at(text, value.span().start);
    let value = match value.into_inner() {
        DeValue::String(word) => Value::Scalar(word.into_owned()),
        DeValue::Integer(number) => Value::Scalar(number.to_string()),
        DeValue::Float(number) => Value::Scalar(number.to_string()),
        DeValue::Boolean(flag) => Value::Scalar(flag.to_string()),
        DeValue::Datetime(date) => Value::Scalar(date.to_string()),
        DeValue::Array(values) => Value::List(values.into_iter().map(|value| node(value, text)).collect()),
        DeValue::Table(table) => branch(table, text),
    };
    Node { line, value }
}
