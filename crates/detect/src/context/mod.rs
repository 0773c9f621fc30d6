//! Secrets told by their surroundings: names, URLs, headers.

mod address_row;
mod announced;
mod asked_key;
mod assignment;
mod basic_value;
mod bind_name;
mod browser_cloud;
mod call;
mod called_in_shell;
mod client_key;
mod coded_password;
mod collection;
mod columns;
mod command;
mod connect_using;
mod connection_string;
mod cookie;
mod cookie_file;
mod cookie_row;
mod copied_row;
mod counted;
mod crypt_hash;
mod data_source;
mod database_key;
mod device;
mod devops_pat;
pub(crate) mod directive;
mod easy_connect;
mod encoded_in_shell;
mod encoded_literal;
mod escaped_login;
mod escaped_value;
mod fed;
mod foreign_letters;
mod form_body;
mod fortios;
mod ftp_script;
mod gate;
mod halves;
mod http_header;
mod insert;
pub(crate) mod judge;
mod kept_history;
mod key_bytes;
mod licence_key;
mod logged_login;
mod login_in_words;
mod login_list;
mod login_of_program;
mod login_pair;
mod login_row;
mod named;
mod nested;
mod nick_login;
mod noted_login;
mod number_key;
mod oracle_login;
mod page_table;
mod passed;
mod passwd_line;
mod pgpass_line;
mod php_trace;
mod pin;
mod piped;
mod placed;
mod printed;
mod prompt;
mod protocol_login;
mod quoted_command;
mod recovery_code;
mod redis_protocol;
mod resource_attribute;
mod runner_file;
mod secure_section;
mod secure_string;
mod seed_in_program;
mod seed_words;
mod sent_header;
mod sent_variable;
mod serialized;
mod server_word;
mod setting_row;
mod shell;
mod spelled_out;
mod sql_login;
mod stored_plain;
mod substituted;
mod table;
mod telegram_app;
mod told_command;
mod told_in_manual;
mod told_pair;
mod tool_token;
pub(crate) mod totp;
mod tsig_keyring;
mod typed_alone;
mod typed_into_page;
mod url_credentials;
mod value_beside;
mod weblogic_script;
mod workflow_command;
mod written_text;
mod xor_password;
mod yaml_alias;

use crate::Finder;

/// Every finder of this room.
pub(crate) static FINDERS: &[&Finder] = &[
    &named::FINDER,
    &shell::FINDER,
    &kept_history::FINDER,
    &passwd_line::FINDER,
    &php_trace::FINDER,
    &runner_file::FINDER,
    &http_header::FINDER,
    &basic_value::FINDER,
    &url_credentials::FINDER,
    &connection_string::FINDER,
    &connect_using::FINDER,
    &data_source::FINDER,
    &easy_connect::FINDER,
    &encoded_literal::FINDER,
    &encoded_in_shell::FINDER,
    &escaped_login::FINDER,
    &escaped_value::FINDER,
    &xor_password::FINDER,
    &quoted_command::FINDER,
    &yaml_alias::FINDER,
    &recovery_code::FINDER,
    &database_key::FINDER,
    &devops_pat::FINDER,
    &directive::FINDER,
    &device::FINDER,
    &server_word::FINDER,
    &oracle_login::FINDER,
    &weblogic_script::FINDER,
    &pgpass_line::FINDER,
    &piped::FINDER,
    &secure_string::FINDER,
    &login_pair::FINDER,
    &logged_login::FINDER,
    &login_in_words::FINDER,
    &login_row::FINDER,
    &licence_key::FINDER,
    &login_list::FINDER,
    &login_of_program::FINDER,
    &stored_plain::FINDER,
    &prompt::FINDER,
    &protocol_login::FINDER,
    &coded_password::FINDER,
    &collection::FINDER,
    &command::FINDER,
    &tool_token::FINDER,
    &browser_cloud::FINDER,
    &call::FINDER,
    &called_in_shell::FINDER,
    &client_key::FINDER,
    &gate::FINDER,
    &pin::FINDER,
    &key_bytes::FINDER,
    &table::FINDER,
    &page_table::FINDER,
    &insert::FINDER,
    &copied_row::FINDER,
    &setting_row::FINDER,
    &serialized::FINDER,
    &resource_attribute::FINDER,
    &redis_protocol::FINDER,
    &counted::FINDER,
    &nested::FINDER,
    &crypt_hash::FINDER,
    &assignment::FINDER,
    &halves::FINDER,
    &secure_section::FINDER,
    &number_key::FINDER,
    &typed_alone::FINDER,
    &typed_into_page::FINDER,
    &ftp_script::FINDER,
    &substituted::FINDER,
    &spelled_out::FINDER,
    &cookie::FINDER,
    &cookie_file::FINDER,
    &cookie_row::FINDER,
    &totp::FINDER,
    &tsig_keyring::FINDER,
    &fed::FINDER,
    &form_body::FINDER,
    &placed::FINDER,
    &asked_key::FINDER,
    &value_beside::FINDER,
    &foreign_letters::FINDER,
    &fortios::FINDER,
    &workflow_command::FINDER,
    &seed_in_program::FINDER,
    &seed_words::FINDER,
    &sent_header::FINDER,
    &sent_variable::FINDER,
    &sql_login::FINDER,
    &telegram_app::FINDER,
    &told_command::FINDER,
    &noted_login::FINDER,
    &told_pair::FINDER,
    &told_in_manual::FINDER,
    &bind_name::FINDER,
    &nick_login::FINDER,
    &passed::FINDER,
    &address_row::FINDER,
    &announced::FINDER,
    &columns::FINDER,
    &printed::FINDER,
    &written_text::FINDER,
];
