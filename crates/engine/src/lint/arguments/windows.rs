//! Variables that a step of Windows sets for good: `setx /M NAME value`, `SetEnvironmentVariable('NAME', 'value', …)`.
//!
//! The shells of Windows are not followed; these calls are read out of the text.

use tightlip_detect::Worth;
use tightlip_dockerfile::Text;

use super::{Given, is_real, named};
use crate::lint::name::{Says, says};

/// The values that a script of `cmd` or PowerShell sets.
pub(super) fn given(script: &Text) -> Vec<Given> {
    let lower = script.to_ascii_lowercase();
    let setx = lower.match_indices("setx").filter_map(|(at, word)| {
        let own =
            script.get(..at)?.ends_with(|c: char| c.is_whitespace() || "&(;\"'\\".contains(c)) || at == 0;
        let rest = script.get(at + word.len()..)?;
        let rest = rest.strip_prefix(".exe").unwrap_or(rest);
        let from = script.len() - rest.len();
        (own && rest.starts_with(' ')).then(|| pair(&words(script, from)))?
    });
    let call = "setenvironmentvariable(";
    let calls = lower.match_indices(call).filter_map(|(at, _)| pair(&arguments(script, at + call.len())));
    setx.chain(calls).collect()
}

/// A name of a secret with a value that somebody could use.
fn pair(words: &[Text]) -> Option<Given> {
    let [name, value, ..] = words else { return None };
    let open = !value.contains(['%', '$']);
    let real = says(name) == Says::Secret && open && is_real(value, Worth::Default);
    real.then(|| named(name, value.clone()))
}

/// The words from a place to the end of the command, without flags and quotes.
fn words(script: &Text, from: usize) -> Vec<Text> {
    let mut found = Vec::new();
    let mut at = from;
    while let Some(rest) = script.get(at..) {
        let blank = rest.len() - rest.trim_start_matches([' ', '\t']).len();
        let start = at + blank;
        let Some(first) = script.get(start..).and_then(|rest| rest.chars().next()) else { break };
        if "&|;\n\r`)".contains(first) {
            break;
        }
        let quote = Some(first).filter(|c| matches!(c, '"' | '\''));
        let inner = start + usize::from(quote.is_some());
        let ends = |c: char| quote.map_or(c.is_whitespace() || "&|;".contains(c), |quote| c == quote);
        let tail = script.get(inner..).unwrap_or_default();
        let end = inner + tail.find(ends).unwrap_or(tail.len());
        let word = script.slice(inner..end);
        if !word.starts_with('/') {
            found.push(word);
        }
        at = end + usize::from(quote.is_some());
        if at == start {
            break;
        }
    }
    found
}

/// The strings among the arguments of a call.
fn arguments(script: &Text, from: usize) -> Vec<Text> {
    let mut found = Vec::new();
    let mut at = from;
    while let Some(rest) = script.get(at..) {
        let start = at + rest.len() - rest.trim_start_matches([' ', ',']).len();
        let Some(quote) = script.get(start..).and_then(|rest| rest.chars().next()) else { break };
        if !matches!(quote, '"' | '\'') {
            break;
        }
        let Some(length) = script.get(start + 1..).and_then(|rest| rest.find(quote)) else { break };
        found.push(script.slice(start + 1..start + 1 + length));
        at = start + length + 2;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(script: &str) -> Vec<String> {
        given(&Text::verbatim(script, 0)).into_iter().map(|one| one.value.to_string()).collect()
    }

    #[test]
    fn variables_that_windows_keeps_are_read_out_of_the_text() {
        let value = ["Quiet", "Lagoon", "73"].concat();
        for script in [
            format!("setx /M DB_PASSWORD {value}"),
            format!("echo a && setx.exe DB_PASSWORD \"{value}\" /M"),
            format!("powershell -Command setx DB_PASSWORD '{value}' /M; exit 0"),
            format!("[Environment]::SetEnvironmentVariable('API_SECRET', '{value}', 'Machine')"),
            format!("$x = 1; [System.Environment]::SetEnvironmentVariable(\"API_SECRET\",\"{value}\")"),
        ] {
            assert_eq!(values(&script), [value.as_str()], "{script}");
        }
    }

    #[test]
    fn other_variables_and_references_are_none() {
        for script in [
            "setx /M PATH \"%PATH%;C:\\tools\"",
            "setx /M DB_PASSWORD %DB_PASSWORD%",
            "setx DB_PASSWORD $env:DB_PASSWORD",
            "setx DB_PASSWORD",
            "setx",
            "echo setx-is-a-tool DB_PASSWORD x",
            "[Environment]::SetEnvironmentVariable('API_SECRET', $env:S, 'Machine')",
            "[Environment]::SetEnvironmentVariable('JAVA_HOME', 'C:\\java', 'Machine')",
        ] {
            assert_eq!(values(script), [] as [&str; 0], "{script}");
        }
    }
}
