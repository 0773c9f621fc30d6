//! What `podman build` and `buildah build` take, as data, and what of it cannot be guarded.
//!
//! Source: buildah `pkg/cli/common.go`, podman `cmd/podman/images/build.go`; the options of 1.28 and 4.3 were tried. What one
//! of them does not know it refuses itself.

use super::flags::{Flag, Role, short, switch, value};
use super::known::Environment;
use super::line::Line;
use super::plan::{Delivery, Plan, Unguarded, unguarded};

const UNMASKED: Role = Role::Refused("it would hold the log unmasked: redirect standard error instead");
const SEVERAL: Role = Role::Refused("images for several platforms are built one by one here");

/// The options of `podman build` and `buildah build`, and `--push`, which is ours.
pub static CONTAINERS: &[Flag] = &[
    value("--add-host", Role::Pass),
    switch("--all-platforms", SEVERAL),
    value("--annotation", Role::Pass),
    value("--arch", Role::Pass),
    value("--authfile", Role::Pass),
    value("--build-arg", Role::Argument),
    value("--build-arg-file", Role::Refused("nobody looked at the values in it: name them with --build-arg")),
    value("--build-context", Role::Context),
    value("--cache-from", Role::Pass),
    value("--cache-to", Role::Refused("it pushes every step as it is built, before anybody looked at it")),
    value("--cache-ttl", Role::Pass),
    value("--cap-add", Role::Pass),
    value("--cap-drop", Role::Pass),
    value("--cert-dir", Role::Pass),
    value("--cgroup-parent", Role::Pass),
    value("--cgroupns", Role::Pass),
    switch("--compress", Role::Pass),
    switch("--compat-volumes", Role::Pass),
    value("--cpp-flag", Role::Pass),
    value("--cpu-period", Role::Pass),
    value("--cpu-quota", Role::Pass),
    short('c', value("--cpu-shares", Role::Pass)),
    value("--cpuset-cpus", Role::Pass),
    value("--cpuset-mems", Role::Pass),
    switch("--created-annotation", Role::Pass),
    value(
        "--creds",
        Role::Refused("everybody on this machine sees it: log in with podman login or buildah login"),
    ),
    value("--cw", Role::Refused("nobody can look into an encrypted image")),
    value("--decryption-key", Role::Pass),
    value("--device", Role::Pass),
    short('D', switch("--disable-compression", Role::Pass)),
    switch("--disable-content-trust", Role::Pass),
    value("--dns", Role::Pass),
    value("--dns-option", Role::Pass),
    value("--dns-search", Role::Pass),
    value("--env", Role::Pass),
    short('f', value("--file", Role::Dockerfile)),
    switch("--force-rm", Role::Pass),
    value("--format", Role::Format),
    value("--from", Role::Pass),
    value("--group-add", Role::Pass),
    value("--hooks-dir", Role::Pass),
    switch("--http-proxy", Role::Pass),
    switch("--identity-label", Role::Pass),
    value("--ignorefile", Role::Pass),
    value("--iidfile", Role::IdFile),
    switch("--inherit-annotations", Role::Pass),
    switch("--inherit-labels", Role::Pass),
    value("--ipc", Role::Pass),
    value("--isolation", Role::Pass),
    value("--jobs", Role::Pass),
    value("--label", Role::Pass),
    value("--layer-label", Role::Pass),
    switch("--layers", Role::Pass),
    value("--logfile", UNMASKED),
    switch("--logsplit", UNMASKED),
    value("--manifest", SEVERAL),
    short('m', value("--memory", Role::Pass)),
    value("--memory-swap", Role::Pass),
    value("--metadata-file", Role::Refused("it is not written yet: --iidfile is")),
    value("--network", Role::Pass),
    switch("--no-cache", Role::Pass),
    switch("--no-hostname", Role::Pass),
    switch("--no-hosts", Role::Pass),
    switch("--omit-history", Role::Pass),
    value("--os", Role::Pass),
    value("--os-feature", Role::Pass),
    value("--os-version", Role::Pass),
    short(
        'o',
        value("--output", Role::Refused("build an image, and take the files out of it when it is clean")),
    ),
    value("--pid", Role::Pass),
    value("--platform", Role::Platform),
    switch("--pull", Role::Pass),
    switch("--pull-always", Role::Pass),
    switch("--pull-never", Role::Pass),
    switch("--push", Role::Push),
    short('q', switch("--quiet", Role::Quiet)),
    value("--retry", Role::Pass),
    value("--retry-delay", Role::Pass),
    switch("--rewrite-timestamp", Role::Pass),
    switch("--rm", Role::Pass),
    value("--runtime", Role::Pass),
    value("--runtime-flag", Role::Pass),
    value("--save-stages", Role::Refused("every stage would stay in the storage, and nobody looked at it")),
    value("--secret", Role::Secret),
    value("--security-opt", Role::Pass),
    value("--shm-size", Role::Pass),
    value("--sign-by", Role::Refused("it signs before anybody looked: sign what was published")),
    switch("--skip-unused-stages", Role::Pass),
    value("--source-date-epoch", Role::Pass),
    switch("--squash", Role::Pass),
    switch("--squash-all", Role::Pass),
    value("--ssh", Role::Pass),
    switch("--stdin", Role::Refused("steps cannot be answered here")),
    short('t', value("--tag", Role::Tag)),
    value("--target", Role::Pass),
    value("--timestamp", Role::Pass),
    switch("--tls-verify", Role::Pass),
    value("--ulimit", Role::Pass),
    value("--unsetannotation", Role::Pass),
    value("--unsetenv", Role::Pass),
    value("--unsetlabel", Role::Pass),
    value("--userns", Role::Pass),
    value("--userns-gid-map", Role::Pass),
    value("--userns-gid-map-group", Role::Pass),
    value("--userns-uid-map", Role::Pass),
    value("--userns-uid-map-user", Role::Pass),
    value("--uts", Role::Pass),
    value("--variant", Role::Pass),
    short('v', value("--volume", Role::Pass)),
];

