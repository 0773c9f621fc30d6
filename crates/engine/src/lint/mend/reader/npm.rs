//! npm, pnpm, Yarn and Bun read `.npmrc` beside `package.json` and in the home of the user.
//!
//! Source: docs.npmjs.com, "Docker and private modules".

use super::{Hands, Reader};

pub(super) static READER: Reader = Reader {
    id: "npm",
    files: &[".npmrc"],
    programs: &["npm", "npx", "pnpm", "pnpx", "yarn", "yarnpkg", "bun", "bunx", "node"],
    hands: Hands::File,
};
