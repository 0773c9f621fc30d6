//! `tightlip install-plugin`: makes `docker tightlip …` work.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use clap::Args as Arguments;
use serde_json::{Map, Value, json};
use tightlip_engine::private::replace;

use crate::outcome::Outcome;
use crate::{known, plugin, terminal};

/// Where Docker looks for the plugins of all users.
const SYSTEM: &str = "/usr/local/lib/docker/cli-plugins";
/// The commands after which a hook speaks. `docker build` is an alias of the second, where buildx is there.
const HOOKS: &str = "build,buildx build,push";

/// The arguments of `install-plugin`.
#[derive(Debug, Arguments)]
#[command(after_help = "Afterwards: docker tightlip build …, docker tightlip scan …")]
pub(crate) struct Args {
    /// For all users of this machine
    #[arg(long)]
    system: bool,
    /// Let docker build and docker push say what may come next
    #[arg(long, conflicts_with = "system")]
    hooks: bool,
    /// Take the plugin and its hooks away again
    #[arg(long)]
    remove: bool,
}

/// Installs or removes the plugin.
pub(crate) fn run(args: &Args) -> Result<Outcome> {
    let config = known::docker_config()?;
    let folder = match (args.system, config.parent()) {
        (true, _) => PathBuf::from(SYSTEM),
        (false, Some(folder)) => folder.join("cli-plugins"),
        (false, None) => bail!("Docker's configuration has no folder"),
    };
    let place = folder.join(plugin::FILE);
    if args.remove {
        remove(&place)?;
        if !args.system {
            hooks(&config, Hooks::Remove)?;
        }
        return Ok(Outcome::Clean);
    }
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let program = std::env::current_exe().context("cannot tell where this program lies")?;
    install(&program, &place).with_context(|| format!("cannot install {}", place.display()))?;
    terminal::note(&format!("installed {}: docker tightlip --help", place.display()));
    if args.hooks {
        hooks(&config, Hooks::Add)?;
    }
    Ok(Outcome::Clean)
}

fn remove(place: &Path) -> Result<()> {
    match fs::remove_file(place) {
        Ok(()) => terminal::note(&format!("removed {}", place.display())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            terminal::note(&format!("there is no {}", place.display()));
        }
        Err(error) => return Err(error).with_context(|| format!("cannot remove {}", place.display())),
    }
    Ok(())
}

/// Puts a link to the program there, so that both stay one version.
fn install(program: &Path, place: &Path) -> io::Result<()> {
    // An older one goes in one step with the new one coming: Docker may look at any time.
    let beside = place.with_extension("tightlip-new");
    let _ = fs::remove_file(&beside);
    link(program, &beside)?;
    fs::rename(&beside, place)
}

#[cfg(unix)]
fn link(program: &Path, place: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(program, place)
}

#[cfg(not(unix))]
fn link(program: &Path, place: &Path) -> io::Result<()> {
    fs::copy(program, place).map(drop)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Hooks {
    Add,
    Remove,
}

/// Changes Docker's configuration: one member, everything else stays.
fn hooks(config: &Path, what: Hooks) -> Result<()> {
    let text = match fs::read_to_string(config) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => "{}".to_owned(),
        Err(error) => return Err(error).with_context(|| format!("cannot read {}", config.display())),
    };
    let place = config.display();
    let Ok(Value::Object(mut members)) = serde_json::from_str(&text) else {
        bail!("{place} is no JSON object")
    };
    if !change(&mut members, what).with_context(|| format!("cannot change {place}"))? {
        return Ok(());
    }
    let text = format!("{:#}\n", Value::Object(members.clone()));
    // It may hold passwords: who may read it stays as it was.
    replace(config, &mut |out| out.write_all(text.as_bytes()))
        .with_context(|| format!("cannot write {place}"))?;
    terminal::note(&format!("changed {place}"));
    if what == Hooks::Add {
        terminal::note(&match members.get("features").and_then(|features| features.get("hooks")) {
            Some(value) if value != "true" => {
                format!("hooks are switched off there: features.hooks is {value}")
            }
            _ => "docker build and docker push now say what may come next".to_owned(),
        });
    }
    Ok(())
}

/// Whether something changed.
fn change(members: &mut Map<String, Value>, what: Hooks) -> Result<bool> {
    match what {
        Hooks::Add => {
            let plugins = members.entry("plugins").or_insert_with(|| json!({}));
            let Some(plugins) = plugins.as_object_mut() else { bail!("`plugins` in it is no object") };
            let hooks = json!({ "hooks": HOOKS });
            let new = plugins.insert("tightlip".to_owned(), hooks.clone()) != Some(hooks);
            Ok(switch_on(members)? || new)
        }
        Hooks::Remove => {
            let plugins = members.get_mut("plugins").and_then(Value::as_object_mut);
            Ok(plugins.is_some_and(|plugins| plugins.remove("tightlip").is_some()))
        }
    }
}

/// Docker runs no hook of any plugin unless it is told to. Whoever said no meant it.
/// Source: docker/cli `cli/command/cli.go`, `HooksEnabled`.
fn switch_on(members: &mut Map<String, Value>) -> Result<bool> {
    let features = members.entry("features").or_insert_with(|| json!({}));
    let Some(features) = features.as_object_mut() else { bail!("`features` in it is no object") };
    if features.contains_key("hooks") {
        return Ok(false);
    }
    features.insert("hooks".to_owned(), "true".into());
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hooks_come_and_go_and_nothing_else_changes() {
        let folder = tempfile::tempdir().unwrap();
        let config = folder.path().join("config.json");
        fs::write(&config, r#"{"auths":{"r":{}},"plugins":{"other":{"a":"b"}}}"#).unwrap();
        let read = || serde_json::from_str::<Value>(&fs::read_to_string(&config).unwrap()).unwrap();
        hooks(&config, Hooks::Add).unwrap();
        assert_eq!(read().pointer("/plugins/tightlip/hooks"), Some(&json!(HOOKS)));
        assert_eq!(read().pointer("/features/hooks"), Some(&json!("true")));
        hooks(&config, Hooks::Remove).unwrap();
        let rest = json!({"auths":{"r":{}},"plugins":{"other":{"a":"b"}},"features":{"hooks":"true"}});
        assert_eq!(read(), rest, "other plugins may have hooks too");
    }

    #[test]
    fn what_is_no_configuration_of_docker_is_not_changed_in_silence() {
        for text in [r#"{"plugins": 5}"#, r#"{"features": []}"#] {
            let mut members = serde_json::from_str(text).unwrap();
            assert!(change(&mut members, Hooks::Add).is_err(), "{text}");
        }
    }

    #[test]
    fn whoever_wants_no_hooks_gets_none() {
        let mut members = json!({"features":{"hooks":"false"}}).as_object().cloned().unwrap();
        assert!(change(&mut members, Hooks::Add).unwrap());
        assert_eq!(members["features"]["hooks"], "false");
    }
}
