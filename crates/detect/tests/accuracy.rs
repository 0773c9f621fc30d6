//! How many real secrets are found, and how often what is none is called one: tokens of every rule and values with the
//! names of secrets as people write them, and noise. All is made from seeds.
//!
//! `cargo xtask accuracy` prints the table.
#![expect(clippy::unwrap_used, reason = "a test that cannot run fails")]

use std::collections::BTreeMap;

use tightlip_detect::{Hint, Match, RuleSet, Sampler, Scanner, ScannerOptions, Sink, Skipped};
use tightlip_report::Level;

/// What was found in a text.
#[derive(Debug)]
struct Told {
    rule: &'static str,
    level: Level,
    secret: Vec<u8>,
}

#[derive(Default)]
struct Kept(Vec<Told>);

impl Sink for Kept {
    fn hit(&mut self, found: &Match<'_>) {
        let secret = found.secret.expose().to_vec();
        self.0.push(Told { rule: found.rule.id, level: found.level, secret });
    }

    fn gap(&mut self, _gap: Skipped) {}
}

fn scanner() -> Scanner {
    Scanner::new(&RuleSet::builtin().unwrap(), ScannerOptions::default()).unwrap()
}

fn scan(scanner: &Scanner, path: &str, text: &[u8]) -> Vec<Told> {
    let mut kept = Kept::default();
    let hint = if path.is_empty() { Hint::Text } else { Hint::File(path.as_bytes()) };
    scanner.bytes(hint, text, &mut kept);
    kept.0
}

/// Surroundings in which every token must be found: the path of the file, and a text in which UPPER, camel, pascal,
/// kebab and snake are its name in that spelling, WORD is the provider and § the secret.
const WAYS: &[(&str, &str)] = &[
    ("app/.env", "PORT=80\nUPPER=§\nX=1\n"),
    ("app/.env", "UPPER=\"§\"\n"),
    ("root/.profile", "export UPPER='§'\n"),
    ("app/config.json", "{\n  \"camel\": \"§\",\n  \"x\": 1\n}\n"),
    ("app/config.json", "{\"a\":1,\"snake\":\"§\"}"),
    ("app/config.json", "{\"WORD\": {\n  \"url\": \"https://x.test\",\n  \"apiToken\": \"§\"\n}}\n"),
    ("app/config.yml", "a: 1\nsnake: §\nb: 2\n"),
    ("app/config.yml", "WORD:\n  url: x\n  api_token: \"§\"\n"),
    ("app/config.yml", "WORD:\n  token: >-\n    §\n"),
    ("app/config.toml", "[WORD]\napi_token = \"§\"\n"),
    ("etc/app.ini", "[WORD]\ntoken = §\n"),
    ("app/application.properties", "app.snake=§\n"),
    ("app/web.config", "<add key=\"pascal\" value=\"§\" />\n"),
    ("app/pom.xml", "<!-- WORD -->\n<token>§</token>\n"),
    ("app/settings.py", "import os\nUPPER = '§'\n"),
    ("app/client.py", "client = WORD.Client(api_token=\"§\")\n"),
    ("app/index.js", "const camel = \"§\";\n"),
    ("app/index.js", "// WORD\nconst client = new Client({ token: `§` });\n"),
    ("app/main.go", "const snake = \"§\"\n"),
    ("app/Main.java", "private static final String UPPER = \"§\";\n"),
    ("app/x.rb", "# WORD\nconfig.token = '§'\n"),
    ("app/x.php", "define('UPPER', '§');\n"),
    ("Dockerfile", "FROM x\nENV UPPER=§\nRUN make\n"),
    ("", "RUN |1 UPPER=§ /bin/sh -c make"),
    ("app/run.sh", "docker run -e UPPER=§ app\n"),
    ("app/run.sh", "WORD login --api-token § --quiet\n"),
    ("app/run.sh", "curl -H \"kebab: §\" https://x.test/\n"),
    ("app/run.sh", "# WORD\ncurl -H 'Authorization: Bearer §' https://x.test/\n"),
    ("var/log/app.log", "2026-11-02T10:00:00Z INFO WORD token=§, retrying\n"),
    ("var/log/app.log", "failed (WORD token: §). Next.\n"),
    ("k8s/deploy.yaml", "env:\n  - name: UPPER\n    value: \"§\"\n"),
    ("app/escaped.json", "{\"x\": \"UPPER=§\\nPORT=1\"}"),
    ("app/escaped.json", "\"{\\\"camel\\\":\\\"§\\\"}\""),
    ("app/notes.txt", "the pascal is §; keep it\n"),
    ("app/notes.txt", "日本語 snake=§。終\n"),
    ("app/table.csv", "name,value\nsnake,§\n"),
    ("app/old.yml", "# snake: §\n"),
    ("app/far.yml", "WORD:\n  region: eu-central-1\n  retries: 3\n  timeout: 30s\n  api_token: §\n"),
    (
        "app/far.json",
        "{\"name\": \"WORD\",\n \"url\": \"https://x.test/v1\",\n \"credentials\": {\n  \"token\": \"§\"}}\n",
    ),
    ("app/notes.md", "Use WORD with `token=§`.\n"),
    ("app/x.html", "<p>WORD token: <code>§</code></p>\n"),
    (
        "app/test_x.py",
        "import unittest\n\nclass T(unittest.TestCase):\n    def test_x(self):\n        UPPER = \"§\"\n",
    ),
    ("app/bom.env", "\u{feff}UPPER=§\r\nX=1\r\n"),
];

