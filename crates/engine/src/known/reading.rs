//! The room that turns a file into known values: every value that somebody may take out of it, each under a name that tells
//! which it is.
//!
//! Where two readings are thinkable, both are looked for: a value too many is found nowhere, a value too few is a leak.

use std::collections::HashSet;

use sha2::{Digest as _, Sha256};
use tightlip_detect::decode::Budget;
use tightlip_detect::{Hint, Match, PackText, Scanner, ScannerOptions, Sink, Skipped};
use tightlip_report::Level;
use zeroize::Zeroizing;

use super::form::{Held, held, text};
use super::judge::{self, Ground};
use super::{KnownValue, inside};
use crate::request::IN_TEXTS;
use crate::scan::{ScanError, load_rules};

/// Files whose form our rules know, for what comes without a name that says so.
const FORMS: &[&str] = &[
    ".netrc",
    ".pgpass",
    ".git-credentials",
    ".aws/credentials",
    ".docker/config.json",
    ".kube/config",
    ".m2/settings.xml",
    "pip.conf",
    ".pypirc",
    ".npmrc",
    ".env",
];

/// A longer text is a list of values rather than one of these, in bytes.
const LIST: usize = 256 << 10;

/// Where a text comes from.
#[derive(Clone, Copy, Debug)]
pub enum Source<'s> {
    /// A file of this path.
    File(&'s str),
    /// A secret of a build: its id, and the path of its file or the name of its variable.
    Secret {
        /// What the build calls it.
        id: &'s str,
        /// Where it lies.
        place: &'s str,
    },
}

/// What a file holds.
#[derive(Debug, Default)]
pub struct Understood {
    /// The values to look for.
    pub values: Vec<KnownValue>,
    /// The names of values that are not looked for: by name and value they are no secrets.
    pub passed: Vec<String>,
    /// Whether the file says what form it has and cannot be read in it to its end.
    pub broken: bool,
}

/// Reads files for the values in them.
pub struct Reading {
    scanner: Scanner,
}

impl Reading {
    /// Prepares it, with these rule packs.
    ///
    /// # Errors
    /// When the rules cannot be used.
    pub fn new(rules: &[PackText]) -> Result<Self, ScanError> {
        Ok(Self { scanner: Scanner::new(&load_rules(rules)?.rules, ScannerOptions::default())? })
    }

    /// Every value of a text. There is none in an empty one.
    #[must_use]
    pub fn values(&self, source: Source<'_>, bytes: &[u8]) -> Understood {
        let Some(text) = text(bytes) else {
            let mut taking = Taking::new(source);
            taking.bytes(("", 0), bytes);
            return taking.done();
        };
        let (held, broken) = held(source, &text);
        let mut taking = Taking::new(source);
        taking.of_other_bytes(bytes, &text);
        held.iter().for_each(|held| taking.held(held));
        inside::logins(&text).iter().chain(&inside::tokens(&text)).for_each(|held| taking.held(held));
        taking.keys(("", 0), &text);
        self.sighted(source, &text, &mut taking);
        Understood { broken, ..taking.done() }
    }

    /// What our rules know as secret in it.
    fn sighted(&self, source: Source<'_>, text: &str, taking: &mut Taking<'_>) {
        let own: Vec<String> = match source {
            Source::File(path) => vec![path.to_owned()],
            Source::Secret { id, place } => vec![place.to_owned(), id.to_owned(), format!(".{id}")],
        };
        let look_at = |hint: Hint<'_>, taking: &mut Taking<'_>| {
            self.scanner.deep((hint, text.as_bytes()), &Budget::new(IN_TEXTS), &mut Sightings(taking));
        };
        let look = |path: &str, taking: &mut Taking<'_>| {
            let path = path.trim_start_matches("../").trim_start_matches('/');
            look_at(Hint::File(path.as_bytes()), taking);
        };
        look_at(Hint::Text, taking);
        own.iter().for_each(|path| look(path, taking));
        // What has another name is read as what it may be.
        if taking.sightings == 0 && text.len() <= LIST {
            FORMS.iter().for_each(|path| look(path, taking));
        }
    }
}

