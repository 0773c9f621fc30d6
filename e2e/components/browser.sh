#!/usr/bin/env bash
# A real browser, to look at the page that a report can be.
. "$(dirname "$0")/lib.sh"

install_packages chromium
chromium --version > /dev/null || die "chromium does not run"
publish browser "TIGHTLIP_E2E_BROWSER=$(command -v chromium)"
