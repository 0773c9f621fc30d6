//! Kubernetes' Secret manifests: `data` in base64, `stringData` as it is.
//!
//! Base64 is no encryption. Sealed and externally stored secrets are other kinds and hold none.

use std::collections::HashSet;

use tightlip_report::{Confidence, Level};

use super::judge::ends_with;
use crate::context::judge::name::{Says, says, words};
use crate::context::judge::reading::line_before;
use crate::context::judge::value::{Worth, is_wordy, worth};
use crate::context::judge::{credential, length_of};
use crate::read::stamp::without_stamp;
use crate::read::{Part, base64, ini, json, yaml};
use crate::{Example, Finder, Found, Hint, Rule, Text};

pub(super) static RULE: Rule = Rule::new(
    "kubernetes-secret",
    "Value in a Kubernetes Secret manifest",
    "Whoever can read the manifest has what the workload has.",
)
.of("Kubernetes")
.source("https://kubernetes.io/docs/concepts/configuration/secret/");

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "k8s-secret",
    rules: &[&RULE],
    wants: |hint| ends_with(hint, &[".yaml", ".yml", ".json"]) || matches!(hint, Hint::Text),
    keywords: &[
        "kind: secret",
        "kind: \"secret",
        "kind: 'secret",
        "kind:  ",
        "kind\": secret",
        "kind\": \"secret",
        "kind\":\"secret",
        "kind\" : \"secret",
        "kind': 'secret",
    ],
    find,
    hits: &[
        Example {
            path: "k8s/secret.yaml",
            text: "apiVersion: v1\nkind: Secret\nmetadata:\n  name: db\ndata:\n  password: ZWx{base62:1}ZWx{base62:1}\n",
            rule: "kubernetes-secret",
        },
        Example {
            path: "k8s/secret.yml",
            text: "kind: ConfigMap\ndata:\n  a: b\n---\nkind: Secret\nstringData:\n  password: p{lower:7}9\n",
            rule: "kubernetes-secret",
        },
        Example {
            path: "k8s/all.yaml",
            text: "kind: List\nitems:\n- kind: ConfigMap\n  data:\n    a: b\n- kind: Secret\n  data:\n    password: ZWx{base62:1}ZWx{base62:1}\n",
            rule: "kubernetes-secret",
        },
        Example {
            path: "k8s/secret.yaml",
            text: "kind: Secret\nstringData:\n  app.ini: |\n    [ldap]\n    bind_pw = p{lower:7}9\n",
            rule: "kubernetes-secret",
        },
        Example {
            path: "",
            text: "#9 0.1 apiVersion: v1\n#9 0.1 kind: Secret\n#9 0.2 stringData:\n#9 0.2   level: p{lower:7}9\n#9 0.3 type: Opaque\n",
            rule: "kubernetes-secret",
        },
        Example {
            path: "k8s/secret.yaml",
            text: "apiVersion: \"v1\"\nkind: \"Secret\" # of the shop\ndata: {zork: ZWx{base62:1}ZWx{base62:1}}\n",
            rule: "kubernetes-secret",
        },
        Example {
            path: "k8s/secret.yaml",
            text: "kind: 'Secret'\nstringData: {\n  zork: \"p{lower:7}9\",\n  host: \"db.shop\"\n}\n",
            rule: "kubernetes-secret",
        },
        Example {
            path: "k8s/secret.yaml",
            text: "---\n{apiVersion: v1, kind: Secret, metadata: {name: db}, stringData: {zork: p{lower:7}9}}\n",
            rule: "kubernetes-secret",
        },
        Example {
            path: "k8s/aligned.yaml",
            text: "apiVersion: v1\nkind:       Secret\nstringData:\n  zork: p{lower:7}9\n",
            rule: "kubernetes-secret",
        },
        Example {
            path: "k8s/all.yaml",
            text: "apiVersion: v1\nitems:\n- apiVersion: v1\n  data:\n    level: ZWx{base62:1}ZWx{base62:1}\n  kind: ConfigMap\n- apiVersion: v1\n  data:\n    zork: ZWx{base62:1}ZWx{base62:1}\n  kind: Secret\n  metadata:\n    name: db\nkind: List\nmetadata:\n  resourceVersion: \"\"\n",
            rule: "kubernetes-secret",
        },
        Example {
            path: "k8s/all.yaml",
            text: "kind: SecretList\nitems:\n  - metadata: {name: db}\n    data:\n      zork: ZWx{base62:1}ZWx{base62:1}\n",
            rule: "kubernetes-secret",
        },
        Example {
            path: "s.json",
            text: r#"{"kind":"List","items":[{"data":{"k":"ZWx{base62:1}ZWx{base62:1}"},"kind":"ConfigMap"},{"data":{"k":"ZWx{base62:1}ZWx{base62:1}"},"kind":"Secret"}]}"#,
            rule: "kubernetes-secret",
        },
        Example {
            path: "s.json",
            text: r#"{"kind":"SecretList","items":[{"data":{"k":"ZWx{base62:1}ZWx{base62:1}"}}]}"#,
            rule: "kubernetes-secret",
        },
        Example {
            path: "s.json",
            text: r#"{"kind": "Secret", "stringData": {"k": "p{lower:7}9"}}"#,
            rule: "kubernetes-secret",
        },
    ],
    misses: &[
        Example {
            path: "k8s/secret.yaml",
            text: "kind: Secret\nmetadata:\n  name: db\n  annotations:\n    x: y\ntype: Opaque\n",
            rule: "",
        },
        Example {
            path: "t.yaml",
            text: "kind: Secret\nstringData:\n  password: {{ .Values.password }}\ndata:\n  x: \"\"\n",
            rule: "",
        },
        Example {
            path: "t.yaml",
            text: "{{- if .Values.on }}\nkind: \"Secret\"\nstringData: {zork: {{ .Values.zork }}, yard: \"{{ .Values.yard }}\", quay: <password>, name: p{lower:7}9}\n",
            rule: "",
        },
        Example {
            path: "k8s/external.yaml",
            text: "kind: ExternalSecret\nspec:\n  target:\n    template:\n      data: {zork: p{lower:7}9}\n---\nkind: SealedSecret\nspec:\n  encryptedData: {zork: AgB{base62:60}}\n---\nkind: SecretProviderClass\ndata: {zork: p{lower:7}9}\n",
            rule: "",
        },
        Example {
            path: "k8s/cm.yaml",
            text: "kind: ConfigMap # not kind: Secret\ndata: {zork: p{lower:7}9}\n---\nkind: Kustomization\nsecretGenerator:\n- name: kind: Secret\n  data: {zork: p{lower:7}9}\n",
            rule: "",
        },
        Example {
            path: "s.json",
            text: r#"{"kind":"List","items":[{"kind":"ConfigMap","data":{"k":"ZWx{base62:1}ZWx{base62:1}"}},{"kind":"SecretStore","data":{"k":"ZWx{base62:1}ZWx{base62:1}"}}]}"#,
            rule: "",
        },
        Example {
            path: "argocd/repo.yaml",
            text: "kind: Secret\nstringData:\n  type: git\n  url: git@github.com:acme/gitops.git\n  known_hosts: github.com ssh-ed25519 AAAAC3Nz{base62:60}\n  identity: ssh-ed25519 AAAAC3Nz{base62:60} ann@h\n",
            rule: "",
        },
        Example {
            path: "release.json",
            text: concat!(
                r#"{"kind": "Secret", "type": "helm.sh/release.v1", "data": {"release": "SDRz{(S)}UFB"#,
                "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFB",
                r#""}}"#
            ),
            rule: "",
        },
        Example {
            path: "k8s/cm.yaml",
            text: "# kind: Secret\nkind: ConfigMap\ndata:\n  password: hunter22\n",
            rule: "",
        },
    ],
};

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    if is_json(text.bytes) {
        in_json(text.bytes, out);
        return;
    }
    match Unstamped::of(text) {
        Some(log) => in_documents(&log.bytes, &mut |found| out(log.placed(found))),
        None => in_documents(text.bytes, out),
    }
}

