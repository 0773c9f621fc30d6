//! From a file to what is inside of it: what opens containers and undoes encodings, one tool behind the other. Where no machine has
//! a tool that does that alone, what is left to do is named behind the command.

use tightlip_detect::KNOWN_VALUE;
use tightlip_detect::decode::DECODERS;
use tightlip_detect::decode::text::TEXT_DECODERS;

use super::quote;
use crate::sighting::Sighting;

/// What has to be done with the file, behind the command that gives it out.
pub(crate) fn of_file(sighting: &Sighting) -> String {
    of_inside(sighting, 0)
}

/// The same of a stretch that is no file. The first of its names says where it stands.
pub(super) fn of_stretch(sighting: &Sighting) -> String {
    of_inside(sighting, 1)
}

/// What has to be done with what so many names are around.
fn of_inside(sighting: &Sighting, outer: usize) -> String {
    let names = sighting.member.as_deref().into_iter().flat_map(|member| member.split("!/"));
    let names: Vec<&str> = names.skip(outer).collect();
    let opened: Vec<&str> = sighting.opened.iter().map(String::as_str).collect();
    if names.len() != opened.len() {
        return look_into(&names);
    }
    let links: Vec<Link<'_>> = opened.into_iter().zip(names).collect();
    let around = sighting.stretch_in.map_or(links.len(), |(_, members)| members.saturating_sub(outer));
    let (around, inside) = links.split_at(around.min(links.len()));
    let mut command = String::new();
    if !open(around, &mut command) {
        return command;
    }
    if !sighting.is_text && sighting.stretch_in.is_none() {
        return command;
    }
    // Of a known value what stands there is a part of an encoded text, which says nothing alone.
    let encodings: Vec<&str> = sighting.decoded_from.iter().map(String::as_str).collect();
    let undone = encodings.iter().map_while(|encoding| undo(encoding));
    let whole = sighting.rule.id != KNOWN_VALUE.id;
    let undone: Vec<String> = undone.filter(|_| whole).collect();
    if undone.iter().any(|tool| !tool.is_empty()) {
        let (start, length) = (sighting.offset.saturating_add(1), sighting.length);
        command.push_str(&format!(" | tail -c +{start} | head -c {length}{}", undone.concat()));
    }
    match encodings.get(undone.len()..).unwrap_or_default() {
        [] => drop(open(inside, &mut command)),
        left => command.push_str(&format!("   # then undo {}", left.join(", "))),
    }
    command
}

/// What opens the members of a document's string, one in the other.
pub(super) fn of_members(names: &[&str], opened: &[String]) -> String {
    let names = names.iter().map(|name| name.trim_start_matches('/'));
    let links: Vec<Link<'_>> = opened.iter().map(String::as_str).zip(names).collect();
    let mut command = String::new();
    open(&links, &mut command);
    command
}

/// A decoder, and the member that it gave.
type Link<'l> = (&'l str, &'l str);

/// Adds what opens containers, one in the other; whether nothing is left to do.
fn open(links: &[Link<'_>], command: &mut String) -> bool {
    for (number, (decoder, name)) in links.iter().enumerate() {
        let Some(tool) = tool(decoder, name) else {
            let left: Vec<&str> = links.iter().skip(number).map(|(_, name)| *name).collect();
            command.push_str(&look_into(&left));
            return false;
        };
        command.push_str(" | ");
        command.push_str(&tool);
    }
    true
}

/// What is left to do. A name must not end the comment and begin a command.
fn look_into(names: &[&str]) -> String {
    format!("   # then look into {}", quote(names.join("!/").as_bytes()))
}

/// What reads a container from its standard input and gives out a member.
fn tool(decoder: &str, name: &str) -> Option<String> {
    let tool = DECODERS.iter().find(|known| known.name == decoder)?.tool?;
    // Of an object of a repository: a kind, its name, and its path where a tree says it.
    let object = name.split(' ').nth(1).filter(|id| is_id(id));
    if tool.contains("{object}") {
        return Some(tool.replace("{object}", object?));
    }
    if tool.contains("{pattern}") {
        return Some(tool.replace("{pattern}", &quote(&literal(name))));
    }
    Some(tool.replace("{member}", &quote(name.as_bytes())))
}

fn is_id(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|b| b.is_ascii_hexdigit())
}

/// A name as a pattern that fits nothing else: `pages/\[id].js`.
fn literal(name: &str) -> Vec<u8> {
    let marked = |b: u8| b"*?[\\".contains(&b).then_some(b'\\');
    name.bytes().flat_map(|b| marked(b).into_iter().chain([b])).collect()
}

/// What undoes an encoding, behind a pipe.
pub(super) fn undo(encoding: &str) -> Option<String> {
    let tool = match encoding {
        "base64url" => "tr _- /+ | base64 -d",
        // As what it is in, it is a text.
        "pem" => return Some(String::new()),
        _ => TEXT_DECODERS.iter().find(|known| known.name == encoding)?.tool?,
    };
    Some(format!(" | {tool}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opened(links: &[Link<'_>]) -> String {
        let mut command = String::new();
        open(links, &mut command);
        command
    }

    #[test]
    fn containers_are_opened_one_in_the_other() {
        assert_eq!(opened(&[("gzip", "a.tar"), ("tar", "etc/a b")]), " | gzip -dc | tar -xO -- 'etc/a b'");
        assert_eq!(
            opened(&[("zip", "lib/x.jar"), ("zip", "a.yml")]),
            " | bsdtar -xOf - -- lib/x.jar | bsdtar -xOf - -- a.yml"
        );
        assert_eq!(opened(&[("zip", "pages/[id].js")]), " | bsdtar -xOf - -- 'pages/\\[id].js'");
        for name in ["blob 0a1b", "blob 0a1b etc/a $(x)"] {
            assert!(opened(&[("git-pack", name)]).ends_with("git -C $d cat-file -p 0a1b)"));
        }
    }

    #[test]
    fn what_no_tool_opens_is_named() {
        let links = [("xz", "d"), ("sqlite", "rows"), ("gzip", "e")];
        assert_eq!(opened(&links), " | xz -dc   # then look into 'rows!/e'");
        assert_eq!(opened(&[("git-pack", "blob $(x)")]), "   # then look into 'blob $(x)'");
        assert_eq!(opened(&[("sqlite", "a\nrm b")]), "   # then look into $'a\\x0arm b'");
    }
}
