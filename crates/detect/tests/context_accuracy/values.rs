//! What stands for a mark in a text: passwords as people choose them, keys, tokens of providers.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tightlip_detect::{CHECKS, Sampler};

use crate::keys;

/// Passwords as people choose them: those that stand anywhere without quotes, and those that need them.
const PLAIN: &[&str] = &[
    "{(Summer|Winter|Falcon|Monday|Dragon)}{digits:4}",
    "{(Tr0ub|Pr0d|Adm1n|Qu3ue)}{lower:4}{(-|_|.)}{digits:2}",
    "{base62:12}",
    "{base62:16}",
    "{lower:5}-{lower:6}-{digits:2}",
    "{lower:7}{digits:3}",
    "{base62:5}_{base62:6}",
    "{hex:24}",
    "{b64u:20}",
];
const MARKED: &[&str] = &[
    "{(Summer|Winter|Falcon|Monday|Dragon)}{digits:4}!",
    "{base62:4}@{base62:5}",
    "{base62:4}!{base62:3}#{base62:2}",
    "{lower:2}{upper:2}{digits:2}{(&|*|^|+)}{base62:4}",
    "{(P@ss|S3cur3|L3tM)}{base62:4}{(!|@)}{digits:3}",
];
const KEYS: &[&str] = &["{base62:32}", "{hex:40}", "{b64u:43}", "{base62:20}", "{hex:32}", "{base62:64}"];

/// Passwords of people who were in a hurry, in several languages; those that stand without quotes anywhere.
const HASTY: &[&str] = &[
    "{(Sommer|Herbst|Kaffee|Schalke|Butterbrot)}{digits:2-4}",
    "{(hunter|monkey|shadow|tiger|kitten)}{digits:1-2}",
    "{(correct|purple|silent|rusty)}-{(horse|otter|anvil|maple)}-{(battery|window|lemon)}-{(staple|coffee|copper)}",
    "{(Acme|Globex|Initech)}{(Prod|DB|Admin)}{(2019|2021|2024)}!",
    "{(contrasena|motdepasse|haslo|parola|senha)}{digits:2-3}",
    "{(P@ssw0rd|Passw0rd|Pa55word)}{digits:2-4}",
    "{(admin|root|postgres|mysql)}{digits:3-4}",
    "{(kangaroo|blueberry|fridolin|macchiato)}{(rocket|junction|tornado|velvet)}",
    "{upper:1}{lower:3}{digits:1}{lower:2}{digits:2}{upper:2}",
    "{base62:10}",
    "{lower:10}",
    "{(my|our|the)}{(Secret|Super|Strong)}{(Pass|Password|Pwd)}{digits:1-3}",
    "{base62:24}",
    "{(zomer|ete|verano|lato)}.{digits:4}.{(blauw|bleu|azul)}",
];
/// Those that want quotes.
const MARKED_HASTY: &[&str] = &[
    "{(my|the|our)} {(secret|little|old)} {(pony|garden|lighthouse)} {digits:2}",
    "{base62:5}#{base62:3}&{base62:2}",
    "{(Grüße|Пароль|contraseña|Łódź)}{digits:2-4}",
    "{upper:1}{lower:4}@{digits:4}%{lower:2}",
    "{(Qwerty|Asdfgh|Zxcvbn)}!{(@|#)}{digits:3}",
    "({lower:4}){digits:3}[{upper:3}]",
];

/// Passwords of people who were told to use capitals, digits and a sign: two words, or a word with letters swapped.
const TWO_WORDS: &[&str] = &[
    "{(Copper|Marble|Velvet|Thunder|Orchid|Walnut|Glacier|Saffron)}{(Otter|Kettle|Falcon|Lantern|Badger)}{digits:2}{(!|-|_)}",
    "{(copper|marble|velvet|thunder|orchid|walnut)}{(-|_|.)}{(otter|kettle|falcon|lantern)}{(-|_|.)}{digits:2-4}",
    "{upper:1}{lower:2}{digits:2}{(!|-|_|.)}{lower:3}{upper:2}{digits:2}",
    "{(Gr33n|Bl4ck|S1lver|C0bra|Ph4ntom)}{(Lake|Moon|Tower|R1ver)}{digits:2}",
    "{base62:14}",
    "{lower:4}{digits:4}{upper:4}",
    "{(Pr0d|Db|Ops|Deploy)}{(is|4|For|_)}{(Coming|Ever|Life|Acme)}{digits:2-4}{(!|_|-)}",
    "{(x|q|z)}{base62:9}{(!|-|_)}{base62:4}",
];
/// The same with signs that want quotes; in XML those that may stand there.
const TWO_WORDS_QUOTED: &[&str] = &[
    "{base62:4}{(@|#|%|*)}{base62:4}{(!|?|^)}{digits:2}",
    "{(Copper|Marble|Velvet)}#{(Otter|Kettle|Falcon)}{digits:3}",
    "{upper:1}{lower:5}@{digits:4}!",
];
const PHRASES: &[&str] = &[
    "{(correct|purple|silent|rusty)} {(horse|otter|anvil|maple)} {(battery|window|lemon)} {(staple|coffee)}",
    "{(our|the)} {(little|old)} {(pony|garden|harbor)} {digits:2}",
    "{(Copper|Marble)} {(Otter|Kettle)} {digits:4}!",
];

