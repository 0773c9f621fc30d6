//! A name and a value that stand side by side under names of their own: `name="DB_PASSWORD" value="…"`.

use super::blank;
use super::sign::sign;
use crate::read::Part;

/// `name="DB_PASSWORD" value="…"`, `{"name": "DB_PASSWORD", "value": "…"}`, `- name: DB_PASSWORD` above `value: …`.
pub(super) fn beside(rest: Part<'_>) -> Option<Part<'_>> {
    if let Some(literal) = made_later(rest) {
        return Some(literal);
    }
    if let Some(block) = blank(rest).strip("{") {
        return default_of(block);
    }
    // `find_or_create_by(key: 'smtp_password').update(value: 'x')`: a call may stand between.
    let linked = [".update(", ".update!(", ".update_attributes("];
    let linked =
        linked.iter().find_map(|call| rest.strip(call)).map(|after| rest.first(rest.len() - after.len()));
    let gap = linked.unwrap_or_else(|| {
        rest.while_(|b| b.is_ascii_whitespace() || matches!(b, b',' | b'"' | b'\'' | b'>'))
    });
    if gap.is_empty() || gap.len() > 40 {
        return None;
    }
    let after = rest.after(&gap);
    // Of Android's manifest.
    let after = after.strip("android:").unwrap_or(after);
    let after = after.skip(after.while_(|b| b == b'"' || b == b'\'').len()).strip("value")?;
    let after = after.skip(after.while_(|b| b == b'"' || b == b'\'').len());
    let (_, value) = sign(after)?;
    Some(value)
}

/// `aesKey by lazy { "x" }` of Kotlin, `let(:password) { 'x' }` of RSpec: what a block gives when it is asked for.
fn made_later(rest: Part<'_>) -> Option<Part<'_>> {
    let rest = blank(rest);
    let block = blank(rest.strip("by lazy").map_or(rest, blank).strip("{")?);
    let (inside, _) = block.while_(|b| b != b'\n').cut(|b| b == b'}')?;
    let text = inside.trim();
    let quote = text.bytes().first().copied().filter(|b| matches!(b, b'"' | b'\''))?;
    let (_, after) = text.skip(1).cut(|b| b == quote)?;
    (after.is_empty() || after.bytes().starts_with(b".to")).then_some(text)
}

/// `variable "db_password" { default = "…" }`, as Terraform has it.
fn default_of(block: Part<'_>) -> Option<Part<'_>> {
    let inside = block.first(400).while_(|b| b != b'}');
    let (_, after) = inside.cut_at(b"default")?;
    let after = blank(blank(after).strip("=")?);
    matches!(after.bytes().first(), Some(b'"')).then_some(after)
}
