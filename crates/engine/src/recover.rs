//! How anyone with the image gets a secret back, as a command with public tools. That is the proof that it leaks.

mod inside;

use std::fmt::Write as _;

use tightlip_detect::MASK;
use tightlip_image::Compression;
use tightlip_image::store::{Location, Shelf};
use tightlip_report::{Surface, plain, readable};

use crate::sighting::{Access, Sighting};
pub(crate) use inside::of_file;

/// The command for something in a layer.
pub(crate) fn from_layer(sighting: &Sighting, blob: &Location, compression: Compression) -> String {
    let mut command = fetch(blob);
    // Made anew each time it is asked for: only the names in it are the same.
    let by_name = matches!(sighting.surface, Surface::File | Surface::FileName | Surface::LinkTarget);
    if matches!(blob, Location::Export { .. }) && !by_name {
        command.push_str(" | strings");
        return command;
    }
    let in_blob = sighting.surface == Surface::Slack && !sighting.in_tar;
    if !in_blob {
        command.push_str(unpack(compression));
    }
    // Without -i, tar ends where the archive does.
    let past_end = if sighting.access == Access::BehindEnd { "i" } else { "" };
    let _ = match sighting.surface {
        // Without -P, GNU tar passes names that lead upwards over.
        Surface::File if leads_up(&sighting.stored_name) => {
            write!(command, " | tar -x{past_end}OP -- {}", quote(&sighting.stored_name))
        }
        Surface::File => write!(command, " | tar -x{past_end}O -- {}", quote(&sighting.stored_name)),
        Surface::FileName | Surface::LinkTarget => write!(command, " | tar -t{past_end}v"),
        Surface::Slack if !sighting.opened.is_empty() => {
            command.push_str(&stretch(sighting));
            return command;
        }
        Surface::Slack => {
            write!(command, " | tail -c +{} | head -c {}", sighting.offset + 1, sighting.length)
        }
        _ => write!(command, " | tail -c +{} | head -c 4096 | strings", sighting.header_offset + 1),
    };
    command.push_str(&decoding(sighting));
    command
}

/// The command for a string of a JSON document.
pub(crate) fn from_document(sighting: &Sighting, document: &Location) -> String {
    if sighting.surface == Surface::BuildRecord && sighting.at.is_empty() {
        return format!("{} | strings", fetch(document));
    }
    let pointer = readable(&sighting.at);
    let mut filter = if sighting.access == Access::Twice { jq_stream(&pointer) } else { jq_path(&pointer) };
    let mut inner = sighting.member.as_deref().map(|m| m.split('!').collect::<Vec<_>>()).unwrap_or_default();
    // A document that is no JSON may be a container.
    let pointers = inner.len().saturating_sub(sighting.opened.len());
    let all = (sighting.decoded_from.len(), pointers);
    let (encodings, members) = sighting.stretch_in.unwrap_or(all);
    let (around, stretch) = sighting.decoded_from.split_at(encodings.min(all.0));
    let links = inner.split_off(members.min(all.1));
    inner.reverse();
    for encoding in around {
        if encoding == "base64" {
            filter.push_str(" | @base64d");
        }
        if let Some(pointer) = inner.pop() {
            let _ = write!(filter, " | fromjson | {}", jq_path(pointer));
        }
    }
    while let Some(pointer) = inner.pop() {
        let _ = write!(filter, " | fromjson | {}", jq_path(pointer));
    }
    // A document as a whole may be one of another kind.
    let string = match filter.as_str() {
        "." => fetch(document),
        filter if sighting.access == Access::Twice => {
            format!("{} | jq -r --stream {}", fetch(document), quote(filter.as_bytes()))
        }
        filter => format!("{} | jq -r {}", fetch(document), quote(filter.as_bytes())),
    };
    if sighting.stretch_in.is_none() {
        return string + &inside::of_members(&links, &sighting.opened);
    }
    if sighting.access == Access::Twice {
        // What comes out is what stands under all of the keys: where the stretch begins is not known.
        return format!("{string}   # then undo {}", stretch.join(", "));
    }
    let cut = format!("tail -c +{} | head -c {}", sighting.offset.saturating_add(1), sighting.length);
    // The first is undone where every machine has a tool for it. What is encoded in that may be a part of it: it is named.
    let undone = stretch.first().and_then(|encoding| inside::undo(encoding)).unwrap_or_default();
    let left: Vec<&str> = stretch.iter().skip(usize::from(!undone.is_empty())).map(String::as_str).collect();
    let then = match left.as_slice() {
        [] => inside::of_members(&links, &sighting.opened),
        names => format!("   # then undo {}", names.join(", ")),
    };
    format!("{string} | {cut}{undone}{then}")
}

