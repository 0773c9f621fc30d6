//! Asks a registry: TLS, proxies, logins, redirects, and patience.

use std::io::{self, Read};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use ureq::http::header::{
    ACCEPT, AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, LOCATION, RANGE, WWW_AUTHENTICATE,
};
use ureq::http::{HeaderMap, Request, Response};
use ureq::{Agent, Body, SendBody};

use super::address::Address;
use super::ask::{Along, Ask, Form};
use super::auth::{self, Challenge};
use super::credentials::{self, Credential};
use super::discreet::Sent;
use super::error::{Reach, RegistryError, code, said};
use super::pause::{pause, retry_after};
use super::reach::reach;
use super::steady::Steady;
use super::{proxy, trust};
use crate::Reference;
use crate::store::{Patience, RegistryOptions};

/// How often an answer may send us elsewhere.
const MAX_REDIRECTS: usize = 10;
/// As much of an error's body as is read, in bytes.
const MAX_SAID: u64 = 64 << 10;

/// One registry, asked for one repository.
pub(super) struct Client {
    reference: Reference,
    options: RegistryOptions,
    base: Address,
    plain: Agent,
    secure: OnceLock<Result<Agent, String>>,
    who: OnceLock<Result<Option<Credential>, String>>,
    session: Mutex<Session>,
    sent: Sent,
}

/// What was agreed on with the registry.
#[derive(Default)]
struct Session {
    /// The value of `Authorization`.
    authorization: Option<String>,
}

/// A good answer.
pub(super) struct Answer {
    pub(super) url: Address,
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    body: Body,
    patience: Patience,
}

impl Answer {
    /// A header as text.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// How long the body is, by its header.
    pub(super) fn length(&self) -> Option<u64> {
        self.body.content_length()
    }

    /// The body as a stream that does not stand still.
    pub(super) fn stream(self) -> Box<dyn Read + Send> {
        let body = self.body.into_with_config().limit(u64::MAX).reader();
        Box::new(Steady::new(body, &self.patience))
    }

    /// The whole body, at most `limit` bytes.
    pub(super) fn read(self, limit: u64) -> Result<Vec<u8>, RegistryError> {
        let url = self.url.clone();
        let mut bytes = Vec::new();
        let read = self.stream().take(limit + 1).read_to_end(&mut bytes);
        if let Err(e) = read {
            let why = Reach::Other(format!("the answer broke off: {e}"));
            return Err(RegistryError::Unreachable { host: url.host(), why });
        }
        if bytes.len() as u64 > limit {
            return Err(RegistryError::Nonsense {
                url: url.to_string(),
                what: format!("answered more than {limit} bytes"),
            });
        }
        Ok(bytes)
    }
}

impl Client {
    /// A client for the registry of this reference. On this machine it finds out whether the registry speaks TLS.
    pub(super) fn new(reference: Reference, options: RegistryOptions) -> Result<Self, RegistryError> {
        let service = reference.service();
        let address = |scheme: &str| Address::parse(&format!("{scheme}://{service}/"));
        let unusable = || RegistryError::Setting(format!("`{service}` is no address"));
        let (plain, secure) = (address("http").ok_or_else(unusable)?, address("https").ok_or_else(unusable)?);
        let agent = agent(&options, None);
        let loopback = reference.is_loopback() && options.ca.is_none();
        let mut client = Self {
            reference,
            options,
            base: secure.clone(),
            plain: agent,
            secure: OnceLock::new(),
            who: OnceLock::new(),
            session: Mutex::default(),
            sent: Sent::default(),
        };
        let plain_by_name = client.options.plain_http.covers(client.reference.service());
        if plain_by_name || (loopback && client.speaks_plain(&plain)) {
            client.base = plain;
        }
        Ok(client)
    }

