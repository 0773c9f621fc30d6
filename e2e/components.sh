#!/usr/bin/env bash
# Installs and starts the real components that the end-to-end tests use, and prints the variables that
# lead to them. `components.sh` for all, `components.sh NAME…` for some, `components.sh stop` to stop them.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
. "$here/components/lib.sh"
all=(busybox docker registry buildah clients neovim ci_tools browser schemas tmux)

# Ends one process that `background` started, if its number still belongs to that program.
stop_one() {
  local name="$1" file="$cache/run/$1.pid" pid
  [ -f "$file" ] || return 0
  pid="$(cat "$file")"
  if grep -qa -- "$cache/run/" "/proc/$pid/cmdline" 2> /dev/null; then
    kill "$pid"
    wait_for 20 test ! -d "/proc/$pid" || note "$name did not end"
  fi
  rm -f "$file"
}

stop() {
  for name in dockerd containerd registry; do stop_one "$name"; done
  rm -f "$cache/env/docker" "$cache/env/registry"
  # Only a bridge that nothing uses any more, and only where we may.
  ip link delete tightlip0 2> /dev/null || true
}

# Two at a time would start two daemons.
exec 9> "$cache/lock"
flock 9
if [ "${1:-}" = stop ]; then stop; exit; fi
[ $# -gt 0 ] || set -- "${all[@]}"

failed=()
for name in "$@"; do
  [ -f "$here/components/$name.sh" ] || die "no component \`$name\`: there are ${all[*]}"
  if bash "$here/components/$name.sh" >&2; then
    sed 's/^\([A-Z0-9_]*\)=\(.*\)$/export \1="\2"/' "$cache/env/$name"
  else
    rm -f "$cache/env/$name"
    failed+=("$name")
  fi
done
[ ${#failed[@]} = 0 ] || die "not ready: ${failed[*]}"
