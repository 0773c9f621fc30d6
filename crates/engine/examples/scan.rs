//! Scans an image and says what leaks: `cargo run -p tightlip-engine --example scan -- app.tar`.

#![expect(clippy::print_stdout, reason = "an example talks to the person who runs it")]

use std::error::Error;

use tightlip_engine::{IdentityKey, Quiet, Request, scan};
use tightlip_report::{Level, plain};

fn main() -> Result<(), Box<dyn Error>> {
    let target = std::env::args().nth(1).ok_or("usage: scan TARGET")?;
    // Identities of values are made with this key: whoever keeps them over runs keeps the key, and keeps it secret.
    let key = IdentityKey::new([0; 32]);
    let report = scan(&Request::new(&target, key), &Quiet)?;
    println!("{}", report.verdict(Level::Deny).name());
    for finding in &report.findings {
        let place = finding.place.path.as_deref().or(finding.place.pointer.as_deref()).unwrap_or_default();
        println!("{}: {} in {}", finding.level.name(), finding.title, plain(place));
    }
    for gap in &report.gaps {
        println!("not read: {}", plain(&gap.reason));
    }
    Ok(())
}