    /// Whether somebody answers without TLS; a server that wants TLS answers 400 or nothing that is HTTP.
    fn speaks_plain(&self, plain: &Address) -> bool {
        let Some(url) = plain.join("/v2/") else { return false };
        match self.send(&Ask::get(url), None) {
            Ok(response) => response.status() != 400,
            // Nobody there: the first real question says so, and asks for what most use here.
            Err(RegistryError::Unreachable { why: Reach::Refused, .. }) => true,
            Err(_) => false,
        }
    }

    pub(super) fn base(&self) -> &Address {
        &self.base
    }

    pub(super) fn reference(&self) -> &Reference {
        &self.reference
    }

    pub(super) fn patience(&self) -> &Patience {
        &self.options.patience
    }

    /// The rights that are needed, where the registry does not say.
    pub(super) fn scope(&self) -> String {
        format!("repository:{}:pull", self.reference.repository())
    }

    /// Whether anything was ever asked with a login or a token.
    pub(super) fn is_open(&self) -> bool {
        self.session().authorization.is_none()
    }

    /// The address of `/v2/<repository>/<rest>`.
    pub(super) fn url(&self, rest: &str) -> Result<Address, RegistryError> {
        let path = format!("/v2/{}/{rest}", self.reference.repository());
        let nonsense = || RegistryError::Setting(format!("{rest} cannot be asked for"));
        self.base.join(&path).ok_or_else(nonsense)
    }

    /// Whether an address may be asked at all: with TLS always; without it only if the registry has none either,
    /// on this machine or where plain HTTP was allowed.
    pub(super) fn may_ask(&self, url: &Address) -> bool {
        let allowed = self.options.plain_http.covers(self.reference.service()) || url.is_loopback();
        !url.is_plain() || (self.base.is_plain() && allowed)
    }

    /// Asks the registry, as who is logged in if it wants that, patiently.
    pub(super) fn ask(&self, ask: &Ask<'_>) -> Result<Answer, RegistryError> {
        self.patiently(|| self.ask_once(ask))
    }

    /// How the registry asks for a login, if it does.
    pub(super) fn challenge(&self) -> Result<Option<Challenge>, RegistryError> {
        let (_, response) =
            self.follow(&Ask::get(self.base.join("/v2/").unwrap_or_else(|| self.base.clone())), None)?;
        Ok(challenge(&response))
    }

    /// Asks a token service or an interface, patiently.
    pub(super) fn ask_anyone(&self, ask: &Ask<'_>) -> Result<Answer, RegistryError> {
        self.patiently(|| {
            let (url, response) = self.follow(ask, ask.authorization.as_deref())?;
            self.judge(url, response)
        })
    }

