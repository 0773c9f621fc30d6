//! The image of tightlip itself: it holds nothing but the program, and does its work.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use tightlip_e2e::{Build, Docker, github_token, program, scan_by, tightlip};

#[test]
fn the_image_of_tightlip_holds_the_program_alone_and_finds_what_leaks() -> Result<()> {
    let Some(docker) = Docker::get()? else { return Ok(()) };
    let own = docker.build(&own_image()?)?;

    // What it says of itself, as a container that sees the daemon.
    let socket = docker.socket().context("the engine has no socket")?;
    let look = format!(
        "docker run --rm --volume={socket}:/var/run/docker.sock {name} scan --quiet docker:{name}",
        name = own.tag()
    );
    let inside = String::from_utf8(docker.script(Path::new("/"), &look, ("UNUSED", ""))?)?;

    // What the program outside says of it. Its own texts lie close together in the program; two that do are no leak.
    let secret = github_token();
    let outside = scan_by(docker.lend(&mut tightlip(&[&format!("docker:{}", own.tag())])?), &secret)?;
    ensure!(outside.verdict() == "clean" && inside.starts_with("clean"), "{inside}\n{outside:#?}");

    // And an image that leaks, through its standard input.
    let dockerfile = format!("FROM bb\nRUN echo {secret} > /token\nRUN rm /token\n");
    let leaking = docker.build(&Build::new(dockerfile))?;
    let pipe = format!(
        "docker save {} | docker run --rm --interactive {} scan - --quiet || echo \"ended with $?\"",
        leaking.tag(),
        own.tag()
    );
    let said = String::from_utf8(docker.script(Path::new("/"), &pipe, ("UNUSED", ""))?)?;
    ensure!(said.starts_with("leaking ") && said.ends_with("ended with 1\n"), "{said}");
    ensure!(!said.contains(&secret), "an output of tightlip holds the secret");
    Ok(())
}

/// What `cargo xtask release` puts beside the Dockerfile.
fn own_image() -> Result<Build> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("no repository")?;
    let dockerfile = fs::read_to_string(root.join("packaging/image/Dockerfile"))?;
    let platform = match std::env::consts::ARCH {
        "x86_64" => "linux/amd64",
        "aarch64" => "linux/arm64",
        other => other,
    };
    Ok(Build::new(dockerfile)
        .file(&format!("{platform}/tightlip"), fs::read(program()?)?)
        .file("ca-certificates.crt", fs::read("/etc/ssl/certs/ca-certificates.crt").unwrap_or_default()))
}
