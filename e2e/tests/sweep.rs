//! Sweeps of a real registry: all leaks found, each blob read once, and the same whenever it is killed.

use std::collections::BTreeMap;
use std::hash::{BuildHasher as _, RandomState};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, anyhow, ensure};
use serde_json::{Value, json};
use tightlip_e2e::{Build, Docker, LoggedRegistry, github_token, program};
use tightlip_image::store::{BlobId, Memory, Options, Push};
use tightlip_image::{Digest, Reference};
use tightlip_testkit::{Bundle, ImageBuilder, Layer};

/// The key of the identities of these tests.
const KEY: &str = "0707070707070707070707070707070707070707070707070707070707070707";

/// What was put into a registry: the images by name, and whether each leaks.
struct Filled {
    leaks: BTreeMap<String, bool>,
    secrets: Vec<String>,
}

/// Fills a registry with images that share layers. Every third leaks, in one of eight ways.
fn fill(registry: &LoggedRegistry, images: usize) -> Result<Filled> {
    let mut filled = Filled { leaks: BTreeMap::new(), secrets: Vec::new() };
    let mut bundles = Vec::new();
    for number in 0..images {
        let mut image = ImageBuilder::new();
        for layer in 0..3 {
            image = image
                .file(&format!("usr/lib/{layer}"), format!("base {} {layer}\n", number % 11).repeat(200));
        }
        image = image.file("app/name", format!("image {number}\n"));
        let leaks = number % 3 == 0;
        let bundle = if leaks {
            let secret = github_token();
            let bundle = leaking(image, number / 3, &secret);
            filled.secrets.push(secret);
            bundle
        } else {
            Bundle::of(image.build())
        };
        let name = format!("{}/team-{}/app:v{number}", registry.host(), number % 17);
        bundles.push((name.clone(), bundle));
        filled.leaks.insert(name, leaks);
    }
    push_all(&bundles)?;
    Ok(filled)
}

/// Several at once: most of the time of a push is waiting.
fn push_all(bundles: &[(String, Bundle)]) -> Result<()> {
    std::thread::scope(|scope| {
        let push_some =
            |some: &[(String, Bundle)]| some.iter().try_for_each(|(name, bundle)| push(name, bundle));
        let size = bundles.len().div_ceil(8).max(1);
        let pushing: Vec<_> = bundles.chunks(size).map(|some| scope.spawn(move || push_some(some))).collect();
        pushing.into_iter().try_for_each(|one| one.join().map_err(|_| anyhow!("a push panicked"))?)
    })
}

fn leaking(image: ImageBuilder, way: usize, secret: &str) -> Bundle {
    let file = |path: &str, text: String| Layer::new().file(path, text);
    let statement = || {
        json!({"_type": "https://in-toto.io/Statement/v0.1", "predicateType": "https://slsa.dev/provenance/v0.2",
            "predicate": {"invocation": {"parameters": {"args": {"build-arg:TOKEN": secret}}}}})
    };
    let step = |instruction: &str, layer: Layer| image.clone().step(instruction, layer);
    Bundle::of(match way % 8 {
        0 => image.env("TOKEN", secret).build(),
        1 => step("COPY .env / # buildkit", file("app/.env", format!("TOKEN={secret}\n"))).build(),
        2 => step("RUN x # buildkit", file("root/.netrc", format!("t={secret}\n")))
            .delete("root/.netrc")
            .build(),
        3 => image.label("note", secret).build(),
        4 => image.note(&format!("RUN |1 TOKEN={secret} /bin/sh -c make # buildkit")).build(),
        5 => return Bundle::of(image.build()).attest(statement()),
        6 => step("RUN y # buildkit", file(&format!("tmp/{secret}"), "x".to_owned())).build(),
        _ => image.annotation("note", secret).build(),
    })
}

fn push(name: &str, bundle: &Bundle) -> Result<()> {
    let mut store = Memory::new();
    let mut top = None;
    for (path, bytes) in bundle.oci_files() {
        if path == "index.json" {
            top = Some(store.add(bytes));
        } else {
            store.put(BlobId::at(&path), bytes);
        }
    }
    let top: Digest = top.context("a bundle has an index")?;
    Push::new(Reference::parse(name)?, &Options::default())?.image(&store, &top)?;
    Ok(())
}

