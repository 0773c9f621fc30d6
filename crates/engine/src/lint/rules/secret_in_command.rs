//! The command, entry point or health check of an image is stored as it is written.
//!
//! `CMD`, `ENTRYPOINT` and `HEALTHCHECK` stand in the configuration of the image, and their arguments show in the
//! process list of every host that runs it.
//!
//! Anyone who can pull the image gets it with `docker inspect IMAGE`.
//!
//! Let the program read the secret from a file or a variable that is set when the container starts.
//!
//! ```bad Dockerfile
//! FROM redis:8
//! CMD ["redis-server", "--requirepass=pw-{base62:20}"]
//! ```
//!
//! ```good Dockerfile
//! FROM redis:8
//! CMD ["redis-server", "/run/secrets/redis.conf"]
//! ```

use tightlip_dockerfile::Kind;
use tightlip_report::Level;

use crate::lint::Lint;
use crate::lint::project::Project;
use crate::lint::sink::Sink;

/// See the top of the file.
pub(crate) static LINT: Lint = Lint {
    id: "secret-in-command",
    title: "Secret in the command of the image",
    level: Level::Deny,
    mechanism: "command",
    recover: "docker inspect IMAGE",
    aliases: &[],
    source: include_str!("secret_in_command.rs"),
    check,
};

fn check(project: &Project<'_>, sink: &mut Sink<'_>) {
    for dockerfile in &project.dockerfiles {
        for (_, instruction) in dockerfile.instructions() {
            if !matches!(instruction.kind, Kind::Cmd(_) | Kind::Entrypoint(_) | Kind::Healthcheck(_)) {
                continue;
            }
            for literal in dockerfile.literals(instruction.arguments.span()) {
                let title = format!("{} holds a secret", instruction.name.to_ascii_uppercase());
                sink.report(sink.literal(dockerfile, literal).says(title));
            }
        }
    }
}
