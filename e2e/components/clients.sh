#!/usr/bin/env bash
# Tools for registries: crane, which recover commands use, and oras, which attaches things to images.
. "$(dirname "$0")/lib.sh"

root="$cache/clients"
[ -x "$root/usr/bin/crane" ] && [ -x "$root/usr/bin/oras" ] || unpack_testing "$root" crane oras
"$root/usr/bin/crane" version > /dev/null || die "crane does not run"
"$root/usr/bin/oras" version > /dev/null || die "oras does not run"
publish clients "TIGHTLIP_E2E_CRANE=$root/usr/bin/crane" "TIGHTLIP_E2E_ORAS=$root/usr/bin/oras"
