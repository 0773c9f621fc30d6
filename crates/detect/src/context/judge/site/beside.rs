//! A name and a value that stand side by side under names of their own: `name="DB_PASSWORD" value="…"`.

use super::blank;
use super::sign::sign;
use crate::read::Part;

/// `name="DB_PASSWORD" value="…"`, `{"name": "DB_PASSWORD", "value": "…"}`, `- name: DB_PASSWORD` above `value: …`.
pub(super) fn beside(rest: Part<'_>) -> Option<Part<'_>> {
    if let Some(block) = blank(rest).strip("{") {
        return default_of(block);
    }
    let gap = rest.while_(|b| b.is_ascii_whitespace() || matches!(b, b',' | b'"' | b'\'' | b'>'));
    if gap.is_empty() || gap.len() > 40 {
        return None;
    }
    let after = rest.after(&gap);
    let after = after.skip(after.while_(|b| b == b'"' || b == b'\'').len()).strip("value")?;
    let after = after.skip(after.while_(|b| b == b'"' || b == b'\'').len());
    let (_, value) = sign(after)?;
    Some(value)
}

/// `variable "db_password" { default = "…" }`, as Terraform has it.
fn default_of(block: Part<'_>) -> Option<Part<'_>> {
    let inside = block.first(400).while_(|b| b != b'}');
    let (_, after) = inside.cut_at(b"default")?;
    let after = blank(blank(after).strip("=")?);
    matches!(after.bytes().first(), Some(b'"')).then_some(after)
}
