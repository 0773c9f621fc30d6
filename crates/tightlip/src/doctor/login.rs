//! The logins to registries: where they are kept, and whether the helpers that keep them can be asked. Never a value.

use std::path::Path;

use serde_json::Value;
use tightlip_engine::health::{HelperHealth, helpers};

use super::{Check, Line, Machine};

/// The check.
pub(super) static CHECK: Check = Check { name: "login", run };

fn run(machine: &Machine) -> Vec<Line> {
    let sources = &machine.options.registry.credentials;
    let mut lines = Vec::new();
    for file in &sources.files {
        let bytes = match std::fs::read(file) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::PermissionDenied => {
                lines.push(Line::broken(
                    format!("{} may not be read", file.display()),
                    "let your own user own it, or log in again",
                ));
                continue;
            }
            Err(_) => continue,
        };
        match serde_json::from_slice::<Value>(&bytes) {
            Ok(config) => {
                lines.extend(kept(file, &config));
                lines.extend(helpers(&config, &sources.programs).iter().map(helper));
            }
            Err(_) if bytes.iter().all(u8::is_ascii_whitespace) => {}
            Err(error) => lines.push(Line::broken(
                format!("{} is no JSON at line {}", file.display(), error.line()),
                "correct it, or remove it and log in again",
            )),
        }
    }
    if lines.is_empty() {
        lines.push(Line::missing(
            "no login: registries are asked as anybody asks them",
            "log in where you need it: docker login HOST",
        ));
    }
    lines
}

/// The logins that stand in a file themselves.
fn kept(file: &Path, config: &Value) -> Option<Line> {
    let auths = config.get("auths").and_then(Value::as_object)?;
    let held = |entry: &Value| {
        let text = |name: &str| entry.get(name).and_then(Value::as_str).is_some_and(|text| !text.is_empty());
        text("auth") || text("identitytoken") || text("password")
    };
    let hosts: Vec<&str> =
        auths.iter().filter(|(_, entry)| held(entry)).map(|(host, _)| host.as_str()).collect();
    if hosts.is_empty() {
        return None;
    }
    let says = format!("logins in {} itself: {}", file.display(), hosts.join(", "));
    Some(Line::good(says).then("let a credential helper keep them: whoever reads the file has them"))
}

fn helper(helper: &HelperHealth) -> Line {
    match &helper.servers {
        Ok(servers) if servers.is_empty() => {
            Line::good(format!("{} answers and keeps no login", helper.program))
        }
        Ok(servers) => Line::good(format!("{} keeps logins of {}", helper.program, servers.join(", "))),
        Err(why) => Line::broken(
            why.clone(),
            format!("install {}, or take its name out of config.json", helper.program),
        ),
    }
}
