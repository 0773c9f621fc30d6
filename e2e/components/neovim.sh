#!/usr/bin/env bash
# An editor with a language client of its own, to try the language server with.
. "$(dirname "$0")/lib.sh"

install_packages neovim
nvim --version > /dev/null || die "nvim does not run"
publish neovim "TIGHTLIP_E2E_NEOVIM=$(command -v nvim)"
