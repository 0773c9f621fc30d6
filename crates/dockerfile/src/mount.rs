//! `RUN --mount=…`.

use crate::{Span, Text};

/// A mount of a `RUN`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mount {
    /// The type; `bind` when none is given.
    pub kind: MountKind,
    /// Its options in order, `type` included.
    pub options: Vec<MountOption>,
    /// The whole flag.
    pub span: Span,
}

/// `key=value` or `key` in a mount.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MountOption {
    /// The key, in any case.
    pub key: Text,
    /// The value, variables untouched.
    pub value: Option<Text>,
}

/// The type of a mount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MountKind {
    /// Files of the context, of a stage or of an image.
    Bind,
    /// A directory that lives on between builds.
    Cache,
    /// Memory.
    Tmpfs,
    /// A secret.
    Secret,
    /// An SSH agent.
    Ssh,
    /// Any other word.
    Unknown,
}

impl Mount {
    pub(crate) fn parse(value: &Text, span: Span) -> Mount {
        let options: Vec<MountOption> = fields(value).iter().map(option).collect();
        let kind = options.iter().rfind(|option| option.key.eq_ignore_ascii_case("type"));
        let kind = kind.and_then(|option| option.value.as_deref()).map_or(MountKind::Bind, MountKind::parse);
        Mount { kind, options, span }
    }

    fn value(&self, keys: &[&str]) -> Option<&Text> {
        let mut found =
            self.options.iter().filter(|option| keys.iter().any(|key| option.key.eq_ignore_ascii_case(key)));
        found.next_back()?.value.as_ref()
    }

    /// `id`
    #[must_use]
    pub fn id(&self) -> Option<&Text> {
        self.value(&["id"])
    }

    /// `target`, `dst` or `destination`
    #[must_use]
    pub fn target(&self) -> Option<&Text> {
        self.value(&["target", "dst", "destination"])
    }

    /// `source` or `src`
    #[must_use]
    pub fn source(&self) -> Option<&Text> {
        self.value(&["source", "src"])
    }

    /// `from`: a stage or an image.
    #[must_use]
    pub fn from(&self) -> Option<&Text> {
        self.value(&["from"])
    }

    /// `env`: the variable that holds the secret.
    #[must_use]
    pub fn env(&self) -> Option<&Text> {
        self.value(&["env"])
    }

    /// `mode`
    #[must_use]
    pub fn mode(&self) -> Option<&Text> {
        self.value(&["mode"])
    }

    /// Whether the build fails without the secret: `required` or `required=true`.
    #[must_use]
    pub fn is_required(&self) -> bool {
        self.is_on("required")
    }

    /// Whether it can be written to, by its options and the default of its kind.
    #[must_use]
    pub fn is_writable(&self) -> bool {
        let read_only = self.is_on("readonly") || self.is_on("ro");
        let writable = self.is_on("readwrite") || self.is_on("rw");
        match self.kind {
            MountKind::Bind => writable,
            MountKind::Cache | MountKind::Tmpfs => !read_only,
            MountKind::Secret | MountKind::Ssh | MountKind::Unknown => false,
        }
    }

    fn is_on(&self, key: &str) -> bool {
        let mut found = self.options.iter().filter(|option| option.key.eq_ignore_ascii_case(key));
        found.next_back().is_some_and(|option| {
            option
                .value
                .as_deref()
                .is_none_or(|value| matches!(value, "1" | "t" | "T" | "true" | "TRUE" | "True"))
        })
    }

    /// The name of the secret that the builder asks for: `id`, or the last part of the target.
    #[must_use]
    pub fn secret_id(&self) -> Option<&str> {
        self.id()
            .map(Text::as_str)
            .or_else(|| self.target()?.as_str().rsplit('/').find(|part| !part.is_empty()))
    }

    /// The file that a secret appears as: its target, `/run/secrets/<id>` without one, none when only `env` is given.
    #[must_use]
    pub fn secret_file(&self) -> Option<String> {
        if self.kind != MountKind::Secret {
            return None;
        }
        match (self.target(), self.env()) {
            (Some(target), _) => Some(target.to_string()),
            (None, Some(_)) => None,
            (None, None) => self.secret_id().map(|id| {
                format!("/run/secrets/{}", id.rsplit('/').find(|part| !part.is_empty()).unwrap_or(id))
            }),
        }
    }
}

impl MountKind {
    fn parse(word: &str) -> Self {
        match word.to_ascii_lowercase().as_str() {
            "bind" => Self::Bind,
            "cache" => Self::Cache,
            "tmpfs" => Self::Tmpfs,
            "secret" => Self::Secret,
            "ssh" => Self::Ssh,
            _ => Self::Unknown,
        }
    }
}

fn option(field: &Text) -> MountOption {
    match field.cut('=') {
        Some((key, value)) => MountOption { key, value: Some(value) },
        None => MountOption { key: field.clone(), value: None },
    }
}

/// The comma separated fields; a field in double quotes may hold commas, and `""` for a quote.
fn fields(value: &Text) -> Vec<Text> {
    let mut fields = Vec::new();
    let mut field = Text::empty(value.origin(0));
    let mut quoted = false;
    let mut characters = value.char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' if quoted && characters.next_if(|(_, next)| *next == '"').is_some() => {
                field.append(&value.slice(at..at + 1));
            }
            '"' if quoted || field.is_empty() => quoted = !quoted,
            ',' if !quoted => fields.push(std::mem::replace(&mut field, Text::empty(value.origin(at + 1)))),
            _ => field.append(&value.slice(at..at + character.len_utf8())),
        }
    }
    fields.push(field);
    fields
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mount(value: &str) -> Mount {
        Mount::parse(&Text::verbatim(value, 0), Span::default())
    }

    #[test]
    fn a_secret_mount_tells_its_options() {
        let mount = mount("type=secret,id=npm,dst=/root/.npmrc,required,mode=0400");
        assert_eq!(mount.kind, MountKind::Secret);
        assert_eq!((mount.id().unwrap().as_str(), mount.target().unwrap().as_str()), ("npm", "/root/.npmrc"));
        assert!(mount.is_required() && !mount.is_writable());
        assert_eq!(mount.target().unwrap().span(), Span::new(23, 35));
    }

    #[test]
    fn a_secret_has_a_default_file_unless_it_is_a_variable() {
        assert_eq!(mount("type=secret,id=a").secret_file().unwrap(), "/run/secrets/a");
        assert_eq!(mount("type=secret,id=a,env=A").secret_file(), None);
        assert_eq!(mount("type=secret,target=/x/key").secret_id(), Some("key"));
    }

    #[test]
    fn quoted_fields_keep_their_commas() {
        let mount = mount("type=bind,\"source=a,b\",ro,rw=false");
        assert_eq!(mount.source().unwrap(), &"a,b");
        assert!(!mount.is_writable());
    }
}
