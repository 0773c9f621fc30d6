//! Whose certificates are believed: the system's, and those that lie beside registries.

use tightlip_engine::health::trust;

use super::{Check, Line, Machine};

/// The check.
pub(super) static CHECK: Check = Check { name: "certificates", run };

fn run(machine: &Machine) -> Vec<Line> {
    let trust = trust(&machine.options);
    let mut lines = vec![match trust.system {
        0 => Line::missing(
            "the system names no authority: those that Mozilla trusts are used",
            "install the package ca-certificates, if registries have authorities of your own",
        ),
        count => Line::good(format!("{count} authorities of the system")),
    }];
    lines.extend(trust.registries.into_iter().map(|(host, found)| match found {
        Ok(count) => Line::good(format!("{count} of their own for {host}")),
        Err(why) => Line::broken(why, "put a certificate in PEM there, or remove the file"),
    }));
    lines
}
