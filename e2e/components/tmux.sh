#!/usr/bin/env bash
# A terminal that a program can type into and read, to try the view of an image in.
. "$(dirname "$0")/lib.sh"

install_packages tmux
tmux -V > /dev/null || die "tmux does not run"
publish tmux "TIGHTLIP_E2E_TMUX=$(command -v tmux)"