fn fetch(blob: &Location) -> String {
    match blob {
        Location::File(path) => format!("cat -- {}", quote(path.as_os_str().as_encoded_bytes())),
        Location::End { path, offset } => {
            format!("tail -c +{} -- {}", offset.saturating_add(1), quote(path.as_os_str().as_encoded_bytes()))
        }
        Location::ArchiveMember { archive, member, occurrence } => {
            let archive = quote(archive.as_os_str().as_encoded_bytes());
            format!("tar -xOf {archive}{} -- {}", which(*occurrence), quote(member.as_bytes()))
        }
        Location::PipeMember { command, member, occurrence } => {
            format!("{command} | tar -xO{} -- {}", which(*occurrence), quote(member.as_bytes()))
        }
        Location::Output { command } | Location::Export { command } => command.clone(),
        Location::Registry { reference, shelf, media_type, url } => {
            from_registry((reference, *shelf), media_type.as_deref(), url.as_deref())
        }
    }
}

fn leads_up(name: &[u8]) -> bool {
    name.split(|byte| *byte == b'/').any(|part| part == b"..")
}

fn which(occurrence: Option<usize>) -> String {
    occurrence.map(|n| format!(" --occurrence={n}")).unwrap_or_default()
}

/// Where no login is needed curl is enough; a token takes a tool that knows how to get one.
fn from_registry(what: (&str, Shelf), media_type: Option<&str>, url: Option<&str>) -> String {
    let (reference, shelf) = what;
    let Some(url) = url else {
        let word = if shelf == Shelf::Manifests { "manifest" } else { "blob" };
        return format!("crane {word} {}", quote(reference.as_bytes()));
    };
    let accept = media_type.map(|media_type| format!("Accept: {media_type}"));
    let accept = accept.map(|header| format!(" -H {}", quote(header.as_bytes()))).unwrap_or_default();
    format!("curl -sfL{accept} {}", quote(url.as_bytes()))
}

fn unpack(compression: Compression) -> &'static str {
    match compression {
        Compression::Gzip => " | gzip -dc",
        Compression::Zstd => " | zstd -dc",
        Compression::Xz => " | xz -dc",
        Compression::Bzip2 => " | bzip2 -dc",
        _ => "",
    }
}

fn decoding(sighting: &Sighting) -> String {
    match sighting.decoded_from.as_slice() {
        _ if sighting.surface == Surface::File => of_file(sighting),
        [] => String::new(),
        names => format!("   # then undo {}", names.join(", ")),
    }
}

/// What was opened of a stretch of the stream.
fn stretch(sighting: &Sighting) -> String {
    let skipped = match sighting.access {
        Access::From(start) if start > 0 => format!(" | tail -c +{}", start.saturating_add(1)),
        _ => String::new(),
    };
    skipped + &inside::of_stretch(sighting)
}

/// A JSON pointer as a filter for `jq --stream`, which gives out what stands under each of several equal keys.
fn jq_stream(pointer: &str) -> String {
    let steps = pointer.split('/').skip(1).map(|step| step.replace("~1", "/").replace("~0", "~"));
    let steps = steps.take_while(|step| !step.contains(MASK)).map(|step| match step.parse::<u64>() {
        Ok(index) => serde_json::Value::from(index),
        Err(_) => serde_json::Value::from(step),
    });
    let steps: Vec<_> = steps.collect();
    let (count, path) = (steps.len(), serde_json::Value::from(steps));
    format!("select(length == 2 and .[0][:{count}] == {path})[1]")
}