/// Puts together what is looked for.
struct Taking<'s> {
    source: Source<'s>,
    /// Digests of the values that were seen.
    seen: HashSet<[u8; 32]>,
    values: Vec<KnownValue>,
    passed: Vec<String>,
    /// How many values our rules know.
    sightings: usize,
}

impl<'s> Taking<'s> {
    fn new(source: Source<'s>) -> Self {
        Self { source, seen: HashSet::new(), values: Vec::new(), passed: Vec::new(), sightings: 0 }
    }

    fn done(self) -> Understood {
        let taken: HashSet<&str> = self.values.iter().map(KnownValue::name).collect();
        let mut passed: Vec<String> = Vec::new();
        for name in self.passed {
            if !taken.contains(name.as_str()) && !passed.contains(&name) {
                passed.push(name);
            }
        }
        Understood { values: self.values, passed, broken: false }
    }

    /// What a value is called in reports.
    fn title(&self, (name, line): (&str, usize)) -> String {
        let named = judge::is_name(name);
        match self.source {
            Source::File(_) if named => name.to_owned(),
            Source::Secret { id, .. } if named => format!("{name} of {id}"),
            Source::File(whole) | Source::Secret { id: whole, .. } if line == 0 => whole.to_owned(),
            Source::File(whole) | Source::Secret { id: whole, .. } => format!("{whole}:{line}"),
        }
    }

    fn bytes(&mut self, at: (&str, usize), value: &[u8]) {
        let value = Zeroizing::new(value.to_vec());
        let title = self.title(at);
        if self.seen.insert(Sha256::digest(&value).into()) {
            match KnownValue::new(&title, value) {
                Ok(known) => self.values.push(known),
                Err(_) => self.passed.push(title),
            }
        }
    }

    /// Values in an encoding of eight bits, as they are written: the text has other bytes in their place.
    fn of_other_bytes(&mut self, bytes: &[u8], text: &str) {
        if !text.contains(char::REPLACEMENT_CHARACTER) {
            return;
        }
        for (index, line) in
            bytes.split(|byte| *byte == b'\n').enumerate().filter(|(_, line)| !line.is_ascii())
        {
            let start = line.iter().position(|byte| matches!(byte, b'=' | b':')).map_or(0, |at| at + 1);
            let value = line.get(start..).unwrap_or_default().trim_ascii();
            let inner =
                [b'"', b'\''].iter().find_map(|quote| value.strip_prefix(&[*quote])?.strip_suffix(&[*quote]));
            self.bytes(("", index + 1), inner.unwrap_or(value));
        }
    }

    /// A value, if it is one, and what stands inside of it.
    fn held(&mut self, held: &Held) {
        let at = (held.name.as_str(), held.line);
        let value = held.value.trim_matches(['\n', '\r']);
        let ground = match (held.ground, self.source) {
            (Ground::Listed, Source::Secret { .. }) => Ground::Given,
            (ground, _) => ground,
        };
        if judge::counts(ground, &held.name, value) {
            self.bytes(at, value.as_bytes());
        } else if !value.is_empty() && held.ground == Ground::Listed {
            let title = self.title(at);
            self.passed.push(title);
        }
        self.keys(at, value);
        for meant in inside::behind_base64(value) {
            if judge::counts(ground, &held.name, &meant) {
                self.bytes(at, meant.as_bytes());
            }
            self.keys(at, &meant);
        }
        if let Some(password) = inside::bundled(&held.name, value) {
            self.bytes(at, password.as_bytes());
        }
        for login in inside::logins(value) {
            if judge::counts(login.ground, &login.name, &login.value) {
                self.bytes((&login.name, held.line), login.value.as_bytes());
            }
        }
    }

    /// The private keys in a text.
    fn keys(&mut self, (name, line): (&str, usize), text: &str) {
        for key in inside::keys(text) {
            let at = (name, if line == 0 { key.line } else { line });
            self.bytes(at, key.armored.as_bytes());
            if let Some(bytes) = &key.bytes {
                self.bytes(at, bytes);
            }
        }
    }
}

/// Takes what our rules find.
struct Sightings<'t, 's>(&'t mut Taking<'s>);

impl Sink for Sightings<'_, '_> {
    fn hit(&mut self, found: &Match<'_>) {
        if found.level >= Level::Warn {
            self.0.sightings += 1;
            let line = usize::try_from(found.line).unwrap_or_default();
            self.0.bytes(("", line), found.secret.expose());
        }
    }

