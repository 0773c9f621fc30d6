//! Asks a daemon: questions with small answers, and archives that come as a stream.

use std::io::Read;
use std::time::Duration;

use serde_json::Value;
use ureq::http::header::CONTENT_TYPE;
use ureq::http::{Method, Request, Response};
use ureq::tls::{ClientCert, RootCerts, TlsConfig};
use ureq::{Agent, Body, SendBody};

use super::super::registry::{self, Sent};
use super::super::{DaemonPatience, Network, Options, Pipe};
use super::endpoint::{Endpoint, Tls, Trust};
use super::{DaemonError, Engine, Outflow, Silence};
use crate::Digest;

/// The largest answer that is kept, in bytes: the list of what a container changed can be long.
const MAX_ANSWER: u64 = 64 << 20;
/// As much of an error's body as is read, in bytes.
const MAX_SAID: u64 = 64 << 10;

/// A daemon that can be asked.
pub(in crate::store) struct Daemon {
    pub(in crate::store) engine: &'static Engine,
    agent: Agent,
    /// What every address starts with.
    base: String,
    /// What a person knows it by.
    at: String,
    patience: DaemonPatience,
}

impl Daemon {
    /// Finds the daemon. Whether it answers is seen when it is asked.
    pub(in crate::store) fn reach(engine: &'static Engine, options: &Options) -> Result<Self, DaemonError> {
        let endpoint = (engine.find)(&options.daemons)?;
        let (at, patience) = (endpoint.name(), options.daemons.patience.clone());
        if options.network == Network::Refused && !endpoint.is_local() {
            return Err(DaemonError::Offline { engine: engine.name, at });
        }
        let (agent, base) = client(endpoint, &patience)?;
        let mut daemon = Self { engine, agent, base, at, patience };
        if let Some(own) = engine.own {
            let version = daemon.version(own)?;
            daemon.base.push_str(&format!("/v{version}/{own}"));
        }
        Ok(daemon)
    }

    /// The version of the engine's own interface, which it wants in every address.
    fn version(&self, own: &str) -> Result<String, DaemonError> {
        let answer = self.ask(&Method::GET, &format!("/{own}/_ping"), self.patience.answer)?;
        let version = answer.headers().get("libpod-api-version").and_then(|value| value.to_str().ok());
        let number = |text: &&str| text.bytes().all(|b| b.is_ascii_digit() || b == b'.');
        let version = version.filter(number).map(str::to_owned);
        version.ok_or_else(|| self.nonsense(format!("says no version of {}", self.engine.name)))
    }

    /// An image as an archive.
    pub(in crate::store) fn image(&self, name: &str) -> Result<Outflow, DaemonError> {
        let bytes =
            self.stream(&format!("/images/{name}/{}", self.engine.image)).map_err(|error| match error {
                DaemonError::Answer { status: 404, .. } => DaemonError::NoImage {
                    engine: self.engine.name,
                    program: self.engine.program,
                    at: self.at.clone(),
                    name: name.to_owned(),
                },
                other => other,
            })?;
        let command = format!("{} {name}", self.engine.save);
        let absent = self.absent(name);
        let pipe = Pipe { name: format!("{}:{name}", self.engine.program), command };
        Ok(Outflow { pipe, bytes, absent })
    }

    /// The manifests of an image that the engine knows of and has not: other platforms, and what is attested of them.
    /// One that does not say leaves it open, and they are gaps.
    ///
    /// Source: Docker Engine API 1.48, "Inspect an image", `manifests`.
    fn absent(&self, name: &str) -> Vec<Digest> {
        let said = self.json(&format!("/images/{name}/json?manifests=1")).unwrap_or_default();
        let said: Value = serde_json::from_slice(&said).unwrap_or_default();
        let listed = said.get("Manifests").and_then(Value::as_array).into_iter().flatten();
        let absent = listed.filter(|entry| entry.get("Available").and_then(Value::as_bool) == Some(false));
        absent.filter_map(|entry| Digest::parse(entry.get("ID")?.as_str()?).ok()).collect()
    }

