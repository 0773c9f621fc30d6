//! What kind of text is this, and so: what does `name = value` mean in it?

mod lists;

use std::cell::RefCell;

use self::lists::{
    CODE, CODE_HISTORIES, CODE_NAMES, CRONS, ETC, LINES, LINES_NAMES, LOCALES, NOISE, QUOTED, SHELL,
    SHELL_NAMES, YAML,
};
use super::own_note::is_own_note;
use crate::file::judge::{COPIES, holds};
use crate::{Hint, Text};

/// The kinds of text that are judged differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ground {
    /// `key = value` in lines: a bare value is the value.
    Lines,
    /// YAML: a bare value after a colon is the value.
    Yaml,
    /// JSON, XML, HCL: values are quoted, or stand between tags.
    Quoted,
    /// Commands: a value is a word.
    Shell,
    /// A program: only quoted values are values, and many are not secrets.
    Code,
    /// A text for people, or of an unknown kind.
    Prose,
    /// Made by programs for programs: not worth guessing.
    Noise,
}

/// How many bytes of a file whose name says nothing are looked at.
const HEAD: usize = 4096;

/// Judges by the path and, where that says nothing, by what most lines look like.
pub(crate) fn ground_of(text: &Text<'_>) -> Ground {
    let by_name = ground(&text.hint);
    let head = text.bytes.get(..text.bytes.len().min(HEAD)).unwrap_or_default();
    // `.config` is XML of .NET as a rule, and anything else of other programs.
    if by_name == Ground::Quoted && text.hint.file_name().ends_with(b".config") && !text.binary {
        let other = !matches!(head.trim_ascii_start().first(), Some(b'<' | b'{' | 0xef));
        return Some(by_lines(head)).filter(|lines| other && *lines == Ground::Lines).unwrap_or(by_name);
    }
    if by_name != Ground::Prose || text.binary || is_named_manual(&text.hint) {
        return by_name;
    }
    by_lines(head)
}

/// Most of the lines, comments and sections aside, are `key = value` or `key: value`; or the text is JSON, XML, a script.
fn by_lines(head: &[u8]) -> Ground {
    let start = head.trim_ascii_start();
    if start.starts_with(b"#!") {
        let line = start.split(|b| *b == b'\n').next().unwrap_or_default();
        let shell = memchr::memmem::find(line, b"sh").is_some();
        return if shell { Ground::Shell } else { Ground::Code };
    }
    if matches!(start.first(), Some(b'{')) || start.starts_with(b"<?xml") {
        return Ground::Quoted;
    }
    // `key "ddns" { algorithm hmac-sha256; secret "…"; };` of BIND.
    if memchr::memmem::find(head, b"algorithm hmac-").is_some()
        && memchr::memmem::find(head, b"secret \"").is_some()
    {
        return Ground::Lines;
    }
    let (mut all, mut equals, mut colons) = (0_usize, 0_usize, 0_usize);
    for line in head.split(|b| *b == b'\n').map(<[u8]>::trim_ascii) {
        if line.is_empty() || matches!(line.first(), Some(b'#' | b';' | b'[')) {
            continue;
        }
        all += 1;
        let name = line.iter().take_while(|b| b.is_ascii_alphanumeric() || b"_-. ".contains(b)).count();
        let words = line.get(..name).unwrap_or_default().trim_ascii().split(|b| *b == b' ').count();
        match line.get(name) {
            Some(b'=') if words <= 2 => equals += 1,
            Some(b':') if words <= 2 => colons += 1,
            _ => {}
        }
    }
    if (equals + colons) * 5 < all * 3 || all == 0 {
        Ground::Prose
    } else if equals >= colons {
        Ground::Lines
    } else {
        Ground::Yaml
    }
}

/// Whether a text begins with the shell that runs it, whatever its name.
pub(crate) fn is_shell_script(bytes: &[u8]) -> bool {
    let line = bytes.get(..bytes.len().min(60)).and_then(|head| head.split(|b| *b == b'\n').next());
    line.is_some_and(|line| line.starts_with(b"#!") && memchr::memmem::find(line, b"sh").is_some())
}

/// Ends of the names of texts for people.
const MANUALS: &[&str] =
    &[".md", ".markdown", ".rst", ".html", ".htm", ".adoc", ".asciidoc", ".pod", ".rdoc", ".tex"];

const MANUAL_NAMES: &[&str] = &[
    "metadata",
    "pkg-info",
    "readme",
    "license",
    "licence",
    "changelog",
    "notice",
    "authors",
    "news",
    "copying",
    "changes",
];

