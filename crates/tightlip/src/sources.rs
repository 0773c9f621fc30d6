//! How images are fetched: what the command line says, and what the environment holds for it.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::Args;
use tightlip_engine::policy::RegistrySettings;
use tightlip_engine::{
    CredentialSources, DaemonOptions, DaemonPatience, DockerOptions, DockerTls, Network, Options, Patience,
    PlainHttp, PodmanOptions, Proxies, RegistryOptions, Throttle,
};

/// The arguments of every command that opens images.
#[derive(Debug, Default, Args)]
pub(crate) struct Sources {
    /// The registry speaks no TLS (one on this machine is recognised)
    #[arg(long)]
    plain_http: bool,
    /// Certificates (PEM) to trust besides those of the system
    #[arg(long, value_name = "FILE")]
    registry_ca: Option<PathBuf>,
    /// Refuse whatever would need the network
    #[arg(long)]
    offline: bool,
}

impl Sources {
    /// The arguments, together with what the environment says.
    pub(crate) fn options(&self, policy: &RegistrySettings, folder: &Path) -> Options {
        let ca = || policy.ca.as_ref().map(|file| folder.join(file));
        Options {
            network: if self.offline { Network::Refused } else { Network::Allowed },
            registry: RegistryOptions {
                credentials: credentials(&|name| env::var_os(name)),
                plain_http: match self.plain_http {
                    true => PlainHttp::Anywhere,
                    false => PlainHttp::At(policy.plain_http.clone()),
                },
                ca: self.registry_ca.clone().or_else(ca),
                certificates: certificates(&|name| env::var_os(name)),
                proxies: proxies(&|name| env::var_os(name)),
                patience: Patience::default(),
                throttle: Throttle::default(),
            },
            daemons: daemons(&|name| env::var_os(name)),
        }
    }
}

/// How images are fetched where nothing is said about it.
pub(crate) fn usual() -> Options {
    Sources::default().options(&RegistrySettings::default(), Path::new(""))
}

type Environment<'e> = &'e dyn Fn(&str) -> Option<OsString>;

fn path(environment: Environment<'_>, name: &str) -> Option<PathBuf> {
    environment(name).filter(|value| !value.is_empty()).map(PathBuf::from)
}

fn home(environment: Environment<'_>) -> Option<PathBuf> {
    path(environment, "HOME").or_else(|| path(environment, "USERPROFILE"))
}

/// The folder of Docker's configuration.
fn docker_folder(environment: Environment<'_>) -> Option<PathBuf> {
    path(environment, "DOCKER_CONFIG").or_else(|| Some(home(environment)?.join(".docker")))
}

/// How Docker and Podman are found, by the variables that their own command lines read.
fn daemons(environment: Environment<'_>) -> DaemonOptions {
    let text = |name: &str| environment(name)?.into_string().ok().filter(|value| !value.is_empty());
    let tls = match (text("DOCKER_TLS_VERIFY"), text("DOCKER_TLS")) {
        (Some(_), _) => DockerTls::Verified,
        (None, Some(_)) => DockerTls::Unverified,
        (None, None) => DockerTls::Off,
    };
    let docker = DockerOptions {
        host: text("DOCKER_HOST"),
        context: text("DOCKER_CONTEXT"),
        config: docker_folder(environment),
        certificates: path(environment, "DOCKER_CERT_PATH"),
        tls,
    };
    // The user's own before that of the machine, which most users may not use.
    let own = path(environment, "XDG_RUNTIME_DIR").map(|folder| folder.join("podman").join("podman.sock"));
    let sockets = own.into_iter().chain([PathBuf::from("/run/podman/podman.sock")]).collect();
    let podman = PodmanOptions { host: text("CONTAINER_HOST"), sockets };
    DaemonOptions { docker, podman, patience: DaemonPatience::default() }
}

/// The files of `docker login` and `podman login`. The one that is named explicitly goes first.
fn credentials(environment: Environment<'_>) -> CredentialSources {
    let at = |name: &str| path(environment, name);
    let home = home(environment);
    let docker = docker_folder(environment);
    let config = at("XDG_CONFIG_HOME").or_else(|| Some(home.as_ref()?.join(".config")));
    let containers = [at("XDG_RUNTIME_DIR"), config].into_iter().flatten();
    let mut files: Vec<PathBuf> = at("REGISTRY_AUTH_FILE").into_iter().collect();
    files.extend(docker.map(|folder| folder.join("config.json")));
    files.extend(containers.map(|folder| folder.join("containers").join("auth.json")));
    CredentialSources { files, programs: path_of(environment) }
}

/// Where `docker login` and `podman login` may have written.
pub(crate) fn logins() -> Vec<PathBuf> {
    credentials(&|name| env::var_os(name)).files
}

/// The directories in which programs lie.
pub(crate) fn programs() -> Vec<PathBuf> {
    path_of(&|name| env::var_os(name))
}

/// The folders in which Docker's command line looks for plugins.
///
/// Source: docker/cli `cli-plugins/manager`.
pub(crate) fn plugins() -> Vec<PathBuf> {
    plugins_of(&|name| env::var_os(name))
}