/// The form in which an image lies in a storage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// As OCI has it.
    Oci,
    /// As Docker had it before: with fields that OCI does not have, which a conversion would drop unread.
    Docker,
}

/// Whether this is a form of an image; else it is one of a report. Source: buildah `pkg/cli/common.go`.
#[must_use]
pub fn is_image_form(name: &str) -> bool {
    matches!(name, "oci" | "docker" | "v2s1" | "v2s2")
}

/// Only names with a registry can be pushed: others are names in the storage.
pub(crate) fn push_to_registries(plan: &mut Plan) -> Result<(), Unguarded> {
    for delivery in plan.deliveries.iter_mut().flatten() {
        if let Delivery::Push(names) = delivery {
            names.retain(|name| has_registry(name));
            if names.is_empty() {
                return Err(unguarded(
                    "there is no name with a registry to push to",
                    "Add --tag REGISTRY/NAME:TAG",
                ));
            }
        }
    }
    Ok(())
}

fn has_registry(name: &str) -> bool {
    name.split_once('/').is_some_and(|(host, _)| host.contains(['.', ':']))
}

/// The form that the image of this build will have.
pub(crate) fn form(line: &Line, environment: &Environment) -> Form {
    let said = line.values(Role::Format).filter(|value| is_image_form(value)).last();
    match said.or_else(|| environment.text("BUILDAH_FORMAT")) {
        Some(name) if name.starts_with("docker") || name == "v2s2" => Form::Docker,
        _ => Form::Oci,
    }
}

/// Refuses by name what cannot be guarded here.
pub(crate) fn check(line: &Line, environment: &Environment) -> Result<(), Unguarded> {
    let off =
        |value: Option<&str>| value.is_some_and(|value| value.eq_ignore_ascii_case("false") || value == "0");
    if let Some((flag, _)) =
        line.options().find(|(flag, value)| matches!(flag.long, "--rm" | "--force-rm") && off(*value))
    {
        return Err(unguarded(
            format!("{}=false leaves the containers of steps in the storage, with their secrets", flag.long),
            "Leave it out",
        ));
    }
    if line.values(Role::Dockerfile).count() > 1 {
        return Err(unguarded("there are several Dockerfiles", "Put them into one file"));
    }
    let platforms = line.values(Role::Platform).flat_map(|list| list.split(','));
    if platforms.collect::<std::collections::BTreeSet<_>>().len() > 1 {
        return Err(unguarded(
            "several platforms at once",
            "Build them one by one under names of their own, and put them together: podman manifest create NAME IMAGE…",
        ));
    }
    if let Some(tag) = line.values(Role::Tag).find(|tag| has_transport(tag)) {
        return Err(unguarded(
            format!("--tag {tag} is a place, and no name"),
            "Name the image, and copy it when it is clean: podman push NAME TRANSPORT:PLACE",
        ));
    }
    if line.is_on(Role::Push) && form(line, environment) == Form::Docker {
        return Err(unguarded(
            "--push with --format docker: the registry would get other bytes than those that were scanned",
            "Leave out --push, and push when it is clean: podman push NAME",
        ));
    }
    Ok(())
}

/// Source: containers/image `transports/alltransports`.
fn has_transport(name: &str) -> bool {
    let transports = [
        "containers-storage",
        "dir",
        "docker",
        "docker-archive",
        "docker-daemon",
        "oci",
        "oci-archive",
        "ostree",
        "sif",
    ];
    name.split_once(':').is_some_and(|(start, rest)| transports.contains(&start) && rest.contains('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(line: &str) -> Result<(), String> {
        let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
        let line = Line::parse(&words, &[CONTAINERS]).map_err(|error| error.to_string())?;
        check(&line, &Environment::default()).map_err(|error| error.to_string())
    }

    #[test]
    fn what_would_keep_or_show_a_secret_is_refused_by_name() {
        for (line, why) in [
            ("--rm=false .", "--rm=false leaves the containers"),
            ("--logfile log .", "--logfile cannot be used"),
            ("--cache-to r/x .", "--cache-to cannot be used"),
            ("-t oci:/tmp/x .", "is a place"),
            ("-t docker://r/x .", "is a place"),
            ("--platform linux/amd64,linux/arm64 .", "several platforms"),
            ("--push --format docker -t r/x .", "other bytes"),
            ("-f a -f b .", "several Dockerfiles"),
        ] {
            assert!(checked(line).unwrap_err().contains(why), "{line}");
        }
        for line in
            ["--rm --force-rm=true --layers -t oci:1 -t host:5/x .", "--pull=always --format docker -t x ."]
        {
            assert_eq!(checked(line), Ok(()), "{line}");
        }
    }

    #[test]
    fn every_option_stands_there_once() {
        let names: Vec<&str> = CONTAINERS.iter().map(|flag| flag.long).collect();
        let letters: Vec<char> = CONTAINERS.iter().filter_map(|flag| flag.short).collect();
        let unique: std::collections::BTreeSet<_> = letters.iter().collect();
        assert_eq!(unique.len(), letters.len());
        assert!(names.iter().collect::<std::collections::BTreeSet<_>>().len() == names.len());
    }
}
