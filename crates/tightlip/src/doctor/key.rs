//! The key that identities are made with: is it there, and does nobody else read it?

use super::{Check, Line, Machine, mode};
use crate::key::{self, Kept};

/// The check.
pub(super) static CHECK: Check = Check { name: "identity key", run };

fn run(_: &Machine) -> Vec<Line> {
    vec![match key::kept() {
        Kept::Variable(Ok(())) => Line::good(format!("in {}", key::VARIABLE)),
        Kept::Variable(Err(())) => Line::broken(
            format!("{} is not 64 hexadecimal digits", key::VARIABLE),
            "unset it, or set it to what `openssl rand -hex 32` prints",
        ),
        Kept::Nowhere => Line::missing(
            "there is no folder for it: identities of secrets differ from run to run",
            format!("set HOME, XDG_CONFIG_HOME or {}", key::VARIABLE),
        ),
        Kept::File(path) => file(&path),
    }]
}

fn file(path: &std::path::Path) -> Line {
    let shown = path.display();
    let metadata = match std::fs::metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Line::missing(
                format!("{shown}: the first scan makes it"),
                "do nothing: it is made when it is needed",
            );
        }
        Err(error) => {
            return Line::broken(format!("{shown}: {error}"), "let your own user own it and its folder");
        }
    };
    if !key::holds(path) {
        return Line::broken(
            format!(
                "{shown} cannot be read, or is not 64 hexadecimal digits: identities differ from run to run"
            ),
            format!("remove it, and the next scan makes one: rm {shown}"),
        );
    }
    match mode(&metadata).filter(|mode| mode & 0o077 != 0) {
        Some(mode) => Line::broken(
            format!("{shown} has mode {mode:04o}: whoever reads it can test guesses against identities"),
            format!("keep it to yourself: chmod 600 {shown}"),
        ),
        None => Line::good(shown.to_string()),
    }
}