/// The program, ready to sweep.
fn sweep(registry: &LoggedRegistry, state: &Path) -> Result<Command> {
    let mut command = Command::new(program()?);
    command.args(["sweep", registry.host(), "--quiet", "--format", "json", "--state"]).arg(state);
    command.env("TIGHTLIP_IDENTITY_KEY", KEY).env_remove("RUST_BACKTRACE").stdin(Stdio::null());
    Ok(command)
}

/// What the program says of every image, by name.
fn images(state: &Path, secrets: &[String]) -> Result<BTreeMap<String, Value>> {
    let mut command = Command::new(program()?);
    let output = command.args(["sweep", "images", "--format", "json", "--state"]).arg(state).output()?;
    let text = String::from_utf8(output.stdout)?;
    ensure!(secrets.iter().all(|secret| !text.contains(secret)), "the answer holds a secret");
    let answer: Value = serde_json::from_str(&text)?;
    let images = answer["images"].as_array().context("images")?.clone();
    Ok(images
        .into_iter()
        .map(|image| (image["image"].as_str().unwrap_or_default().to_owned(), image))
        .collect())
}

/// The digests of the blobs that were read, in order.
fn blobs(asked: &[String]) -> Vec<String> {
    let read =
        asked.iter().filter_map(|line| line.strip_prefix("GET ")).filter(|path| path.contains("/blobs/"));
    read.filter_map(|path| path.rsplit('/').next()).map(str::to_owned).collect()
}

fn no_secret_in(state: &Path, secrets: &[String]) -> Result<()> {
    let folder = state.parent().context("a folder")?;
    for file in std::fs::read_dir(folder)? {
        let bytes = std::fs::read(file?.path())?;
        let holds = |secret: &String| bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
        ensure!(!secrets.iter().any(holds), "the state holds a secret");
    }
    Ok(())
}

/// Images that a real builder made: clean, an argument that leaks, and a file that is deleted again.
fn build(docker: &Docker, registry: &LoggedRegistry, filled: &mut Filled) -> Result<()> {
    let secret = github_token();
    let texts = [
        ("clean", "FROM bb\nENV A=1\nRUN echo hello > /hello\n", false),
        ("argument", "FROM bb\nARG TOKEN\nRUN echo built > /built\n", true),
        ("deleted", "FROM bb\nCOPY key /app/key\nRUN rm /app/key\n", true),
    ];
    for (tag, text, leaks) in texts {
        let build = Build::new(text).file("key", format!("token={secret}\n"));
        let build = if text.contains("ARG") { build.arg("TOKEN", &secret) } else { build };
        let image = docker.build(&build)?;
        let name = format!("{}/built/app:{tag}", registry.host());
        docker.run(["tag", image.tag(), &name])?;
        docker.run(["push", "--quiet", &name])?;
        docker.run(["image", "rm", &name])?;
        filled.leaks.insert(name, leaks);
    }
    filled.secrets.push(secret);
    Ok(())
}