/// Braces open mappings of YAML and templates as well.
fn is_json(bytes: &[u8]) -> bool {
    let inside = bytes.trim_ascii_start().strip_prefix(b"{").map(<[u8]>::trim_ascii_start);
    inside.is_some_and(|inside| inside.starts_with(b"\""))
}

/// Objects may stand in each other, and say what they are before or behind what they hold.
fn in_json<'b>(bytes: &'b [u8], out: &mut dyn FnMut(Found<'b>)) {
    // The place of an object is that of its key.
    let place = |path: &[Part<'_>], up: usize| {
        path.len().checked_sub(up).and_then(|n| path.get(n)).map(|key| key.span().start)
    };
    let mut secrets = HashSet::new();
    let mut lists = HashSet::new();
    json::leaves(bytes, &mut |leaf| {
        if leaf.key() == b"kind" {
            let kinds = match () {
                () if leaf.value.is("Secret") => &mut secrets,
                () if leaf.value.is("SecretList") => &mut lists,
                () => return,
            };
            kinds.extend(place(leaf.path, 2));
        }
    });
    json::leaves(bytes, &mut |leaf| {
        let encoded = leaf.ends(&["data", "*"]);
        let item = leaf.ends(&["items", "", "*", "*"]);
        let counts = place(leaf.path, 3).is_some_and(|at| secrets.contains(&at))
            || item && place(leaf.path, 5).is_some_and(|at| lists.contains(&at));
        if counts && (encoded || leaf.ends(&["stringData", "*"])) && !is_open(leaf.key()) {
            values((leaf.key(), leaf.value), Form::of(encoded)).into_iter().for_each(&mut *out);
        }
    });
}

