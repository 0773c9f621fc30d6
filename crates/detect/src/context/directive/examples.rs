//! Texts with passwords behind directives, and texts without.

use crate::Example;

pub(super) const HITS: &[Example] = &[
    Example {
        path: "console.txt",
        text: "10.4.0.3:6379> ACL SETUSER queue on >p{lower:6}9 ~queue:* +@all\nOK\n",
        rule: "password-directive",
    },
    Example {
        path: "console.txt",
        text: "core1(config)#username bob privilege 15 password 0 p{lower:6}9\ncore1(config)#end\n",
        rule: "password-directive",
    },
    Example {
        path: "console.txt",
        text: "core1(config)#snmp-server community p{lower:6}9 RW\n",
        rule: "password-directive",
    },
    Example {
        path: "etc/redis/redis.conf",
        text: "port 6379\nrequirepass p{lower:6}9\n",
        rule: "password-directive",
    },
    Example { path: "etc/ldap.conf", text: "bindpw p{lower:6}9\n", rule: "password-directive" },
    Example {
        path: "init.sql",
        text: "CREATE USER 'app'@'%' IDENTIFIED BY 'p{lower:6}9';\n",
        rule: "password-directive",
    },
    Example {
        path: "init.sql",
        text: "ALTER ROLE app WITH PASSWORD 'p{lower:6}9';\n",
        rule: "password-directive",
    },
    Example {
        path: "init.sql",
        text: "CREATE ROLE svc LOGIN PASSWORD 'p{lower:6}9';\n",
        rule: "password-directive",
    },
    Example {
        path: "init.sql",
        text: "ALTER USER 'a'@'b' IDENTIFIED WITH caching_sha2_password BY 'p{lower:6}9';\n",
        rule: "password-directive",
    },
    Example { path: "a.rc", text: "password qzwv {lower:2}xq jkvz tbqx\n", rule: "password-directive" },
    Example { path: "etc/msmtprc", text: "user bob\npassword p{lower:6}9\n", rule: "password-directive" },
    Example {
        path: "etc/redis/users.acl",
        text: "user app on >p{lower:6}9 ~* +@all\n",
        rule: "password-directive",
    },
    Example {
        path: "etc/haproxy/haproxy.cfg",
        text: "  user bob insecure-password p{lower:6}9\n",
        rule: "password-directive",
    },
    Example { path: "etc/ipsec.secrets", text: "a b : PSK \"p{lower:6}9\"\n", rule: "password-directive" },
    Example {
        path: "preseed.cfg",
        text: "d-i passwd/root-password password p{lower:6}9\n",
        rule: "password-directive",
    },
    Example { path: "ks.cfg", text: "rootpw --plaintext p{lower:6}9\n", rule: "password-directive" },
    Example {
        path: "root/.fetchmailrc",
        text: "poll h user \"bob\" password \"p{lower:6}9\"\n",
        rule: "password-directive",
    },
    Example {
        path: "root/.psql_history",
        text: "ALTER USER app PASSWORD 'p{lower:6}9';\n",
        rule: "password-directive",
    },
    Example {
        path: "x.sql",
        text: "SET PASSWORD FOR 'a'@'%' = PASSWORD('p{lower:6}9');\n",
        rule: "password-directive",
    },
    Example { path: "root/.rediscli_history", text: "AUTH p{lower:6}9\n", rule: "password-directive" },
    Example {
        path: "tftp/router.cfg",
        text: "username admin privilege 15 password 0 p{lower:6}9\n",
        rule: "password-directive",
    },
    Example {
        path: "tftp/router-confg",
        text: "snmp-server community p{lower:6}9 RO\n",
        rule: "password-directive",
    },
    Example { path: "", text: "  npmAuthIdent: \"app-ci:Xk9v{lower:5}!7\"\n", rule: "password-directive" },
    Example {
        path: "etc/proftpd/sql.conf",
        text: "SQLConnectInfo shop@db proftpd p{lower:6}9\n",
        rule: "password-directive",
    },
    Example {
        path: "root/.psql_history",
        text: "ALTER USER app WITH PASSWORD 'otterpebble';\n",
        rule: "password-directive",
    },
    Example {
        path: "tftp/core1-confg",
        text: "hostname core1\nenable password otterpebble\n",
        rule: "password-directive",
    },
    Example {
        path: "core1.txt",
        text: "hostname core1\ninterface Vlan1\n ip address 10.0.0.2 255.0.0.0\nusername bob password otterpebble\n",
        rule: "password-directive",
    },
];

