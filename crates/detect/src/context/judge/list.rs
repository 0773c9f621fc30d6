//! What one name has several values for: `passwords:` above `- …` in YAML, `"unseal_keys": ["…", "…"]`, the old and the
//! new one of a plan.

use super::chosen::is_chosen;
use super::ground::Ground;
use super::site::{Sign, Site, Written};
use super::value::{Worth, worth};
use crate::read::Part;

/// So many items are looked at.
const MOST: usize = 32;

/// Items below a name in YAML.
pub(crate) fn below<'b>(text: &'b [u8], ground: Ground, site: Site<'b>) -> Vec<Site<'b>> {
    let list = ground == Ground::Yaml && site.sign == Sign::Colon && site.value.is_empty();
    if !list || !site.name.bytes().to_ascii_lowercase().ends_with(b"s") {
        return Vec::new();
    }
    let rest = Part::between(text, site.value.span().end..text.len().min(site.value.span().end + 2048));
    let lines = rest.lines().skip(1).map(|line| line.trim());
    let values = lines.map_while(|line| line.strip("- ")).take(MOST).map(|value| value.trim().unquote());
    values
        .filter(|value| is_chosen(value.bytes()) || worth(value.bytes()) == Worth::Strong)
        .map(|value| Site { value, ..site })
        .collect()
}

/// `password = "old" -> "new"`, as Terraform tells what it is to change.
fn changed<'b>(text: &'b [u8], site: Site<'b>) -> Option<Part<'b>> {
    let end = site.value.span().end;
    let rest = Part::between(text, end..text.len().min(end + 512));
    let new =
        rest.strip("\" -> \"").filter(|_| site.written == Written::Quoted && site.sign == Sign::Equals)?;
    let (value, _) = new.while_(|b| b != b'\n').cut(|b| b == b'"')?;
    Some(value).filter(|value| !value.is_empty())
}

/// A site, and those of the other strings of its list if it is the first of one.
pub(crate) fn with_others<'b>(text: &'b [u8], site: Site<'b>) -> Vec<Site<'b>> {
    let mut all = vec![site];
    let start = site.value.span().start.saturating_sub(1);
    let before = text.get(start.saturating_sub(16)..start).unwrap_or_default().trim_ascii_end();
    if let Some(value) = changed(text, site) {
        all.push(Site { value, ..site });
    }
    if site.written != Written::Quoted || !before.ends_with(b"[") {
        return all;
    }
    let mut rest = Part::between(text, site.value.span().end + 1..text.len().min(start + 4096));
    while all.len() < MOST {
        let gap = rest.while_(|b| b == b',' || b.is_ascii_whitespace());
        let after = rest.after(&gap);
        let Some(quote) = after.bytes().first().copied().filter(|b| matches!(b, b'"' | b'\'')) else { break };
        let Some((value, next)) = after.skip(1).cut(|b| b == quote).filter(|_| !gap.is_empty()) else {
            break;
        };
        if worth(value.bytes()) == Worth::Strong {
            all.push(Site { value, ..site });
        }
        rest = Part::between(text, next.span().start..rest.span().end);
    }
    all
}
