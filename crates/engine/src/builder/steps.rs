//! Ends the steps that a builder runs, and lets the builder itself go on: then it tidies up what its steps had.
//!
//! Podman that is asked to end leaves the containers of its steps, with copies of their secrets (tried with 4.3). When a step
//! fails, it removes them, and so does buildah.

#[cfg(target_os = "linux")]
pub(super) use linux::{end, family};

/// Cannot be told there.
#[cfg(all(unix, not(target_os = "linux")))]
pub(super) fn family(_: rustix::process::Pid) -> Vec<rustix::process::Pid> {
    Vec::new()
}

#[cfg(all(unix, not(target_os = "linux")))]
pub(super) fn end(builder: rustix::process::Pid) {
    // There they only speak to a machine that builds.
    let _ = rustix::process::kill_process(builder, rustix::process::Signal::TERM);
}

#[cfg(target_os = "linux")]
mod linux {
    use std::collections::BTreeMap;
    use std::fs;
    use std::path::{Path, PathBuf};

    use rustix::process::{Pid, Signal, kill_process};

    use super::super::Kind;

    /// Ends everything that this builder started, but for the builder itself: it starts itself anew for many things.
    pub(in super::super) fn end(builder: Pid) {
        let Some(own) = program(builder.as_raw_pid()) else { return };
        for process in below(builder.as_raw_pid(), &families()) {
            let is_step = program(process).is_some_and(|program| program != own && !is_builder(&program));
            if let Some(process) = Pid::from_raw(process).filter(|_| is_step) {
                let _ = kill_process(process, Signal::KILL);
            }
        }
    }

    /// Everything that this process started, and what that did: Docker's command line leaves the work to a plugin.
    pub(in super::super) fn family(process: Pid) -> Vec<Pid> {
        below(process.as_raw_pid(), &families()).into_iter().filter_map(Pid::from_raw).collect()
    }

    /// Somebody may call a builder by a script.
    fn is_builder(program: &Path) -> bool {
        Kind::ALL.iter().any(|kind| program.file_name().is_some_and(|name| name == kind.name()))
    }

    fn program(process: i32) -> Option<PathBuf> {
        fs::read_link(format!("/proc/{process}/exe")).ok()
    }

    /// The children of every process.
    pub(super) fn families() -> BTreeMap<i32, Vec<i32>> {
        let mut families: BTreeMap<i32, Vec<i32>> = BTreeMap::new();
        for entry in fs::read_dir("/proc").into_iter().flatten().flatten() {
            let process = entry.file_name().to_str().and_then(|name| name.parse().ok());
            let Some(process) = process else { continue };
            if let Some(parent) = fs::read(entry.path().join("stat")).ok().and_then(|stat| parent(&stat)) {
                families.entry(parent).or_default().push(process);
            }
        }
        families
    }

    /// Source: proc_pid_stat(5): number, name in parentheses, state, parent. The name may hold anything.
    pub(super) fn parent(stat: &[u8]) -> Option<i32> {
        let text = String::from_utf8_lossy(stat);
        text.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()
    }

    pub(super) fn below(process: i32, families: &BTreeMap<i32, Vec<i32>>) -> Vec<i32> {
        let mut found = vec![process];
        let mut at = 0;
        while let Some(children) = found.get(at).map(|process| families.get(process)) {
            found.extend(children.into_iter().flatten());
            at += 1;
        }
        found.split_off(1)
    }
}

#[cfg(target_os = "linux")]
#[cfg(test)]
mod tests {
    use rustix::process::Pid;

    use super::linux::{below, end, families, parent};

    #[test]
    fn a_parent_is_told_whatever_the_name_holds() {
        assert_eq!(parent(b"7 (a) b) 3 (c) S 5 7 7 0"), Some(5));
        assert_eq!(parent(b"7 nothing"), None);
    }

    #[test]
    fn steps_end_and_whoever_runs_them_goes_on() {
        let script = "sleep 60 & sleep 61; wait; echo on";
        let mut command = std::process::Command::new("/bin/sh");
        let child = command.args(["-c", script]).stdout(std::process::Stdio::piped()).spawn().unwrap();
        let process = Pid::from_child(&child);
        let two = || below(process.as_raw_pid(), &families()).len() == 2;
        while !two() {
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
        end(process);
        assert_eq!(child.wait_with_output().unwrap().stdout, b"on\n");
    }
}
