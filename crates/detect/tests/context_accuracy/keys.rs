//! Private keys and tokens that hold together, made from a seed: a scanner that parses must find something to parse.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use tightlip_detect::Sampler;

/// A key of a kind as people have it in a file.
pub(crate) fn file(kind: &str, sampler: &mut Sampler) -> String {
    match kind {
        "rsa" => pem("RSA PRIVATE KEY", &rsa(sampler)),
        "ec" => pem("EC PRIVATE KEY", &ec(sampler)),
        "pkcs8" => pem("PRIVATE KEY", &pkcs8(sampler)),
        "openssh" => pem("OPENSSH PRIVATE KEY", &openssh(sampler)),
        "ppk" => ppk(sampler),
        other => panic!("no such key: {other}"),
    }
}

/// A signed token with claims of its own.
pub(crate) fn jwt(sampler: &mut Sampler) -> String {
    let claims =
        text("{{\"iss\":\"acme\",\"sub\":\"{digits:10}\",\"role\":\"admin\",\"iat\":17{digits:8}}}", sampler);
    let header = URL_SAFE_NO_PAD.encode("{\"alg\":\"HS256\",\"typ\":\"JWT\"}");
    format!("{header}.{}.{}", URL_SAFE_NO_PAD.encode(claims), text("{b64u:43}", sampler))
}

fn text(template: &str, sampler: &mut Sampler) -> String {
    String::from_utf8(sampler.expand(template).unwrap()).unwrap()
}

fn bytes(length: usize, sampler: &mut Sampler) -> Vec<u8> {
    let digits = text(&format!("{{hex:{}}}", length * 2), sampler);
    let pair = |at: usize| u8::from_str_radix(&digits[at * 2..at * 2 + 2], 16).unwrap();
    (0..length).map(pair).collect()
}

fn pem(label: &str, body: &[u8]) -> String {
    let digits = STANDARD.encode(body);
    let lines: Vec<_> = digits.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----", lines.join("\n"))
}

/// One value of DER.
fn der(tag: u8, body: &[u8]) -> Vec<u8> {
    let length = match body.len() {
        short @ 0..=127 => vec![short as u8],
        middle @ 128..=255 => vec![0x81, middle as u8],
        long => vec![0x82, (long >> 8) as u8, long as u8],
    };
    [&[tag], length.as_slice(), body].concat()
}

fn integer(length: usize, sampler: &mut Sampler) -> Vec<u8> {
    let mut number = bytes(length, sampler);
    number[0] |= 0x80;
    number[length - 1] |= 1;
    number.insert(0, 0);
    der(2, &number)
}

fn rsa(sampler: &mut Sampler) -> Vec<u8> {
    let mut body = der(2, &[0]);
    body.extend(integer(256, sampler));
    body.extend(der(2, &[1, 0, 1]));
    for length in [256, 128, 128, 128, 128, 128] {
        body.extend(integer(length, sampler));
    }
    der(0x30, &body)
}

fn ec(sampler: &mut Sampler) -> Vec<u8> {
    let curve = der(6, &[0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7]);
    let point = [&[0, 4], bytes(64, sampler).as_slice()].concat();
    let body = [der(2, &[1]), der(4, &bytes(32, sampler)), der(0xa0, &curve), der(0xa1, &der(3, &point))];
    der(0x30, &body.concat())
}

fn pkcs8(sampler: &mut Sampler) -> Vec<u8> {
    let algorithm = der(0x30, &[der(6, &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0xd, 1, 1, 1]), der(5, &[])].concat());
    der(0x30, &[der(2, &[0]), algorithm, der(4, &rsa(sampler))].concat())
}

fn openssh(sampler: &mut Sampler) -> Vec<u8> {
    let string = |bytes: &[u8]| [&(bytes.len() as u32).to_be_bytes(), bytes].concat();
    let point = bytes(32, sampler);
    let public = [string(b"ssh-ed25519"), string(&point)].concat();
    let check = bytes(4, sampler);
    let both = [bytes(32, sampler), point.clone()].concat();
    let mut secret =
        [&check, &check, &public, &string(&both), &string(b"root@build")].map(Vec::as_slice).concat();
    let missing = (8 - secret.len() % 8) % 8;
    secret.extend((1..).take(missing));
    let head = [string(b"none"), string(b"none"), string(b""), 1_u32.to_be_bytes().to_vec()].concat();
    [b"openssh-key-v1\0".as_slice(), &head, &string(&public), &string(&secret)].concat()
}

fn ppk(sampler: &mut Sampler) -> String {
    let string = |bytes: &[u8]| [&(bytes.len() as u32).to_be_bytes(), bytes].concat();
    let public = STANDARD.encode([string(b"ssh-ed25519"), string(&bytes(32, sampler))].concat());
    let (first, second) = public.split_at(64);
    let secret = STANDARD.encode(string(&bytes(32, sampler)));
    let mac = text("{hex:64}", sampler);
    format!(
        "PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\nComment: root\nPublic-Lines: 2\n{first}\n{second}\n\
         Private-Lines: 1\n{secret}\nPrivate-MAC: {mac}"
    )
}
