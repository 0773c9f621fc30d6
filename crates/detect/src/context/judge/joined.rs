//! Is this a passphrase of words that somebody drew, `copper-tundra-mango-velvet`, or the name of a thing of programs,
//! `prod-payments-db-password`?
//!
//! Both are words and marks. Names are put together from the words of the trade, and one of those is enough.

/// Words of programs, of what runs them and of sentences: none of them stands in a passphrase here. A word of the value that
/// begins with one of four letters and more is meant as well: `passwords`, `clientid`.
const TRADE: &str = "\
    a access account acme action active actor add address admin agent airflow alert all alpha amazon an and android ansible any \
    apache api app apple application apply apps archive are arg args argo artifact asset at auth author aws azure back backend \
    backup bar base basic batch be bearer beta billing blob block blue-green bot bridge broker browser bucket build builder \
    bundle button by bypass cache call can cancel cart cert certificate chain change channel chart chat check choose class click \
    client close cloud cluster code column command comment commit common company component compose config confirm connect \
    connection console consul container content context continue control controller cookie copy core count create credential creds cron \
    crypt current custom customer dashboard data database datadog date default define delete demo deploy deployment dev develop \
    developer device dialog digest direct directory disable display docker document domain down download driver dummy east \
    edge edit editor elastic element email embed empty enable encod encrypt end endpoint engine enter enterprise entity entry \
    env error etcd event example exec existing exit expire export extern fail fake feature fetch field file filter first flag flow \
    folder foo footer for forgot form foundation frame framework from front frontend full function gateway general generat get \
    git github gitlab global google grafana grant graph group guest guide handler hash has have header health hello help here \
    hidden hide history home hook host hosted html http https icon id identifier identity image import in include index info \
    infra ingress init inner input insecure insert inside instance integration intern interface invalid invoice is issue issuer \
    item its java jenkins job json just kafka key keycloak kind kube label lambda language last latest layout ldap length level \
    library license light like link linux list listener live load loader local locale lock log login logout long machine mail \
    main make manage manager manual map mark mask master member memory menu merge message meta method metric middleware \
    minimum missing mobile mock mode model module monitor mongo mount must my mysql name namespace native need network never \
    new next nginx no node none not notification null number oauth object of off oidc old on one online only open operation \
    operator option oracle order org organization organisation origin other our outer output over override package page panel \
    param parse partner pass password path payment payments pending permission person phone pin pipeline placeholder plain plan \
    platform please plugin policy pool portal postgres prefix preview primary print private prod product production profile \
    program project prometheus prompt property protect provider proxy public publish pull push put query queue quick quick-start quit \
    rabbit random read reader real record redact redirect redis refresh region register registry release remote remove render \
    replace replica report repository request require reset resource response rest restore result retry return review role root route \
    router rule run runner runtime safe saml save sample scale scan schedule schema scope script search secret section secure security \
    select self sender sentry serve server service session set setting settings setup shard share shared shop short should show \
    side sign simple single site size slack sms snapshot social some source south spark spec spring sql ssh ssl staff stage \
    staging standard start state static status step storage store stream string stripe strong style sub submit super support \
    switch sync system tab table tag target task team temp template temporary tenant term terraform test text than that the \
    theme then this time title tls to todo toggle token tool top topic trace traffic transaction transfer trigger true trust \
    two type ui unique unit unknown unset unsafe update upgrade upload uri url usage use user username using utility valid value \
    variable vault vendor verify version very video view visible volume wallet warning web webhook weak west when where which \
    widget width will window with word work worker workflow workspace write writer wrong you your zone";

/// From so many letters on a word of the trade may go on: `passwords`.
const STEM: usize = 5;

/// How many words there are if they are joined by one mark and none is of the trade; else none.
fn words_of(value: &[u8], least: usize) -> usize {
    let Some(mark) = value.iter().copied().find(|b| matches!(b, b'-' | b'.' | b'_' | b' ')) else { return 0 };
    let words: Vec<&[u8]> = value.split(|b| *b == mark).collect();
    let drawn = words.iter().all(|word| is_drawn(word)) && one_case(&words);
    // Who makes up three words takes one of them twice at times.
    let once = different(&words) + usize::from(words.len() >= 3) >= words.len();
    let counts = (least..=8).contains(&words.len()) && once;
    if drawn && counts { words.len() } else { 0 }
}

/// Four words and more: a passphrase wherever the name says that the value is secret.
pub(crate) fn is_joined_phrase(value: &[u8]) -> bool {
    words_of(value, 4) > 0
}

/// The same or three words: where nothing but a password can stand.
pub(crate) fn is_short_phrase(value: &[u8]) -> bool {
    words_of(value, 3) > 0
}

/// Two words and more: in a note about a login.
pub(crate) fn is_pair_of_words(value: &[u8]) -> bool {
    let long = value.split(|b| !b.is_ascii_alphabetic()).all(|word| word.len() >= 4);
    long && !value.contains(&b'_') && words_of(value, 2) > 0
}

/// How many of them are not the same.
fn different(words: &[&[u8]]) -> usize {
    let mut words = words.to_vec();
    words.sort_unstable();
    words.dedup();
    words.len()
}

/// Words by which manuals tell that a value is to be replaced, beside those of secrets and users.
const SHOWN: &[&str] = &[
    "my",
    "your",
    "our",
    "example",
    "test",
    "demo",
    "name",
    "change",
    "changed",
    "sample",
    "dummy",
    "fake",
    "here",
    "this",
    "the",
    "some",
    "any",
    "not",
    "real",
    "super",
    "very",
    "placeholder",
    "todo",
    "foo",
    "bar",
    "baz",
    "key",
    "database",
    "mysql",
    "postgres",
    "prod",
    "production",
    "dev",
    "staging",
];

