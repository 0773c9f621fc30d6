//! Writes the three cases that tightlip exists for, as `docker save` would write them, and their Dockerfile.
//!
//! `cargo run -p tightlip-testkit --example demo -- DIRECTORY`

use std::path::Path;

use tightlip_testkit::{Age, Bundle, ImageBuilder, Layer};

/// The Dockerfile that the first image is said to come from.
const DOCKERFILE: &str = "FROM scratch\n\
    COPY app /app/server\n\
    RUN echo \"API_KEY=secret123\" > /app/.env\n\
    RUN rm /app/.env\n";

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let directory = std::env::args().nth(1).ok_or("usage: demo DIRECTORY")?;
    let directory = Path::new(&directory);
    std::fs::create_dir_all(directory)?;
    let deleted = ImageBuilder::new()
        .named("docker.io/library/deleted:1")
        .step("COPY app /app/server # buildkit", Layer::new().file("app/server", "#!/bin/sh\n"))
        .step(
            "RUN /bin/sh -c echo \"API_KEY=secret123\" > /app/.env # buildkit",
            Layer::new().file("app/.env", "API_KEY=secret123\n"),
        )
        .step("RUN /bin/sh -c rm /app/.env # buildkit", Layer::new().whiteout("app/.env"));
    let argument =
        ImageBuilder::new().named("docker.io/library/argument:1").note("ARG API_KEY=secret123").step(
            "RUN |1 API_KEY=secret123 /bin/sh -c ./fetch # buildkit",
            Layer::new().file("app/data", "fetched\n"),
        );
    let mounted = ImageBuilder::new()
        .named("docker.io/library/mounted:1")
        .step("RUN /bin/sh -c cat /run/secrets/api_key # buildkit", Layer::new().directory("run/secrets"));
    for (name, image) in [("deleted", deleted), ("argument", argument), ("mounted", mounted)] {
        let archive = Bundle::of(image.build()).docker_archive(Age::Modern);
        std::fs::write(directory.join(format!("{name}.tar")), archive)?;
    }
    std::fs::write(directory.join("Dockerfile"), DOCKERFILE)?;
    Ok(())
}