/// A name, made of words divided by `_`, in every spelling.
fn spelled(text: &str, name: &str, word: &str) -> String {
    let parts: Vec<&str> = name.split('_').filter(|part| !part.is_empty()).collect();
    let title = |part: &&str| part[..1].to_uppercase() + &part[1..];
    let pascal: String = parts.iter().map(title).collect();
    let rest: String = parts.iter().skip(1).map(title).collect();
    let camel = parts.first().copied().unwrap_or_default().to_owned() + &rest;
    text.replace("UPPER", &name.to_uppercase())
        .replace("pascal", &pascal)
        .replace("camel", &camel)
        .replace("kebab", &name.replace('_', "-"))
        .replace("snake", name)
        .replace("WORD", word)
}

/// The name of a secret of a rule, and the word for its provider. Where words must be near, they are in both.
fn name_of(rules: &RuleSet, id: &str) -> (String, String) {
    let (near, also) = rules.neighbours(id).unwrap_or_default();
    let plain = |word: &&String| word.bytes().all(|b| b.is_ascii_alphanumeric());
    let snake = |word: &&String| word.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    let word = near.iter().find(plain).or_else(|| near.iter().find(snake)).or(near.first()).cloned();
    let provider = word.unwrap_or_else(|| id.replace('-', "_"));
    let end = if also.is_empty() { "" } else { "_token" };
    (format!("{}{end}", provider.trim_matches(|c: char| !c.is_alphanumeric())), provider)
}

/// How often a kind was written, and how often it was found.
#[derive(Clone, Copy, Debug, Default)]
struct Score {
    tried: u32,
    found: u32,
    /// Found as this very kind.
    exact: u32,
}

impl Score {
    fn add(&mut self, other: Self) {
        self.tried += other.tried;
        self.found += other.found;
        self.exact += other.exact;
    }

    fn recall(self) -> f64 {
        f64::from(self.found) / f64::from(self.tried.max(1))
    }

    fn exactness(self) -> f64 {
        f64::from(self.exact) / f64::from(self.tried.max(1))
    }
}

/// Writes tokens of a rule in every way.
fn try_rule(scanner: &Scanner, rules: &RuleSet, id: &str, missed: &mut Vec<String>) -> Score {
    let mut score = Score::default();
    let (name, word) = name_of(rules, id);
    for (index, (path, text)) in WAYS.iter().enumerate() {
        for seed in 0..2 {
            let Some(token) = rules.sample(id, seed * 100 + index as u64) else { continue };
            let text = spelled(text, &name, &word);
            let (head, tail) = text.split_once('§').unwrap();
            let bytes = [head.as_bytes(), &token, tail.as_bytes()].concat();
            let told = scan(scanner, path, &bytes);
            let is_it = |told: &&Told| contains(&told.secret, &token) || contains(&token, &told.secret);
            let exact = told.iter().filter(is_it).any(|told| told.rule == id);
            let found = told.iter().any(|told| is_it(&told));
            score.add(Score { tried: 1, found: found.into(), exact: exact.into() });
            if !found {
                missed.push(format!("{id} ({} bytes) in {path}: {text:?}", token.len()));
            }
        }
    }
    score
}

