//! Images and containers that Docker or Podman give out, and what happens when they do not.

#![cfg(unix)]
mod common;

use std::time::{Duration, Instant};

use common::{brief, files, gaps, request, token};
use serde_json::json;
use tightlip_engine::{Cache, CacheFolder, DockerTls, Network, Quiet, Request, ScanError, scan};
use tightlip_report::{Level, Report, Surface, Verdict};
use tightlip_testkit::{
    Age, Bundle, Daemon, Dialect, ImageBuilder, Inmate, Layer, Packing, SecureDaemon, Wrong,
};

/// A scan that finds both engines at the socket of the daemon.
fn asking(daemon: &Daemon, target: &str) -> Request {
    let mut request = request(target);
    request.sources.daemons.docker.host = Some(daemon.host());
    request.sources.daemons.podman.sockets = vec![daemon.socket()];
    request.sources.daemons.patience.idle = Duration::from_millis(500);
    request
}

fn ask(daemon: &Daemon, target: &str) -> Result<Report, ScanError> {
    scan(&asking(daemon, target), &Quiet)
}

fn said(error: &ScanError) -> String {
    format!("{error}\n{}", error.help().unwrap_or_default())
}

/// An image with a secret that a later layer deletes.
fn image() -> Bundle {
    let image = ImageBuilder::new().file("app/.env", format!("TOKEN={}\n", token(1))).delete("app/.env");
    Bundle::of(image.file("etc/motd", "welcome").build())
}

fn docker() -> Daemon {
    Daemon::start(Dialect::Docker).image("app:1", image().docker_archive(Age::Modern))
}

/// A container of `sha256:1` that wrote a secret, deleted a file and was given a variable.
fn inmate() -> Inmate {
    let export = Layer::new()
        .file("etc/other", "not changed")
        .file("run/prod.env", format!("TOKEN={}\n", token(2)))
        .tar();
    let settings = json!({
        "Id": "ab12", "Image": "sha256:1",
        "Config": {"Env": [format!("TOKEN={}", token(3)), "PATH=/bin"], "Labels": {"note": token(4)}},
        "Mounts": [],
    });
    let changes = json!([
        {"Path": "/run", "Kind": 0}, {"Path": "/run/prod.env", "Kind": 1}, {"Path": "/etc/motd", "Kind": 2},
    ]);
    Inmate { settings, changes, export, ..Inmate::default() }
}

fn inhabited(inmate: Inmate) -> Daemon {
    let daemon = Daemon::start(Dialect::Docker).inmate("box", inmate);
    daemon.image("sha256:1", image().docker_archive(Age::Modern))
}

#[test]
fn an_image_in_docker_is_read_as_it_comes() {
    let daemon = docker();
    let report = ask(&daemon, "docker:app:1").unwrap();
    assert_eq!(files(&report), ["layer 0 file app/.env deleted by 1"]);
    assert_eq!(gaps(&report), [""; 0]);
    assert!(report.findings[0].recover.starts_with("docker save app:1 | tar -xO -- blobs/sha256/"));
    assert_eq!(daemon.asked(), ["GET /images/app:1/get", "GET /images/app:1/json"]);
}

#[test]
fn a_layer_that_was_read_before_is_not_read_again_and_still_verified() {
    let folder = tempfile::tempdir().unwrap();
    let cache = CacheFolder::new(folder.path().to_owned());
    let cached = |daemon: &Daemon| {
        let mut request = asking(daemon, "docker:app");
        request.cache = Some(Cache::new(cache.clone(), &request.key, "test"));
        scan(&request, &Quiet).unwrap()
    };
    let builder = ImageBuilder::new().packing(Packing::Plain);
    let built = builder.file("a", "b".repeat(9000)).file("c", "d".repeat(9000)).build();
    let bundle = Bundle::of(built.clone());
    let daemon = Daemon::start(Dialect::Docker).image("app", bundle.docker_archive(Age::Modern));
    let first = cached(&daemon);
    let second = cached(&daemon);
    assert_eq!((first.read.reused_layers, second.read.reused_layers), (0, 2));
    assert_eq!((first.verdict(Level::Deny), second.verdict(Level::Deny)), (Verdict::Clean, Verdict::Clean));
    // Other bytes of the same length under the name of a layer that is known.
    let layer = &built.layers[0];
    let other: Vec<u8> = layer.blob.iter().map(|byte| !byte).collect();
    let lying = bundle.with_wrong_blob(&layer.digest, other).docker_archive(Age::Modern);
    let report = cached(&Daemon::start(Dialect::Docker).image("app", lying));
    assert!(gaps(&report).contains(&"digest-mismatch"), "{:?}", report.gaps);
}