/// What stands for a mark in the text, and whether it is a secret.
pub(crate) fn value_of(mark: &str, turn: usize, sampler: &mut Sampler) -> (String, bool) {
    if let Some(harmless) = mark.strip_prefix('~') {
        return (draw(harmless, sampler), false);
    }
    let text = match mark.split_once(':') {
        Some(("B64", what)) => STANDARD.encode(credentials(what, turn, sampler)),
        Some(("PEM", what)) => match what.split_once(':') {
            None => keys::file(what, sampler),
            Some((kind, "\\n")) => keys::file(kind, sampler).replace('\n', "\\n"),
            Some((kind, indent)) => keys::file(kind, sampler).replace('\n', &format!("\n{indent}")),
        },
        Some(("B64PEM", kind)) => STANDARD.encode(keys::file(kind, sampler) + "\n"),
        Some(("SEAL", what)) => sealed(what, sampler),
        _ => match mark {
            "JWT" => keys::jwt(sampler),
            "B64DOCKER" => STANDARD.encode(docker(turn, sampler)),
            // An access key's name is no secret: the one next to it is.
            "AKIA" => return (draw("AKIA{B32:16}", sampler), false),
            mark => draw(template_of(mark, turn), sampler),
        },
    };
    (text, true)
}

fn draw(template: &str, sampler: &mut Sampler) -> String {
    String::from_utf8(sampler.expand(template).unwrap()).unwrap()
}

/// The one of two lists whose turn it is.
fn either(one: &[&'static str], other: &[&'static str], turn: usize) -> &'static str {
    let turn = turn % (one.len() + other.len());
    one.get(turn).or_else(|| other.get(turn - one.len())).unwrap()
}

/// `user:` with a password, a text with a password in the place of `{}`, or a password alone.
fn credentials(what: &str, turn: usize, sampler: &mut Sampler) -> String {
    let plain = PLAIN[turn % PLAIN.len()];
    match (what.contains("{}"), what.rsplit_once(':')) {
        (true, _) => what.replace("{}", &draw(plain, sampler)),
        (false, Some((user, _))) => format!("{user}:{}", draw(plain, sampler)),
        (false, None) => draw(either(PLAIN, MARKED, turn), sampler),
    }
}

/// What `docker login` writes.
fn docker(turn: usize, sampler: &mut Sampler) -> String {
    let password = draw(PLAIN[turn % PLAIN.len()], sampler);
    let auth = STANDARD.encode(format!("ci:{password}"));
    format!(
        r#"{{"auths":{{"registry.acme.dev":{{"username":"ci","password":"{password}","auth":"{auth}"}}}}}}"#
    )
}

/// A token whose checksum holds: `check:template`.
fn sealed(what: &str, sampler: &mut Sampler) -> String {
    let (name, template) = what.split_once(':').unwrap();
    let check = CHECKS.iter().find(|check| check.name == name).unwrap();
    let mut token = sampler.expand(template).unwrap();
    assert!((check.seal)(&mut token), "{name} cannot seal {template}");
    String::from_utf8(token).unwrap()
}

fn template_of(mark: &str, turn: usize) -> &str {
    match mark {
        "PW" => either(PLAIN, MARKED, turn),
        "PWS" => PLAIN[turn % PLAIN.len()],
        "HP" => either(HASTY, MARKED_HASTY, turn),
        "HPS" => HASTY[turn % HASTY.len()],
        "W3" => TWO_WORDS[turn % TWO_WORDS.len()],
        "M3" | "M3X" => TWO_WORDS_QUOTED[turn % TWO_WORDS_QUOTED.len()],
        "PH" => PHRASES[turn % PHRASES.len()],
        "KEY" => KEYS[turn % KEYS.len()],
        "HEX" => "{hex:32}",
        "HEX40" => "{hex:40}",
        "HEX64" => "{hex:64}",
        "HEX128" => "{hex:128}",
        "HEX320" => "{hex:320}",
        "HEX4040" => "{HEX:40}",
        "B64" | "B6464" => "{b64:64}",
        "B6427" => "{b64:27}",
        "B6430" => "{b64:30}",
        "B6440" => "{b64:40}",
        "B6443" => "{b64:43}",
        "B6432" => "{b64:32}",
        "B6460" => "{b64:60}",
        "B6444" | "WG" => "{b64:42}A=",
        "B6486" => "{b64:86}",
        "B6488" => "{b64:86}==",
        "B64300" => "{b64:300}",
        "B50" => "{base62:50}",
        "BC53" => "{base62:53}",
        "B64U30" => "{b64u:30}",
        "B64U43" => "{b64u:43}",
        "B64U90" => "{b64u:90}",
        "UUID" => "{uuid}",
        template if template.contains('{') => template,
        other => panic!("no such mark: {other}"),
    }
}