fn contains(whole: &[u8], part: &[u8]) -> bool {
    part.len() >= 8 && whole.windows(part.len()).any(|window| window == part)
}

/// Every rule's score, by identifier, and what was missed.
fn all_rules(scanner: &Scanner) -> (BTreeMap<&'static str, Score>, Vec<String>) {
    let rules = RuleSet::builtin().unwrap();
    let mut missed = Vec::new();
    let ids: Vec<&'static str> = rules.rules().map(|rule| rule.id).collect();
    let with_samples = ids.into_iter().filter(|id| rules.sample(id, 0).is_some());
    let scores = with_samples.map(|id| (id, try_rule(scanner, &rules, id, &mut missed))).collect();
    (scores, missed)
}

#[test]
fn tokens_are_found_in_any_surroundings() {
    let (scores, missed) = all_rules(&scanner());
    let poor = scores.iter().filter(|(_, score)| score.recall() < 0.98);
    let poor: Vec<String> =
        poor.map(|(id, score)| format!("{id}: {} of {}", score.found, score.tried)).collect();
    let some: Vec<&String> = missed.iter().step_by((missed.len() / 20).max(1)).collect();
    assert!(poor.is_empty(), "{} kinds:\n{}\nsuch as {some:#?}", poor.len(), poor.join("\n"));
}

/// Texts without a secret. `{…}` is filled in.
const NOISE: &[(&str, &str)] = &[
    ("app/x.bin.txt", "{b64:76}\n{b64:76}\n{b64:76}\n{b64:76}\n{b64:40}==\n"),
    ("usr/share/x.md5sums", "{hex:32}  usr/lib/codecov/api/key.py\n{hex:32}  usr/bin/heroku-token\n"),
    ("app/list.txt", "{uuid}\n{uuid}\n{uuid}\n"),
    ("app/ids.json", "{{\"id\": \"{uuid}\", \"requestId\": \"{uuid}\", \"heroku_app\": \"{uuid}\"}}"),
    ("app/git.log", "commit {hex:40}\nAuthor: A <a@b.test>\n\n    Use the snyk api\n\ncommit {hex:40}\n"),
    (
        "app/package-lock.json",
        "{{\"resolved\": \"https://r.test/x.tgz\", \"integrity\": \"sha512-{b64:86}==\"}}",
    ),
    ("app/Cargo.lock", "name = \"mailgun\"\nchecksum = \"{hex:64}\"\n\n[[package]]\nname = \"token\"\n"),
    (
        "app/go.sum",
        "github.com/exoscale/egoscale v0.18.1 h1:{b64:43}=\ngithub.com/exoscale/x v1 h1:{b64:43}=\n",
    ),
    ("app/RECORD", "exoscale/token.py,sha256={b64u:43},5889\nmistral/api_key.py,sha256={b64u:43},12\n"),
    ("app/headers.txt", "etag: \"{hex:32}\"\nx-request-id: {uuid}\nx-amz-id-2: {b64:76}\n"),
    (
        "etc/ssl/cert.pem",
        "-----BEGIN CERTIFICATE-----\n{b64:64}\n{b64:64}\n{b64:20}\n-----END CERTIFICATE-----\n",
    ),
    (
        "app/a.min.js",
        "!function(e,t){{var token=n(2);e.exports=function(a){{return a.token+\"{b36:8}\"}}}}(1,2);",
    ),
    ("app/workflow.yml", "- uses: heroku/deploy@{hex:40}\n- uses: snyk/actions@{hex:40}\n"),
    ("app/image.txt", "registry.test/datadog/agent@sha256:{hex:64}\n"),
    ("app/style.css", ".token{{background:url(data:image/png;base64,{b64:400})}}"),
    ("README.md", "See https://github.com/x/y/commit/{hex:40} for the twilio token change.\n"),
    (
        "app/docs.txt",
        "Linear notion box drone square segment render close front: use the key to open the square.\n",
    ),
    (
        "app/x.py",
        "def test_reactor_parametrization_in_client(self):\n    ptr_container_detail_static_move_pointer_x()\n",
    ),
    ("app/known_hosts", "github.com ssh-rsa AAAAB3NzaC1yc2E{b64:340}\n"),
    (
        "app/locale.json",
        "{{\"password\": \"Password\", \"token\": \"Enter the token\", \"secret\": \"Secret\"}}",
    ),
];