#[test]
fn platforms_that_the_engine_never_had_are_named_and_others_are_gaps() {
    let (one, other) =
        (ImageBuilder::new().file("a", "b").build(), ImageBuilder::new().architecture("arm64"));
    let (bundle, other) = (Bundle::of(one).and(other.file("a", "c").build()), "arm64");
    let digest = ImageBuilder::new().architecture(other).file("a", "c").build().digest();
    let partial = || bundle.clone().without_blob(&digest).docker_archive(Age::Modern);
    let listed = json!({"Manifests": [{"ID": digest, "Available": false}]});
    let daemon = Daemon::start(Dialect::Docker).image("app", partial()).about("app", listed);
    let report = ask(&daemon, "docker:app").unwrap();
    assert_eq!((gaps(&report), report.verdict(Level::Deny)), (vec![], Verdict::Clean));
    let named = format!("{:?}", report.accepted_gaps);
    assert!(named.contains(&digest) && named.contains("scan registry:NAME"), "{named}");
    let report = ask(&Daemon::start(Dialect::Docker).image("app", partial()), "docker:app").unwrap();
    assert_eq!((gaps(&report), report.verdict(Level::Deny)), (vec!["missing-blob"], Verdict::Unproven));
}

#[test]
fn a_host_with_tls_is_believed_by_its_own_authority_and_told_who_asks() {
    let archive = image().docker_archive(Age::Modern);
    let (daemon, papers) = SecureDaemon::start("app:1", archive);
    let folder = tempfile::tempdir().unwrap();
    let certificates =
        [("ca.pem", &papers.authority), ("cert.pem", &papers.certificate), ("key.pem", &papers.key)];
    for (name, pem) in certificates {
        std::fs::write(folder.path().join(name), pem).unwrap();
    }
    let mut request = request("docker:app:1");
    let docker = &mut request.sources.daemons.docker;
    (docker.host, docker.tls) = (Some(format!("tcp://{}", daemon.host())), DockerTls::Verified);
    docker.certificates = Some(folder.path().to_owned());
    assert_eq!(files(&scan(&request, &Quiet).unwrap()), ["layer 0 file app/.env deleted by 1"]);
    std::fs::remove_file(folder.path().join("cert.pem")).unwrap();
    let told = said(&scan(&request, &Quiet).unwrap_err());
    assert!(told.contains("cannot reach Docker"), "without a certificate of ours: {told}");
    std::fs::write(folder.path().join("cert.pem"), &papers.certificate).unwrap();
    std::fs::remove_file(folder.path().join("ca.pem")).unwrap();
    let told = said(&scan(&request, &Quiet).unwrap_err());
    assert!(told.contains("TLS failed") && told.contains("DOCKER_CERT_PATH"), "{told}");
    request.sources.daemons.docker.tls = DockerTls::Unverified;
    assert!(scan(&request, &Quiet).is_ok());
}

#[test]
fn an_image_in_podman_is_asked_for_in_the_form_that_leaves_nothing_out() {
    let daemon = Daemon::start(Dialect::Podman).image("localhost/app:1", image().oci_archive());
    let report = ask(&daemon, "podman:localhost/app:1").unwrap();
    assert_eq!(files(&report), ["layer 0 file app/.env deleted by 1"]);
    let recover = &report.findings[0].recover;
    assert!(
        recover.starts_with("podman save --quiet --format oci-archive localhost/app:1 | tar -xO -- blobs/"),
        "{recover}"
    );
}