    /// A JSON document.
    pub(in crate::store) fn json(&self, path: &str) -> Result<Vec<u8>, DaemonError> {
        let answer = self.ask(&Method::GET, path, self.patience.answer)?;
        let mut bytes = Vec::new();
        let body = answer.into_body().into_with_config().limit(MAX_ANSWER).reader();
        let broken =
            |error: std::io::Error| self.nonsense(format!("breaks off or answers too much ({error})"));
        body.take(MAX_ANSWER).read_to_end(&mut bytes).map_err(broken)?;
        if serde_json::from_slice::<serde::de::IgnoredAny>(&bytes).is_err() {
            return Err(self.nonsense("answers something that is no JSON".to_owned()));
        }
        Ok(bytes)
    }

    /// An archive.
    pub(in crate::store) fn stream(&self, path: &str) -> Result<Box<dyn Read + Send>, DaemonError> {
        let answer = self.ask(&Method::GET, path, self.patience.idle)?;
        let kind =
            answer.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        if kind.starts_with("text/html") {
            return Err(self.nonsense("answers with a web page".to_owned()));
        }
        Ok(Box::new(answer.into_body().into_with_config().limit(u64::MAX).reader()))
    }

    /// Hands over an archive with images. An answer that tells of an error is one.
    ///
    /// Source: Docker Engine API, "Import images".
    pub(in crate::store) fn load(&self, archive: &mut dyn Read) -> Result<(), DaemonError> {
        let request =
            Request::builder().method(Method::POST).uri(format!("{}/images/load?quiet=1", self.base));
        let request = request.header(CONTENT_TYPE, "application/x-tar");
        let mut archive = archive;
        let request = request.body(SendBody::from_reader(&mut archive));
        let request = request.map_err(|_| DaemonError::Setting(format!("{} is no address", self.at)))?;
        let idle = Some(self.patience.idle);
        let request = self.agent.configure_request(request).timeout_recv_response(idle).build();
        let answer = self.told(self.agent.run(request))?;
        let mut said = Vec::new();
        let body = answer.into_body().into_with_config().limit(MAX_SAID).reader();
        let _ = body.take(MAX_SAID).read_to_end(&mut said);
        let lines =
            said.split(|byte| *byte == b'\n').filter_map(|line| serde_json::from_slice::<Value>(line).ok());
        let error = lines.filter_map(|line| Some(line.get("error")?.as_str()?.to_owned())).next();
        let error = error.map(|error| Sent::default().masked(&error, ""));
        error.map_or(Ok(()), |error| Err(self.nonsense(format!("did not take the image: {error}"))))
    }

    /// The headers of an answer.
    pub(in crate::store) fn headers(&self, path: &str) -> Result<Response<Body>, DaemonError> {
        self.ask(&Method::HEAD, path, self.patience.answer)
    }

    fn ask(&self, method: &Method, path: &str, begin: Duration) -> Result<Response<Body>, DaemonError> {
        let request = Request::builder().method(method).uri(format!("{}{path}", self.base)).body(());
        let request = request.map_err(|_| DaemonError::Setting(format!("{} is no address", self.at)))?;
        let request = self.agent.configure_request(request).timeout_recv_response(Some(begin)).build();
        self.told(self.agent.run(request))
    }

    /// An answer that says yes.
    fn told(&self, answer: Result<Response<Body>, ureq::Error>) -> Result<Response<Body>, DaemonError> {
        let response = answer.map_err(|error| self.silent(error))?;
        let status = response.status().as_u16();
        if response.status().is_success() {
            return Ok(response);
        }
        let mut body = Vec::new();
        // What it says is a courtesy; that it said no is what counts.
        let _ = response.into_body().into_with_config().limit(MAX_SAID).reader().read_to_end(&mut body);
        let (engine, at) = (self.engine.name, self.at.clone());
        let said = registry::said(&body, &|text| Sent::default().masked(text, ""));
        Err(DaemonError::Answer { engine, at, status, said })
    }

    fn nonsense(&self, what: String) -> DaemonError {
        DaemonError::Nonsense { engine: self.engine.name, at: self.at.clone(), what }
    }

