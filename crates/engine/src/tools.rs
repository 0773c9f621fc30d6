//! What every scan needs before it can read anything: rules, the search for them, a vault.

use tightlip_detect::decode::Budget;
use tightlip_detect::{Known, Rule, RuleSet, Scanner, ScannerOptions};
use tightlip_report::Tool;

use crate::blob::{Lens, Pace};
use crate::explore::Catalog;
use crate::pursuit::Pursuit;
use crate::request::Request;
use crate::scan::{ScanError, load_rules};
use crate::shelf::Shelf;
use crate::vault::{Masked, Vault};
use crate::watch::Watch;

/// Rules, the search for them, and the values found so far.
pub(crate) struct Tools {
    rules: RuleSet,
    pub(crate) scanner: Scanner,
    pub(crate) vault: Vault,
    /// What there is to see, where somebody wants to look.
    pub(crate) catalog: Option<Catalog>,
    /// Values that are looked for as soon as they are found.
    pub(crate) pursuit: Option<Pursuit>,
    /// Identities of the values that are looked for instead of rules.
    exact: Vec<String>,
}

impl Tools {
    /// Prepares the search.
    pub(crate) fn new(request: &Request) -> Result<Self, ScanError> {
        Self::with(request, Vault::default())
    }

    /// The same, with a vault that may do more.
    pub(crate) fn with(request: &Request, mut vault: Vault) -> Result<Self, ScanError> {
        let rules = load_rules(&request.rules)?.rules;
        let mut scanner = Scanner::new(&rules, ScannerOptions::default())?;
        if !request.known.is_empty() {
            // Where two values have a spelling in common, the one that is masked in more gives it its name.
            let mut values: Vec<_> = request.known.iter().map(|k| (Masked::of(k.expose()), k)).collect();
            values.sort_by_key(|(masked, _)| *masked);
            let known = Known::new(values.iter().map(|(_, known)| (known.name(), known.expose())))?;
            // They are masked in everything that leaves the run, seen or not.
            let values = values.iter().map(|(masked, known)| (*masked, known.expose()));
            let identities = values.map(|(masked, value)| (masked, request.key.identity(value), value));
            vault.keep_known(identities, known.needles());
            scanner = scanner.knowing(known);
        }
        Ok(Self { rules, scanner, vault, catalog: None, pursuit: None, exact: Vec::new() })
    }

    /// The same, for somebody who wants to see what is read.
    pub(crate) fn looking(self) -> Self {
        Self { catalog: Some(Catalog::default()), ..self }
    }

    /// The same, for somebody who wants to know every place of what is found.
    pub(crate) fn pursuing(self, pursuit: Pursuit) -> Self {
        Self { pursuit: Some(pursuit), ..self }
    }

    /// Prepares a search for values alone, without any rule.
    pub(crate) fn exact<'v>(
        values: impl Iterator<Item = (&'v str, &'v [u8])> + Clone,
    ) -> Result<Self, ScanError> {
        let rules = RuleSet::parse(&[])?;
        let exact = values.clone().map(|(identity, _)| identity.to_owned()).collect();
        let scanner = Scanner::only(Known::new(values)?)?;
        Ok(Self { rules, scanner, vault: Vault::default(), catalog: None, pursuit: None, exact })
    }

    /// The same for all blobs of a scan.
    pub(crate) fn lens<'l>(&'l self, request: &'l Request, watch: &'l dyn Watch) -> Lens<'l> {
        let shelf =
            request.cache.as_ref().map(|cache| Shelf::new(cache, request, (&self.rules, &self.exact)));
        let (scanner, vault, budget) = (&self.scanner, &self.vault, Budget::new(request.decode));
        let pace = if request.jobs > 1 { Pace::SideBySide } else { Pace::InTurns };
        let Request { key, limits, .. } = request;
        let catalog = self.catalog.as_ref();
        Lens { scanner, key, vault, limits, watch, budget, shelf, pace, catalog }
    }

    /// The rules.
    pub(crate) fn rules(&self) -> impl Iterator<Item = &'static Rule> {
        self.rules.rules()
    }

    /// The same as a set.
    pub(crate) fn ruleset(&self) -> &RuleSet {
        &self.rules
    }

    /// What the report says about us.
    pub(crate) fn tool(&self) -> Tool {
        Tool { ruleset: self.rules.digest().to_owned(), ..Tool::default() }
    }
}
