//! Tools of a build that read their token from a variable of its own name: Sentry, Turborepo, Vercel and others.
//!
//! Sources: docs.sentry.io/cli, turborepo.com, vercel.com/docs/cli.

use super::{Recipe, as_it_is};

pub(super) static RECIPE: Recipe = Recipe {
    id: "build-tools",
    programs: &[
        "sentry-cli",
        "npm",
        "npx",
        "pnpm",
        "yarn",
        "turbo",
        "vercel",
        "netlify",
        "flyctl",
        "nx",
        "gradle",
        "gradlew",
        "mvn",
    ],
    reads: |name| {
        matches!(
            name,
            "SENTRY_AUTH_TOKEN"
                | "TURBO_TOKEN"
                | "VERCEL_TOKEN"
                | "NETLIFY_AUTH_TOKEN"
                | "FLY_API_TOKEN"
                | "NX_CLOUD_ACCESS_TOKEN"
        )
    },
    mend: as_it_is,
};