    fn patiently(&self, once: impl Fn() -> Result<Answer, RegistryError>) -> Result<Answer, RegistryError> {
        let mut tries = 0;
        loop {
            let error = match once() {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            let longest = self.options.patience.longest_pause;
            let too_long = error.wait().is_some_and(|wait| wait > longest);
            if tries >= self.options.patience.retries || !error.may_pass() || too_long {
                return Err(error);
            }
            let pause = pause(&self.options.patience, tries, error.wait());
            if matches!(error, RegistryError::Answer { status: 429, .. }) {
                self.options.throttle.pause(pause);
            }
            std::thread::sleep(pause);
            tries += 1;
        }
    }

    fn ask_once(&self, ask: &Ask<'_>) -> Result<Answer, RegistryError> {
        let used = self.session().authorization.clone();
        let (url, response) = self.follow(ask, used.as_deref())?;
        if response.status() != 401 || !url.same_origin(&self.base) {
            return self.judge(url, response);
        }
        let renewed = match challenge(&response) {
            Some(challenge) => self.renew(&challenge, used.as_deref())?,
            None => None,
        };
        let Some(renewed) = renewed else { return self.judge(url, response) };
        // Read to its end, so that the connection can be used again.
        let _ = Answer::of(url, response, self.patience()).read(MAX_SAID);
        let (url, response) = self.follow(ask, Some(&renewed))?;
        self.judge(url, response)
    }

    /// A login that is not the one that was just refused.
    fn renew(&self, challenge: &Challenge, used: Option<&str>) -> Result<Option<String>, RegistryError> {
        let mut session = self.session();
        if session.authorization.as_deref() != used {
            return Ok(session.authorization.clone());
        }
        let who = self.who()?;
        let answered = auth::answer(self, challenge, who).map_err(|e| self.refused(e))?;
        // The same password again would only be refused again.
        let renewed = answered.filter(|new| Some(new.as_str()) != used);
        if renewed.is_some() {
            session.authorization.clone_from(&renewed);
        }
        Ok(renewed)
    }

    /// What a token service refuses, the registry refuses.
    fn refused(&self, error: RegistryError) -> RegistryError {
        match error {
            RegistryError::Unauthorised { said, .. } | RegistryError::Denied { said, .. } => {
                self.unauthorised(said)
            }
            other => other,
        }
    }

    fn unauthorised(&self, said: String) -> RegistryError {
        let refused = self.who().ok().flatten().map(|who| who.file.clone());
        let host = self.reference.host().to_owned();
        RegistryError::Unauthorised { host, name: self.reference.name(), said, refused }
    }

    /// Who asks, if anybody is logged in.
    pub(super) fn who(&self) -> Result<Option<&Credential>, RegistryError> {
        let found = self.who.get_or_init(|| credentials::find(&self.reference, &self.options.credentials));
        found.as_ref().map(Option::as_ref).map_err(|why| RegistryError::Setting(why.clone()))
    }

    fn session(&self) -> MutexGuard<'_, Session> {
        self.session.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks, and goes where the answers lead. The login stays with the registry: a redirect to another host is
    /// followed without it.
    fn follow(
        &self,
        ask: &Ask<'_>,
        authorization: Option<&str>,
    ) -> Result<(Address, Response<Body>), RegistryError> {
        let mut ask = ask.clone();
        let first = ask.url.clone();
        for _ in 0..=MAX_REDIRECTS {
            let own = authorization.filter(|_| ask.url.same_origin(&first));
            let response = self.send(&ask, own)?;
            let goes_on = matches!(ask.along, Along::Nothing | Along::Head);
            if !matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308) || !goes_on {
                return Ok((ask.url, response));
            }
            let to = response.headers().get(LOCATION).and_then(|value| value.to_str().ok());
            let to = to.and_then(|to| ask.url.join(to)).filter(|to| self.may_ask(to));
            let Some(to) = to else {
                let what = "sends to where there is no TLS, or nowhere".to_owned();
                return Err(RegistryError::Nonsense { url: ask.url.to_string(), what });
            };
            ask.url = to;
        }
        Err(RegistryError::Nonsense { url: first.to_string(), what: "sends in circles".to_owned() })
    }

