//! Keys that a page or an app hands to whoever opens it: their providers document them as public, and what they open is
//! limited elsewhere. They have the form of keys that are secret, so that only what stands around them tells.

use std::ops::Range;

use memchr::memmem::find;

use super::credential_id::of_jenkins;
use super::key_id::of_storage;
use super::of_guest::of_guest;
use crate::candidate::Candidate;

/// Where keys of a kind are handed out.
struct Page {
    /// The rules by which such a key may be found.
    rules: &'static [&'static str],
    /// Words of which each must stand near it.
    words: &'static [&'static str],
    /// How near, in bytes, before it and behind it.
    near: (usize, usize),
    /// Whose they are, as it is said of them.
    says: &'static str,
}

static PAGES: &[Page] = &[
    // https://firebase.google.com/docs/projects/api-keys
    Page {
        rules: &["google-api-key", "secret-in-file"],
        words: &["authDomain", "projectId"],
        near: (500, 500),
        says: "of a Firebase app, whose pages hold it",
    },
    Page {
        rules: &["google-api-key", "secret-in-file"],
        words: &["mobilesdk_app_id"],
        near: (3000, 3000),
        says: "of a Firebase app, whose packages hold it",
    },
    // https://docsearch.algolia.com/docs/api/ and https://www.algolia.com/doc/guides/security/api-keys/
    Page {
        rules: &["algolia-api-key", "secret-in-file"],
        words: &["indexName", "ppId"],
        near: (300, 300),
        says: "of a search in pages",
    },
    // https://pusher.com/docs/channels/using_channels/client-api-overview/
    Page {
        rules: &["pusher-secret", "secret-in-file"],
        words: &["new Pusher("],
        near: (14, 0),
        says: "of an app of Pusher, whose pages hold it",
    },
    // What it is called in settings; the secret is another setting.
    Page {
        rules: &["pusher-secret"],
        words: &["PUSHER_APP_KEY"],
        near: (20, 0),
        says: "of an app of Pusher, whose pages hold it",
    },
    Page {
        rules: &["pusher-secret"],
        words: &["PUSHER_KEY"],
        near: (16, 0),
        says: "of an app of Pusher, whose pages hold it",
    },
    // https://docs.unity3d.com/Manual/class-PlayerSettings.html: the same in every new project.
    Page {
        rules: &["secret-in-file"],
        words: &["  ps4Passcode: "],
        near: (15, 0),
        says: "of a project of Unity, which writes the same into each",
    },
    // https://docs.mixpanel.com/docs/orgs-and-projects/managing-projects#find-your-project-tokens
    Page {
        rules: &["mixpanel-secret", "secret-in-file"],
        words: &["mixpanel.init("],
        near: (18, 0),
        says: "of a Mixpanel project, whose pages hold it",
    },
    Page {
        rules: &["mixpanel-secret"],
        words: &["MIXPANEL_TOKEN"],
        near: (20, 0),
        says: "of a Mixpanel project, whose pages hold it",
    },
    Page {
        rules: &["mixpanel-secret"],
        words: &["MIXPANEL_PROJECT_TOKEN"],
        near: (28, 0),
        says: "of a Mixpanel project, whose pages hold it",
    },
    // https://docs.adyen.com/development-resources/client-side-authentication/
    Page {
        rules: &["secret-in-file"],
        words: &["dyen", "lientKey"],
        near: (120, 0),
        says: "of a shop with Adyen, whose pages hold it",
    },
    // https://developer.paddle.com/paddlejs/client-side-tokens
    Page {
        rules: &["secret-in-file"],
        words: &["Paddle.Initialize("],
        near: (80, 0),
        says: "of a shop with Paddle, whose pages hold it",
    },
    Page {
        rules: &["secret-in-file"],
        words: &["initializePaddle("],
        near: (80, 0),
        says: "of a shop with Paddle, whose pages hold it",
    },
    // https://www.revenuecat.com/docs/projects/authentication
    Page {
        rules: &["secret-in-file"],
        words: &["Purchases.configure("],
        near: (60, 0),
        says: "of an app with RevenueCat, whose packages hold it",
    },
    // https://docs.statsig.com/sdk-keys/api-keys
    Page {
        rules: &["secret-in-file"],
        words: &["<StatsigProvider"],
        near: (60, 0),
        says: "of a project of Statsig, whose pages hold it",
    },
];