    /// Why nobody answers.
    fn silent(&self, error: ureq::Error) -> DaemonError {
        let why = match error {
            ureq::Error::Protocol(why) => return self.nonsense(format!("does not speak HTTP ({why})")),
            ureq::Error::Timeout(ureq::Timeout::Resolve | ureq::Timeout::Connect) => {
                Silence::TooSlow("the time for connecting")
            }
            ureq::Error::Timeout(_) => Silence::TooSlow("the time for an answer"),
            ureq::Error::Tls(why) => Silence::Tls(why.to_owned()),
            ureq::Error::Rustls(why) => Silence::Tls(why.to_string()),
            ureq::Error::Io(error) => of_io(&error),
            ureq::Error::HostNotFound => Silence::Other("there is no host of this name".to_owned()),
            _ => Silence::Other("the connection failed".to_owned()),
        };
        self.unreachable(why)
    }

    fn unreachable(&self, why: Silence) -> DaemonError {
        let Engine { name, program, start, choose, .. } = *self.engine;
        DaemonError::Unreachable { engine: name, program, start, choose, at: self.at.clone(), why }
    }

    /// The error for a container that is not there.
    pub(in crate::store) fn no_container(&self, name: &str) -> DaemonError {
        DaemonError::NoContainer {
            engine: self.engine.name,
            program: self.engine.program,
            at: self.at.clone(),
            name: name.to_owned(),
        }
    }
}

fn of_io(error: &std::io::Error) -> Silence {
    use std::io::ErrorKind;
    match error.kind() {
        ErrorKind::NotFound => Silence::NoSocket,
        ErrorKind::ConnectionRefused => Silence::Refused,
        ErrorKind::PermissionDenied => Silence::Forbidden,
        ErrorKind::TimedOut | ErrorKind::WouldBlock => Silence::TooSlow("the time for an answer"),
        // rustls comes through as data that is wrong.
        ErrorKind::InvalidData => Silence::Tls(error.to_string()),
        _ => Silence::Other(error.to_string()),
    }
}

fn client(endpoint: Endpoint, patience: &DaemonPatience) -> Result<(Agent, String), DaemonError> {
    let config = Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .user_agent(concat!("tightlip/", env!("CARGO_PKG_VERSION")))
        // A daemon is asked directly: it is the user's own.
        .proxy(None)
        .timeout_resolve(Some(patience.answer))
        .timeout_connect(Some(patience.answer))
        .timeout_per_read(Some(patience.idle))
        .timeout_per_write(Some(patience.idle));
    match endpoint {
        #[cfg(unix)]
        Endpoint::Socket(path) => {
            Ok((super::socket::agent(path, config.build()), "http://localhost".to_owned()))
        }
        #[cfg(not(unix))]
        Endpoint::Socket(path) => {
            Err(DaemonError::Setting(format!("{}: there are no unix sockets here", path.display())))
        }
        Endpoint::Host { address, tls: None } => {
            Ok((config.build().new_agent(), format!("http://{address}")))
        }
        Endpoint::Host { address, tls: Some(tls) } => {
            let tls = trust(&tls).map_err(DaemonError::Setting)?;
            Ok((config.tls_config(tls).build().new_agent(), format!("https://{address}")))
        }
    }
}

/// Whom to believe, and who we are.
fn trust(tls: &Tls) -> Result<TlsConfig, String> {
    let roots = match &tls.ca {
        // The daemon's own authority is the only one: nobody else may speak for it.
        Some(path) => RootCerts::new_with_certs(&registry::certificates(path)?),
        None => registry::system_roots(),
    };
    let client = match (&tls.certificate, &tls.key) {
        (Some(certificate), Some(key)) => Some(ClientCert::new_with_certs(
            &registry::certificates(certificate)?,
            registry::private_key(key)?,
        )),
        _ => None,
    };
    let anybody = tls.trust == Trust::Anybody;
    Ok(TlsConfig::builder().root_certs(roots).client_cert(client).disable_verification(anybody).build())
}
