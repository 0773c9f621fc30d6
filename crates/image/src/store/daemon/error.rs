//! What a daemon said no to, or why it could not be asked. It is never answered by asking somebody else.

/// A daemon could not give what it was asked for. [`DaemonError::help`] says what to do.
#[derive(Clone, Debug, thiserror::Error)]
pub enum DaemonError {
    /// It cannot be a name.
    #[error("`{text}` names no {}", what.trim_start_matches("an ").trim_start_matches("a "))]
    NoName {
        /// What was typed.
        text: String,
        /// The command line of the engine.
        program: &'static str,
        /// What was to be named, with its article.
        what: &'static str,
    },
    /// Nobody answers.
    #[error("cannot reach {engine} at {at}: {why}")]
    Unreachable {
        /// The engine.
        engine: &'static str,
        /// Its command line.
        program: &'static str,
        /// How it is started.
        start: &'static str,
        /// How another one is chosen.
        choose: &'static str,
        /// Where it was looked for.
        at: String,
        /// Why.
        why: Silence,
    },
    /// It is reached in a way that this program does not speak.
    #[error("{engine} is at {at}, and tightlip does not speak {scheme}")]
    Transport {
        /// The engine.
        engine: &'static str,
        /// Its command line, which does.
        program: &'static str,
        /// Where it is.
        at: String,
        /// The word before `://`.
        scheme: String,
    },
    /// The network is not to be used.
    #[error("{engine} is at {at}, and --offline forbids the network")]
    Offline {
        /// The engine.
        engine: &'static str,
        /// Where it is.
        at: String,
    },
    /// There is no such image.
    #[error("{engine} at {at} has no image `{name}`")]
    NoImage {
        /// The engine.
        engine: &'static str,
        /// Its command line.
        program: &'static str,
        /// Where it is.
        at: String,
        /// The image.
        name: String,
    },
    /// There is no such container.
    #[error("{engine} at {at} has no container `{name}`")]
    NoContainer {
        /// The engine.
        engine: &'static str,
        /// Its command line.
        program: &'static str,
        /// Where it is.
        at: String,
        /// The container.
        name: String,
    },
    /// Any other answer.
    #[error("{engine} at {at} answered {status}{said}")]
    Answer {
        /// The engine.
        engine: &'static str,
        /// Where it is.
        at: String,
        /// The HTTP status.
        status: u16,
        /// What it says, after a colon.
        said: String,
    },
    /// The answer makes no sense.
    #[error("{at} {what}: it is not {engine}, or something stands between")]
    Nonsense {
        /// The engine.
        engine: &'static str,
        /// Where it was asked.
        at: String,
        /// What is wrong with the answer.
        what: String,
    },
    /// What the environment or a context says cannot be used.
    #[error("{0}")]
    Setting(String),
}

/// Why nobody answers.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Silence {
    /// There is no socket.
    #[error("there is no such socket")]
    NoSocket,
    /// The socket is there, and nobody listens.
    #[error("nobody listens there")]
    Refused,
    /// The socket is there, and not for us.
    #[error("you may not use this socket")]
    Forbidden,
    /// It takes too long.
    #[error("no answer within {0}")]
    TooSlow(&'static str),
    /// TLS does not come about.
    #[error("TLS failed: {0}")]
    Tls(String),
    /// Anything else.
    #[error("{0}")]
    Other(String),
}

impl DaemonError {
    /// What to do about it, starting with a verb.
    #[must_use]
    pub fn help(&self) -> String {
        match self {
            Self::NoName { program, what, .. } => {
                let list = if *what == "an image" { "image ls" } else { "ps --all" };
                format!("name {what} as `{program} {list}` lists it")
            }
            Self::Unreachable { program, start, choose, why, .. } => {
                silence_help(program, start, choose, why)
            }
            Self::Transport { program, .. } => {
                format!("let its own command speak it: {program} save NAME | tightlip scan -")
            }
            Self::Offline { .. } => "leave out --offline, or name a socket on this machine".to_owned(),
            Self::NoImage { program, name, .. } => format!(
                "list the images with `{program} image ls`; scan one that lies in a registry with: tightlip scan \
                 registry:{name}"
            ),
            Self::NoContainer { program, .. } => {
                format!("list the containers with `{program} ps --all`")
            }
            Self::Answer { .. } => "ask its log for the reason, or try again".to_owned(),
            Self::Nonsense { .. } => "check which address it listens on".to_owned(),
            Self::Setting(_) => "correct it, or unset it".to_owned(),
        }
    }
}

fn silence_help(program: &str, start: &str, choose: &str, why: &Silence) -> String {
    let otherwise = format!("scan what {program} save wrote: {program} save NAME | tightlip scan -");
    match why {
        Silence::NoSocket | Silence::Refused => {
            format!("start it with `{start}`, choose another with {choose}, or {otherwise}")
        }
        Silence::Forbidden => {
            format!(
                "run tightlip as who may use {program}, as root or as a member of its group, or {otherwise}"
            )
        }
        Silence::Tls(_) => {
            "check ca.pem, cert.pem and key.pem where DOCKER_CERT_PATH or the context says".to_owned()
        }
        Silence::TooSlow(_) | Silence::Other(_) => {
            format!("check that `{program} version` answers, or {otherwise}")
        }
    }
}
