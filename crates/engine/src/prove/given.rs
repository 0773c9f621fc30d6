//! What is secret in a value that the user gives: a file that a tool reads is more than the token in it.

use zeroize::Zeroizing;

use super::ProveError;
use super::canary::Canary;
use super::request::ProveRequest;
use crate::known::{Reading, Source};

/// A value as the user gave it for what goes by this name. Beside all of it, every value in it is looked for by itself.
///
/// # Errors
/// When the rules cannot be used.
pub(crate) fn canary(
    name: &str,
    content: Zeroizing<Vec<u8>>,
    request: &ProveRequest,
) -> Result<Canary, ProveError> {
    let found = Reading::new(&request.rules)?.values(Source::Secret { id: name, place: name }, &content);
    let parts = found.values.iter().map(|known| Zeroizing::new(known.expose().to_vec()));
    let cores = std::iter::once(content.clone()).chain(parts).collect();
    Ok(Canary { cores, ..Canary::given(content) })
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
        let canary = canary("npm", Zeroizing::new(file.into_bytes()), &request).unwrap();
        canary.cores.iter().any(|core| core.as_slice() == token.as_bytes())
    }

    #[test]
    fn the_token_in_a_file_is_looked_for_by_itself() {
        let token = "Zq8".repeat(12);
        let line = format!("registry=https://registry.example/\n//registry.example/:_authToken={token}\n");
        assert!(is_core(&token, line.clone()));
        assert!(is_core("maple7431", "A_PASSWORD=maple7431 # prod\n".to_owned()));
        assert!(is_core(&token, format!("npmrc: {}\n", STANDARD.encode(line))));
    }
}
