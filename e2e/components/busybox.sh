#!/usr/bin/env bash
# A static busybox: what base images are made of, because nothing can be pulled.
. "$(dirname "$0")/lib.sh"

busybox="$cache/busybox/bin/busybox"
"$busybox" true 2> /dev/null || unpack_own "$cache/busybox" busybox-static
"$busybox" true || die "busybox does not run"
publish busybox "TIGHTLIP_E2E_BUSYBOX=$busybox"
