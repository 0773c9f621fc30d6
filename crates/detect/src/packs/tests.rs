//! Packs of every format, good and bad.

use super::*;
use crate::Sampler;

fn pack(text: &str) -> PackText {
    PackText::new("pack", text)
}

fn load(text: &str) -> Loaded {
    RuleSet::builtin().unwrap().with(&[pack(text)]).unwrap_or_else(|errors| panic!("{errors}"))
}

fn errors(text: &str) -> Vec<String> {
    let errors = RuleSet::builtin().unwrap().with(&[pack(text)]).err().unwrap();
    errors.0.iter().map(ToString::to_string).collect()
}

#[derive(Default)]
struct Ids(Vec<(&'static str, Vec<u8>)>);

impl Sink for Ids {
    fn hit(&mut self, found: &Match<'_>) {
        self.0.push((found.rule.id, found.secret.expose().to_vec()));
    }
    fn gap(&mut self, _: Skipped) {}
}

/// What the rules of a pack find, without the built-in finders.
fn found(loaded: &Loaded, hint: Hint<'_>, template: &str) -> Vec<&'static str> {
    let text = Sampler::new(3).expand(template).unwrap();
    let mut ids = Ids::default();
    let scanner = Scanner::with(&loaded.rules, Vec::new(), ScannerOptions::default()).unwrap();
    scanner.bytes(hint, &text, &mut ids);
    ids.0.iter().map(|(id, _)| *id).collect()
}

const GITLEAKS: &str = r#"
title = "ours"
minVersion = "v8.25.0"

[extend]
useDefault = true

[[rules]]
id = "acme-token"
description = "Acme token"
regex = '''(?i)acme[\w.-]{0,20}(=|:)\s*['"]?(acm-[a-f0-9]{16})\b'''
secretGroup = 2
entropy = 2.0
keywords = ["acme"]
tags = ["acme"]

[[rules.allowlists]]
condition = "AND"
paths = ['''^usr/share/''']
regexTarget = "line"
regexes = ['''example''']

[[rules.allowlists]]
stopwords = ["0000"]

[[rules]]
id = "acme-id"
regex = '''acid-[0-9]{8}'''
skipReport = true

[[rules]]
id = "acme-pair"
regex = '''pair_\${?[a-z0-9]{12}'''

[[rules.required]]
id = "acme-id"
withinLines = 1

[[allowlists]]
targetRules = ["acme-id"]
regexes = ['''7{8}''']
commits = ["abc"]
"#;

#[test]
fn a_gitleaks_pack_finds_what_it_says() {
    let loaded = load(GITLEAKS);
    for (path, template, expected) in [
        ("app/x", "ACME_KEY: 'acm-{hex:16}'", &["acme-token"][..]),
        ("app/x", "acme_key: acm-{[a]:16}", &[]),
        ("app/x", "acme_key: acm-{hex:6}0000{hex:6}", &[]),
        ("app/x", "example\nacme_key: acm-{hex:16}", &["acme-token"]),
        ("usr/share/x", "acme_key: acm-{hex:16}", &["acme-token"]),
        ("usr/share/x", "acme_key: acm-{hex:16} # example", &[]),
        ("app/x", "acid-{digits:8}", &["acme-id"]),
        ("app/x", "acid-{[7]:8}", &[]),
        ("app/x", "pair_${{{lower:12} acid-{digits:8}", &["acme-pair", "acme-id"]),
        ("app/x", "pair_${{{lower:12}\n\nacid-{digits:8}", &["acme-id"]),
        ("app/x", "pair_${{{lower:12}", &[]),
    ] {
        assert_eq!(found(&loaded, Hint::File(path.as_bytes()), template), expected, "{path}: {template}");
    }
    let rule = loaded.rules.rules().find(|rule| rule.id == "acme-token").unwrap();
    assert_eq!(rule.title, "Acme token");
}

#[test]
fn files_can_be_found_by_their_path_alone() {
    let loaded = load(
        "[[rules]]\nid = \"keys\"\npath = '''(?i)\\.pfx$'''\n[[rules.allowlists]]\npaths = ['''^test/''']\n\
         [[rules]]\nid = \"tok\"\nregex = '''tok-[0-9]{9}'''\n",
    );
    assert_eq!(found(&loaded, Hint::File(b"app/a.PFX"), "tok-{digits:9}"), ["keys", "tok"]);
    assert_eq!(found(&loaded, Hint::File(b"test/a.pfx"), "tok-{digits:9}"), ["tok"]);
    assert_eq!(found(&loaded, Hint::Text, "tok-{digits:9}"), ["tok"]);
    let scanner = Scanner::with(&loaded.rules, Vec::new(), ScannerOptions::default()).unwrap();
    let mut ids = Ids::default();
    let long = vec![b'x'; 9 << 20];
    scanner.stream(Hint::File(b"app/a.pfx"), &mut long.as_slice(), &mut ids).unwrap();
    assert_eq!(ids.0.len(), 1, "once, however long it is");
    assert!(trial(&[pack("[[rules]]\nid = \"keys\"\npath = '''x'''\n")]).unwrap()[0].wrong.is_empty());
}

#[test]
fn filters_of_betterleaks_say_what_is_no_secret() {
    let loaded = load(
        "prefilter = '''filter.matchesAny(attributes[?\"path\"].orValue(\"\"), [r\"\"\"^docs/.*\\.md$\"\"\"])'''\n\
         [[rules]]\nid = \"tok\"\nregex = '''tok-[a-z]{24}'''\ntokenEfficiency = true\n\
         filter = '''entropy(finding.secret) <= 2.0 || containsAny(finding[\"line\"], [\"EXAMPLE\"])'''\n\
         components = [{ id = \"name\", within = \"+2L\" }]\n\
         [[rules]]\nid = \"name\"\nregex = '''nam-[0-9]{4}'''\nskipReport = true\n",
    );
    for (path, template, expected) in [
        ("app/x", "tok-{lower:24}\nnam-{digits:4}", &["tok", "name"][..]),
        ("app/x", "tok-{lower:24}\nnam-{digits:4} # example", &["tok", "name"]),
        ("app/x", "tok-{lower:24} # example\nnam-{digits:4}", &["name"]),
        ("app/x", "nam-{digits:4}\n\ntok-{lower:24}", &["name"]),
        ("app/x", "tok-{[ab]:24}\nnam-{digits:4}", &["name"]),
        ("app/x", "tok-theprotectionoftheprivate\nnam-{digits:4}", &["name"]),
        ("docs/x.md", "tok-{lower:24}\nnam-{digits:4}", &[]),
    ] {
        assert_eq!(found(&loaded, Hint::File(path.as_bytes()), template), expected, "{path}: {template}");
    }
    assert!(loaded.notes.iter().any(|note| note.what.contains("language model")), "{:?}", loaded.notes);
}

#[test]
fn the_filters_that_betterleaks_writes_now_are_read() {
    let loaded = load(
        "prefilter = '''filter.matchesAny(get(attributes, \"path\", \"\"), [`^docs/`])'''\n\
         [[rules]]\nid = \"tok\"\nregex = '''tok-[a-z]{24}'''\n\
         filter = '''filter.matchesAnyNearMatch(finding, [`(?i)public[_.-]?tok`], 50, 0, true)'''\n",
    );
    for (path, template, expected) in [
        ("app/x", "tok-{lower:24}", &["tok"][..]),
        ("docs/x", "tok-{lower:24}", &[]),
        ("app/x", "public_tok-{lower:24}", &[]),
        ("app/x", "public\ntok-{lower:24}", &["tok"]),
    ] {
        assert_eq!(found(&loaded, Hint::File(path.as_bytes()), template), expected, "{path}: {template}");
    }
    let refused = |what: &str| {
        let text = format!("[[rules]]\nid = \"tok\"\nregex = '''tok-[a-z]{{24}}'''\n{what}\n");
        RuleSet::builtin().unwrap().with(&[pack(&text)]).err().unwrap().to_string()
    };
    let told = refused("filter = '''setConfidence(\"low\")'''");
    let expected = "rule `tok`: `filter`: the function `setConfidence` is not supported; write";
    assert!(told.contains(expected), "{told}");
    assert!(refused("valueGroup = 1").contains("rule `tok`: `valueGroup` is not supported: say"));
}

#[test]
fn matches_without_an_end_are_told_to_be_cut() {
    let notes = |rule: &str| {
        let loaded = load(rule);
        loaded.notes.iter().filter(|note| note.what.contains("4096 bytes")).count()
    };
    assert_eq!(notes("[[rules]]\nid = \"tok\"\nregex = '''tok-[a-z]+'''\n"), 1);
    assert_eq!(notes("[[rules]]\nid = \"tok\"\nregex = '''tok-[a-z]{3,900}'''\n"), 0);
}

#[test]
fn a_pack_builds_on_another_one() {
    let base = "[[rules]]\nid = \"one\"\nregex = '''one-[0-9]{9}'''\nkeywords = [\"one\"]\n\
        [[rules]]\nid = \"two\"\nregex = '''two-[0-9]{9}'''\n\
        [[rules]]\nid = \"bad\"\nregex = '''bad-(?=x)[0-9]{9}'''\n";
    let own = "[extend]\npath = \"base.toml\"\ndisabledRules = [\"two\", \"github-pat\", \"nothing\"]\n\
        [[rules]]\nid = \"one\"\n[[rules.allowlists]]\nstopwords = [\"000\"]\n\
        [[rules]]\nid = \"three\"\nregex = '''three-[0-9]{9}'''\n";
    assert_eq!(extends(&pack(own)).as_deref(), Some("base.toml"));
    let on = |base: &str| PackText { base: Some(Box::new(PackText::new("base.toml", base))), ..pack(own) };
    let told = RuleSet::builtin().unwrap().with(&[on(base)]).err().unwrap();
    assert_eq!(told.0.len(), 1);
    assert!(told.0[0].to_string().starts_with("base.toml:8: rule `bad`: `regex`: lookahead"), "{told}");
    let (good, _) = base.split_once("[[rules]]\nid = \"bad\"").unwrap();
    let loaded = RuleSet::builtin().unwrap().with(&[on(good)]).unwrap();
    assert_eq!(found(&loaded, Hint::Text, "one-{[1-9]:9} two-{digits:9} three-{digits:9}"), ["one", "three"]);
    assert!(found(&loaded, Hint::Text, "one-{[0]:9}").is_empty());
    assert!(!loaded.rules.rules().any(|rule| rule.id == "github-pat"));
    let notes: Vec<String> = loaded.notes.iter().map(ToString::to_string).collect();
    assert!(notes.iter().any(|n| n == "pack:1: rule `nothing`: `disabledRules` names a rule that is not here; `tightlip rules` lists those that are"), "{notes:#?}");
    let other =
        RuleSet::builtin().unwrap().with(&[on(&good.replace("nine", "9").replace("one-", "ons-"))]).unwrap();
    assert_ne!(loaded.rules.digest(), other.rules.digest(), "the base belongs to the rule set");
}

#[test]
fn a_group_is_the_secret() {
    let loaded = load(GITLEAKS);
    let text = Sampler::new(3).expand("acme_key: acm-{hex:16}").unwrap();
    let mut ids = Ids::default();
    Scanner::new(&loaded.rules, ScannerOptions::default()).unwrap().bytes(Hint::Text, &text, &mut ids);
    assert_eq!(ids.0[0].1, &text[10..]);
}

#[test]
fn keywords_of_gitleaks_may_stand_anywhere_in_the_file() {
    let text = "[[rules]]\nid = \"far\"\nregex = '''tok-[0-9]{9}'''\nkeywords = [\"acme\"]\n";
    let loaded = load(text);
    assert_eq!(found(&loaded, Hint::Text, "Acme {[ ]:3000} tok-{digits:9}"), ["far"]);
    assert!(found(&loaded, Hint::Text, "{[ ]:3000} tok-{digits:9}").is_empty());
    // No word stands in every match.
    let text = "[[rules]]\nid = \"far\"\nregex = '''\\b[0-9a-f]{32}\\b'''\nkeywords = [\"acme\", \"bolt\"]\n";
    for loaded in [load(text), load(&import(&pack(text)).unwrap())] {
        assert!(loaded.notes.is_empty());
        assert_eq!(
            found(&loaded, Hint::Text, "ACME\n{[ ]:2000} {[ ]:2000} {hex:32} {hex:32}\n"),
            ["far", "far"]
        );
        assert_eq!(found(&loaded, Hint::Text, "{hex:32}\n{[ ]:2000} {[ ]:2000} acme acme bolt\n"), ["far"]);
        assert!(found(&loaded, Hint::Text, "{hex:32}\n{[ ]:2000} {[ ]:2000}\n").is_empty());
        assert!(found(&loaded, Hint::Text, "acme {hex:31}\n").is_empty());
    }
}

const KINGFISHER: &str = r#"
rules:
  - name: Bolt key
    id: bolt.key.1
    pattern: |
      (?xi)
      bolt
      (?# the word, then anything )
      (?:.|[\n\r]){0,32}?
      \b
      (            # the secret
        [a-z0-9]{24}
      )
      \b
    min_entropy: 2.5
    confidence: high
    pattern_requirements:
      min_digits: 2
      ignore_if_contains:
        - sample
    examples:
      - bolt_key = "HIT"
    negative_examples:
      - bolt_key = "MISS"
    references:
      - https://bolt.example/docs
    validation:
      type: Http
      content: { request: { url: "https://bolt.example" } }
    depends_on_rule:
      - rule_id: bolt.id.1
        variable: ID
  - name: Bolt sum
    id: bolt.sum.1
    pattern: 'bsum_(?P<body>[0-9A-Za-z]{20})(?P<sum>[0-9A-Za-z]{6})'
    pattern_requirements:
      checksum:
        actual:
          template: "{{ SUM }}"
          requires_capture: sum
        expected: "{{ BODY | crc32 | base62: 6 }}"
"#;

fn kingfisher() -> String {
    let mut sampler = Sampler::new(8);
    let mut text = |template: &str| String::from_utf8(sampler.expand(template).unwrap()).unwrap();
    KINGFISHER
        .replace("HIT", &text("{lower:6}{digits:6}{lower:12}"))
        .replace("MISS", &text("{lower:6}{digits:6}{lower:6}sample"))
}

#[test]
fn a_kingfisher_pack_finds_what_it_says() {
    let loaded = load(&kingfisher());
    assert_eq!(found(&loaded, Hint::Text, "BOLT: {lower:12}{digits:12}"), ["bolt.key.1"]);
    assert!(found(&loaded, Hint::Text, "bolt: {lower:24}").is_empty());
    let notes: Vec<String> = loaded.notes.iter().map(ToString::to_string).collect();
    assert!(notes.iter().any(|note| note.contains("`validation` is passed over")), "{notes:?}");
    let body = "A1b2C3d4E5f6G7h8I9j0";
    let sum = String::from_utf8(crate::check::radix::padded(
        crc32fast::hash(body.as_bytes()),
        crate::check::radix::BASE62,
        6,
    ))
    .unwrap();
    assert_eq!(found(&loaded, Hint::Text, &format!("bsum_{body}{sum}")), ["bolt.sum.1"]);
    assert!(found(&loaded, Hint::Text, &format!("bsum_{body}000000")).is_empty());
}

#[test]
fn examples_of_a_pack_are_put_to_the_test() {
    let trials = trial(&[pack(&kingfisher())]).unwrap();
    let told: Vec<_> = trials.iter().map(|t| (t.rule.id, t.hits, t.misses, t.wrong.len())).collect();
    assert_eq!(told, [("bolt.key.1", 1, 1, 0), ("bolt.sum.1", 0, 0, 0)]);
    let swapped = kingfisher().replace("negative_examples", "X").replace("examples", "negative_examples");
    let swapped = swapped.replace("X:", "examples:");
    let trials = trial(&[pack(&swapped)]).unwrap();
    assert_eq!(trials[0].wrong, ["hit 1 is not found", "miss 1 is found, and must not be"]);
}

#[test]
fn our_own_packs_have_the_form_of_the_built_in_rules() {
    let text = "provider = \"Acme\"\n[[rule]]\nid = \"acme\"\ntitle = \"Acme key\"\nwhy = \"Opens it.\"\n\
        token = [\"acme_{hex:20}\"]\nhit = [\"KEY={token}\"]\nmiss = [\"acme_{hex:19}\"]\n\
        [[rule.allow]]\npath = [\"^docs/\"]\n";
    let loaded = load(text);
    assert_eq!(found(&loaded, Hint::File(b"app/x"), "acme_{hex:20}"), ["acme"]);
    assert!(found(&loaded, Hint::File(b"docs/x"), "acme_{hex:20}").is_empty());
    assert!(trial(&[pack(text)]).unwrap()[0].wrong.is_empty());
}

#[test]
fn every_mistake_is_told_at_once() {
    let told = errors(
        "[extend]\npath = \"x\"\n\
         [[rules]]\nid = \"a\"\nregex = '''a(?=b)'''\nkeywords = [\"aa\"]\nseverity = \"x\"\n\
         [[rules]]\nid = \"b\"\n\
         [[rules]]\nid = \"c\"\nregex = '''[0-9]{40}'''\n\
         [[rules]]\nid = \"d\"\nregex = '''abc'''\nfilter = \"x\"\n\
         [[rules]]\nid = \"e\"\nregex = '''abc('''\nsecretGroup = 2\n",
    );
    let expected = [
        "pack:2: `extend.path`: the file that it names was not read",
        "pack:3: rule `a`: `regex`: lookahead",
        "pack:7: rule `a`: `severity` is not supported",
        "pack:8: rule `b`: a rule without `regex` and `path` is not supported",
        "pack:10: rule `c`: needs `keywords`",
        "pack:13: rule `d`: `filter`: `x` is not supported",
        "pack:17: rule `e`: regex parse error",
    ];
    assert_eq!(told.len(), expected.len(), "{told:#?}");
    for (told, expected) in told.iter().zip(expected) {
        assert!(told.starts_with(expected), "{told}\n{expected}");
    }
    let told = errors(
        "rules:\n  - id: k1\n    pattern: abc\n    pattern_requirements:\n      checksum:\n        actual:\n          \
         template: \"{{ TOKEN }}\"\n        expected: \"{{ TOKEN | hmac_sha1 }}\"\n  - id: k2\n    \
         pattern: abcd\n    depends_on_rule:\n      - {rule_id: k9, within: +2L}\n  - id: k3\n    pattern: *a\n",
    );
    assert!(told.iter().any(|t| t.contains("alias") || t.contains("unknown anchor")), "{told:#?}");
    let text = "rules:\n  - id: k1\n    pattern: abc\n    pattern_requirements:\n      checksum:\n        actual: {template: x}\n        \
         expected: \"{{ TOKEN | hmac_sha1: x }}\"\n  - {id: k2, pattern: abcd, depends_on_rule: [{rule_id: k9, within: 2X}]}\n";
    let told = errors(text);
    assert!(told[0].contains("rule `k1`: the filter `hmac_sha1`"), "{told:#?}");
    assert!(told[1].contains("rule `k2`: `within: 2X` is not supported"), "{told:#?}");
}

#[test]
fn a_name_that_is_taken_is_a_mistake_or_replaced() {
    let own = "[[rule]]\nid = \"github-pat\"\ntitle = \"x\"\nwhy = \"x\"\ntoken = [\"acme_{hex:20}\"]\n";
    assert!(errors(own)[0].contains("`override = true` replaces it"));
    let count = RuleSet::builtin().unwrap().rules().count();
    let loaded = load(&own.replace("why", "override = true\nwhy"));
    assert_eq!(loaded.rules.rules().count(), count);
    let foreign = load("[[rules]]\nid = \"github-pat\"\nregex = '''acme_[a-f0-9]{20}'''\n");
    assert!(foreign.notes.iter().any(|note| note.what.contains("replaces the built-in rule")));
    assert_eq!(found(&foreign, Hint::Text, "acme_{hex:20}"), ["github-pat"]);
    let twice = "[[rules]]\nid = \"a\"\nregex = '''abcd'''\n".repeat(2);
    assert!(errors(&twice)[0].contains("another rule has this name"));
}

#[test]
fn a_need_that_nobody_meets_is_a_mistake() {
    let text = "[[rules]]\nid = \"a\"\nregex = '''abcd'''\n[[rules.required]]\nid = \"none\"\n";
    assert!(errors(text)[0].contains("needs rule `none`, which is in none of the packs"));
}

#[test]
fn what_is_no_pack_is_refused() {
    assert!(errors("hello")[0].starts_with("pack: this is no rule pack"));
    assert!(errors("[[rules]\n")[0].starts_with("pack"));
    assert!(errors("[extend]\nuseDefault = true\n")[0].contains("there is no rule in it"));
}

#[test]
fn a_pack_changes_the_digest() {
    let rules = RuleSet::builtin().unwrap();
    let loaded = load(GITLEAKS);
    assert_ne!(loaded.rules.digest(), rules.digest());
    assert_eq!(rules.with(&[]).unwrap().rules.digest(), rules.digest());
}

#[test]
fn what_is_imported_finds_the_same() {
    for (text, templates) in [
        (
            GITLEAKS.to_owned(),
            ["ACME_KEY: 'acm-{hex:16}'", "pair_${{{lower:12} acid-{digits:8}", "acid-{[7]:8}"],
        ),
        (kingfisher(), ["BOLT: {lower:12}{digits:12}", "bolt: {lower:24}", "bsum_{base62:26}"]),
    ] {
        let imported = import(&pack(&text)).unwrap();
        assert!(imported.contains("passed over"), "{imported}");
        let (before, after) = (load(&text), load(&imported));
        for template in templates {
            assert_eq!(
                found(&before, Hint::Text, template),
                found(&after, Hint::Text, template),
                "{imported}"
            );
        }
        let trials = |text: &str| trial(&[pack(text)]).unwrap();
        assert_eq!(trials(&text), trials(&imported));
        assert_eq!(
            import(&pack(&imported)).unwrap().lines().filter(|l| l.starts_with("id")).count(),
            before_count(&text)
        );
    }
}

fn before_count(text: &str) -> usize {
    trial(&[pack(text)]).unwrap().len()
}

#[test]
fn every_format_has_a_table_row_and_claims_its_own() {
    let own = "[[rule]]\n";
    for (text, name) in [(own, "tightlip"), (GITLEAKS, "gitleaks"), (KINGFISHER, "kingfisher")] {
        let claims: Vec<_> = PACKS.iter().filter(|pack| (pack.claims)(text)).map(|pack| pack.name).collect();
        assert_eq!(claims, [name]);
    }
}

proptest::proptest! {
    #[test]
    fn no_text_makes_a_reader_panic(
        pieces in proptest::collection::vec(proptest::sample::select(vec![
            "[[rules]]\n", "rules:\n", "  - id: a\n", "    pattern: ", "(?x)", "(?", "[", "{", "}", "\\Q", "\\", "'''",
            "regex = '''", "id = \"a\"\n", "keywords = [\"abc\"]\n", "[[rule]]\n", "\n", "a+", "|", "{{ x | crc32 }}",
            "[[rules.allowlists]]\n", "stopwords = [\"\"]\n", "é", "\"", ":", "- ", "&a ", "*a", "token = [\"{hex:3}\"]\n",
        ]), 0..30),
    ) {
        crate::pack::fuzz::pack(pieces.concat().as_bytes());
    }
}
