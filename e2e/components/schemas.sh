#!/usr/bin/env bash
# The schema of SARIF 2.1.0 as OASIS publishes it, from a package that carries it (serde-sarif, MIT), and a validator.
. "$(dirname "$0")/lib.sh"

root="$cache/schemas"
if [ ! -s "$root/sarif.json" ]; then
  package="$(mktemp -d "$cache/run/schemas.XXXXXX")"
  printf '[package]\nname = "schemas"\nversion = "0.0.0"\nedition = "2021"\n[lib]\npath = "lib.rs"\n[dependencies]\nserde-sarif = "=0.8.0"\n' > "$package/Cargo.toml"
  touch "$package/lib.rs"
  (cd "$package" && cargo vendor --quiet sources > /dev/null)
  mkdir -p "$root"
  cp "$package/sources/serde-sarif/src/schema.json" "$root/sarif.json"
  rm -rf "$package"
fi
# Debian's own Python: another one that the path leads to does not have Debian's packages.
install_packages python3 python3-jsonschema
/usr/bin/python3 -c 'import jsonschema' || die "python3 has no jsonschema"
publish schemas "TIGHTLIP_E2E_SARIF_SCHEMA=$root/sarif.json"
