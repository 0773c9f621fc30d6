//! kubectl and Helm read `~/.kube/config`.
//!
//! Source: kubernetes.io, "Organizing Cluster Access Using kubeconfig Files".

use super::{Hands, Reader};

pub(super) static READER: Reader = Reader {
    id: "kubernetes",
    files: &["kubeconfig"],
    programs: &["kubectl", "helm", "kustomize"],
    hands: Hands::File,
};
