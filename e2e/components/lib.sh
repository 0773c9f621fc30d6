# Shared by the component scripts: where things lie, and how packages are had.
#
# A component script is safe to run again, quick when its component is there already, and ends by
# writing the variables that lead to it to $cache/env/NAME, one KEY=VALUE per line.
set -euo pipefail

cache="${XDG_CACHE_HOME:-$HOME/.cache}/tightlip-e2e"
mkdir -p "$cache/env" "$cache/run" "$cache/debs"

note() { printf '%s\n' "$*" >&2; }
die() { note "error: $*"; exit 1; }
need_root() { [ "$(id -u)" = 0 ] || die "$1 needs root"; }

# publish NAME KEY=VALUE…: tells the tests where the component is.
publish() {
  local name="$1"; shift
  printf '%s\n' "$@" > "$cache/env/$name.new"
  mv "$cache/env/$name.new" "$cache/env/$name"
  note "$name: ready"
}

# wait_for SECONDS COMMAND…: until the command succeeds.
wait_for() {
  local tenths=$(($1 * 10)); shift
  until "$@" > "$cache/run/wait.log" 2>&1; do
    tenths=$((tenths - 1))
    [ "$tenths" -gt 0 ] || { cat "$cache/run/wait.log" >&2; return 1; }
    sleep 0.1
  done
}

# background NAME COMMAND…: starts a daemon that outlives this script and holds none of its files.
background() {
  local name="$1"; shift
  setsid nohup "$@" > "$cache/run/$name.log" 2>&1 < /dev/null 9>&- &
  echo $! > "$cache/run/$name.pid"
}

apt_lists() {
  [ -n "$(apt-get indextargets 'Created-By: Packages' 2> /dev/null)" ] && [ "${1:-}" != again ] && return
  need_root "apt-get update"
  apt-get update -qq >&2
}

# install_packages PACKAGE…: from the machine's own release, only what is missing.
install_packages() {
  local missing=() package
  for package in "$@"; do
    dpkg-query -W -f '${db:Status-Status}' "$package" 2> /dev/null | grep -qx installed || missing+=("$package")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  need_root "installing ${missing[*]}"
  local install=(env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends)
  apt_lists
  # Lists that a machine was delivered with can be older than the packages they name.
  "${install[@]}" "${missing[@]}" > "$cache/run/apt.log" 2>&1 && return
  apt_lists again
  "${install[@]}" "${missing[@]}" > "$cache/run/apt.log" 2>&1 || { tail -n 20 "$cache/run/apt.log" >&2; return 1; }
}

# unpack FOLDER APT_OPTION… -- PACKAGE…: downloads packages and unpacks them, installing nothing.
unpack() {
  local folder="$1" options=(-qq -o APT::Sandbox::User=root); shift
  while [ "$1" != -- ]; do options+=("$1"); shift; done; shift
  local debs
  debs="$(mktemp -d "$cache/debs/XXXXXX")"
  (cd "$debs" && apt-get "${options[@]}" download "$@" >&2)
  rm -rf "$folder.new" && mkdir -p "$folder.new"
  for deb in "$debs"/*.deb; do dpkg -x "$deb" "$folder.new"; done
  rm -rf "$debs" "$folder" && mv "$folder.new" "$folder"
}

unpack_own() {
  local folder="$1"; shift
  apt_lists
  unpack "$folder" -- "$@"
}

# unpack_testing FOLDER PACKAGE…: from Debian testing, by an apt configuration that is ours alone: the
# machine's own is not changed. The repository is the one that the machine's own lists come from.
unpack_testing() {
  local folder="$1" apt="$cache/apt" repository; shift
  apt_lists
  repository="$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Origin: Debian' \
    "Codename: $(. /etc/os-release && echo "$VERSION_CODENAME")" 'Component: main' | head -n 1)"
  [ -n "$repository" ] || die "no Debian repository among the machine's package sources"
  mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial"
  echo "deb $repository testing main" > "$apt/testing.list"
  local options=(
    -o "Dir::Etc::sourcelist=$apt/testing.list" -o Dir::Etc::sourceparts=-
    -o "Dir::State::lists=$apt/lists" -o "Dir::Cache=$apt/cache"
    -o Dir::Etc::trustedparts=/usr/share/keyrings
    -o Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false -o Acquire::Languages=none
  )
  apt-get -qq -o APT::Sandbox::User=root "${options[@]}" update >&2
  unpack "$folder" "${options[@]}" -- "$@"
}
