//! What is told as a key in the bytes of a program, and what is not.

use crate::Example;

pub(super) const HITS: &[Example] = &[
    Example {
        path: "a.h",
        text: "static const uint8_t AES_KEY[16] = { 0x{hex:2}, 0x1f, 0x{hex:2}, 0x9c, 0x{hex:2}, 0x3e, 0x71, 0x08, 0xd5, 0x4a, 0xb2, 0x66, 0xe9, 0x17, 0x8d, 0xf0 };\n",
        rule: "key-bytes",
    },
    Example {
        path: "upd.c",
        text: "static const uint8_t upd_key[16] = {{\n    0x8f, 0x1c, 0x52, 0xe2, 0x07, 0x66, 0x13, 0x6a,\n    0xd4, 0x31, 0x5f, 0x4b, 0x22, 0x81, 0x77, 0x3d,\n}};\nEVP_CIPHER_CTX *c;\n",
        rule: "key-bytes",
    },
    Example {
        path: "a.go",
        text: "var encryptionKey = []byte{31, 200, 7, 99, 164, 18, 245, 61, 130, 77, 12, 221, 53, 176, 94, 3}\n",
        rule: "key-bytes",
    },
    Example {
        path: "Vault.java",
        text: "private static final byte[] KEY = \"{base62:32}\".getBytes();\n",
        rule: "key-bytes",
    },
    Example { path: "a.py", text: "KEY = bytes.fromhex(\"{hex:64}\")\n", rule: "key-bytes" },
    Example { path: "a.js", text: "const aesKey = CryptoJS.enc.Hex.parse('{hex:32}');\n", rule: "key-bytes" },
    Example {
        path: "a.py",
        text: "KEY = b\"\\x8f\\x1c\\xe2Q\\x07\\xb9\\xaa\\x13j\\xd4\\x90\\x5f\\xcb\\x22\\x81\\x{hex:2}\"\n",
        rule: "key-bytes",
    },
    Example {
        path: "a.swift",
        text: "private let key: [UInt8] = Array(\"a1B{base62:29}\".utf8)\n",
        rule: "key-bytes",
    },
    Example { path: "a.py", text: "KEY = b\"a1B{base62:29}\"\n", rule: "key-bytes" },
    Example {
        path: "a.go",
        text: "key := []byte(\"a1B{base62:29}\")\nblock, err := aes.NewCipher(key)\n",
        rule: "key-bytes",
    },
    Example { path: "a.py", text: "key = b'a1B{base62:40}='\nf = Fernet(key)\n", rule: "key-bytes" },
    Example {
        path: "A.java",
        text: "static final byte[] AES_KEY = new byte[] { -4, 101, -37, 18, 66, -120, 93, 7, -81, 54, -12, 33, 110, -99, 72, -5 };\n",
        rule: "key-bytes",
    },
    Example {
        path: "A.java",
        text: "byte[] SECRET_KEY = { (byte) 0x8f, (byte) 0x1c, 0x52, (byte) 0xe2, 0x07, 0x66, 0x13, 0x6a, (byte) 0xd4, 0x31, 0x5f, 0x4b, 0x22, (byte) 0x81, 0x77, 0x3d };\n",
        rule: "key-bytes",
    },
    Example {
        path: "src/seal.rs",
        text: "const KEY: [u8; 16] = [0x8f, 0x1c, 0x52, 0xe2, 0x07, 0x66, 0x13, 0x6a, 0xd4, 0x31, 0x5f, 0x4b, 0x22, 0x81, 0x77, 0x3d];\nfn f() {{ Aes128::new(&KEY.into()) }}\n",
        rule: "key-bytes",
    },
    Example {
        path: "a.rs",
        text: "pub const SIGNING_KEY: [u8; 32] = hex!(\"{hex:64}\");\n",
        rule: "key-bytes",
    },
    Example { path: "a.rb", text: "KEY = [\"{hex:32}\"].pack(\"H*\")\n", rule: "key-bytes" },
    Example { path: "a.php", text: "$AES_KEY = pack('H*', '{hex:64}');\n", rule: "key-bytes" },
    Example { path: "a.rs", text: "static KEY: [u8; 32] = *b\"a1B{base62:29}\";\n", rule: "key-bytes" },
    Example {
        path: "a.ts",
        text: "const AES_KEY = CryptoJS.enc.Utf8.parse('a1B{base62:29}');\n",
        rule: "key-bytes",
    },
    Example {
        path: "A.cls",
        text: "Blob key = EncodingUtil.base64Decode('a1B{b64:40}=');\nreturn Crypto.encryptWithManagedIV('AES256', key, d);\n",
        rule: "key-bytes",
    },
    Example {
        path: "a.py",
        text: "PEPPER = b'\\x8f\\x1c\\xe2Q\\x07\\xb9\\xaa\\x13j\\xd4\\x90\\x5f\\xcb\\x22\\x81\\x{hex:2}'\n",
        rule: "key-bytes",
    },
    Example {
        path: "store.rs",
        text: "/// ChaCha20-Poly1305\npub const STORE_KEY: [u8; 16] = [0x8f, 0x1c, 0x52, 0xe2, 0x07, 0x66, 0x13, 0x6a, 0xd4, 0x31, 0x5f, 0x4b, 0x22, 0x81, 0x77, 0x3d];\n",
        rule: "key-bytes",
    },
    Example {
        path: "keys.hpp",
        text: "inline constexpr std::array<uint8_t, 16> kHmacSha256Key = {{\n    0x8f, 0x1c, 0x52, 0xe2, 0x07, 0x66, 0x13, 0x6a, 0xd4, 0x31, 0x5f, 0x4b, 0x22, 0x81, 0x77, 0x3d}};\n",
        rule: "key-bytes",
    },
    Example {
        path: "lic.c",
        text: "static const unsigned char license_aes_key[16] = \"\\x8f\\x1c\\x52\\xe2\\x07\\x66\\x13\\x6a\\xd4\\x31\\x5f\\x4b\\x22\\x81\\x77\\x{hex:2}\";\n",
        rule: "key-bytes",
    },
    Example {
        path: "a_srv.erl",
        text: "key() -> <<143, 28, 82, 226, 7, 102, 19, 106,\n          212, 49, 95, 75, 34, 129, 119, 61>>.\n",
        rule: "key-bytes",
    },
    Example {
        path: "a.ex",
        text: "  @cookie_key <<0x8f, 0x1c, 0x52, 0xe2, 0x07, 0x66, 0x13, 0x6a, 0xd4, 0x31, 0x5f, 0x4b, 0x22, 0x81, 0x77, 0x3d>>\n  :crypto.crypto_one_time(:aes_128_cbc, @cookie_key, iv, x, true)\n",
        rule: "key-bytes",
    },
    Example {
        path: "pay.ts",
        text: "const payer = Keypair.fromSecretKey(Uint8Array.from([130, 189, 91, 203, 176, 241, 215, 254, 166, 236, 135, 7, 249, 119, 198, 63, 247, 13, 230, 40, 28, 95, 120, 222, 240, 97, 139, 26, 146, 231, 3, 187, 55, 104, 71, 46, 196, 99, 246, 195, 204, 18, 35, 158, 212, 113, 32, 33, 0, 1, 53, 250, 223, 42, 202, 74, 80, 50, 138, 173, 160, 52, 220, 251]));\n",
        rule: "key-bytes",
    },
];

