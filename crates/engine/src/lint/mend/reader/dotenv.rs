//! `.env` is read by frameworks and bundlers from the directory in which they run.
//!
//! Source: docs of Vite, Next.js, Laravel and python-dotenv.

use super::{Hands, Reader};

pub(super) static READER: Reader = Reader {
    id: "dotenv",
    files: &[".env"],
    programs: &[
        "npm", "npx", "pnpm", "yarn", "bun", "node", "php", "python", "python3", "ruby", "bundle", "rails",
        "rake", "mix", "poetry", "uv", "vite", "next", "nuxt",
    ],
    hands: Hands::File,
};
