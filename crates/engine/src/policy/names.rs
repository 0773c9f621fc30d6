//! Names whose values are secrets, as a rule pack: what a team calls its secrets is known to nobody else.

use std::fmt::Write as _;

use tightlip_detect::PackText;

/// The identifier of the rule in reports.
const RULE: &str = "named-secret";

/// A rule pack that finds the values of these names; none if there are no names.
#[must_use]
pub fn name_pack(names: &[String]) -> Option<PackText> {
    if names.is_empty() {
        return None;
    }
    let quoted: Vec<String> = names.iter().map(|name| format!("\"{}\"", name.to_ascii_lowercase())).collect();
    let near = quoted.join(", ");
    let either: Vec<String> = names.iter().map(|name| name.replace('.', "\\.")).collect();
    let mut text = String::new();
    for (id, how) in [
        (RULE.to_owned(), written(&either.join("|"), &near)),
        // The value of a variable of an image stands alone, its name beside it.
        (
            format!("{RULE}-value"),
            format!("token = [\"{{[!-~]:4-256}}\"]\nnear = [{near}]\nnear_also = [{near}]\nwithin = 4\n"),
        ),
    ] {
        let _ = write!(
            text,
            "[[rule]]\nid = \"{id}\"\ntitle = \"Value of a name that the policy calls secret\"\n\
            why = \"The policy says that what has this name is a secret.\"\nconfidence = \"medium\"\n\
            level = \"deny\"\n{how}\n"
        );
    }
    Some(PackText::new("names of the policy", &text))
}

/// As an assignment in any file: `NAME=value`, `"name": "value"`, `name: value`.
fn written(either: &str, near: &str) -> String {
    let expression = format!(
        r#"(?i)(?:^|[^a-z0-9_.-])(?:{either})["']?[ \t]*(?:=>|:=|[=:])[ \t]*["']?([^\s"'$<>{{}}\[\](),;]{{4,256}})"#
    );
    format!("regex = '''{expression}'''\nkeywords = [{near}]\n")
}