/// Whether a file's name says that it shows how an environment file is filled in: `.env.example`.
pub(crate) fn is_example_of_env(hint: &Hint<'_>) -> bool {
    let name = hint.file_name().to_ascii_lowercase();
    let marks: [&[u8]; 4] = [b"example", b"sample", b"dist", b"template"];
    name.strip_prefix(b".env.").is_some_and(|end| end.split(|b| *b == b'.').any(|part| marks.contains(&part)))
}

/// Whether a program's file has nothing but what is secret, by its name: `secrets.h`, `arduino_secrets.h`, `credentials.py`.
/// There is no label in it, and no word of a screen.
pub(crate) fn is_of_secrets(hint: &Hint<'_>) -> bool {
    let name = hint.file_name().to_ascii_lowercase();
    let stem = name.split(|b| *b == b'.').next().unwrap_or_default();
    let stems = [
        "secrets",
        "secret",
        "credentials",
        "creds",
        "passwords",
        "arduino_secrets",
        "wifi_credentials",
        "wificredentials",
        "wifi_secrets",
        "my_secrets",
        "mysecrets",
        "geheim",
        "zugangsdaten",
        "credenciales",
        "segredos",
        "senhas",
        "secretos",
    ];
    ground(hint) == Ground::Code && is(stem, &stems)
}

/// Whether a file's name says that programs write down there what they do.
pub(crate) fn is_log(hint: &Hint<'_>) -> bool {
    let name = hint.file_name();
    let named = [&b".log"[..], b".out", b".trace", b".journal"].iter().any(|end| name.ends_with(end));
    named
        || [&b"var/log/"[..], b"/logs/", b".log."]
            .iter()
            .any(|part| memchr::memmem::find(hint.path(), part).is_some())
}

/// Whether a file shows parts of a screen with made-up values, as Storybook has it: `Login.stories.tsx`.
pub(crate) fn is_story(hint: &Hint<'_>) -> bool {
    memchr::memmem::find(hint.file_name(), b".stories.").is_some()
}

/// Whether a text is a page of a browser, with programs in it.
pub(crate) fn is_page(hint: &Hint<'_>) -> bool {
    let name = hint.file_name().to_ascii_lowercase();
    name.ends_with(b".html") || name.ends_with(b".htm")
}

/// Whether a file's name says that a bundler made it: what is in it goes to every browser.
pub(crate) fn is_bundle(hint: &Hint<'_>) -> bool {
    ends(&hint.file_name().to_ascii_lowercase(), &[".min.js", ".bundle.js", ".chunk.js"])
}

/// Whether a file's name says that it is a text for people.
pub(crate) fn is_named_manual(hint: &Hint<'_>) -> bool {
    let name = hint.file_name().to_ascii_lowercase();
    MANUALS.iter().any(|end| name.ends_with(end.as_bytes())) && !is_own_note(hint)
        || is(name.strip_suffix(b".txt").unwrap_or(&name), MANUAL_NAMES)
}

/// Whether a file may hold the settings of a server or a device: no program, no manual.
pub(crate) fn may_be_settings(hint: &Hint<'_>) -> bool {
    let told = !matches!(ground(hint), Ground::Noise | Ground::Code) && !is_named_manual(hint);
    told && !matches!(hint, Hint::Named(_))
}

/// Judges by the path. Every finder asks for every file, so the last answer is kept.
pub(crate) fn ground(hint: &Hint<'_>) -> Ground {
    thread_local! {
        static LAST: RefCell<(Vec<u8>, Ground)> = const { RefCell::new((Vec::new(), Ground::Prose)) };
    }
    let Hint::File(path) = hint else { return Ground::Shell };
    LAST.with_borrow_mut(|(known, ground)| {
        if path.is_empty() || known != path {
            known.clear();
            known.extend_from_slice(path);
            *ground = judged(hint);
        }
        *ground
    })
}