/// Three words and more of twelve letters and more, perhaps with a number or words of the trade among them but none by which
/// manuals speak: in the address of a machine that there is.
pub(crate) fn is_own_joined(value: &[u8]) -> bool {
    let words: Vec<&[u8]> = value.split(|b| matches!(b, b'-' | b'.' | b'_')).collect();
    let number = |word: &[u8]| (1..=4).contains(&word.len()) && word.iter().all(u8::is_ascii_digit);
    let said = |word: &[u8]| says_secret(&word.to_ascii_lowercase());
    let fits = |word: &&[u8]| {
        number(word) || word.len() >= 2 && word.iter().all(u8::is_ascii_alphabetic) && !said(word)
    };
    let own: Vec<&[u8]> = words.iter().copied().filter(|word| is_drawn(word)).collect();
    let letters = value.iter().filter(|b| b.is_ascii_alphabetic()).count();
    (3..=10).contains(&words.len())
        && letters >= 12
        && words.iter().all(fits)
        && own.len() >= 3
        && different(&own) >= 2
}

/// Whether a word, in lower case, is of those by which manuals speak, or holds what passwords and their users are called.
fn says_secret(lower: &[u8]) -> bool {
    let said = ["pass", "secret", "token", "cred", "auth", "admin", "user"];
    SHOWN.iter().any(|word| word.as_bytes() == lower)
        || said.iter().any(|said| memchr::memmem::find(lower, said.as_bytes()).is_some())
}

/// One drawn word with a number of three to five digits, `zanzara-9047`: a password under the name of one.
pub(crate) fn is_word_and_number(value: &[u8]) -> bool {
    let mut parts = value.split(|b| matches!(b, b'-' | b'.' | b'_'));
    let (Some(word), Some(number), None) = (parts.next(), parts.next(), parts.next()) else { return false };
    let digits = (3..=5).contains(&number.len()) && number.iter().all(u8::is_ascii_digit);
    word.len() >= 5 && digits && is_drawn(word)
}

/// All words small, or each with a capital.
fn one_case(words: &[&[u8]]) -> bool {
    let capital = |word: &&[u8]| word.first().is_some_and(u8::is_ascii_uppercase);
    words.iter().all(capital) || !words.iter().any(capital)
}

fn is_drawn(word: &[u8]) -> bool {
    let small = word.iter().skip(1).all(u8::is_ascii_lowercase);
    small && word.len() <= 14 && is_own(word)
}

/// A word of three letters and more that is none of the trade.
pub(super) fn is_own(word: &[u8]) -> bool {
    let lower = word.to_ascii_lowercase();
    let begins = |trade: &[u8]| if trade.len() >= STEM { lower.starts_with(trade) } else { lower == trade };
    let of_trade = TRADE.split(' ').any(|trade| begins(trade.as_bytes()));
    let said = ["pass", "secret", "token", "cred", "passw", "auth", "admin", "user"];
    let says = said.iter().any(|said| memchr::memmem::find(&lower, said.as_bytes()).is_some());
    word.len() >= 3 && word.iter().all(u8::is_ascii_alphabetic) && !of_trade && !says
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drawn_words_are_a_passphrase() {
        for value in [
            "copper-tundra-mango-velvet",
            "Walrus.Pickle.Ember.Fjord",
            "onion_saddle_piano_gravel_mint",
            "thistle harbor quilt lemon",
        ] {
            assert!(is_joined_phrase(value.as_bytes()) && is_short_phrase(value.as_bytes()), "{value}");
        }
        assert!(is_short_phrase(b"otter-pebble-quartz") && !is_joined_phrase(b"otter-pebble-quartz"));
        assert!(is_pair_of_words(b"otter-pebble") && !is_pair_of_words(b"server-side"));
    }

    #[test]
    fn words_in_the_address_of_a_machine_are_a_password() {
        for value in [
            "otter-pebble-quartz",
            "otter_pebble_otter",
            "quartz-light-otter-pebble",
            "Otter.7.pebble.quartz",
        ] {
            assert!(is_own_joined(value.as_bytes()), "{value}");
        }
        for value in [
            "otter-pebble",
            "my-otter-pebble-quartz",
            "otter-otter-otter",
            "otter-pebble-quartz-password",
            "prod-payments-db-writer",
            "ab-cd-ef",
            "otter-pebble-",
        ] {
            assert!(!is_own_joined(value.as_bytes()), "{value}");
        }
        assert!(is_short_phrase(b"otter-pebble-otter"));
    }

    #[test]
    fn names_of_things_are_none() {
        for value in [
            "prod-payments-db-password",
            "your-secret-here-please",
            "my-app-client-secret",
            "change-me-in-production",
            "wildcard-acme-com-tls",
            "grafana-oauth-cookie-prod",
            "user-settings-panel-open",
            "spring.datasource.hikari.schema",
            "walrus-walrus-walrus-walrus",
            "walrus-otter-walrus-otter",
            "copper-tundra",
            "one-two-three-four",
            "Copper-tundra-mango-velvet",
        ] {
            assert!(!is_joined_phrase(value.as_bytes()) && !is_short_phrase(value.as_bytes()), "{value}");
        }
    }

    #[test]
    fn a_word_with_a_number_is_no_name_with_a_number() {
        assert!(is_word_and_number(b"girasole-8123") && is_word_and_number(b"Heather.2019"));
        for value in ["button-2000", "release-2024", "walrus-12", "test-1234", "sha-256", "tokens-4096"] {
            assert!(!is_word_and_number(value.as_bytes()), "{value}");
        }
    }

    #[test]
    fn the_words_of_the_trade_are_written_as_they_are_compared() {
        assert!(TRADE.split(' ').all(|word| !word.is_empty() && word == word.to_ascii_lowercase()));
    }
}