    fn gap(&mut self, _: Skipped) {}
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use tightlip_detect::Sampler;

    use super::*;

    fn read(path: &str, bytes: &[u8]) -> Understood {
        Reading::new(&[]).unwrap().values(Source::File(path), bytes)
    }

    /// The names of the values that are exactly this one.
    fn names(found: &Understood, value: &str) -> Vec<String> {
        let same = found.values.iter().filter(|known| known.expose() == value.as_bytes());
        same.map(|known| known.name().to_owned()).collect()
    }

    fn token() -> String {
        String::from_utf8(Sampler::new(5).expand("{base62:17}").unwrap()).unwrap()
    }

    #[test]
    fn every_file_that_holds_a_password_gives_it() {
        let value = token();
        let login = STANDARD.encode(format!("app:{value}"));
        let plain = STANDARD.encode(&value);
        for (path, text, name) in [
            (".env", format!("DB_PASSWORD={value} # prod\nPORT=8080\n"), "DB_PASSWORD"),
            (".env", format!("\u{feff}DB_PASSWORD=\"{value}\" # prod\r\n"), "DB_PASSWORD"),
            ("x", format!("export DB_PASSWORD: {value}\n"), "DB_PASSWORD"),
            (
                "a/.netrc",
                format!("machine r.example\nlogin app\npassword {value}\n"),
                "password of r.example",
            ),
            ("x", format!("machine r.example login app password {value}"), "password of r.example"),
            (
                "pip.conf",
                format!("[global]\nindex-url = https://app:{value}@r.example/simple\n"),
                "password of r.example",
            ),
            ("x.ini", format!("[db]\nhost = db\npassword = {value} ; old\n"), "password"),
            (".git-credentials", format!("https://app:{value}@r.example\n"), "password of r.example"),
            (
                "settings.xml",
                format!("<s><server><id>a</id><password>{value}</password></server></s>"),
                "password",
            ),
            (
                "credentials",
                format!("[default]\naws_access_key_id = x\naws_secret_access_key = {value}\n"),
                "aws_secret_access_key",
            ),
            ("kube.yaml", format!("users:\n- name: a\n  user:\n    token: {value}\n"), "token"),
            (
                "config",
                format!("apiVersion: v1\nusers:\n- name: a\n  user:\n    password: \"{value}\"\n"),
                "password",
            ),
            ("config.json", format!(r#"{{"auths": {{"r.example": {{"auth": "{login}"}}}}}}"#), "auth"),
            ("secret.yml", format!("kind: Secret\ndata:\n  password: {plain}\n"), "password"),
            ("broken.json", format!("{{\n  // mine\n  \"password\": \"{value}\",\n}}"), "password"),
            (
                ".npmrc",
                format!("registry=https://r.example/\n//r.example/:_authToken={value}\n"),
                "//r.example/:_authToken",
            ),
            (".condarc", format!("channels:\n- https://r.example/t/{value}/main\n"), ".condarc:2"),
            ("config", format!("---\nBUNDLE_GEMS__X: \"me:{value}\"\n"), "BUNDLE_GEMS__X"),
            (".pgpass", format!("db.example:5432:app:me:{value}\n"), ".pgpass:1"),
            ("x", format!("db.example:5432:app:me:{value}\n"), "x:1"),
        ] {
            let found = read(path, text.as_bytes());
            assert_eq!(names(&found, &value), [name], "{path}: {text}");
        }
    }

    #[test]
    fn escapes_and_encodings_of_a_file_are_undone() {
        let value = format!("{}\"\n{}", token(), token());
        let json = serde_json::json!({ "password": value }).to_string();
        assert_eq!(names(&read("x.json", json.as_bytes()), &value), ["password"]);
        let env = format!("PASSWORD=\"{}\"", value.replace('"', "\\\"").replace('\n', "\\n"));
        assert_eq!(names(&read(".env", env.as_bytes()), &value), ["PASSWORD"]);
        let wide: Vec<u8> =
            "\u{feff}A_PASSWORD=hunter22\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(names(&read(".env", &wide), "hunter22"), ["A_PASSWORD"]);
    }

    #[test]
    fn a_login_in_base64_is_known_whole_too() {
        let text =
            format!(r#"{{"auths": {{"r.example": {{"auth": "{}"}}}}}}"#, STANDARD.encode("app:maple7431"));
        let found = read("config.json", text.as_bytes());
        assert_eq!((names(&found, "app:maple7431").len(), names(&found, "maple7431").len()), (1, 1));
    }

    #[test]
    fn a_key_is_known_by_its_bytes_wherever_it_stands() {
        let body = STANDARD.encode(token());
        let pem = format!("-----BEGIN PRIVATE KEY-----\n{body}\n-----END PRIVATE KEY-----");
        let kubeconfig = format!(
            "users:\n- name: a\n  user:\n    client-key-data: {}\n    client-certificate-data: {}\n",
            STANDARD.encode(&pem),
            STANDARD.encode(pem.replace("PRIVATE KEY", "CERTIFICATE"))
        );
        let in_json = serde_json::json!({ "private_key": pem }).to_string();
        for (path, text) in [("k.pem", pem.clone()), ("config", kubeconfig), ("key.json", in_json)] {
            let found = read(path, text.as_bytes());
            assert_eq!((names(&found, &pem).len(), names(&found, &token()).len()), (1, 1), "{path}");
            assert!(names(&found, &pem.replace("PRIVATE KEY", "CERTIFICATE")).is_empty());
        }
    }

    #[test]
    fn lines_without_names_are_values() {
        let found = read("f", b"first value\nsecond\nc2VjcmV0dmFsdWU=\nAAAA==\nmy-pass=word7\n");
        for (value, name) in
            [("first value", "f:1"), ("second", "f:2"), ("c2VjcmV0dmFsdWU=", "f:3"), ("my-pass=word7", "f:5")]
        {
            assert_eq!(names(&found, value), [name]);
        }
    }

    #[test]
    fn what_is_no_secret_is_named_and_not_looked_for() {
        let found = read(
            ".env",
            b"PORT=8080\nDB_HOST=db-1.internal\nDB_USER=appuser1\nDEBUG=true\nA_PASSWORD=hunter22\n",
        );
        assert_eq!(found.values.iter().map(KnownValue::name).collect::<Vec<_>>(), ["A_PASSWORD"]);
        assert_eq!(found.passed, ["PORT", "DB_HOST", "DB_USER", "DEBUG"]);
        let kubeconfig =
            b"apiVersion: v1\nclusters:\n- name: kind-1\n  cluster:\n    server: https://10.0.0.1:6443\n";
        assert!(read("config", kubeconfig).values.is_empty());
        assert!(read(".env", b"\xef\xbb\xbf\n").values.is_empty());
    }

    #[test]
    fn a_secret_of_a_build_names_what_is_in_it() {
        let secret = Source::Secret { id: "env", place: "a/.env" };
        let found = Reading::new(&[]).unwrap().values(secret, b"A_PASSWORD=hunter22\n");
        assert_eq!(found.values.iter().map(KnownValue::name).collect::<Vec<_>>(), ["A_PASSWORD of env"]);
    }

    #[test]
    fn lists_and_lines_of_json_are_read() {
        let found = read("x.json", b"[\"maple-7431\", \"orchid-7431\"]");
        assert_eq!((names(&found, "maple-7431").len(), names(&found, "orchid-7431").len()), (1, 1));
        let lines = b"{\"password\":\"maple-7431\"}\n{\"password\":\"orchid-7431\"}\n";
        let found = read("x.jsonl", lines);
        assert_eq!((names(&found, "orchid-7431").len(), found.broken), (1, false));
    }

    #[test]
    fn a_text_of_eight_bits_is_read() {
        let found = read(".env", b"A_PASSWORD=hunter22\nB_PASSWORD='schl\xfcssel'\n");
        assert_eq!(names(&found, "hunter22"), ["A_PASSWORD"]);
        assert!(found.values.iter().any(|known| known.expose() == b"schl\xfcssel"));
    }

    #[test]
    fn bytes_are_one_value() {
        assert_eq!(read("store.jks", b"\xfe\xed\0\x01abc\n\xff").values[0].name(), "store.jks");
    }
}
