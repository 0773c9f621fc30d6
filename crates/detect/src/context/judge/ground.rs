//! What kind of text is this, and so: what does `name = value` mean in it?

use crate::Hint;

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

/// Judges by the path.
pub(crate) fn ground(hint: &Hint<'_>) -> Ground {
    let name = match hint {
        Hint::File(_) => hint.file_name().to_ascii_lowercase(),
        Hint::Named(_) | Hint::Text => return Ground::Shell,
    };
    let path = hint.path().to_ascii_lowercase();
    if ends(&name, NOISE) || parts(&path, LOCALES) {
        return Ground::Noise;
    }
    let extension = name.iter().rposition(|b| *b == b'.').and_then(|n| name.get(n + 1..)).unwrap_or_default();
    if name.starts_with(b"dockerfile")
        || name.starts_with(b"containerfile")
        || is(&name, SHELL_NAMES)
        || is(extension, SHELL)
    {
        Ground::Shell
    } else if is(extension, YAML) {
        Ground::Yaml
    } else if is(extension, QUOTED) {
        Ground::Quoted
    } else if is(extension, LINES)
        || (path.starts_with(b"etc/") && extension.is_empty())
        || is(&name, LINES_NAMES)
    {
        Ground::Lines
    } else if is(extension, CODE) {
        Ground::Code
    } else {
        Ground::Prose
    }
}

fn is(word: &[u8], list: &[&str]) -> bool {
    list.iter().any(|w| w.as_bytes() == word)
}

fn ends(name: &[u8], list: &[&str]) -> bool {
    list.iter().any(|end| name.ends_with(end.as_bytes()))
}

fn parts(path: &[u8], list: &[&str]) -> bool {
    list.iter().any(|part| memchr::memmem::find(path, part.as_bytes()).is_some())
}

const SHELL_NAMES: &[&str] = &[
    "makefile",
    "jenkinsfile",
    ".bashrc",
    ".zshrc",
    ".profile",
    ".bash_profile",
    ".bash_history",
    ".zsh_history",
    ".ash_history",
    ".sh_history",
    ".history",
    "entrypoint",
    "profile",
    ".bash_aliases",
    "justfile",
    "crontab",
    "environment",
];
const SHELL: &[&str] =
    &["sh", "bash", "zsh", "ksh", "fish", "ps1", "psm1", "bat", "cmd", "mk", "dockerfile", "containerfile"];
const YAML: &[&str] = &["yaml", "yml"];
const QUOTED: &[&str] =
    &["json", "json5", "jsonc", "xml", "config", "tf", "tfvars", "hcl", "tfstate", "plist", "toml", "neon"];
const LINES: &[&str] = &[
    "ini",
    "conf",
    "cfg",
    "cnf",
    "properties",
    "env",
    "service",
    "props",
    "cf",
    "rc",
    "list",
    "prefs",
    "settings",
    "secret",
    "secrets",
];
const LINES_NAMES: &[&str] = &[
    ".my.cnf",
    "my.cnf",
    ".s3cfg",
    ".boto",
    ".credentials",
    "credentials",
    "config",
    ".rclone.conf",
    ".muttrc",
    ".msmtprc",
];
const CODE: &[&str] = &[
    "py", "js", "mjs", "cjs", "ts", "jsx", "tsx", "java", "go", "rb", "php", "rs", "c", "cc", "cpp", "h",
    "hpp", "cs", "kt", "kts", "scala", "swift", "pl", "pm", "lua", "groovy", "gradle", "clj", "ex", "exs",
    "erl", "hs", "dart", "vue", "svelte", "r", "jl", "sql", "erb", "jsp", "vb", "fs", "m", "nix", "tcl",
    "awk", "el", "lisp", "phtml", "inc", "twig", "ipynb",
];
const NOISE: &[&str] = &[
    ".min.js",
    ".map",
    ".css",
    ".svg",
    ".po",
    ".pot",
    ".mo",
    "package-lock.json",
    "yarn.lock",
    ".lock",
    ".sum",
    "-lock.yaml",
    ".d.ts",
    ".pyi",
    ".csv",
    ".tsv",
    ".scss",
    ".less",
    ".bundle.js",
    ".chunk.js",
    ".arb",
    ".xlf",
    ".xliff",
    ".strings",
    ".resx",
    ".schema.json",
    ".xsd",
    ".dtd",
    ".wsdl",
    ".proto",
    ".graphql",
    ".pem",
    ".crt",
    ".rng",
];
const LOCALES: &[&str] = &[
    "/locale/",
    "/locales/",
    "/i18n/",
    "/l10n/",
    "/lang/",
    "/languages/",
    "/translations/",
    "/nls/",
    "messages_",
    "/_locales/",
    "usr/share/man/",
    "usr/share/doc/",
    "usr/share/locale",
    "usr/share/zoneinfo",
    "completions/",
    "/completion",
    "site-functions/",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_tell_the_ground() {
        for (path, expected) in [
            ("app/application.properties", Ground::Lines),
            ("etc/default/x", Ground::Lines),
            ("a/b.yml", Ground::Yaml),
            ("a/b.json", Ground::Quoted),
            ("Dockerfile.dev", Ground::Shell),
            ("a/run.sh", Ground::Shell),
            ("a/b.py", Ground::Code),
            ("README.md", Ground::Prose),
            ("x/jquery.min.js", Ground::Noise),
            ("app/locales/en.json", Ground::Noise),
        ] {
            assert_eq!(ground(&Hint::File(path.as_bytes())), expected, "{path}");
        }
    }
}
