//! Recall and precision of every provider: over lines and whole files with tokens, look-alikes and noise.

use std::collections::BTreeMap;

use tightlip_detect::{RuleSet, Sampler, Scanner};
use tightlip_report::Level;

use super::decoys::{DECOYS, NOISE};
use super::files::FILES;
use super::ways::WAYS;
use super::{Told, decorated, name_of, overlap, scan, spelled};

/// How a provider's kinds fared.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Fared {
    /// Tokens that were written.
    pub written: u32,
    /// Found at the level that the kind has.
    pub found: u32,
    /// What was told as this provider's at the level that fails a build, and is a token that was written.
    pub right: u32,
    /// The same, and is none.
    pub wrong: u32,
}

impl Fared {
    pub(crate) fn recall(self) -> f64 {
        f64::from(self.found) / f64::from(self.written.max(1))
    }

    /// Of what fails a build; nothing told is nothing wrong.
    pub(crate) fn precision(self) -> f64 {
        let all = self.right + self.wrong;
        if all == 0 { 1.0 } else { f64::from(self.right) / f64::from(all) }
    }
}

/// Rounds of noise with other values.
const ROUNDS: u64 = 30;

/// Every provider's, by name. What no provider is told of counts for `(none)`.
pub(crate) struct Providers {
    pub all: BTreeMap<&'static str, Fared>,
    of_rule: BTreeMap<&'static str, &'static str>,
}

impl Providers {
    pub(crate) fn measured(scanner: &Scanner, rules: &RuleSet) -> Self {
        let named = |provider: &'static str| if provider.is_empty() { "(none)" } else { provider };
        let of_rule = rules.rules().map(|rule| (rule.id, named(rule.provider))).collect();
        let mut providers = Self { all: BTreeMap::new(), of_rule };
        for rule in rules.rules() {
            let texts = texts(rules, rule.id, turn_of(rule.id));
            for (path, text, token) in texts {
                providers.text(rule.id, &token, &scan(scanner, path, &text));
            }
        }
        for seed in 0..ROUNDS {
            for (path, template) in NOISE.iter().chain(DECOYS) {
                let text = Sampler::new(seed).expand(template).unwrap();
                providers.beside(b"", &scan(scanner, path, &text));
            }
        }
        for (path, text) in long_noise() {
            providers.beside(b"", &scan(scanner, path, &text));
        }
        providers
    }

    fn text(&mut self, id: &'static str, token: &[u8], told: &[Told]) {
        let found = told.iter().any(|told| overlap(&told.secret, token));
        let fared = self.all.entry(self.of_rule[id]).or_default();
        fared.written += 1;
        fared.found += u32::from(found);
        self.beside(token, told);
    }

    fn beside(&mut self, token: &[u8], told: &[Told]) {
        for told in told.iter().filter(|told| told.level == Level::Deny) {
            let fared = self.all.entry(self.of_rule[told.rule]).or_default();
            match overlap(&told.secret, token) {
                true => fared.right += 1,
                false => fared.wrong += 1,
            }
        }
    }
}

/// A number that a rule keeps when others come: FNV-1a of what it is called.
fn turn_of(id: &str) -> usize {
    let hash =
        id.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    (hash % 10_007) as usize
}

/// Texts with a token of a rule: some lines, and whole files; all by turns.
fn texts(rules: &RuleSet, id: &str, index: usize) -> Vec<(&'static str, Vec<u8>, Vec<u8>)> {
    let (name, word) = name_of(rules, id);
    let lines = WAYS.iter().enumerate().filter(|(at, _)| at % 3 == index % 3);
    let files = FILES.iter().enumerate().filter(|(at, _)| at % 4 == index % 4);
    let all = lines.chain(files).map(|(at, (path, text))| (*path, *text, (index * 100 + at) as u64));
    let written = all.filter_map(|(path, text, seed)| {
        let token = rules.sample(id, seed)?;
        let text = decorated(&spelled(text, &name, &word), seed + 1);
        let (head, tail) = text.split_once('§').unwrap();
        Some((path, [head.as_bytes(), &token, tail.as_bytes()].concat(), token))
    });
    written.collect()
}

/// Much of what looks random: base64, hexadecimal, identifiers, and a minified program full of telling names.
pub(crate) fn long_noise() -> Vec<(&'static str, Vec<u8>)> {
    let kinds = [
        ("app/random.txt", "{b64:76}\n"),
        ("app/random.json", "\"{b64u:43}\",\n"),
        ("app/sums.txt", "{hex:64}  {lower:9}.js\n"),
        ("app/ids.txt", "{uuid} {hex:32} {hex:40}\n"),
        ("app/words.txt", "{lower:7} {lower:4} {base62:24} {digits:6}\n"),
        (
            "app/bundle.min.js",
            "function {lower:2}(e,t){{var n=e.token,r=t.apiKey||\"{lower:6}\";return n.secret=r,{{password:e.password,key:\"{lower:5}-{lower:6}\",id:\"{hex:20}\",hash:\"{hex:40}\",v:{digits:6}}}}}",
        ),
        ("app/blob.dat", "\u{0}{base62:200}\u{0}{b64:300}"),
    ];
    let times = 400;
    let filled = kinds.iter().enumerate().map(|(kind, (path, template))| {
        let mut sampler = Sampler::new(7000 + kind as u64);
        let text: Vec<u8> = (0..times).flat_map(|_| sampler.expand(template).unwrap()).collect();
        (*path, text)
    });
    filled.collect()
}