#[test]
fn all_leaks_are_found_each_blob_is_read_once_and_then_never_again() -> Result<()> {
    let (Some(docker), Some(registry)) = (Docker::get()?, LoggedRegistry::get()?) else { return Ok(()) };
    let folder = tempfile::tempdir()?;
    let state = folder.path().join("state.db");
    let mut filled = fill(&registry, 300)?;
    build(&docker, &registry, &mut filled)?;
    let before = registry.asked()?.len();
    let output = sweep(&registry, &state)?.output()?;
    ensure!(output.status.code() == Some(1), "{}", String::from_utf8_lossy(&output.stderr));
    let swept = images(&state, &filled.secrets)?;
    assert_eq!(swept.len(), filled.leaks.len());
    for (name, leaks) in &filled.leaks {
        let expected = if *leaks { "leaking" } else { "clean" };
        assert_eq!(swept[name]["verdict"], expected, "{name}: {:#}", swept[name]);
    }
    no_secret_in(&state, &filled.secrets)?;
    let asked = registry.asked()?;
    let read = blobs(&asked[before..]);
    let mut distinct = read.clone();
    distinct.sort();
    distinct.dedup();
    assert_eq!(read.len(), distinct.len(), "a blob was read twice");
    // Three shared layers of eleven kinds, and at least a layer and a configuration of its own for each image.
    assert!(distinct.len() >= 33 + 2 * 300, "{}", distinct.len());
    // A second run asks for names and reads nothing.
    let before = asked.len();
    assert_eq!(sweep(&registry, &state)?.output()?.status.code(), Some(1));
    let again = registry.asked()?.split_off(before);
    let reads = again.iter().filter(|line| line.starts_with("GET ") && !line.contains("/tags/list"));
    let reads: Vec<_> = reads.filter(|l| l.contains("/blobs/") || l.contains("/manifests/")).collect();
    assert_eq!(reads, [] as [&String; 0]);
    assert_eq!(images(&state, &filled.secrets)?, swept);
    like_scans(&swept, &filled)
}

/// Every image of the builder and some of the others, compared with a scan.
fn like_scans(swept: &BTreeMap<String, Value>, filled: &Filled) -> Result<()> {
    let chosen =
        filled.leaks.keys().enumerate().filter(|(at, name)| at % 23 == 0 || name.contains("/built/"));
    for (_, name) in chosen {
        let mut command = Command::new(program()?);
        command.args(["scan", "--no-cache", "--format", "json"]).arg(format!("registry:{name}"));
        let output = command.env("TIGHTLIP_IDENTITY_KEY", KEY).output()?;
        let scan: Value = serde_json::from_slice(&output.stdout)?;
        let told = ["verdict", "findings", "gaps_in_full"].map(|key| &swept[name][key]);
        assert_eq!(told, ["verdict", "findings", "gaps"].map(|key| &scan[key]), "{name}");
    }
    Ok(())
}

/// How often a sweep is killed: `TIGHTLIP_E2E_KILLS` for more than in every run of the tests.
fn kills() -> Result<u64> {
    match std::env::var("TIGHTLIP_E2E_KILLS") {
        Ok(kills) => Ok(kills.parse()?),
        Err(_) => Ok(12),
    }
}

#[test]
fn a_sweep_that_is_killed_again_and_again_comes_to_the_same() -> Result<()> {
    let Some(registry) = LoggedRegistry::get()? else { return Ok(()) };
    let folders = [tempfile::tempdir()?, tempfile::tempdir()?];
    let states: [PathBuf; 2] = [0, 1].map(|at| folders[at].path().join("state.db"));
    let filled = fill(&registry, 120)?;
    assert_eq!(sweep(&registry, &states[0])?.output()?.status.code(), Some(1));
    let before = registry.asked()?.len();
    let random = RandomState::new();
    let (mut kills, most) = (0, kills()?);
    loop {
        let mut running =
            sweep(&registry, &states[1])?.stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
        let moment = 100 + random.hash_one(kills) % (10_800 / most);
        std::thread::sleep(Duration::from_millis(moment));
        // The last ones are left alone, so that it ends on a slow machine too.
        if kills < most && running.try_wait()?.is_none() {
            running.kill()?;
            running.wait()?;
            kills += 1;
            continue;
        }
        assert_eq!(running.wait()?.code(), Some(1));
        break;
    }
    assert!(kills >= 3, "it was too quick to be killed: {kills}");
    assert_eq!(images(&states[1], &filled.secrets)?, images(&states[0], &filled.secrets)?);
    no_secret_in(&states[1], &filled.secrets)?;
    let read = blobs(&registry.asked()?[before..]);
    let mut distinct = read.clone();
    distinct.sort();
    distinct.dedup();
    let again = usize::try_from(kills)? * std::thread::available_parallelism()?.get();
    assert!(
        read.len() <= distinct.len() + again,
        "{} reads of {} blobs with {kills} kills",
        read.len(),
        distinct.len()
    );
    Ok(())
}
