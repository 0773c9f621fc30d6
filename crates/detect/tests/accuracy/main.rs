//! How many real secrets are found, and how often what is none is called one: tokens of every rule and values with the
//! names of secrets as people write them, and noise. All is made from seeds.
//!
//! `cargo xtask accuracy` prints the table.
#![expect(clippy::unwrap_used, reason = "a test that cannot run fails")]

mod decoys;
mod files;
mod provider;
mod ways;

use std::collections::BTreeMap;

use decoys::{DECOYS, NOISE};
use files::FILES;
use provider::{Providers, long_noise};
use tightlip_detect::{Hint, Match, RuleSet, Sampler, Scanner, ScannerOptions, Sink, Skipped};
use tightlip_report::Level;
use ways::WAYS;

/// What was found in a text.
#[derive(Debug)]
struct Told {
    rule: &'static str,
    level: Level,
    secret: Vec<u8>,
    /// Whether a checksum says so.
    proved: bool,
}

#[derive(Default)]
struct Kept(Vec<Told>);

impl Sink for Kept {
    fn hit(&mut self, found: &Match<'_>) {
        let secret = found.secret.expose().to_vec();
        let proved = found.shape.contains(", checksum holds");
        self.0.push(Told { rule: found.rule.id, level: found.level, secret, proved });
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
        .replace("dotted", &name.replace('_', "."))
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
            let is_it = |told: &&Told| overlap(&told.secret, &token);
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

/// Fills in the digests and ids of a file.
fn decorated(text: &str, seed: u64) -> String {
    let mut sampler = Sampler::new(seed);
    let mut out = String::new();
    let mut rest = text;
    while let Some((head, tail)) = rest.split_once('%') {
        out.push_str(head);
        let field =
            FILLERS.iter().find(|(name, _)| tail.starts_with(name) && tail[name.len()..].starts_with('%'));
        rest = match field {
            Some((name, template)) => {
                out.push_str(&String::from_utf8(sampler.expand(template).unwrap()).unwrap());
                &tail[name.len() + 1..]
            }
            None => {
                out.push('%');
                tail
            }
        };
    }
    out + rest
}

/// The values of a file that are none of its secrets, by name.
const FILLERS: &[(&str, &str)] = &[
    ("sha1", "{hex:40}"),
    ("sha256", "{hex:64}"),
    ("md5", "{hex:32}"),
    ("uuid", "{uuid}"),
    ("b64", "{b64:64}"),
];

/// Writes tokens of a rule into whole files: every file gets its turn as the rules go by.
fn try_files(scanner: &Scanner, rules: &RuleSet, (index, id): (usize, &str), said: &mut Said) -> Score {
    let mut score = Score::default();
    let (name, word) = name_of(rules, id);
    for turn in 0..FILES_EACH {
        let (path, text) = FILES[(index * 7 + turn * 5) % FILES.len()];
        let seed = (index * 100 + turn) as u64;
        let Some(token) = rules.sample(id, seed) else { continue };
        let text = decorated(&spelled(text, &name, &word), seed + 1);
        let (head, tail) = text.split_once('§').unwrap();
        let bytes = [head.as_bytes(), &token, tail.as_bytes()].concat();
        let told = scan(scanner, path, &bytes);
        let is_it = |told: &&Told| overlap(&told.secret, &token);
        let found = told.iter().any(|told| is_it(&told));
        let exact = told.iter().filter(is_it).any(|told| told.rule == id);
        let false_ones = told.iter().filter(|told| told.level == Level::Deny && !is_it(told));
        said.wrong.extend(false_ones.map(|told| format!("{} for {id} in {path}: {text:?}", told.rule)));
        score.add(Score { tried: 1, found: found.into(), exact: exact.into() });
        if !found {
            said.missed.push(format!("{id} ({} bytes) in {path}: {text:?}", token.len()));
        }
    }
    score
}

/// How many of the files each rule is tried in.
const FILES_EACH: usize = 11;

/// What was not as it should be.
#[derive(Default)]
struct Said {
    missed: Vec<String>,
    /// Denied and no secret.
    wrong: Vec<String>,
}

fn overlap(one: &[u8], other: &[u8]) -> bool {
    contains(one, other) || contains(other, one)
}

/// Every rule's score in whole files.
fn all_files(scanner: &Scanner) -> (BTreeMap<&'static str, Score>, Said) {
    let rules = RuleSet::builtin().unwrap();
    let mut said = Said::default();
    let ids = rules.rules().map(|rule| rule.id).filter(|id| rules.sample(id, 0).is_some()).enumerate();
    let scores = ids.map(|pair| (pair.1, try_files(scanner, &rules, pair, &mut said))).collect();
    (scores, said)
}

fn some(of: &[String]) -> Vec<&String> {
    of.iter().step_by((of.len() / 25).max(1)).collect()
}

#[test]
fn tokens_are_found_in_whole_files_and_nothing_else() {
    let (scores, said) = all_files(&scanner());
    let mut all = Score::default();
    scores.values().for_each(|score| all.add(*score));
    assert!(said.wrong.is_empty(), "{} wrong: {:#?}", said.wrong.len(), some(&said.wrong));
    assert!(all.recall() >= 0.995, "{all:?}: {:#?}", some(&said.missed));
    assert!(all.exactness() >= 0.97, "{all:?}");
    let poor: Vec<_> = scores.iter().filter(|(_, score)| score.recall() < 0.9).collect();
    assert!(poor.is_empty(), "{poor:#?}: {:#?}", some(&said.missed));
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

/// What is told of noise at the level that fails a build.
fn denied_noise(scanner: &Scanner) -> Vec<String> {
    let mut wrong = Vec::new();
    let all = || NOISE.iter().chain(DECOYS);
    for (seed, (path, template)) in (0..50).flat_map(|seed| all().map(move |noise| (seed, noise))) {
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
fn much_random_text_is_no_leak() {
    let scanner = scanner();
    for (path, text) in long_noise() {
        let denied: Vec<_> =
            scan(&scanner, path, &text).into_iter().filter(|told| told.level == Level::Deny).collect();
        assert!(denied.is_empty(), "{path}: {denied:?}");
    }
}

/// The floors of every provider.
const RECALL: f64 = 0.97;
const PRECISION: f64 = 0.99;

#[test]
fn every_provider_is_found_and_nothing_else_is_told_as_theirs() {
    let rules = RuleSet::builtin().unwrap();
    let all = Providers::measured(&scanner(), &rules).all;
    // One in thirty may be a word by chance.
    let missed = |fared: &provider::Fared| fared.recall() < RECALL && fared.written - fared.found > 1;
    let poor = |fared: &provider::Fared| missed(fared) || fared.precision() < PRECISION;
    let poor: Vec<_> = all.iter().filter(|(_, fared)| fared.written > 0 && poor(fared)).collect();
    assert!(poor.is_empty() && all.len() > 300, "{} providers: {poor:#?}", all.len());
}

#[test]
fn a_token_inside_a_word_is_another_thing_unless_a_checksum_proves_it() {
    let scanner = scanner();
    let rules = RuleSet::builtin().unwrap();
    let mut wrong = Vec::new();
    for rule in rules.rules() {
        let Some(token) = rules.sample(rule.id, 7).filter(|token| token[0].is_ascii_alphanumeric()) else {
            continue;
        };
        let glued = [b"a b=Zz9", &token[..], b" "].concat();
        let told = scan(&scanner, "x.txt", &glued);
        let is_told = |told: &&Told| told.rule == rule.id && told.secret == token;
        wrong.extend(told.iter().find(is_told).filter(|told| !told.proved).map(|_| rule.id));
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
    println!("{:<28}{:>8}{:>9}{:>9}", "provider", "tokens", "recall", "precision");
    for (provider, fared) in Providers::measured(&scanner, &rules).all {
        let (recall, precision) = (fared.recall() * 100.0, fared.precision() * 100.0);
        println!("{provider:<28}{:>8}{recall:>8.1}%{precision:>9.1}%", fared.written);
    }
    let (scores, _) = all_rules(&scanner);
    let mut kinds: BTreeMap<&str, Score> = BTreeMap::new();
    let mut all = Score::default();
    scores.values().for_each(|score| all.add(*score));
    kinds.insert("~ all", all);
    let mut missed = Vec::new();
    kinds.insert("~ passwords by name", by_name(&scanner, (NAMES, PASSWORDS), &mut missed));
    kinds.insert("~ keys by name", by_name(&scanner, (KEYS, TOKENS), &mut missed));
    println!("{:<28}{:>8}{:>9}{:>9}", "", "texts", "found", "as kind");
    for (kind, score) in kinds {
        let (recall, exactness) = (score.recall() * 100.0, score.exactness() * 100.0);
        println!("{kind:<28}{:>8}{recall:>8.1}%{exactness:>8.1}%", score.tried);
    }
    let (scores, said) = all_files(&scanner);
    let mut whole = Score::default();
    scores.values().for_each(|score| whole.add(*score));
    let right = f64::from(whole.found) / (f64::from(whole.found) + said.wrong.len() as f64);
    println!(
        "{:<28}{:>8}{:>8.1}%{:>8.1}%, {:.2}% of what is denied is right",
        "whole files",
        whole.tried,
        whole.recall() * 100.0,
        whole.exactness() * 100.0,
        right * 100.0
    );
    println!(
        "{:<28}{:>8}{:>9} denied",
        "noise",
        (NOISE.len() + DECOYS.len()) * 50,
        denied_noise(&scanner).len()
    );
}