    fn send(&self, ask: &Ask<'_>, authorization: Option<&str>) -> Result<Response<Body>, RegistryError> {
        let agent = self.agent(&ask.url)?;
        authorization.into_iter().for_each(|header| self.sent.authorization(header));
        ask.secrets().for_each(|secret| self.sent.secret(secret));
        // Where a registry sends us is not under its limits.
        if ask.url.same_origin(&self.base) {
            self.options.throttle.wait();
        }
        let mut request = Request::builder().uri(ask.url.uri());
        for (name, value) in
            [(ACCEPT, ask.accept), (RANGE, ask.range.as_deref()), (AUTHORIZATION, authorization)]
        {
            if let Some(value) = value {
                request = request.header(name, value);
            }
        }
        let unusable = |_| RegistryError::Setting(format!("{} cannot be asked for", ask.url));
        let proxy = proxy::of(&ask.url, &self.options.proxies)?;
        let empty = |request: ureq::http::request::Builder, method| {
            let request = request.method(method).body(()).map_err(unusable)?;
            Ok::<_, RegistryError>(agent.run(agent.configure_request(request).proxy(proxy.clone()).build()))
        };
        let sent = match &ask.along {
            Along::Form(Form(pairs)) => {
                let pairs = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str()));
                agent.post(ask.url.uri()).config().proxy(proxy).build().send_form(pairs)
            }
            Along::Nothing => empty(request, "GET")?,
            Along::Head => empty(request, "HEAD")?,
            Along::Json { text, .. } => {
                let request = request.header(CONTENT_TYPE, "application/json").method("POST");
                let request = request.body(text.clone()).map_err(unusable)?;
                agent.run(agent.configure_request(request).proxy(proxy).build())
            }
            Along::Post => empty(request.header(CONTENT_LENGTH, 0), "POST")?,
            Along::Put(payload) => {
                let lost =
                    |e: io::Error| RegistryError::Setting(format!("cannot read what is to be sent: {e}"));
                let mut body = (payload.open)().map_err(lost)?;
                let request = request.header(CONTENT_TYPE, payload.media_type);
                let request = request.header(CONTENT_LENGTH, payload.length).method("PUT");
                let request = request.body(SendBody::from_reader(&mut body)).map_err(unusable)?;
                agent.run(agent.configure_request(request).proxy(proxy).build())
            }
        };
        sent.map_err(|error| reach(&ask.url, error))
    }

    fn agent(&self, url: &Address) -> Result<&Agent, RegistryError> {
        if url.is_plain() {
            return Ok(&self.plain);
        }
        let secure = self.secure.get_or_init(|| {
            let trust = trust::of(&self.base.host(), &self.options)?;
            Ok(agent(&self.options, Some(trust)))
        });
        secure.as_ref().map_err(|why| RegistryError::Setting(why.clone()))
    }

    fn judge(&self, url: Address, response: Response<Body>) -> Result<Answer, RegistryError> {
        let wait = retry_after(response.headers());
        let status = match response.status().as_u16() {
            // GitHub says so too when a limit is used up.
            403 if wait.is_some() => 429,
            status => status,
        };
        let answer = Answer::of(url.clone(), response, self.patience());
        if matches!(status, 200 | 201 | 202 | 204 | 206) {
            return Ok(answer);
        }
        let body = answer.read(MAX_SAID).unwrap_or_default();
        let reference = &self.reference;
        let asked = format!("{url} {reference}");
        let (said, code) = (said(&body, &|text| self.sent.masked(text, &asked)), code(&body));
        let (host, name) = (reference.host().to_owned(), reference.name());
        Err(match status {
            401 => self.unauthorised(said),
            // What a signed address or a cache says is not about rights in the registry.
            403 if url.same_origin(&self.base) => RegistryError::Denied { host, name, said },
            404 if code == "NAME_UNKNOWN" => {
                RegistryError::NoRepository { host, repository: reference.repository().to_owned(), said }
            }
            _ => RegistryError::Answer { url: url.to_string(), status, said, wait },
        })
    }
}

impl Answer {
    fn of(url: Address, response: Response<Body>, patience: &Patience) -> Self {
        let status = response.status().as_u16();
        let (parts, body) = response.into_parts();
        Self { url, status, headers: parts.headers, body, patience: patience.clone() }
    }
}

fn agent(options: &RegistryOptions, trust: Option<trust::Trust>) -> Agent {
    let patience = &options.patience;
    let mut config = Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .user_agent(concat!("tightlip/", env!("CARGO_PKG_VERSION")))
        .proxy(None)
        .timeout_resolve(Some(patience.connect))
        .timeout_connect(Some(patience.connect))
        .timeout_send_request(Some(patience.answer))
        .timeout_recv_response(Some(patience.answer))
        .timeout_per_read(Some(patience.idle))
        .timeout_per_write(Some(patience.idle));
    if let Some(trust::Trust { roots, own }) = trust {
        let tls = ureq::tls::TlsConfig::builder().root_certs(roots).client_cert(own);
        config = config.tls_config(tls.build());
    }
    config.build().new_agent()
}

fn challenge(response: &Response<Body>) -> Option<Challenge> {
    let values = response.headers().get_all(WWW_AUTHENTICATE);
    Challenge::read(values.iter().filter_map(|value| value.to_str().ok()))
}