fn judged(hint: &Hint<'_>) -> Ground {
    let name = without_copy(hint.file_name().to_ascii_lowercase());
    let path = hint.path().to_ascii_lowercase();
    // The settings of a machine, also in a tree that is copied over its own: `rootfs/etc/bind/rndc.key`.
    let settings = path.starts_with(b"etc/") || parts(&path, ETC);
    let rooted = [b"/", path.as_slice()].concat();
    if ends(&name, NOISE) && !is_dump(&name) || parts(&rooted, LOCALES) || is_bundle_of_texts(&name) {
        return Ground::Noise;
    }
    let extension = name.iter().rposition(|b| *b == b'.').and_then(|n| name.get(n + 1..)).unwrap_or_default();
    if ends(&name, CODE_HISTORIES) {
        Ground::Code
    } else if name.starts_with(b"dockerfile")
        || name.starts_with(b"containerfile")
        // `Jenkinsfile.release`
        || name.starts_with(b"jenkinsfile") && !is(extension, CODE) && !is(extension, YAML)
        // `Makefile.deploy`
        || name.starts_with(b"makefile.") && !is(extension, CODE) && !is(extension, YAML)
        || is(&name, SHELL_NAMES)
        || is(extension, SHELL)
        || name.ends_with(b"_history")
        || name.ends_with(b"host_history.txt")
        || parts(&path, CRONS)
    {
        Ground::Shell
    } else if is(extension, YAML) || path.ends_with(b".kube/config") {
        Ground::Yaml
    } else if is(extension, QUOTED) {
        Ground::Quoted
    } else if is(extension, LINES)
        || extension == b"inc" && parts(&path, &["local.d/", "override.d/"])
        || (settings && extension.is_empty())
        || is(&name, LINES_NAMES)
        || name.starts_with(b".env.")
    {
        Ground::Lines
    } else if is(extension, CODE) || is(&name, CODE_NAMES) {
        Ground::Code
    } else if settings && !MANUALS.iter().any(|end| name.ends_with(end.as_bytes()))
        || is_of_home(&path, &name)
    {
        Ground::Lines
    } else {
        Ground::Prose
    }
}

/// `core.4711.strings`: what `strings` found in a memory, and no texts of a program for macOS.
fn is_dump(name: &[u8]) -> bool {
    let stem = name.strip_suffix(b".strings").unwrap_or_default();
    let kinds = [
        "core", "coredump", "dump", "dmp", "mdmp", "heap", "hprof", "mem", "memory", "memdump", "raw", "elf",
    ];
    stem.split(|b| !b.is_ascii_alphabetic()).any(|part| is(part, &kinds))
}

/// `.pause`: what a program keeps for somebody in the home is its settings.
fn is_of_home(path: &[u8], name: &[u8]) -> bool {
    let mut folders = path.rsplit(|b| *b == b'/').skip(1);
    let home = folders.next() == Some(b"root") || folders.next() == Some(b"home");
    let hidden = name.strip_prefix(b".").is_some_and(|rest| !rest.contains(&b'.') && !rest.is_empty());
    home && hidden
}

/// `messages_de.properties`, `messages_pt_BR.properties`: of a language, not of an environment.
fn is_bundle_of_texts(name: &[u8]) -> bool {
    let stem = name.split(|b| *b == b'.').next().unwrap_or_default();
    let mut parts = stem.strip_prefix(b"messages_").unwrap_or_default().split(|b| matches!(b, b'_' | b'-'));
    parts.next().is_some_and(|language| matches!(language.len(), 2 | 3))
}

/// `config.yml` of `config.yml.bak`, and of `config.yml.j2`.
fn without_copy(mut name: Vec<u8>) -> Vec<u8> {
    let ends = [".j2", ".jinja", ".tmpl", ".tpl", ".template"];
    while let Some(end) =
        COPIES.iter().chain(&ends).find(|end| name.len() > end.len() + 3 && name.ends_with(end.as_bytes()))
    {
        name.truncate(name.len() - end.len());
    }
    name
}

fn is(word: &[u8], list: &[&str]) -> bool {
    list.iter().any(|w| w.as_bytes() == word)
}

fn ends(name: &[u8], list: &[&str]) -> bool {
    list.iter().any(|end| name.ends_with(end.as_bytes()))
}

fn parts(path: &[u8], list: &[&str]) -> bool {
    list.iter().any(|part| holds(path, part.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_tell_the_ground() {
        for (path, expected) in [
            ("app/application.properties", Ground::Lines),
            ("etc/default/x", Ground::Lines),
            ("files/rootfs/etc/bind/rndc.key", Ground::Lines),
            ("etc/rspamd/local.d/worker-controller.inc", Ground::Lines),
            ("php/db.inc", Ground::Code),
            ("a/b.yml", Ground::Yaml),
            ("a/b.json", Ground::Quoted),
            ("Dockerfile.dev", Ground::Shell),
            ("a/run.sh", Ground::Shell),
            ("ci/Jenkinsfile.nightly", Ground::Shell),
            ("Makefile.release", Ground::Shell),
            ("Makefile.py", Ground::Code),
            ("reports/a.Rmd", Ground::Code),
            ("ci/jenkinsfile.groovy", Ground::Code),
            ("a/b.py", Ground::Code),
            ("README.md", Ground::Prose),
            ("x/jquery.min.js", Ground::Noise),
            ("app/locales/en.json", Ground::Noise),
            ("de.lproj/Localizable.strings", Ground::Noise),
            ("dumps/core.4711.strings", Ground::Prose),
            ("app/messages_pt_BR.properties", Ground::Noise),
            ("app/messages_prod.properties", Ground::Lines),
        ] {
            assert_eq!(ground(&Hint::File(path.as_bytes())), expected, "{path}");
        }
    }
}