/// What a value is that is no secret: a key that pages hand out, a password of guests, the name of a credential, the
/// id of a key.
pub(super) fn published(text: &[u8], candidate: &Candidate<'_>) -> Option<&'static str> {
    on_a_page(text, candidate)
        .or_else(|| of_guest(text, candidate))
        .or_else(|| of_jenkins(text, candidate))
        .or_else(|| of_storage(text, candidate))
}

/// Whose public key it is; none for what may be secret.
fn on_a_page(text: &[u8], candidate: &Candidate<'_>) -> Option<&'static str> {
    let value = text.get(candidate.span.clone()).unwrap_or_default();
    if is_of_map(value) {
        return Some("of a map of Mapbox, whose pages hold it");
    }
    let pages = PAGES.iter().filter(|page| page.rules.contains(&candidate.rule.id));
    pages.filter(|page| page.holds(text, &candidate.span)).map(|page| page.says).next()
}

/// `pk.…` in three parts: a token of Mapbox that is public by its form; `sk.…` is secret.
/// <https://docs.mapbox.com/help/dive-deeper/access-tokens/>
fn is_of_map(value: &[u8]) -> bool {
    let mut parts = value.strip_prefix(b"pk.").unwrap_or_default().split(|b| *b == b'.');
    let (Some(body), Some(signature), None) = (parts.next(), parts.next(), parts.next()) else {
        return false;
    };
    let digits = |part: &[u8]| {
        part.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'+' | b'/'))
    };
    body.len() >= 40 && signature.len() >= 20 && digits(body) && digits(signature)
}

impl Page {
    fn holds(&self, text: &[u8], span: &Range<usize>) -> bool {
        let (before, after) = self.near;
        let before = text.get(span.start.saturating_sub(before)..span.start).unwrap_or_default();
        let end = span.end.saturating_add(after).min(text.len());
        let after = text.get(span.end..end).unwrap_or_default();
        self.words.iter().all(|word| [before, after].iter().any(|part| find(part, word.as_bytes()).is_some()))
    }
}

#[cfg(test)]
mod tests {
    use tightlip_report::Level;

    use crate::{Hint, Match, RuleSet, Sampler, Scanner, ScannerOptions, Sink, Skipped};

    #[derive(Default)]
    struct Levels(Vec<(Level, String)>);

    impl Sink for Levels {
        fn hit(&mut self, found: &Match<'_>) {
            self.0.push((found.level, found.shape.clone()));
        }

        fn gap(&mut self, _: Skipped) {}
    }

    fn told(text: &str) -> Vec<(Level, String)> {
        told_in("web/src/a.ts", text)
    }

    fn told_in(path: &str, text: &str) -> Vec<(Level, String)> {
        let scanner = Scanner::new(&RuleSet::builtin().unwrap(), ScannerOptions::default()).unwrap();
        let text = Sampler::new(8).expand(text).unwrap();
        let mut levels = Levels::default();
        scanner.bytes(Hint::File(path.as_bytes()), &text, &mut levels);
        levels.0
    }

    #[test]
    fn pages_name_rules_that_there_are() {
        let rules = RuleSet::builtin().unwrap();
        let finders = crate::FINDERS.iter().copied().flatten().flat_map(|finder| finder.rules);
        let known: Vec<&str> =
            rules.patterns.iter().map(|p| p.rule.id).chain(finders.map(|r| r.id)).collect();
        for rule in super::PAGES.iter().flat_map(|page| page.rules) {
            assert!(known.contains(rule), "{rule}");
        }
    }