#[test]
fn an_image_that_is_not_there_is_an_error_with_the_next_step() {
    let daemon = docker();
    let error = ask(&daemon, "docker:other:2").unwrap_err();
    assert!(said(&error).contains("has no image `other:2`"), "{}", said(&error));
    assert!(said(&error).contains("docker image ls") && said(&error).contains("registry:other:2"));
    assert_eq!(daemon.asked(), ["GET /images/other:2/get"], "nobody else was asked");
    let error = ask(&daemon, "docker:a b").unwrap_err();
    assert!(said(&error).contains("names no image"), "{}", said(&error));
    let error = ask(&daemon, "container:none").unwrap_err();
    assert!(said(&error).contains("docker ps --all"), "{}", said(&error));
}

#[test]
fn a_daemon_that_is_gone_is_an_error_with_the_next_step() {
    let daemon = docker();
    let mut request = asking(&daemon, "docker:app:1");
    let socket = daemon.socket();
    drop(daemon);
    let told = said(&scan(&request, &Quiet).unwrap_err());
    assert!(
        told.contains("cannot reach Docker") && told.contains("docker save NAME | tightlip scan -"),
        "{told}"
    );
    let folder = tempfile::tempdir().unwrap();
    let dead = folder.path().join("dead.sock");
    drop(std::os::unix::net::UnixListener::bind(&dead).unwrap());
    request.sources.daemons.docker.host = Some(format!("unix://{}", dead.display()));
    let told = said(&scan(&request, &Quiet).unwrap_err());
    assert!(told.contains("nobody listens there") && told.contains("systemctl start docker"), "{told}");
    request.target = "podman:app".to_owned();
    request.sources.daemons.podman.sockets = vec![socket];
    let told = said(&scan(&request, &Quiet).unwrap_err());
    assert!(told.contains("cannot reach Podman") && told.contains("podman.socket"), "{told}");
}

#[test]
fn what_a_daemon_does_wrong_is_an_error_or_a_gap_and_never_clean() {
    let clean =
        Bundle::of(ImageBuilder::new().file("a", "b".repeat(9000)).build()).docker_archive(Age::Modern);
    let middle = clean.len() / 2;
    for wrong in [
        Wrong::Cut(middle),
        Wrong::Cut(700),
        Wrong::Shortened(clean.len() - middle),
        Wrong::Stall(middle),
        Wrong::Flipped,
        Wrong::Status(500, None),
        Wrong::Html,
        Wrong::Elsewhere("http://127.0.0.1:9".to_owned()),
    ] {
        let daemon = Daemon::start(Dialect::Docker).image("app", clean.clone()).wrong(wrong.clone());
        let start = Instant::now();
        match ask(&daemon, "docker:app") {
            Ok(report) => assert_eq!(report.verdict(Level::Deny), Verdict::Unproven, "{wrong:?}"),
            Err(error) => assert!(error.help().is_some(), "{wrong:?}: {error}"),
        }
        assert!(start.elapsed() < Duration::from_secs(20), "{wrong:?}");
    }
    let daemon = Daemon::start(Dialect::Docker).image("app", clean);
    assert_eq!(ask(&daemon, "docker:app").unwrap().verdict(Level::Deny), Verdict::Clean);
}

#[test]
fn a_docker_far_away_needs_the_network() {
    let mut request = request("docker:app");
    request.sources.network = Network::Refused;
    request.sources.daemons.docker.host = Some("tcp://docker.example:2375".to_owned());
    let told = said(&scan(&request, &Quiet).unwrap_err());
    assert!(told.contains("--offline"), "{told}");
    let daemon = docker();
    let mut near = asking(&daemon, "docker:app:1");
    near.sources.network = Network::Refused;
    assert!(scan(&near, &Quiet).is_ok());
}