fn in_documents<'b>(bytes: &'b [u8], out: &mut dyn FnMut(Found<'b>)) {
    for document in documents(bytes) {
        let Some(kind) = kind(document) else { continue };
        let list = kind.is("SecretList");
        if kind.is("Secret") {
            in_object(document, out);
        } else if list || kind.is("List") || kind.is("Template") {
            let is_secret = |item: &Part<'_>| self::kind(*item).map_or(list, |kind| kind.is("Secret"));
            items(document).into_iter().filter(is_secret).for_each(|item| in_object(item, out));
        }
    }
}

/// What an object says it is, before or behind what it holds.
fn kind(object: Part<'_>) -> Option<Part<'_>> {
    let mut kind = None;
    yaml::leaves(object, &mut |leaf| {
        if leaf.path.len() == 1 && leaf.key() == b"kind" {
            kind = kind.or(Some(leaf.value.trim()));
        }
    });
    kind
}

fn in_object<'b>(object: Part<'b>, out: &mut dyn FnMut(Found<'b>)) {
    yaml::leaves(object, &mut |leaf| {
        let [top, _] = leaf.path else { return };
        let encoded = top.is("data");
        if (encoded || top.is("stringData")) && !is_open(leaf.key()) {
            values((leaf.key(), leaf.value), Form::of(encoded)).into_iter().for_each(&mut *out);
        }
    });
}

/// The objects in the list of a document: `items`, or the `objects` of a template of OpenShift.
fn items(document: Part<'_>) -> Vec<Part<'_>> {
    let mut items: Vec<Part<'_>> = Vec::new();
    let mut lines = document.lines().skip_while(|line| !line.is("items:") && !line.is("objects:"));
    lines.next();
    let mut dash = None;
    for line in lines.filter(|line| !line.trim().is_empty()) {
        let indent = line.while_(|b| b == b' ');
        let column = *dash.get_or_insert(indent.len());
        let begins = line.after(&indent).bytes().starts_with(b"- ") && indent.len() == column;
        match items.last_mut() {
            _ if begins => items.push(line),
            Some(item) if indent.len() > column => *item = item.through(&line),
            _ => break,
        }
    }
    items
}

/// A log without what stands before its lines, and where each of them begins: in both.
struct Unstamped {
    bytes: Vec<u8>,
    lines: Vec<(usize, usize)>,
}

impl Unstamped {
    /// None where the line that says what it is has nothing before it.
    fn of(text: &Text<'_>) -> Option<Self> {
        let line = text.at.first().map(|at| line_before(text.bytes, *at))?;
        if !matches!(text.hint, Hint::Text) || without_stamp(line).len() == line.len() {
            return None;
        }
        let mut log = Self { bytes: Vec::with_capacity(text.bytes.len()), lines: Vec::new() };
        let mut at = 0;
        for line in text.bytes.split_inclusive(|b| *b == b'\n') {
            let rest = without_stamp(line);
            // One blank divides them; more of them are the indentation.
            let rest = if rest.len() == line.len() { rest } else { rest.strip_prefix(b" ").unwrap_or(rest) };
            log.lines.push((log.bytes.len(), at + line.len() - rest.len()));
            log.bytes.extend_from_slice(rest);
            at += line.len();
        }
        Some(log)
    }

    /// What was found, where it stands in the log.
    fn placed<'b>(&self, found: Found<'_>) -> Found<'b> {
        let place = |at: usize| {
            let line = self.lines.partition_point(|(line, _)| *line <= at).checked_sub(1);
            line.and_then(|line| self.lines.get(line)).map_or(at, |(line, place)| place + at - line)
        };
        let span = place(found.span.start)..place(found.span.end.saturating_sub(1)).saturating_add(1);
        let Found { rule, level, confidence, shape, decoded_from, .. } = found;
        let secret = found.secret.into_owned().into();
        Found { rule, secret, span, level, confidence, shape, decoded_from }
    }
}

/// What stands in a Secret beside what is secret: who logs in where, and certificates.
fn is_open(key: &[u8]) -> bool {
    let open = [
        "username",
        "user",
        "login",
        "host",
        "hostname",
        "port",
        "email",
        "name",
        "namespace",
        "region",
        "database",
        "dbname",
        "db",
        "schema",
        "engine",
        "bucket",
        "type",
        "crt",
        "cert",
        "server",
        "address",
        "from",
        "hosts",
        "pub",
    ];
    let key = key.to_ascii_lowercase();
    let mut words = key.rsplit(|b| !b.is_ascii_alphanumeric());
    let public = words.clone().any(|word| matches!(word, b"public" | b"publishable"));
    let last = words.next().unwrap_or_default();
    public || open.iter().any(|word| word.as_bytes() == last)
}

