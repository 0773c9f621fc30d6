//! Reports in the hands of those they are for: the page in a real browser, SARIF against its published schema.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use tightlip_e2e::{Build, Docker, Image, browser, program, sarif_schema};

const SECRET: &str = "secret123";

/// An image in which a secret is deleted too late, and another one stands in a variable.
fn image(docker: &Docker) -> Result<Image<'_>> {
    let lines = format!(
        "FROM bb\nENV API_KEY={SECRET}456\nRUN echo \"API_KEY={SECRET}\" > /app/.env\nRUN rm /app/.env\n"
    );
    docker.build(&Build::new(lines))
}

/// Scans the image into a file.
fn report(archive: &Path, name: &str) -> Result<PathBuf> {
    let path = archive.with_file_name(name);
    let output = Command::new(program()?).arg("scan").arg(archive).arg("--output").arg(&path).output()?;
    ensure!(output.status.code() == Some(1), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(path)
}

#[test]
fn a_browser_draws_the_page_and_loads_nothing() -> Result<()> {
    let Some(docker) = Docker::get()? else { return Ok(()) };
    let Some(browser) = browser()? else { return Ok(()) };
    let image = image(&docker)?;
    let page = report(&image.save()?, "report.html")?;
    let profile = page.with_file_name("profile");
    let mut command = Command::new(browser);
    command.args(["--headless", "--no-sandbox", "--disable-gpu", "--dump-dom", "--enable-logging=stderr"]);
    command.arg(format!("--user-data-dir={}", profile.display())).arg(format!("file://{}", page.display()));
    let output = command.output().context("the browser does not start")?;
    let (drawn, said) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    // What runs against the rules of the page is told on the console.
    ensure!(!said.contains("Content Security Policy"), "{said}");
    ensure!(drawn.contains("What a running container sees"), "{drawn}");
    for part in ["is only deleted here", "<code>app/.env</code>", "secret <a class=\"dot deny\""] {
        ensure!(drawn.contains(part), "{part}: {drawn}");
    }
    ensure!(!drawn.contains(SECRET), "the page holds the secret");
    Ok(())
}

#[test]
fn sarif_is_what_its_schema_says() -> Result<()> {
    let Some(docker) = Docker::get()? else { return Ok(()) };
    let Some(schema) = sarif_schema()? else { return Ok(()) };
    let image = image(&docker)?;
    let sarif = report(&image.save()?, "report.sarif")?;
    let check = "import json, sys, jsonschema\n\
        schema, log = (json.load(open(path)) for path in sys.argv[1:])\n\
        jsonschema.validators.validator_for(schema)(schema).validate(log)\n\
        assert log['runs'][0]['results']\n";
    let output = Command::new("/usr/bin/python3").args(["-c", check]).arg(schema).arg(&sarif).output()?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(())
}
