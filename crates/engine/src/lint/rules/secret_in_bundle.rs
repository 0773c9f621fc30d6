//! A variable that a bundler compiles into what browsers load.
//!
//! What begins with `NEXT_PUBLIC_`, `VITE_`, `REACT_APP_` and the like is written into the JavaScript of the site:
//! everybody who opens it reads the value. Neither a secret mount nor another stage helps; the value must not be there.
//!
//! Ask for the value on the server, and let the browser ask the server.
//!
//! The keys of services that only servers may ask (of OpenAI, SendGrid and others) are such secrets by the name of the service.
//! Keys that are made for browsers (of maps, of Firebase, publishable and anonymous ones) are no secrets.
//!
//! ```bad Dockerfile
//! FROM node:22
//! ARG NEXT_PUBLIC_API_SECRET
//! RUN npm run build
//! ```
//!
//! ```bad Dockerfile
//! FROM node:22
//! ARG VITE_STRIPE_SECRET_KEY
//! RUN npm run build
//! ```
//!
//! ```bad Dockerfile
//! FROM node:22
//! RUN --mount=type=secret,id=mail,env=REACT_APP_SENDGRID_API_KEY npm run build
//! ```
//!
//! ```good Dockerfile
//! FROM node:22
//! ARG NEXT_PUBLIC_STRIPE_PUBLISHABLE_KEY
//! ARG VITE_API_URL
//! RUN npm run build
//! ```

use tightlip_dockerfile::shell::{Assignment, CommandKind};
use tightlip_dockerfile::{Instruction, Kind, Pair, Span, Text};
use tightlip_report::{Confidence, Level};

use crate::lint::Lint;
use crate::lint::name::{self, Says};
use crate::lint::project::{Dockerfile, Project};
use crate::lint::sink::Sink;

/// See the top of the file.
pub(crate) static LINT: Lint = Lint {
    id: "secret-in-bundle",
    title: "Secret compiled into what browsers load",
    level: Level::Deny,
    mechanism: "visible-file",
    recover: "open the site and search its scripts",
    aliases: &["SecretsUsedInArgOrEnv", "DL3064", "DS-0031", "AVD-DS-0031", "DS031"],
    source: include_str!("secret_in_bundle.rs"),
    check,
};

fn check(project: &Project<'_>, sink: &mut Sink<'_>) {
    for dockerfile in &project.dockerfiles {
        let declared = dockerfile.instructions().flat_map(|(_, instruction)| public(instruction));
        let declared = declared.map(|(name, says)| (name.as_str(), name.span(), says));
        for (name, span, says) in declared.chain(assigned(dockerfile)) {
            let issue = sink
                .named(dockerfile, name, span)
                .says(format!("{name} is compiled into what browsers load: everybody reads it"))
                .remedy(
                    "Keep the secret on the server and let the browser ask the server; no mount helps here.",
                );
            sink.report(match says {
                Says::Secret => issue,
                _ => issue.at_most(Level::Warn).confidence(Confidence::Medium),
            });
        }
    }
}

/// The variables that an instruction sets for bundlers, and how plainly their names say that they hold a secret. A mount
/// sets them for one step, which is enough.
fn public(instruction: &Instruction) -> Vec<(&Text, Says)> {
    match &instruction.kind {
        Kind::Arg(pairs) | Kind::Env(pairs) => {
            let set = pairs.iter().filter(|pair| is_set(pair));
            set.filter_map(|pair| Some((&pair.name, secret(&pair.name)?))).collect()
        }
        _ => {
            let mounted = instruction.mounts().iter().filter_map(|mount| mount.env());
            mounted.filter_map(|name| Some((name, secret(name)?))).collect()
        }
    }
}

/// The variables that steps with secrets set for bundlers: `VITE_API_SECRET=$(cat /run/secrets/api) npm run build`.
fn assigned<'d>(dockerfile: &'d Dockerfile<'_>) -> impl Iterator<Item = (&'d str, Span, Says)> {
    let commands = dockerfile.story.steps.iter().flat_map(|step| step.script.commands());
    let assignments = commands.flat_map(|command| match &command.kind {
        CommandKind::Simple(simple) => simple.assignments.as_slice(),
        _ => &[],
    });
    let filled = |span: Span| dockerfile.document.text(span).contains(['$', '`']);
    let named = |one: &'d Assignment| Some((one.name.as_str(), one.span, secret(&one.name)?));
    assignments.filter(move |one| filled(one.span)).filter_map(named)
}

/// Whether a variable gets a value, from outside or here.
fn is_set(pair: &Pair) -> bool {
    let value = pair.value.as_deref().unwrap_or("").trim_matches(['"', '\'']);
    value.is_empty() || value.contains('$') || crate::lint::look::is_real(value)
}

/// What the rest of a public name says, when it can hold a secret.
fn secret(name: &str) -> Option<Says> {
    let rest = name::without_public_prefix(name)?;
    let words: Vec<&str> = rest.split('_').collect();
    let plain = words.iter().any(|word| matches!(*word, "SECRET" | "PASSWORD" | "PRIVATE" | "PASSWD"));
    let has = |wanted: &[&str]| words.iter().any(|word| wanted.contains(word));
    // A secret of Stripe is a secret, whatever else Stripe gives to browsers.
    if has(PUBLISHED) || !plain && has(MADE_FOR_BROWSERS) {
        return None;
    }
    match name::says(rest) {
        Says::Nothing => None,
        Says::Secret if plain || has(OF_SERVERS) => Some(Says::Secret),
        _ => Some(Says::Maybe),
    }
}

/// Words of what is published.
const PUBLISHED: &[&str] = &["PUBLISHABLE", "PUBLIC", "ANON", "VAPID"];

/// Services whose keys are for servers alone: each says so where it gives them out.
const OF_SERVERS: &[&str] = &[
    "OPENAI",
    "ANTHROPIC",
    "CLAUDE",
    "MISTRAL",
    "COHERE",
    "GROQ",
    "DEEPSEEK",
    "OPENROUTER",
    "HUGGINGFACE",
    "REPLICATE",
    "ELEVENLABS",
    "PERPLEXITY",
    "PINECONE",
    "SENDGRID",
    "MAILGUN",
    "MAILCHIMP",
    "POSTMARK",
    "RESEND",
    "BREVO",
    "SENDINBLUE",
    "TWILIO",
    "VONAGE",
    "NEXMO",
    "AIRTABLE",
    "NOTION",
    "GITHUB",
    "GITLAB",
    "NPM",
];

/// Words of services that give keys to browsers.
const MADE_FOR_BROWSERS: &[&str] = &[
    "SITE",
    "SITEKEY",
    "MAPS",
    "MAP",
    "MAPBOX",
    "FIREBASE",
    "SENTRY",
    "POSTHOG",
    "SEGMENT",
    "ALGOLIA",
    "RECAPTCHA",
    "HCAPTCHA",
    "TURNSTILE",
    "ANALYTICS",
    "GOOGLE",
    "GA",
    "GTM",
    "AMPLITUDE",
    "MIXPANEL",
    "CLERK",
    "PAYPAL",
    "PUSHER",
    "INFURA",
    "ALCHEMY",
    "WALLETCONNECT",
    "STRIPE",
    "DATADOG",
    "LAUNCHDARKLY",
    "BUGSNAG",
    "INTERCOM",
    "WEB3AUTH",
    "LOGROCKET",
    "APPLICATIONINSIGHTS",
    "MAPTILER",
    "TMDB",
];
