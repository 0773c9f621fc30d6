//! Credential files by their format, one file each.

mod acme_sh;
mod ansible_vault;
mod appsettings;
mod asterisk;
mod aws_credentials;
mod azure_tokens;
mod cargo_credentials;
mod chef_data_bag;
mod cloud_init;
mod cluster_key;
mod composer_auth;
mod consul;
mod consul_kv;
mod curlrc;
mod davfs_secrets;
mod dbeaver;
mod debconf_passwords;
mod docker_config;
mod dotenv;
mod encrypted;
mod filezilla;
mod gcloud;
mod gh_hosts;
mod git_config;
mod git_credentials;
mod google_authenticator;
mod heidisql;
mod hexchat;
mod ipsec_secrets;
mod jaas;
mod jenkins;
mod jmx_password;
pub(crate) mod judge;
mod jupyter_runtime;
mod k8s_secret;
mod keepass;
mod keytab;
mod kubeconfig;
mod lnd_macaroon;
mod mail_relay_table;
mod maven_settings;
mod monitrc;
mod my_cnf;
mod netrc;
mod netrc_entry;
mod noted_passwords;
mod npmrc;
mod nuget_config;
mod one_password;
mod openvpn_login;
mod oracle_wallet;
mod password_file;
pub(crate) mod password_hashes;
mod pgbouncer_users;
mod pgpass;
mod pip_conf;
mod poetry_auth;
mod ppp_options;
mod ppp_secrets;
mod pypirc;
mod racoon_psk;
mod radius_clients;
mod radius_servers;
mod rails;
mod rancid_logins;
mod rclone;
mod remote_desktop;
mod replica_info;
mod rsyncd_secrets;
mod ruby_credentials;
mod sasl_passwd;
mod secrets_yaml;
mod sendmail_authinfo;
mod smbpasswd;
mod squid;
mod stored_json;
mod stored_k8s;
mod svn_auth;
mod swanctl;
mod terraform;
mod terraform_plan;
mod terraform_state;
mod time_keys;
mod uci;
mod user_list;
mod vsftpd_users;
mod weechat;
mod wireless_keys;
mod wp_config;
mod yarnrc;

use crate::Finder;

/// Every finder of this room.
pub(crate) static FINDERS: &[&Finder] = &[
    &noted_passwords::FINDER,
    &npmrc::FINDER,
    &acme_sh::FINDER,
    &oracle_wallet::FINDER,
    &heidisql::FINDER,
    &hexchat::FINDER,
    &remote_desktop::FINDER,
    &secrets_yaml::FINDER,
    &yarnrc::FINDER,
    &netrc::FINDER,
    &netrc_entry::FINDER,
    &docker_config::FINDER,
    &aws_credentials::FINDER,
    &kubeconfig::FINDER,
    &k8s_secret::FINDER,
    &git_credentials::FINDER,
    &google_authenticator::FINDER,
    &git_config::FINDER,
    &gh_hosts::FINDER,
    &pypirc::FINDER,
    &pip_conf::FINDER,
    &maven_settings::FINDER,
    &my_cnf::FINDER,
    &ansible_vault::FINDER,
    &azure_tokens::FINDER,
    &cargo_credentials::FINDER,
    &composer_auth::FINDER,
    &dotenv::FINDER,
    &encrypted::FINDER,
    &gcloud::FINDER,
    &nuget_config::FINDER,
    &password_hashes::FINDER,
    &pgpass::FINDER,
    &replica_info::FINDER,
    &rancid_logins::FINDER,
    &radius_servers::FINDER,
    &svn_auth::FINDER,
    &time_keys::FINDER,
    &weechat::FINDER,
    &wireless_keys::FINDER,
    &sendmail_authinfo::FINDER,
    &jupyter_runtime::FINDER,
    &rails::FINDER,
    &ruby_credentials::FINDER,
    &terraform::FINDER,
    &terraform_plan::FINDER,
    &terraform_state::FINDER,
    &wp_config::FINDER,
    &appsettings::FINDER,
    &cloud_init::FINDER,
    &consul::FINDER,
    &consul_kv::FINDER,
    &curlrc::FINDER,
    &filezilla::FINDER,
    &jmx_password::FINDER,
    &keepass::FINDER,
    &openvpn_login::FINDER,
    &one_password::FINDER,
    &password_file::FINDER,
    &poetry_auth::FINDER,
    &ppp_secrets::FINDER,
    &rclone::FINDER,
    &sasl_passwd::FINDER,
    &davfs_secrets::FINDER,
    &jaas::FINDER,
    &pgbouncer_users::FINDER,
    &rsyncd_secrets::FINDER,
    &cluster_key::FINDER,
    &keytab::FINDER,
    &smbpasswd::FINDER,
    &vsftpd_users::FINDER,
    &uci::FINDER,
    &jenkins::FINDER,
    &ipsec_secrets::FINDER,
    &racoon_psk::FINDER,
    &swanctl::FINDER,
    &ppp_options::FINDER,
    &asterisk::FINDER,
    &squid::FINDER,
    &radius_clients::FINDER,
    &user_list::FINDER,
    &chef_data_bag::FINDER,
    &lnd_macaroon::FINDER,
    &stored_json::FINDER,
    &stored_k8s::FINDER,
    &monitrc::FINDER,
    &mail_relay_table::FINDER,
    &debconf_passwords::FINDER,
    &dbeaver::FINDER,
];
