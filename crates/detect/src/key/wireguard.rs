//! WireGuard's keys: `PrivateKey = ` and `PresharedKey = ` with 32 bytes in base64.

use crate::read::{Part, base64};
use crate::{Example, Finder, Found, Rule, Text};

static PRIVATE: Rule = Rule::new(
    "wireguard-private-key",
    "WireGuard private key",
    "Whoever holds it can join the network as this peer.",
)
.of("WireGuard")
.source("https://www.wireguard.com/quickstart/");

static SHARED: Rule = Rule::new(
    "wireguard-preshared-key",
    "WireGuard pre-shared key",
    "It protects the tunnel against later decryption; with it that layer is gone.",
)
.of("WireGuard")
.source("https://man7.org/linux/man-pages/man8/wg.8.html");

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "wireguard",
    rules: &[&PRIVATE, &SHARED],
    wants: |_| true,
    keywords: &["privatekey", "presharedkey", "localprivate"],
    find,
    hits: &[
        Example {
            path: "etc/wireguard/wg0.conf",
            text: "[Interface]\nAddress = 10.0.0.1/24\nPrivateKey = {b64:42}A=\n",
            rule: "wireguard-private-key",
        },
        Example {
            path: "wg.netdev",
            text: "[WireGuardPeer]\nPresharedKey={b64:42}A=\n",
            rule: "wireguard-preshared-key",
        },
        Example {
            path: "root/.fly/config.yml",
            text: "wire_guard_state:\n  personal:\n    localprivate: {b64:42}A=\n",
            rule: "wireguard-private-key",
        },
    ],
    misses: &[
        Example { path: "a.yml", text: "localprivate: yes\nprivatekey: {b64:42}A=\n", rule: "" },
        Example {
            path: "etc/wireguard/wg0.conf",
            text: "PrivateKey = <contents of privatekey>\nPublicKey = {b64:42}A=\n",
            rule: "",
        },
        Example {
            path: "a.conf",
            text: "PrivateKey = AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
            rule: "",
        },
        Example { path: "a.go", text: "key.PrivateKey = parse(text)", rule: "" },
    ],
};

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    for &at in text.at {
        let rest = Part::between(text.bytes, at..text.bytes.len().min(at + 120));
        let name = rest.while_(|b| b.is_ascii_alphabetic());
        // In the settings of Fly.io's program.
        let fly = name.is("localprivate");
        let (rule, what) = if name.is("PrivateKey") || fly {
            (&PRIVATE, "WireGuard private key")
        } else if name.is("PresharedKey") {
            (&SHARED, "WireGuard pre-shared key")
        } else {
            continue;
        };
        let blank = rest.after(&name).while_(|b| b == b' ' || b == b'\t');
        let sign = rest.after(&blank);
        let colon = sign.strip(":").filter(|_| fly);
        let Some(value) = sign.strip("=").or(colon) else { continue };
        let value = value.skip(value.while_(|b| b == b' ' || b == b'\t').len()).while_(base64::is_digit);
        if value.len() != 44 || !value.bytes().ends_with(b"=") {
            continue;
        }
        if let Some(secret) =
            base64::decode(value.bytes()).filter(|s| s.len() == 32 && s.iter().any(|b| *b != 0))
        {
            out(Found::here(rule, value, what).decoded(secret, &["base64"]));
        }
    }
}