    #[test]
    fn what_unity_writes_into_every_project_fails_no_build() {
        let levels = |name: &str| -> Vec<Level> {
            let settings = format!("PlayerSettings:\n  productName: a\n  {name}: {{base62:32}}\n");
            told_in("ProjectSettings/ProjectSettings.asset", &settings)
                .into_iter()
                .map(|told| told.0)
                .collect()
        };
        assert!(levels("consolePasscode").contains(&Level::Deny));
        assert!(!levels("ps4Passcode").contains(&Level::Deny));
    }

    #[test]
    fn keys_of_pages_are_told_and_fail_no_build() {
        for (page, other) in [
            (
                "const f = {{ apiKey: 'AIza{b64u:35}', authDomain: 'a.firebaseapp.com', projectId: 'a' }}\n",
                "const maps = {{ apiKey: 'AIza{b64u:35}' }}\n",
            ),
            (
                "docsearch({{ appId: 'B1G2GM9NG0', apiKey: '{hex:32}', indexName: 'docs' }})\n",
                "client({{ appId: 'B1G2GM9NG0', apiKey: '{hex:32}' }})\n",
            ),
            (
                "{{\"client_info\": {{\"mobilesdk_app_id\": \"1:2:android:3\"}}, \"current_key\": \"AIza{b64u:35}\"}}\n",
                "{{\"current_key\": \"AIza{b64u:35}\"}}\n",
            ),
            (
                "mapboxgl.accessToken = 'pk.eyJ1Ijoi{b64u:40}.{b64u:22}'\n",
                "mapboxgl.accessToken = 'sk.eyJ1Ijoi{b64u:40}.{b64u:22}'\n",
            ),
            (
                "const MAPBOX_API_KEY = 'pk.{b64u:84}.{b64u:24}'\n",
                "const MAPBOX_API_KEY = 'sk.{b64u:84}.{b64u:24}'\n",
            ),
            (
                "curl -u anonymous:ann.{lower:6}77@acme.dev ftp://h/a\n",
                "curl -u bob:ann.{lower:6}77@acme.dev ftp://h/a\n",
            ),
            ("mixpanel.init('{hex:32}')\n", "const mixpanelSecret = '{hex:32}'\n"),
            (
                "MIXPANEL_PROJECT_TOKEN: \"{hex:32}\"\nMIXPANEL_TOKEN={hex:32}\n",
                "MIXPANEL_API_SECRET={hex:32}\n",
            ),
            (
                "PUSHER_APP_KEY={hex:20}\nREACT_APP_PUSHER_KEY={hex:20}\n",
                "PUSHER_APP_KEY=\nPUSHER_APP_SECRET={hex:20}\n",
            ),
            (
                "AdyenCheckout({{\n  clientKey: 'live_{B36:32}',\n  environment: 'live' }})\n",
                "const c = {{ adyenApiKey: 'live_{B36:32}' }}\n",
            ),
            (
                "Paddle.Initialize({{\n  token: \"live_{hex:27}\",\n}})\n",
                "const paddleToken = \"live_{hex:27}\"\n",
            ),
            (
                "Purchases.configure({{ apiKey: 'appl_{base62:27}' }})\n",
                "const revenueApiKey = 'sk_{base62:27}'\n",
            ),
            (
                "<StatsigProvider sdkKey=\"client-{base62:43}\" user={{u}}>\n",
                "const serverSdkKey = \"secret-{base62:43}\"\n",
            ),
            ("const p = new Pusher('{hex:20}', {{ cluster: 'eu' }})\n", "const pusherSecret = '{hex:20}'\n"),
        ] {
            let (page, other) = (told(page), told(other));
            assert!(!page.iter().any(|(level, _)| *level == Level::Deny), "{page:?}");
            assert!(other.iter().any(|(level, _)| *level == Level::Deny), "{other:?}");
            assert!(page.iter().all(|(_, shape)| shape.contains(", of a")), "{page:?}");
        }
    }
}
