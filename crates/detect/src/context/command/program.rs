//! The programs that take a password among their arguments, and where.

/// Where a program takes a password.
#[derive(Clone, Copy)]
pub(super) enum Place {
    /// Behind one of these flags.
    After(&'static [&'static str]),
    /// Behind one of these flags, as `user:password`.
    Pair(&'static [&'static str]),
    /// Joined to a short flag, or to a long one by an equals sign.
    Joined(&'static str, &'static [&'static str]),
    /// Of MySQL's: joined to its flags, or behind the word `password`.
    Admin,
    /// Behind one of these flags and the word `pass:`.
    Pass(&'static [&'static str]),
    /// The argument with this number after the words of the program.
    Number(usize),
    /// The last argument, if a flag with a `b` says so.
    Batch,
    /// `user/password@place`.
    Slash,
    /// The last argument, as a user, one of these marks and the password.
    Last(&'static [u8]),
    /// Behind the share's name: `net use Z: \\\\host\\share x`.
    Share,
    /// What `echo` said before the pipe.
    Piped,
    /// The next word.
    Next,
}

/// A program, or its words that are telling, and where it takes a password.
pub(super) struct Program {
    /// In lower case.
    pub(super) word: &'static str,
    /// Where its password stands.
    pub(super) place: Place,
}

const fn program(word: &'static str, place: Place) -> Program {
    Program { word, place }
}

const PASS: &[&str] = &["-passin", "-passout", "-pass"];

/// Every program.
pub(super) const PROGRAMS: [Program; 176] = [
    program("curl", Place::Pair(&["-u", "--user", "--proxy-user", "-U"])),
    program("wget", Place::After(&["--password", "--http-password", "--ftp-password", "--proxy-password"])),
    program("docker login", Place::After(&["-p", "--password"])),
    // The arguments of a call, each in its quotes.
    program("docker\", \"login", Place::After(&["-p", "--password"])),
    program("docker', 'login", Place::After(&["-p", "--password"])),
    program("podman\", \"login", Place::After(&["-p", "--password"])),
    program("podman', 'login", Place::After(&["-p", "--password"])),
    program("podman login", Place::After(&["-p", "--password"])),
    program("buildah login", Place::After(&["-p", "--password"])),
    program("skopeo login", Place::After(&["-p", "--password"])),
    program("nerdctl login", Place::After(&["-p", "--password"])),
    program("helm registry login", Place::After(&["-p", "--password"])),
    program("helm repo add", Place::After(&["--password"])),
    program("oras login", Place::After(&["-p", "--password"])),
    program("crane auth login", Place::After(&["-p", "--password"])),
    program("oc login", Place::After(&["-p", "--password"])),
    program("cf login", Place::After(&["-p"])),
    program("cf auth", Place::Number(1)),
    program("openssl passwd", Place::Number(0)),
    program("openssl enc", Place::After(&["-k", "-K"])),
    program("az login", Place::After(&["-p", "--password"])),
    program("nuget add source", Place::After(&["-p", "--password"])),
    program("nuget sources add", Place::After(&["-Password", "-password"])),
    program("user-secrets set", Place::Number(1)),
    program("sshpass", Place::Joined("-p", &["-p"])),
    program("mysqladmin", Place::Admin),
    program("mariadb-admin", Place::Admin),
    program("mysql", Place::Joined("-p", &["--password"])),
    program("mariadb", Place::Joined("-p", &["--password"])),
    program("redis-cli", Place::After(&["-a", "--pass"])),
    program("htpasswd", Place::Batch),
    program("mosquitto_passwd", Place::Batch),
    program("mongo", Place::After(&["-p", "--password"])),
    program("mongosh", Place::After(&["-p", "--password"])),
    program("mongodump", Place::After(&["-p", "--password"])),
    program("mongorestore", Place::After(&["-p", "--password"])),
    program("mongoimport", Place::After(&["-p", "--password"])),
    program("mongoexport", Place::After(&["-p", "--password"])),
    program("cqlsh", Place::After(&["-p", "--password"])),
    program("influx", Place::After(&["-password", "--password", "-t"])),
    program("clickhouse-client", Place::After(&["--password"])),
    program("vsql", Place::After(&["-w"])),
    program("sqlcmd", Place::After(&["-P"])),
    program("osql", Place::After(&["-P"])),
    program("isql", Place::After(&["-P"])),
    program("bcp", Place::After(&["-P"])),
    program("mosquitto_pub", Place::After(&["-P"])),
    program("mosquitto_sub", Place::After(&["-P"])),
    program("zip -p", Place::After(&["-P"])),
    program("unzip", Place::After(&["-P"])),
    program("7z", Place::Joined("-p", &[])),
    program("rar", Place::Joined("-hp", &[])),
    program("keytool", Place::After(&["-storepass", "-keypass", "-srcstorepass", "-deststorepass", "-new"])),
    program("jarsigner", Place::After(&["-storepass", "-keypass"])),
    program("signtool", Place::After(&["/p"])),
    program("ssh-keygen", Place::After(&["-N", "-P"])),
    program("plink", Place::After(&["-pw"])),
    program("pscp", Place::After(&["-pw"])),
    program("putty", Place::After(&["-pw"])),
    program("psexec", Place::After(&["-p"])),
    program("cmdkey", Place::Joined("/pass:", &[])),
    program("xfreerdp", Place::Joined("/p:", &[])),
    program("rdesktop", Place::After(&["-p"])),
    program("pass:", Place::Pass(PASS)),
    program("rabbitmqctl add_user", Place::Number(1)),
    program("rabbitmqctl change_password", Place::Number(1)),
    program("etcdctl user add", Place::Last(b":")),
    program("etcdctl", Place::Pair(&["--user"])),
    program("net user", Place::Number(1)),
    program("net use", Place::Share),
    program("sqlplus", Place::Slash),
    program("useradd", Place::After(&["-p", "--password"])),
    program("usermod", Place::After(&["-p", "--password"])),
    program("sudo -s", Place::Piped),
    program("smbclient", Place::Pair(&["-U", "--user"])),
    program("rpcclient", Place::Pair(&["-U", "--user"])),
    program("smbmap", Place::After(&["-p"])),
    program("lftp", Place::Pair(&["-u", "--user"])),
    program("ncftpput", Place::After(&["-p"])),
    program("http -a", Place::Pair(&["-a"])),
    program("http --auth", Place::Pair(&["--auth"])),
    program("https --auth", Place::Pair(&["--auth"])),
    program("xh --auth", Place::Pair(&["--auth"])),
    program("softhsm2-util", Place::After(&["--pin", "--so-pin"])),
    program("pkcs11-tool", Place::After(&["--pin", "-p", "--so-pin", "--new-pin"])),
    program("p11tool", Place::After(&["--set-pin", "--set-so-pin"])),
    program("x11vnc", Place::After(&["-passwd", "-viewpasswd"])),
    program("ipmitool", Place::After(&["-P"])),
    program("snmpwalk", Place::After(&["-A", "-X", "-c"])),
    program("snmpget", Place::After(&["-A", "-X", "-c"])),
    program("snmpset", Place::After(&["-A", "-X", "-c"])),
    program("snmptrap", Place::After(&["-A", "-X", "-c"])),
    program("snmpinform", Place::After(&["-A", "-X", "-c"])),
    program("snmpbulkwalk", Place::After(&["-A", "-X", "-c"])),
    program("snmptable", Place::After(&["-A", "-X", "-c"])),
    // A directive of snmpd with the arguments of these.
    program("trapsess", Place::After(&["-A", "-X", "-c"])),
    program("subscription-manager register", Place::After(&["--password"])),
    program("rhc connect", Place::After(&["-p", "--password"])),
    program("ldapsearch", Place::After(&["-w"])),
    program("ldapadd", Place::After(&["-w"])),
    program("ldapmodify", Place::After(&["-w"])),
    program("ldapdelete", Place::After(&["-w"])),
    program("ldappasswd", Place::After(&["-w", "-s", "-a"])),
    program("samba-tool user create", Place::Number(1)),
    program("radtest", Place::Number(1)),
    program("ejabberdctl register", Place::Number(2)),
    program("prosodyctl register", Place::Number(2)),
    program("mc alias set", Place::Number(3)),
    program("mc config host add", Place::Number(3)),
    program("rclone obscure", Place::Number(0)),
    program("wpa_passphrase", Place::Number(1)),
    program("bundle config", Place::Last(b":")),
    program("http-basic", Place::Number(2)),
    program("zip", Place::After(&["-P"])),
    program("unzip", Place::After(&["-P"])),
    program("vault write", Place::After(&["secret_id", "password"])),
    program("secret set", Place::After(&["--body", "-b"])),
    program("nmcli", Place::After(&["password", "wifi-sec.psk", "802-11-wireless-security.psk"])),
    program("addprinc", Place::After(&["-pw"])),
    program("add_principal", Place::After(&["-pw"])),
    program("change_password", Place::After(&["-pw"])),
    program("cpw", Place::After(&["-pw"])),
    program("kadmin", Place::After(&["-w"])),
    program("kdb5_util", Place::After(&["-P"])),
    program("ktutil", Place::After(&["-w"])),
    program("svn", Place::After(&["--password"])),
    program("schtasks", Place::After(&["/rp", "/RP", "/p", "/P"])),
    program("sc create", Place::After(&["password="])),
    program("sc config", Place::After(&["password="])),
    program("sc.exe create", Place::After(&["password="])),
    program("sc.exe config", Place::After(&["password="])),
    program("wmic", Place::Joined("/password:", &[])),
    program("netdom", Place::Joined("/passwordd:", &[])),
    program("consul", Place::After(&["-token", "--token"])),
    program("nomad", Place::After(&["-token", "--token"])),
    program("wandb login", Place::Number(0)),
    program("twine upload", Place::After(&["-p", "--password"])),
    program("basic_ldap_auth", Place::After(&["-w"])),
    program("squid_ldap_auth", Place::After(&["-w"])),
    program("ext_ldap_group_acl", Place::After(&["-w"])),
    program("squid_ldap_group", Place::After(&["-w"])),
    program("check_mysql", Place::After(&["-p", "--password"])),
    program("check_mysql_query", Place::After(&["-p", "--password"])),
    program("check_mysql_health", Place::After(&["-p", "--password"])),
    program("check_pgsql", Place::After(&["-p", "--password"])),
    program("check_http", Place::Pair(&["-a", "--authorization", "-b", "--proxy-authorization"])),
    program("check_curl", Place::Pair(&["-a", "--authorization", "-b", "--proxy-authorization"])),
    program("check_ldap", Place::After(&["-P", "--pass"])),
    program("check_ldaps", Place::After(&["-P", "--pass"])),
    program("check_snmp", Place::After(&["-C", "--community", "-A", "--authpasswd", "-X", "--privpasswd"])),
    program("check_snmp_int.pl", Place::After(&["-C", "-w", "-x"])),
    program("check_disk_smb", Place::After(&["-p", "--password"])),
    program("check_nt", Place::After(&["-s"])),
    program("check_wmi_plus.pl", Place::After(&["-p", "--password"])),
    program("check_imap_receive", Place::After(&["-P", "--password"])),
    program("check_smtp_send", Place::After(&["-P", "--password"])),
    program("check_radius", Place::After(&["-p", "--password"])),
    program("check_ipmi_sensor", Place::After(&["-P"])),
    program("check_vmware_esx", Place::After(&["-p", "--password"])),
    program("check_vmware_esx.pl", Place::After(&["-p", "--password"])),
    program("check_mssql_health", Place::After(&["--password"])),
    program("check_oracle_health", Place::After(&["--password"])),
    program("check_rabbitmq_overview", Place::After(&["-p", "--password"])),
    program("check_mongodb.py", Place::After(&["-p", "--pass"])),
    program("check_nwc_health", Place::After(&["-C", "--community", "--authpassword", "--privpassword"])),
    program("--certificate-key", Place::Next),
    program("--account-key", Place::Next),
    program("-setcookie", Place::Next),
    program("--requirepass", Place::Next),
    program("--password", Place::Next),
    program("--passphrase", Place::Next),
    program("--token", Place::Next),
    program("--pat", Place::Next),
    program("vault operator unseal", Place::Number(0)),
    program("vault unseal", Place::Number(0)),
    program("--api-key", Place::Next),
];

/// The words that lead to them.
pub(super) const fn words() -> [&'static str; PROGRAMS.len()] {
    let mut all = [""; PROGRAMS.len()];
    let mut i = 0;
    while i < all.len() {
        all[i] = PROGRAMS[i].word;
        i += 1;
    }
    all
}
