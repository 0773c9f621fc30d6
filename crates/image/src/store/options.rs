//! What opening a source may use: the network, credentials, proxies. The caller knows the environment; this room
//! does not look at it.

use std::path::PathBuf;
use std::time::Duration;

/// How sources are opened.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Whether sources on other machines may be asked.
    pub network: Network,
    /// How registries are asked.
    pub registry: RegistryOptions,
    /// How Docker and Podman are found.
    pub daemons: DaemonOptions,
}

/// How Docker and Podman are found, and how long they are waited for.
#[derive(Clone, Debug, Default)]
pub struct DaemonOptions {
    /// What the environment says about Docker.
    pub docker: DockerOptions,
    /// What the environment says about Podman.
    pub podman: PodmanOptions,
    /// How long they are waited for.
    pub patience: DaemonPatience,
}

/// What the environment says about Docker, as its own command line reads it.
#[derive(Clone, Debug, Default)]
pub struct DockerOptions {
    /// `DOCKER_HOST`: `unix://PATH`, `tcp://HOST:PORT`.
    pub host: Option<String>,
    /// `DOCKER_CONTEXT`: which context is used, where no host is named.
    pub context: Option<String>,
    /// The folder with `config.json` and `contexts`.
    pub config: Option<PathBuf>,
    /// The folder with `ca.pem`, `cert.pem` and `key.pem` for a host that is named.
    pub certificates: Option<PathBuf>,
    /// Whether a host that is named speaks TLS.
    pub tls: DockerTls,
}

/// How a host is spoken to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DockerTls {
    /// Without TLS.
    #[default]
    Off,
    /// With TLS, whoever answers (`DOCKER_TLS`).
    Unverified,
    /// With TLS, and only if it is who it says it is (`DOCKER_TLS_VERIFY`).
    Verified,
}

/// What the environment says about Podman.
#[derive(Clone, Debug, Default)]
pub struct PodmanOptions {
    /// `CONTAINER_HOST`: `unix://PATH`, `tcp://HOST:PORT`.
    pub host: Option<String>,
    /// Where its socket may be, where no host is named. The first that exists is used.
    pub sockets: Vec<PathBuf>,
}

/// How long a daemon is waited for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DaemonPatience {
    /// How long the answer to a small question may take.
    pub answer: Duration,
    /// How long an image or a container may take to begin, and may stand still. Some engines write a large one to
    /// their own disk before its first byte comes.
    pub idle: Duration,
}

impl Default for DaemonPatience {
    fn default() -> Self {
        Self { answer: Duration::from_secs(60), idle: Duration::from_secs(600) }
    }
}

/// Whether the network may be used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Network {
    /// It may.
    #[default]
    Allowed,
    /// A source that needs it is refused.
    Refused,
}

/// How registries are asked.
#[derive(Clone, Debug, Default)]
pub struct RegistryOptions {
    /// Where credentials lie.
    pub credentials: CredentialSources,
    /// Which registries may be asked without TLS.
    pub plain_http: PlainHttp,
    /// A file with certificates (PEM) that are trusted besides those of the system.
    pub ca: Option<PathBuf>,
    /// Folders with a folder for each registry, `host[:port]`, in which certificates lie: `/etc/docker/certs.d`. The
    /// first that knows a registry is believed.
    pub certificates: Vec<PathBuf>,
    /// What stands between here and the registries.
    pub proxies: Proxies,
    /// How long is waited, and how often is tried.
    pub patience: Patience,
}

/// Where credentials lie: files as `docker login` and `podman login` write them, and where the programs are that
/// such files name.
#[derive(Clone, Debug, Default)]
pub struct CredentialSources {
    /// The files, the first that knows a registry is believed. Those that do not exist are passed over.
    pub files: Vec<PathBuf>,
    /// The directories in which `docker-credential-…` programs are looked for.
    pub programs: Vec<PathBuf>,
}

/// Which registries may be asked without TLS.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum PlainHttp {
    /// Those on this machine.
    #[default]
    Loopback,
    /// These, as `host[:port]`, and those on this machine.
    At(Vec<String>),
    /// All: the registry that is named does not speak TLS.
    Anywhere,
}

impl PlainHttp {
    /// Whether the registry `host[:port]` may be asked without TLS because the user says so.
    pub(crate) fn covers(&self, service: &str) -> bool {
        match self {
            Self::Loopback => false,
            Self::At(services) => services.iter().any(|one| one.eq_ignore_ascii_case(service)),
            Self::Anywhere => true,
        }
    }
}

/// Proxies, as `http://[user:password@]host:port`. A registry on this machine is never asked through one.
#[derive(Clone, Default)]
pub struct Proxies {
    /// For TLS.
    pub https: Option<String>,
    /// For plain HTTP.
    pub http: Option<String>,
    /// The hosts that are asked directly: `example.org` with everything below it, `10.0.0.0/8`, or `*`.
    pub except: Vec<String>,
}

/// Shows no address: it may hold a password.
impl std::fmt::Debug for Proxies {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (https, http) = (self.https.is_some(), self.http.is_some());
        f.debug_struct("Proxies")
            .field("https", &https)
            .field("http", &http)
            .field("except", &self.except)
            .finish()
    }
}

/// How long is waited, and how often is tried. Nothing waits forever.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Patience {
    /// How often a request is repeated that failed in a way that may pass, and how often in a row a download
    /// that broke off is continued without getting on.
    pub retries: u32,
    /// How long the first pause is; each further one is twice as long.
    pub pause: Duration,
    /// The longest pause. A registry that asks for a longer one is not waited for.
    pub longest_pause: Duration,
    /// How long finding and reaching a host may take.
    pub connect: Duration,
    /// How long an answer may take to begin.
    pub answer: Duration,
    /// How long a download may stand still.
    pub idle: Duration,
    /// How many bytes must arrive in `idle`, so that a trickle does not hold up the run forever.
    pub trickle: u64,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            retries: 4,
            pause: Duration::from_millis(500),
            longest_pause: Duration::from_secs(60),
            connect: Duration::from_secs(15),
            answer: Duration::from_secs(60),
            idle: Duration::from_secs(30),
            trickle: 4096,
        }
    }
}
