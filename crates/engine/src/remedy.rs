//! What to do about a finding: the fix, a command that helps, where to rotate.

use tightlip_report::{Level, Remedy, Report, Surface};

use crate::mechanism::Mechanism;
use crate::recover::quote;
use crate::sighting::Sighting;

/// The remedy for a sighting that leaks by this mechanism.
pub(crate) fn of(sighting: &Sighting, mechanism: &Mechanism) -> Remedy {
    let rotate = match sighting.surface {
        _ if mechanism.id.starts_with("container-") => {
            "Rotate the secret first: whoever may use the engine may have it."
        }
        Surface::Log | Surface::MetadataFile | Surface::BuildRecord => {
            "Rotate the secret first: whoever could read what the build left may have it."
        }
        _ => "Rotate the secret first: whoever could pull the image may have it.",
    };
    Remedy {
        summary: format!("{} {rotate}", mechanism.fix),
        command: secret_mount(sighting),
        rotate: sighting.rule.rotate.map(str::to_owned),
    }
}

/// Offers to take out of the image what nothing else is offered for.
pub(crate) fn offer_scrub(report: &mut Report) {
    let target = report.target.given.clone();
    if target == "-" {
        return;
    }
    let command = format!("tightlip scrub {} -o oci:CLEAN", quote(target.as_bytes()));
    for finding in &mut report.findings {
        // Caches and build records are made anew; what a container holds is in no image.
        let stays = matches!(finding.place.surface, Surface::Cache | Surface::BuildRecord)
            || finding.mechanism.starts_with("container-");
        if finding.level == Level::Deny && finding.remedy.command.is_none() && !stays {
            finding.remedy.command = Some(command.clone());
        }
    }
}

/// The build command with a secret instead of the argument, where the argument's name is known.
fn secret_mount(sighting: &Sighting) -> Option<String> {
    let build_time = matches!(
        sighting.surface,
        Surface::History | Surface::Attestation | Surface::MetadataFile | Surface::BuildRecord
    );
    let name = sighting.name.as_deref().filter(|_| build_time)?;
    let word = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    if name.is_empty() || !name.bytes().all(word) {
        return None;
    }
    let id = name.to_ascii_lowercase();
    Some(format!(
        "docker build --secret id={id},env={name} .   with RUN --mount=type=secret,id={id},env={name} …"
    ))
}
