//! A real registry of its own that writes down what it was asked.

use anyhow::Result;

use crate::own_registry::OwnRegistry;

/// A registry on a loopback port, with an access log.
#[derive(Debug)]
pub struct LoggedRegistry(OwnRegistry);

impl LoggedRegistry {
    /// The registry, or nothing if the test is to end without it.
    ///
    /// # Errors
    /// With `CI=true` when it is not set up, and when it does not start.
    pub fn get() -> Result<Option<Self>> {
        let log = "log: {level: warn, accesslog: {disabled: false}}\n";
        Ok(OwnRegistry::get(|_| Ok(log.to_owned()))?.map(Self))
    }

    /// `host:port`.
    #[must_use]
    pub fn host(&self) -> &str {
        self.0.host()
    }

    /// What was asked so far, as `METHOD PATH`.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub fn asked(&self) -> Result<Vec<String>> {
        // The combined log format: the request stands between the first pair of quotes.
        let request = |line: &str| {
            let mut words = line.split('"').nth(1)?.split_whitespace();
            Some(format!("{} {}", words.next()?, words.next()?))
        };
        Ok(self.0.output()?.lines().filter_map(request).collect())
    }
}
