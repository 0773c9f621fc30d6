//! What every run needs before it can read anything.

use tightlip_detect::{Known, RuleSet, Scanner, ScannerOptions};
use tightlip_report::Tool;

use crate::blob::Lens;
use crate::request::Request;
use crate::scan::ScanError;
use crate::shelf::Shelf;
use crate::vault::Vault;
use crate::watch::Watch;

/// Rules, the search for them, and the values found so far.
pub(crate) struct Kit {
    rules: RuleSet,
    scanner: Scanner,
    pub(crate) vault: Vault,
}

impl Kit {
    /// Prepares the search.
    pub(crate) fn new(request: &Request) -> Result<Self, ScanError> {
        let rules = RuleSet::builtin()?;
        let mut scanner = Scanner::new(&rules, ScannerOptions::default())?;
        let vault = Vault::default();
        if !request.known.is_empty() {
            scanner = scanner.knowing(Known::new(request.known.iter().map(|k| (k.name(), k.expose())))?);
        }
        // They are masked in everything that leaves the run, seen or not.
        for known in &request.known {
            vault.keep(&request.key.identity(known.expose()), known.expose());
        }
        Ok(Self { rules, scanner, vault })
    }

    /// What reading needs.
    pub(crate) fn lens<'l>(&'l self, request: &'l Request, watch: &'l dyn Watch) -> Lens<'l> {
        let Request { key, limits, .. } = request;
        let shelf = request.cache.as_ref().map(|cache| Shelf::new(cache, request, &self.rules));
        Lens { scanner: &self.scanner, key, vault: &self.vault, limits, watch, shelf }
    }

    /// What the report says about us.
    pub(crate) fn tool(&self) -> Tool {
        Tool { ruleset: self.rules.digest().to_owned(), ..Tool::default() }
    }
}
