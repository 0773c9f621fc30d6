//! Docker and Podman: do they answer, how were they found, and what keeps their images?

use tightlip_engine::health::{DaemonFacts, DaemonHealth, daemons};
use tightlip_engine::{DaemonError, Silence};

use super::{Check, Line, Machine};

/// The check.
pub(super) static CHECK: Check = Check { name: "daemon", run };

fn run(machine: &Machine) -> Vec<Line> {
    daemons(&machine.options).iter().map(line).collect()
}

fn line(daemon: &DaemonHealth) -> Line {
    match &daemon.answer {
        Ok(facts) => answered(daemon, facts),
        Err(error) if is_absent(daemon, error) => Line::missing(error.to_string(), error.help()),
        Err(error) => Line::broken(format!("{error} (found by {})", daemon.found_by), error.help()),
    }
}

fn answered(daemon: &DaemonHealth, facts: &DaemonFacts) -> Line {
    let DaemonHealth { engine, found_by, at, .. } = daemon;
    let at = at.as_deref().unwrap_or("somewhere");
    let DaemonFacts { version, platform, driver, containerd } = facts;
    let store = match (*containerd, *engine) {
        (true, _) => format!("images in containerd's store ({driver})"),
        (false, "Docker") => format!("images in the classic store ({driver})"),
        (false, _) => format!("images in {driver}"),
    };
    let line = Line::good(format!("{engine} {version}, {platform}, at {at} (found by {found_by}); {store}"));
    if *engine == "Docker" && !containerd {
        return line.then(
            "know that the classic store keeps no attestations: scan registry:NAME to see what was pushed with an image",
        );
    }
    line
}

/// Nobody said that there is one, and there is none.
fn is_absent(daemon: &DaemonHealth, error: &DaemonError) -> bool {
    let nowhere =
        matches!(error, DaemonError::Unreachable { why: Silence::NoSocket, .. } | DaemonError::Setting(_));
    nowhere && daemon.found_by == "the usual place"
}
