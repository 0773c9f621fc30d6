//! What is secret in a value that the user gives: a file that a tool reads is more than the token in it.

use tightlip_detect::decode::Budget;
use tightlip_detect::{Hint, Match, Sink, Skipped};
use zeroize::Zeroizing;

use super::ProveError;
use super::canary::Canary;
use super::request::ProveRequest;
use crate::request::{IN_TEXTS, Request};
use crate::tools::Tools;

/// A value as the user gave it. Beside all of it, what our rules know as secret in it is looked for by itself.
///
/// # Errors
/// When the rules cannot be used.
pub(crate) fn canary(content: Zeroizing<Vec<u8>>, request: &ProveRequest) -> Result<Canary, ProveError> {
    let mut scan = Request::new("", request.key.clone());
    scan.rules.clone_from(&request.rules);
    let mut cores = Cores(vec![content.clone()]);
    Tools::new(&scan)?.scanner.deep((Hint::Text, &content), &Budget::new(IN_TEXTS), &mut cores);
    Ok(Canary { cores: cores.0, ..Canary::given(content) })
}

struct Cores(Vec<Zeroizing<Vec<u8>>>);

impl Sink for Cores {
    fn hit(&mut self, found: &Match<'_>) {
        self.0.push(Zeroizing::new(found.secret.expose().to_vec()));
    }

    fn gap(&mut self, _: Skipped) {}
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;

    use super::*;
    use crate::identity::IdentityKey;
    use crate::request::DockerfileText;

    /// Whether a token is looked for by itself where a file that has it is given.
    fn is_core(token: &str, file: String) -> bool {
        let dockerfile = DockerfileText { name: String::new(), text: String::new() };
        let request =
            ProveRequest::new(".".into(), (".".into(), dockerfile), (".".into(), IdentityKey::new([0; 32])));
        let canary = canary(Zeroizing::new(file.into_bytes()), &request).unwrap();
        canary.cores.iter().any(|core| core.as_slice() == token.as_bytes())
    }

    #[test]
    fn the_token_in_a_file_is_looked_for_by_itself() {
        let token = "Zq8".repeat(12);
        let line = format!("registry=https://registry.example/\n//registry.example/:_authToken={token}\n");
        assert!(is_core(&token, line.clone()));
        assert!(is_core(&token, format!("npmrc: {}\n", STANDARD.encode(line))));
    }
}
