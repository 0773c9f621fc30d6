//! Made-up tokens from templates, the same for the same seed: for tests, canaries and examples.

use crate::set::Set;
use crate::template::{End, Part, Run, Template, TemplateError};

/// A generator that gives the same tokens for the same seed. Not for real secrets.
#[derive(Clone, Debug)]
pub struct Sampler(u64);

impl Sampler {
    /// Starts from a seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Expands a template: `ghp_{base62:36}` becomes a made-up token, `{{` a brace.
    ///
    /// # Errors
    /// When the template cannot be read, or holds `{token}`.
    pub fn expand(&mut self, template: &str) -> Result<Vec<u8>, TemplateError> {
        self.fill(&Template::parse(template)?, None)
    }

    /// Expands a template that was read; `token` stands for `{token}`.
    pub(crate) fn fill(
        &mut self,
        template: &Template,
        token: Option<&[u8]>,
    ) -> Result<Vec<u8>, TemplateError> {
        let mut out = Vec::new();
        let hexadecimal = self.hexadecimal();
        for part in &template.parts {
            match part {
                Part::Literal(literal) => out.extend_from_slice(literal),
                Part::Either(words) => {
                    let index = self.below(words.len());
                    out.extend_from_slice(words.get(index).map_or(&[], Vec::as_slice));
                }
                Part::Run(run) => self.run(run, hexadecimal, &mut out),
                Part::Token => out.extend_from_slice(token.ok_or(TemplateError::NoToken)?),
            }
        }
        Ok(out)
    }

    /// Hexadecimal digits of either case are written in one of them, in lower case mostly.
    fn hexadecimal(&self) -> &'static str {
        if self.0 % 5 == 4 { "HEX" } else { "hex" }
    }

    fn run(&mut self, run: &Run, hexadecimal: &str, out: &mut Vec<u8>) {
        // An open end is sampled a little beyond its minimum: the limit is far longer than real tokens.
        let most = if run.end == End::Open { run.min.saturating_add(16).min(run.max) } else { run.max };
        let length = run.min.saturating_add(self.below(most.saturating_sub(run.min).saturating_add(1)));
        let either = Set::named("xhex").is_some_and(|either| either == run.set);
        let set = if either { Set::named(hexadecimal).unwrap_or(run.set) } else { run.set };
        let members = set.members();
        for _ in 0..length {
            let index = self.below(members.len());
            out.extend(members.get(index));
        }
    }

    /// A number below `limit`; 0 for 0.
    fn below(&mut self, limit: usize) -> usize {
        let limit = u64::try_from(limit).unwrap_or(u64::MAX);
        let number = self.next().checked_rem(limit).unwrap_or(0);
        usize::try_from(number).unwrap_or(0)
    }

    /// SplitMix64: <https://prng.di.unimi.it/splitmix64.c> (public domain).
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_token() {
        let token = |seed| Sampler::new(seed).expand("k_{base62:36}").unwrap();
        assert_eq!(token(7), token(7));
        assert_ne!(token(7), token(8));
        assert_eq!(token(7).len(), 38);
    }

    #[test]
    fn a_sample_fits_its_template() {
        let sample = Sampler::new(1).expand("a{{{(b|b)}}}{digits:2-5}{hex:3+}").unwrap();
        assert!(sample.starts_with(b"a{b}") && (9..=28).contains(&sample.len()));
        assert_eq!(Sampler::new(1).expand("{token}"), Err(TemplateError::NoToken));
    }
}