/// What is told of noise at the level that fails a build.
fn denied_noise(scanner: &Scanner) -> Vec<String> {
    let mut wrong = Vec::new();
    for (seed, (path, template)) in (0..50).flat_map(|seed| NOISE.iter().map(move |noise| (seed, noise))) {
        let text = Sampler::new(seed).expand(template).unwrap();
        let denied = scan(scanner, path, &text).into_iter().filter(|told| told.level == Level::Deny);
        wrong.extend(
            denied.map(|told| format!("{} in {path}: {}", told.rule, String::from_utf8_lossy(&text))),
        );
    }
    wrong
}

#[test]
fn noise_is_no_leak() {
    let wrong = denied_noise(&scanner());
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn a_token_inside_a_word_is_another_thing() {
    let scanner = scanner();
    let rules = RuleSet::builtin().unwrap();
    let mut wrong = Vec::new();
    for rule in rules.rules() {
        let Some(token) = rules.sample(rule.id, 7).filter(|token| token[0].is_ascii_alphanumeric()) else {
            continue;
        };
        let glued = [b"a b=Zz9", &token[..], b" "].concat();
        let told = scan(&scanner, "x.txt", &glued);
        wrong.extend(told.iter().any(|told| told.rule == rule.id && told.secret == token).then_some(rule.id));
    }
    assert!(wrong.is_empty(), "{wrong:?}");
}

/// Where values are given names: the path and the text, with NAME and VALUE.
const ASSIGNMENTS: &[(&str, &str)] = &[
    ("app/.env", "NAME=VALUE\n"),
    ("app/.env", "export NAME=\"VALUE\"\n"),
    ("app/config.json", "{\"NAME\": \"VALUE\"}"),
    ("app/config.yml", "app:\n  NAME: VALUE\n"),
    ("app/config.yml", "NAME: \"VALUE\"\n"),
    ("app/config.toml", "NAME = \"VALUE\"\n"),
    ("etc/app.ini", "[app]\nNAME = VALUE\n"),
    ("app/application.properties", "spring.NAME=VALUE\n"),
    ("app/web.config", "<add key=\"NAME\" value=\"VALUE\" />\n"),
    ("app/x.xml", "<NAME>VALUE</NAME>\n"),
    ("Dockerfile", "FROM x\nENV NAME=VALUE\n"),
    ("app/run.sh", "export NAME='VALUE'\n"),
    ("k8s/deploy.yaml", "env:\n- name: NAME\n  value: VALUE\n"),
];

/// Names of passwords and of keys, in several spellings.
const NAMES: &[&str] =
    &["password", "DB_PASSWORD", "dbPassword", "mysql-password", "MYSQL_ROOT_PASSWORD", "passphrase"];
const KEYS: &[&str] = &["API_KEY", "apiKey", "client_secret", "ACCESS_TOKEN", "secretKey", "auth-token"];

/// Passwords, weak ones first, and keys.
const PASSWORDS: &[&str] = &[
    "secret123",
    "Passw0rd!",
    "hunter22",
    "Summer2024",
    "tr0ub4dor&3",
    "{lower:6}{digits:2}",
    "{base62:12}",
    "{base62:9}-{base62:6}",
    "{hex:32}",
    "{b64u:40}",
];
const TOKENS: &[&str] =
    &["{base62:20}", "{hex:32}", "{hex:40}", "{b64u:43}", "{base62:64}", "{base62:8}-{base62:16}"];

fn by_name(scanner: &Scanner, (names, values): (&[&str], &[&str]), missed: &mut Vec<String>) -> Score {
    let mut score = Score::default();
    for (path, text) in ASSIGNMENTS {
        for (seed, name) in (11..).zip(names) {
            for template in values {
                let value = String::from_utf8(Sampler::new(seed).expand(template).unwrap()).unwrap();
                let text = text.replace("NAME", name).replace("VALUE", &value);
                let told = scan(scanner, path, text.as_bytes());
                let found = told.iter().any(|told| told.secret == value.as_bytes());
                score.add(Score { tried: 1, found: found.into(), exact: 0 });
                if !found {
                    missed.push(format!("{path}: {text:?}"));
                }
            }
        }
    }
    score
}

#[test]
fn values_with_the_name_of_a_secret_are_found() {
    let scanner = scanner();
    for pair in [(NAMES, PASSWORDS), (KEYS, TOKENS)] {
        let mut missed = Vec::new();
        let score = by_name(&scanner, pair, &mut missed);
        assert!(score.recall() >= 0.98, "{score:?}: {missed:#?}");
    }
}

/// What has the name of a secret and is none.
const HARMLESS: &[(&str, &str)] = &[
    ("app/x.py", "password_field: \"Password\"\napi_key = os.environ[\"API_KEY\"]\npassword = getpass()\n"),
    ("app/x.py", "token = request.headers['X-Token']\nsecret = settings.SECRET_KEY\npassword: str = \"\"\n"),
    (
        "app/config.yml",
        "token_url: https://x.test/oauth/token\nsecretName: my-secret\npassword: ${DB_PASSWORD}\n",
    ),
    (
        "app/config.yml",
        "PASSWORD_FILE: /run/secrets/x\ntoken: null\nsecret: \"\"\npassword: '*****'\nkey: <your key>\n",
    ),
    ("k8s/deploy.yaml", "valueFrom:\n  secretKeyRef:\n    name: my-secret\n    key: password\n"),
    (
        "app/.env",
        "PASSWORD_FILE=/run/secrets/x\nTOKEN=${OTHER}\nAPI_KEY=your_api_key_here\nSECRET=\nPASSWORD=*****\n",
    ),
    (
        "app/schema.json",
        "{\"password\": \"string\", \"token\": {\"type\": \"string\"}, \"apiKey\": \"<api-key>\"}",
    ),
    (
        "app/index.js",
        "const apiKey = process.env.API_KEY; const o = {apiKey: process.env.KEY, password: null};\n",
    ),
    ("app/index.js", "const labels = { password: 'Password', token: 'Token', secret: 'Secret key' };\n"),
    (
        "app/Main.java",
        "String password = System.getenv(\"DB_PASSWORD\"); String TOKEN_NAME = \"access_token\";\n",
    ),
    ("main.tf", "password = var.db_password\ntoken = data.vault_generic_secret.x.data[\"token\"]\n"),
    ("etc/pam.d/x", "password requisite pam_pwquality.so retry=3\n"),
    (
        "app/compose.yml",
        "environment:\n  POSTGRES_PASSWORD_FILE: /run/secrets/pw\nsecrets:\n  pw:\n    file: ./pw.txt\n",
    ),
    (
        "app/values.yaml",
        "existingSecret: \"my-app-secret\"\npasswordKey: \"password\"\nsecretKeyName: token\n",
    ),
    ("app/ci.yml", "env:\n  TOKEN: ${{ secrets.GITHUB_TOKEN }}\n  API_KEY: $API_KEY\n"),
];

#[test]
fn names_of_secrets_without_one_are_no_leak() {
    let scanner = scanner();
    for (path, text) in HARMLESS {
        let told = scan(&scanner, path, text.as_bytes());
        let denied: Vec<_> = told.into_iter().filter(|told| told.level == Level::Deny).collect();
        assert!(denied.is_empty(), "{path}: {text}: {denied:?}");
    }
}

/// The table that `cargo xtask accuracy` prints.
#[test]
#[ignore = "prints a table for people: cargo xtask accuracy"]
fn table() {
    let scanner = scanner();
    let rules = RuleSet::builtin().unwrap();
    let (scores, _) = all_rules(&scanner);
    let mut providers: BTreeMap<&str, Score> = BTreeMap::new();
    for rule in rules.rules() {
        providers.entry(rule.provider).or_default().add(scores.get(rule.id).copied().unwrap_or_default());
    }
    let mut all = Score::default();
    providers.values().for_each(|score| all.add(*score));
    providers.insert("~ all", all);
    let mut missed = Vec::new();
    providers.insert("~ passwords by name", by_name(&scanner, (NAMES, PASSWORDS), &mut missed));
    providers.insert("~ keys by name", by_name(&scanner, (KEYS, TOKENS), &mut missed));
    println!("{:<28}{:>8}{:>9}{:>9}", "provider", "texts", "found", "as kind");
    for (provider, score) in providers.iter().filter(|(_, score)| score.tried > 0) {
        let (recall, exactness) = (score.recall() * 100.0, score.exactness() * 100.0);
        println!("{provider:<28}{:>8}{recall:>8.1}%{exactness:>8.1}%", score.tried);
    }
    println!("{:<28}{:>8}{:>9} denied", "noise", NOISE.len() * 50, denied_noise(&scanner).len());
}