fn plugins_of(environment: Environment<'_>) -> Vec<PathBuf> {
    let own = docker_folder(environment).map(|folder| folder.join("cli-plugins"));
    let system = [
        "/usr/local/lib/docker/cli-plugins",
        "/usr/local/libexec/docker/cli-plugins",
        "/usr/lib/docker/cli-plugins",
        "/usr/libexec/docker/cli-plugins",
    ];
    own.into_iter().chain(system.map(PathBuf::from)).collect()
}

fn path_of(environment: Environment<'_>) -> Vec<PathBuf> {
    environment("PATH").map(|path| env::split_paths(&path).collect()).unwrap_or_default()
}

/// Where Docker and Podman look for the certificates of registries; the user's own go first.
fn certificates(environment: Environment<'_>) -> Vec<PathBuf> {
    let config = path(environment, "XDG_CONFIG_HOME").or_else(|| Some(home(environment)?.join(".config")));
    let own = [docker_folder(environment), config.map(|folder| folder.join("containers"))];
    let system = ["/etc/docker", "/etc/containers"].map(|folder| Some(PathBuf::from(folder)));
    own.into_iter().chain(system).flatten().map(|folder| folder.join("certs.d")).collect()
}

/// The proxies, by the variables that all programs read, in either spelling.
fn proxies(environment: Environment<'_>) -> Proxies {
    let get = |name: &str| {
        let value = environment(&name.to_ascii_lowercase()).or_else(|| environment(name))?;
        value.into_string().ok().filter(|value| !value.is_empty())
    };
    let except = get("NO_PROXY").unwrap_or_default();
    Proxies {
        https: get("HTTPS_PROXY").or_else(|| get("ALL_PROXY")),
        http: get("HTTP_PROXY").or_else(|| get("ALL_PROXY")),
        except: except
            .split(',')
            .map(|rule| rule.trim().to_owned())
            .filter(|rule| !rule.is_empty())
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(variables: &'static [(&'static str, &'static str)]) -> impl Fn(&str) -> Option<OsString> {
        move |name| variables.iter().find(|(n, _)| *n == name).map(|(_, value)| OsString::from(value))
    }

    #[test]
    fn credentials_lie_where_docker_and_podman_put_them() {
        let usual = credentials(&set(&[("HOME", "/h"), ("XDG_RUNTIME_DIR", "/run/1"), ("PATH", "/a:/b")]));
        let files =
            ["/h/.docker/config.json", "/run/1/containers/auth.json", "/h/.config/containers/auth.json"];
        assert_eq!(usual.files, files.map(PathBuf::from));
        assert_eq!(usual.programs, ["/a", "/b"].map(PathBuf::from));
        let named = credentials(&set(&[("REGISTRY_AUTH_FILE", "/x.json"), ("DOCKER_CONFIG", "/d")]));
        assert_eq!(named.files, ["/x.json", "/d/config.json"].map(PathBuf::from));
        assert!(credentials(&set(&[])).files.is_empty());
    }

    #[test]
    fn daemons_are_found_as_their_own_command_lines_find_them() {
        let found = daemons(&set(&[
            ("HOME", "/h"),
            ("DOCKER_HOST", "tcp://d:1"),
            ("DOCKER_CONTEXT", ""),
            ("DOCKER_TLS_VERIFY", "1"),
            ("DOCKER_CERT_PATH", "/certs"),
            ("CONTAINER_HOST", "unix:///p.sock"),
            ("XDG_RUNTIME_DIR", "/run/1"),
        ]));
        assert_eq!(found.docker.host.as_deref(), Some("tcp://d:1"));
        assert_eq!((found.docker.context, found.docker.tls), (None, DockerTls::Verified));
        assert_eq!(found.docker.config, Some(PathBuf::from("/h/.docker")));
        assert_eq!(found.docker.certificates, Some(PathBuf::from("/certs")));
        assert_eq!(found.podman.host.as_deref(), Some("unix:///p.sock"));
        let sockets = ["/run/1/podman/podman.sock", "/run/podman/podman.sock"].map(PathBuf::from);
        assert_eq!(found.podman.sockets, sockets);
        assert_eq!(daemons(&set(&[("DOCKER_TLS", "1")])).docker.tls, DockerTls::Unverified);
        assert_eq!(daemons(&set(&[])).docker.tls, DockerTls::Off);
    }

    #[test]
    fn certificates_of_registries_lie_where_docker_and_podman_look() {
        let folders = certificates(&set(&[("HOME", "/h")]));
        let expected = ["/h/.docker", "/h/.config/containers", "/etc/docker", "/etc/containers"];
        assert_eq!(folders, expected.map(|folder| PathBuf::from(folder).join("certs.d")));
    }

    #[test]
    fn the_plugins_of_the_user_go_first() {
        let folders = plugins_of(&set(&[("DOCKER_CONFIG", "/d")]));
        assert_eq!(folders[0], PathBuf::from("/d/cli-plugins"));
        assert!(folders.contains(&PathBuf::from("/usr/libexec/docker/cli-plugins")));
    }

    #[test]
    fn proxies_are_read_in_either_spelling() {
        let found = proxies(&set(&[("https_proxy", "http://p:1"), ("NO_PROXY", "a.example, .b.example,")]));
        assert_eq!(found.https.as_deref(), Some("http://p:1"));
        assert_eq!(found.http, None);
        assert_eq!(found.except, ["a.example", ".b.example"]);
    }
}