#[test]
fn a_container_is_a_layer_on_its_image_and_has_settings() {
    let report = ask(&inhabited(inmate()), "container:box").unwrap();
    let expected = ["layer 0 file app/.env deleted by 1", "layer 3 file run/prod.env visible"];
    assert_eq!(files(&report), expected);
    assert_eq!(gaps(&report), [""; 0]);
    let settings: Vec<String> =
        report.findings.iter().filter(|f| f.place.layer.is_none()).map(brief).collect();
    assert_eq!(settings, ["env /Config/Env/0 metadata", "label /Config/Labels/note metadata"]);
    let recover = |surface| &report.findings.iter().rfind(|f| f.place.surface == surface).unwrap().recover;
    let inspect = "docker container inspect box | jq '.[0]' | jq -r '.Config.Env[0]'";
    assert_eq!(recover(Surface::Env), inspect);
    let own = report.findings.iter().find(|f| f.place.path.as_deref() == Some("run/prod.env")).unwrap();
    assert_eq!(own.recover, "docker export box | tar -xO -- run/prod.env");
    assert_eq!(own.mechanism, "container-file");
    assert_eq!(report.target.reference.as_deref(), Some("container box"));
}

#[test]
fn a_file_that_a_container_deletes_is_labelled_in_its_image() {
    let mut inmate = inmate();
    inmate.changes = json!([{"Path": "/keep.env", "Kind": 2}]);
    let below = ImageBuilder::new().file("keep.env", format!("TOKEN={}\n", token(5))).build();
    let daemon = Daemon::start(Dialect::Docker).inmate("box", inmate);
    let daemon = daemon.image("sha256:1", Bundle::of(below).docker_archive(Age::Old));
    let report = ask(&daemon, "container:box").unwrap();
    assert_eq!(files(&report), ["layer 0 file keep.env deleted by 1"]);
}

#[test]
fn a_container_whose_image_is_gone_is_read_and_not_clean() {
    let daemon = Daemon::start(Dialect::Docker).inmate("box", inmate());
    let report = ask(&daemon, "container:box").unwrap();
    assert_eq!(files(&report), ["layer 0 file run/prod.env visible"]);
    assert_eq!(gaps(&report), ["missing-blob"]);
}

#[test]
fn mounts_are_named_and_not_read() {
    let mut inmate = inmate();
    inmate.settings["Mounts"] = json!([{"Type": "volume", "Destination": "/data"}]);
    inmate.settings["HostConfig"] = json!({"Tmpfs": {"/tmp": ""}});
    let report = ask(&inhabited(inmate), "container:box").unwrap();
    assert_eq!(gaps(&report), ["limit"]);
    let text = format!("{:?}", report.gaps);
    assert!(text.contains("/data") && text.contains("/tmp"), "{text}");
}

#[test]
fn a_change_that_does_not_come_is_a_gap_unless_it_has_no_content() {
    let mut inmate = inmate();
    let more = ["/run/app.sock", "/run/gone", "/run/hidden"].map(|path| json!({"Path": path, "Kind": 1}));
    inmate.changes.as_array_mut().unwrap().extend(more);
    inmate.stats = [("/run/app.sock".to_owned(), 1 << 24), ("/run/hidden".to_owned(), 0o644)].into();
    let report = ask(&inhabited(inmate), "container:box").unwrap();
    assert_eq!(gaps(&report), ["unreadable"]);
    assert_eq!(report.gaps.len(), 1, "{:?}", report.gaps);
    assert!(format!("{:?}", report.gaps).contains("run/hidden"));
}

#[test]
fn an_export_that_breaks_off_is_never_clean() {
    let clean =
        || Inmate { settings: json!({"Image": ""}), export: Layer::new().file("a", "b").tar(), ..inmate() };
    for bytes in [0, 100, 512, 800, 1024, 1500] {
        let daemon = Daemon::start(Dialect::Docker).inmate("box", clean()).wrong(Wrong::Shortened(bytes));
        let report = ask(&daemon, "container:box").unwrap();
        let kinds = gaps(&report);
        // With one of the two blocks of zeros everything is there.
        assert_eq!(bytes > 512, kinds.contains(&"unreadable"), "{bytes}: {kinds:?}");
    }
}