pub(super) const MISSES: &[Example] = &[
    Example {
        path: "console.txt",
        text: "core1(config)#username bob privilege 15 password ?\ncore1(config)#snmp-server community public RO\ncore1#show snmp-server community p{lower:6}9\n10.4.0.3:6379> ACL SETUSER queue on nopass ~queue:* +@all\n10.4.0.3:6379> ACL SETUSER queue on >(redacted) +@all\n",
        rule: "",
    },
    Example {
        path: "tftp/router.cfg",
        text: "enable secret <password>\nsnmp-server community public RO\nno username bob\nservice password-encryption\n",
        rule: "",
    },
    Example {
        path: "preseed.cfg",
        text: "# d-i passwd/root-password password r00tme\n# d-i passwd/root-password-again password r00tme\n",
        rule: "",
    },
    Example {
        path: "etc/redis/redis.conf",
        text: "# requirepass foobared\n# masterauth <password>\n",
        rule: "",
    },
    Example {
        path: "schema.sql",
        text: "CREATE TABLE a (\n  password varchar(255),\n  password text,\n  password CHAR(60) NOT NULL\n);\n",
        rule: "",
    },
    Example {
        path: "init.sql",
        text: "CREATE USER app IDENTIFIED BY '${PW}';\nALTER ROLE x WITH PASSWORD NULL;\nGRANT x IDENTIFIED BY 'password';\nCREATE USER x IDENTIFIED WITH 'caching_sha2_password' AS '$A$005${b64:43}';\n",
        rule: "",
    },
    Example { path: "etc/ipsec.secrets", text: "# bob@strongswan.org : EAP \"p{lower:3}97x12\"\n", rule: "" },
    Example {
        path: "a.md",
        text: "People are identified by 'names'. Files with password protection. The bindpw option.\n",
        rule: "",
    },
    Example {
        path: "etc/pam.d/common-password",
        text: "password\trequired pam_unix.so obscure1\npassword sufficient\npassword include2 x\n",
        rule: "",
    },
    Example { path: "etc/x.conf", text: "stats auth\nuser app on nopass ~* +@all\npsk 1\n", rule: "" },
    Example {
        path: "tftp/core1-confg",
        text: "hostname core1\n! enable password otterpebble\nenable password level 7\nusername bob privilege 15\nenable secret encrypted\n",
        rule: "",
    },
    Example {
        path: "notes.txt",
        text: "An enable password should be set.\nusername and password are needed; the enable password protects it\n",
        rule: "",
    },
];

#[cfg(test)]
mod tests {
    use tightlip_report::Level;

    use crate::context::directive::FINDER;
    use crate::finder::tests::found_in;

    #[test]
    fn words_are_a_password_where_a_device_wrote_them() {
        let denied = |path: &str, line: &str| {
            let found = found_in(&FINDER, path, line.as_bytes());
            found.iter().any(|found| found.level == Some(Level::Deny))
        };
        for line in [
            "enable password otterpebble\n",
            "username bob password 0 otter-pebble\n",
            "line con 0\n password otterpebble\n",
            " password 0 otterpebble\n",
        ] {
            assert!(denied("tftp/core1-confg", line), "{line}");
        }
        for line in ["enable password WORD\n", "username NAME password PASSWORD\n", "enable secret string\n"]
        {
            assert!(!denied("tftp/core1-confg", line), "{line}");
        }
        assert!(denied("root/.psql_history", "ALTER USER app WITH PASSWORD 'otterpebble';\n"));
        assert!(!denied("root/.psql_history", "ALTER USER app WITH PASSWORD 'password';\n"));
        assert!(!denied("init.py", "x = \"ALTER USER app WITH PASSWORD 'otterpebble'\"\n"));
    }
}
