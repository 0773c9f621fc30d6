//! Is a value a public key, in base64 without its lines (RFC 5280, 4.1.2.7)? Everybody may have it.

/// How they begin: a sequence, the name of the algorithm, and the beginning of its bits.
const STARTS: &[&[u8]] = &[
    // RSA of 1024, 2048, 3072 and 4096 bits.
    b"MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCB",
    b"MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIB",
    b"MIIBojANBgkqhkiG9w0BAQEFAAOCAY8AMIIB",
    b"MIICIjANBgkqhkiG9w0BAQEFAAOCAg8AMIIC",
    // P-256, P-384, P-521.
    b"MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE",
    b"MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAE",
    b"MIGbMBAGByqGSM49AgEGBSuBBAAjA4GGAAQ",
    // Ed25519, X25519.
    b"MCowBQYDK2VwAyEA",
    b"MCowBQYDK2VuAyEA",
];

/// See the top of the file.
pub(super) fn is_public_key(value: &[u8]) -> bool {
    STARTS.iter().any(|start| value.starts_with(start))
}