pub(super) const MISSES: &[Example] = &[
    Example {
        path: "a.h",
        text: "const uint8_t AES_KEY[16] = { 0x2b, 0x7e, 0x15, 0x16, 0x28, 0xae, 0xd2, 0xa6, 0xab, 0xf7, 0x15, 0x88, 0x09, 0xcf, 0x4f, 0x3c };\nuint8_t app_key[16] = { 0 };\nint secret_key[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16 };\n",
        rule: "",
    },
    Example {
        path: "a.py",
        text: "key = bytes.fromhex(\"{hex:64}\")\nPUBLIC_KEY = bytes.fromhex(\"{hex:64}\")\nDIGEST = unhexlify(\"{hex:64}\")\n",
        rule: "",
    },
    Example {
        path: "a.py",
        text: "key = b\"a1B{base62:29}\"\nrow[key] = 1\nKEY = b\"Sixteen byte key\"\nKEY = \"a1B{base62:29}\"\n",
        rule: "",
    },
    Example {
        path: "tests/seal.rs",
        text: "const KEY: [u8; 16] = [0x8f, 0x1c, 0x52, 0xe2, 0x07, 0x66, 0x13, 0x6a, 0xd4, 0x31, 0x5f, 0x4b, 0x22, 0x81, 0x77, 0x3d];\nfn f() {{ Aes128::new(&KEY.into()) }}\n",
        rule: "",
    },
    Example {
        path: "src/lib.rs",
        text: "const KEY: [u8; 16] = [0x8f, 0x1c, 0x52, 0xe2, 0x07, 0x66, 0x13, 0x6a, 0xd4, 0x31, 0x5f, 0x4b, 0x22, 0x81, 0x77, 0x3d];\nfn siphash() {{}}\n",
        rule: "",
    },
    Example {
        path: "src/siphash.c",
        text: "static const uint8_t hash_key[16] = { 0x8f, 0x1c, 0x52, 0xe2, 0x07, 0x66, 0x13, 0x6a, 0xd4, 0x31, 0x5f, 0x4b, 0x22, 0x81, 0x77, 0x3d };\n",
        rule: "",
    },
    Example { path: "a.c", text: "private_key[3] = 0x41, private_key[4] = 0x42;\n", rule: "" },
    Example {
        path: "src/lib.rs",
        text: "const HASH_KEY: [u8; 16] = [0x8f, 0x1c, 0x52, 0xe2, 0x07, 0x66, 0x13, 0x6a, 0xd4, 0x31, 0x5f, 0x4b, 0x22, 0x81, 0x77, 0x3d];\nconst size_t Foo::kSortKey = {{ 0x8f, 0x1c, 0x52, 0xe2, 0x07, 0x66, 0x13, 0x6a, 0xd4, 0x31, 0x5f, 0x4b, 0x22, 0x81, 0x77, 0x3d }};\n",
        rule: "",
    },
    Example {
        path: "src/hash.c",
        text: "static const unsigned char hash[16] = \"\\x8f\\x1c\\x52\\xe2\\x07\\x66\\x13\\x6a\\xd4\\x31\\x5f\\x4b\\x22\\x81\\x77\\x3d\";\nstatic const unsigned char test_key[16] = \"\\x8f\\x1c\\x52\\xe2\\x07\\x66\\x13\\x6a\\xd4\\x31\\x5f\\x4b\\x22\\x81\\x77\\x3d\";\n",
        rule: "",
    },
    Example {
        path: "a.erl",
        text: "key() -> <<1, 2, 3>>.\nsort_key() -> <<143, 28, 82, 226, 7, 102, 19, 106, 212, 49, 95, 75, 34, 129, 119, 61>>.\npublic_key() -> <<143, 28, 82, 226, 7, 102, 19, 106, 212, 49, 95, 75, 34, 129, 119, 61>>.\nkey(<<Key:16/binary>>) -> Key.\n",
        rule: "",
    },
    Example {
        path: "tests/pay.ts",
        text: "const payer = Keypair.fromSecretKey(Uint8Array.from([130, 189, 91, 203, 176, 241, 215, 254, 166, 236, 135, 7, 249, 119, 198, 63, 247, 13, 230, 40, 28, 95, 120, 222, 240, 97, 139, 26, 146, 231, 3, 187, 55, 104, 71, 46, 196, 99, 246, 195, 204, 18, 35, 158, 212, 113, 32, 33, 0, 1, 53, 250, 223, 42, 202, 74, 80, 50, 138, 173, 160, 52, 220, 251]));\n",
        rule: "",
    },
    Example {
        path: "pay.ts",
        text: "Keypair.fromSecretKey(Uint8Array.from(JSON.parse(s))); Keypair.fromSecretKey(new Uint8Array([1, 2, 3]));\n",
        rule: "",
    },
];