/// A JSON pointer (RFC 6901) as a jq path.
fn jq_path(pointer: &str) -> String {
    let mut path = String::new();
    for step in pointer.split('/').skip(1) {
        let step = step.replace("~1", "/").replace("~0", "~");
        // The name itself is the secret: what it stands in shows it.
        if step.contains(MASK) {
            break;
        }
        let word = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
        let _ = if !step.is_empty() && step.bytes().all(|b| b.is_ascii_digit()) {
            write!(path, "{}[{step}]", if path.is_empty() { "." } else { "" })
        } else if step.bytes().all(word) && step.bytes().next().is_some_and(|b| !b.is_ascii_digit()) {
            write!(path, ".{step}")
        } else {
            write!(path, "{}[{}]", if path.is_empty() { "." } else { "" }, serde_json::Value::from(step))
        };
    }
    if path.is_empty() { ".".to_owned() } else { path }
}

/// A word for a POSIX shell. Bytes that are no UTF-8 need `$'…'`, which bash, zsh and POSIX.1-2024 have.
pub(crate) fn quote(word: &[u8]) -> String {
    let safe = |b: u8| b.is_ascii_alphanumeric() || b"/._-:=@%+,".contains(&b);
    match std::str::from_utf8(word) {
        // What was masked in a name stood there as a part of a word.
        Ok(text) if !text.is_empty() && text.replace(MASK, "").bytes().all(safe) => text.to_owned(),
        // A report shows what would act on a terminal in another form.
        Ok(text) if plain(text) == text => format!("'{}'", text.replace('\'', "'\\''")),
        _ => {
            word.iter().fold("$'".to_owned(), |mut out, byte| {
                let _ = match byte {
                    b'\'' | b'\\' => write!(out, "\\{}", char::from(*byte)),
                    b' '..=b'~' => write!(out, "{}", char::from(*byte)),
                    other => write!(out, "\\x{other:02x}"),
                };
                out
            }) + "'"
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pointer_becomes_a_jq_path() {
        assert_eq!(jq_path("/history/3/created_by"), ".history[3].created_by");
        assert_eq!(jq_path("/config/Labels/com.example~1x"), ".config.Labels[\"com.example/x\"]");
        assert_eq!(jq_path("/0/Config"), ".[0].Config");
        assert_eq!(jq_path(&format!("/config/ExposedPorts/{MASK}/x")), ".config.ExposedPorts");
    }

    #[test]
    fn what_stands_under_equal_keys_is_read_from_the_stream() {
        assert_eq!(
            jq_stream("/config/Env/0"),
            "select(length == 2 and .[0][:3] == [\"config\",\"Env\",0])[1]"
        );
        assert_eq!(jq_stream(&format!("/a~1b/{MASK}/x")), "select(length == 2 and .[0][:1] == [\"a/b\"])[1]");
    }

    #[test]
    fn a_registry_is_asked_with_curl_or_with_a_tool_that_logs_in() {
        let at = |shelf, url: Option<&str>| Location::Registry {
            reference: "ghcr.io/x/y@sha256:ab".to_owned(),
            shelf,
            media_type: (shelf == Shelf::Manifests).then(|| "application/json".to_owned()),
            url: url.map(str::to_owned),
        };
        assert_eq!(fetch(&at(Shelf::Blobs, None)), "crane blob ghcr.io/x/y@sha256:ab");
        assert_eq!(fetch(&at(Shelf::Manifests, None)), "crane manifest ghcr.io/x/y@sha256:ab");
        assert_eq!(fetch(&at(Shelf::Blobs, Some("http://h/b"))), "curl -sfL http://h/b");
        let manifest = fetch(&at(Shelf::Manifests, Some("http://h/m")));
        assert_eq!(manifest, "curl -sfL -H 'Accept: application/json' http://h/m");
    }

    #[test]
    fn a_name_cannot_break_out_of_the_command() {
        assert_eq!(quote(b"app/.env"), "app/.env");
        assert_eq!(quote(b"a b;$(x)"), "'a b;$(x)'");
        assert_eq!(quote(b"it's"), "'it'\\''s'");
        assert_eq!(quote(b"caf\xe9\n"), "$'caf\\xe9\\x0a'");
        assert_eq!(quote("a\u{202e}b".as_bytes()), "$'a\\xe2\\x80\\xaeb'");
    }
}