/// How a value is written.
enum Form {
    Base64,
    Plain,
}

impl Form {
    fn of(encoded: impl Into<bool>) -> Self {
        if encoded.into() { Self::Base64 } else { Self::Plain }
    }
}

fn documents(text: &[u8]) -> Vec<Part<'_>> {
    let mut out = Vec::new();
    let mut start = 0;
    for line in Part::of(text).lines() {
        if line.bytes().starts_with(b"---") {
            out.push(Part::between(text, start..line.span().start));
            start = line.span().end;
        }
    }
    out.push(Part::between(text, start..text.len()));
    out
}

fn values<'b>(leaf: (&[u8], Part<'b>), form: Form) -> Vec<Found<'b>> {
    let lines = || ini::pairs_of(leaf.1).filter(|pair| says(pair.key.bytes()) == Says::Secret);
    match form {
        // A file of settings: what is secret in it has a line and a name of its own.
        Form::Plain if leaf.1.bytes().contains(&b'\n') && lines().next().is_some() => {
            lines().filter_map(|pair| value((pair.key.bytes(), pair.value), Form::Plain)).collect()
        }
        form => value(leaf, form).into_iter().collect(),
    }
}

fn value<'b>((key, value): (&[u8], Part<'b>), form: Form) -> Option<Found<'b>> {
    if let Form::Plain = form {
        let found =
            credential(&RULE, value, "value of a Secret").filter(|_| !is_public(key, value.bytes()))?;
        return Some(weighed(found, key, value.bytes()));
    }
    let plain = base64::decode(value.bytes())?;
    if is_packed(&plain) {
        return None;
    }
    // What `docker login` writes is a document, and no reference in braces.
    let login = plain.starts_with(b"{") && memchr::memmem::find(&plain, b"\"auth\"").is_some();
    let counts = worth(value.bytes()) >= Worth::Default
        && (login
            || !matches!(worth(&plain), Worth::Nothing | Worth::Reference | Worth::Hollow | Worth::Trivial));
    (counts && !is_public(key, &plain)).then(|| {
        let found = Found::here(&RULE, value, length_of("value of a Secret", plain.len()));
        weighed(found, key, &plain).decoded(plain, &["base64"])
    })
}

/// A value that a server stores as it is, if it is a secret.
pub(super) fn stored<'b>(key: &[u8], found: Found<'b>) -> Option<Found<'b>> {
    let plain = found.secret.to_vec();
    let nothing = matches!(worth(&plain), Worth::Nothing | Worth::Reference | Worth::Hollow | Worth::Trivial);
    let open = is_open(key) || is_packed(&plain) || is_public(key, &plain);
    (!nothing && !open).then(|| weighed(found, key, &plain))
}

/// A release of Helm, gzip in base64, and gzip itself: it is opened, and what is inside counts.
fn is_packed(plain: &[u8]) -> bool {
    plain.starts_with(b"H4sI") && plain.len() >= 64 && plain.iter().all(|b| base64::is_digit(*b))
        || plain.starts_with(&[0x1f, 0x8b, 8])
}

fn is_public(key: &[u8], plain: &[u8]) -> bool {
    is_address(key, plain) || is_public_key(plain)
}

/// `ssh-ed25519 AAAAC3…`, also behind the names of a host.
fn is_public_key(plain: &[u8]) -> bool {
    let words: Vec<&[u8]> = plain.split(u8::is_ascii_whitespace).take(4).collect();
    let kinds = [&b"ssh-"[..], b"ecdsa-sha2-", b"sk-ssh-", b"sk-ecdsa-"];
    words
        .windows(2)
        .any(|pair| kinds.iter().any(|kind| pair[0].starts_with(kind)) && pair[1].starts_with(b"AAAA"))
}

/// `url: git@github.com:acme/gitops.git` of Argo CD: where something is, without a way in.
fn is_address(key: &[u8], plain: &[u8]) -> bool {
    let named = words(key).last().is_some_and(|last| {
        ["url", "uri", "repo", "repository", "endpoint", "repourl", "issuer"].contains(&last.as_str())
    });
    let login = plain.split(|b| *b == b'@').next().unwrap_or_default();
    let login = login.rsplit(|b| *b == b'/').next().unwrap_or_default();
    named && (login.len() == plain.len() || !login.contains(&b':')) && worth(plain) != Worth::Strong
}

/// A word under a name that tells nothing is as often a setting that was put there with the others.
fn weighed<'b>(found: Found<'b>, key: &[u8], plain: &[u8]) -> Found<'b> {
    let setting = says(key) == Says::Nothing && is_wordy(plain);
    // What everybody tries first is a blank that is still to be filled in.
    if setting || worth(plain) == Worth::Default { found.at(Level::Warn, Confidence::Low) } else { found }
}
