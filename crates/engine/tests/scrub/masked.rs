//! What a mask leaves in the place of a secret, and what it takes with it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tightlip_detect::Sampler;
use tightlip_testkit::{Bundle, ImageBuilder};

use crate::common::token;
use crate::support::{Bench, leaks};

#[test]
fn what_is_encoded_twice_in_a_configuration_goes_as_a_whole() {
    let secret = token(7);
    let twice = STANDARD.encode(STANDARD.encode(format!("TOKEN={secret}\nHOST=h\n")));
    let image = ImageBuilder::new()
        .file("app/own", "1")
        .env("SETTINGS", &twice)
        .label("setup", &format!("echo {twice} | base64 -d | base64 -d"))
        .named("docker.io/library/app:1")
        .build();
    let bench = Bench::of(&Bundle::of(image));
    let clean = bench.write().unwrap();
    assert!(leaks(&clean.scan()).is_empty());
    let config = clean.config().to_string();
    assert!(config.contains("SETTINGS=x") && config.contains("| base64 -d"), "{config}");
    assert!(!config.contains(&twice));
}

#[test]
fn what_a_mask_leaves_is_no_secret() {
    let made = |text: &str| Sampler::new(11).expand(text).unwrap();
    let sites = "<FileZilla3><Servers><Server><Host>h.acme.dev</Host><User>ann</User><Pass encoding=\"base64\">cDRz{b64:12}</Pass></Server></Servers></FileZilla3>\n";
    let image = ImageBuilder::new()
        .file("root/.config/filezilla/sitemanager.xml", made(sites))
        .file("srv/keys.json", made("{{\"kty\": \"oct\", \"k\": \"{b64u:43}\", \"alg\": \"HS256\"}}\n"))
        .file("var/lib/rabbitmq/.erlang.cookie", made("{upper:20}"))
        .named("docker.io/library/app:1")
        .build();
    let bench = Bench::of(&Bundle::of(image));
    assert_eq!(bench.plan().secrets.len(), 3, "{:?}", bench.plan().secrets);
    let clean = bench.write().unwrap();
    assert!(leaks(&clean.scan()).is_empty());
}

#[test]
fn all_that_is_private_of_a_key_goes() {
    let key = "{{\"kty\":\"RSA\",\"n\":\"{b64u:342}\",\"e\":\"AQAB\",\"d\":\"{b64u:342}\",\"p\":\"{b64u:171}\",\"q\":\"{b64u:171}\"}}\n";
    let key = Sampler::new(12).expand(key).unwrap();
    let text = String::from_utf8(key.clone()).unwrap();
    let image = ImageBuilder::new().file("srv/key.json", key).named("docker.io/library/app:1").build();
    let clean = Bench::of(&Bundle::of(image)).write().unwrap();
    let tar = clean.tar(0);
    let tar = String::from_utf8_lossy(&tar);
    for member in ["d", "p", "q"] {
        let (_, after) = text.split_once(&format!("\"{member}\":\"")).unwrap();
        assert!(!tar.contains(&after[..171]), "{member}");
    }
    assert!(tar.contains(&text[..300]));
}
