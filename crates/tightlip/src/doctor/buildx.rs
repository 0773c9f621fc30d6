//! Whether buildx is there: secret mounts, and all that `lint --fix` writes, need BuildKit.

use super::plugin::{Asked, ask};
use super::{Check, Line, Machine};

/// The check.
pub(super) static CHECK: Check = Check { name: "buildx", run };

fn run(machine: &Machine) -> Vec<Line> {
    vec![match ask("docker-buildx", &machine.plugins) {
        Asked::Version(path, version) => Line::good(format!("buildx {version}, {}", path.display())),
        Asked::Nowhere => Line::missing(
            "docker buildx: secret mounts need it",
            "install the package docker-buildx-plugin (of some distributions: docker-buildx)",
        ),
        Asked::Silent(path, why) => {
            Line::broken(format!("{} does not answer: {why}", path.display()), "install it again")
        }
    }]
}
