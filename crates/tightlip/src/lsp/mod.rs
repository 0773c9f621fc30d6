//! The language server: lints what an editor holds, explains, and offers fixes.
//!
//! Speaks the Language Server Protocol 3.17 over standard input and output. Every answer is made from the same report
//! that `tightlip lint` prints, so that no text of ours holds a value.

mod answer;
mod place;
mod waiting;
mod wire;
mod workspace;

pub(crate) use wire::stdio;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use anyhow::Result;
use lsp_server::{Connection, ErrorCode, Message, Notification, Request, RequestId, Response};
use lsp_types::notification::{
    DidChangeTextDocument, DidCloseTextDocument, DidOpenTextDocument, DidSaveTextDocument, Exit,
    Notification as _, PublishDiagnostics, ShowMessage,
};
use lsp_types::request::{CodeActionRequest, HoverRequest, Initialize, Request as _, Shutdown};
use lsp_types::{
    CodeActionKind, CodeActionOptions, CodeActionProviderCapability, HoverProviderCapability, MessageType,
    PublishDiagnosticsParams, ServerCapabilities, ShowMessageParams, TextDocumentSyncCapability,
    TextDocumentSyncKind, TextDocumentSyncOptions, TextDocumentSyncSaveOptions, Uri,
};
use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};
use serde::de::DeserializeOwned;
use tightlip_engine::IdentityKey;
use tightlip_engine::lint::{FileId, Focus, Input, LintRequest, Linted, lint};

use crate::config::Config;
use waiting::Waiting;
use workspace::{Policy, Workspace};

/// What is not written as it is in the path of an address.
const RESERVED: &AsciiSet =
    &CONTROLS.add(b' ').add(b'"').add(b'#').add(b'%').add(b'<').add(b'>').add(b'?').add(b'`');

/// A file that the editor has open.
pub(crate) struct Open {
    uri: Uri,
    linted: Linted,
}

impl Open {
    /// The file that the editor holds: it was asked for first.
    fn id(&self) -> FileId {
        self.linted.first()
    }
}

/// The server.
struct Server {
    connection: Connection,
    waiting: Waiting,
    key: IdentityKey,
    workspace: Workspace,
    /// The texts of the open files that have a path.
    held: HashMap<PathBuf, String>,
    open: HashMap<String, Open>,
}

/// Serves the editor until it says that it is done, or goes.
///
/// # Errors
/// When nothing can be sent to it any more.
pub(crate) fn serve(connection: Connection, key: IdentityKey) -> Result<()> {
    let mut waiting = Waiting::default();
    let Some(hello) = hello(&connection, &mut waiting)? else { return Ok(()) };
    let workspace = Workspace::of(&hello);
    let mut server =
        Server { connection, waiting, key, workspace, held: HashMap::new(), open: HashMap::new() };
    while let Some(message) = server.waiting.next(&server.connection) {
        match message {
            Message::Request(request) if request.method == Shutdown::METHOD => {
                let done = Response::new_ok(request.id, serde_json::Value::Null);
                server.connection.sender.send(done.into())?;
                let why = "the editor has said that it is done";
                let Server { connection, waiting, .. } = &mut server;
                return refuse_until((connection, waiting), (ErrorCode::InvalidRequest, why), None).map(drop);
            }
            Message::Request(Request { id, .. }) if server.waiting.cancels(&id) => {
                let why = "the editor has taken it back".to_owned();
                let refused = Response::new_err(id, ErrorCode::RequestCanceled as i32, why);
                server.connection.sender.send(refused.into())?;
            }
            Message::Request(request) => server.request(request)?,
            Message::Notification(notification) if notification.method == Exit::METHOD => break,
            Message::Notification(notification) => server.notification(notification)?,
            Message::Response(_) => {}
        }
    }
    Ok(())
}

/// What the editor says of itself, when we have answered; nothing if it goes.
fn hello(connection: &Connection, waiting: &mut Waiting) -> Result<Option<serde_json::Value>> {
    let why = (ErrorCode::ServerNotInitialized, "the editor has not said hello");
    let asked = refuse_until((connection, waiting), why, Some(Initialize::METHOD))?;
    let Some(Request { id, params, .. }) = asked else { return Ok(None) };
    let we = serde_json::json!({ "name": "tightlip", "version": env!("CARGO_PKG_VERSION") });
    let answer = serde_json::json!({ "capabilities": capabilities(), "serverInfo": we });
    connection.sender.send(Response::new_ok(id, answer).into())?;
    Ok(Some(params))
}

/// Refuses everything until this is asked, or until the editor goes; then there is nothing to answer.
fn refuse_until(
    (connection, waiting): (&Connection, &mut Waiting),
    (code, why): (ErrorCode, &str),
    wanted: Option<&str>,
) -> Result<Option<Request>> {
    while let Some(message) = waiting.next(connection) {
        match message {
            Message::Request(request) if wanted == Some(request.method.as_str()) => return Ok(Some(request)),
            Message::Request(request) => {
                let refused = Response::new_err(request.id, code as i32, why.to_owned());
                connection.sender.send(refused.into())?;
            }
            Message::Notification(notification) if notification.method == Exit::METHOD => break,
            Message::Notification(_) | Message::Response(_) => {}
        }
    }
    Ok(None)
}

fn capabilities() -> ServerCapabilities {
    ServerCapabilities {
        text_document_sync: Some(TextDocumentSyncCapability::Options(TextDocumentSyncOptions {
            open_close: Some(true),
            change: Some(TextDocumentSyncKind::FULL),
            save: Some(TextDocumentSyncSaveOptions::Supported(true)),
            ..TextDocumentSyncOptions::default()
        })),
        hover_provider: Some(HoverProviderCapability::Simple(true)),
        code_action_provider: Some(CodeActionProviderCapability::Options(CodeActionOptions {
            code_action_kinds: Some(vec![CodeActionKind::QUICKFIX]),
            ..CodeActionOptions::default()
        })),
        ..ServerCapabilities::default()
    }
}

impl Server {
    fn request(&mut self, request: Request) -> Result<()> {
        let Request { id, method, params } = request;
        let response = match method.as_str() {
            HoverRequest::METHOD => self.about(id, params, answer::hover),
            CodeActionRequest::METHOD => self.about(id, params, answer::actions),
            _ => {
                Response::new_err(id, ErrorCode::MethodNotFound as i32, "there is no such method".to_owned())
            }
        };
        Ok(self.connection.sender.send(response.into())?)
    }

    /// Answers a question about an open file; what is not open has no answer.
    fn about<P: DeserializeOwned, A: serde::Serialize>(
        &self,
        id: RequestId,
        params: serde_json::Value,
        answer: impl Fn(&Open, P) -> Option<A>,
    ) -> Response {
        let uri = params.pointer("/textDocument/uri").and_then(|uri| uri.as_str()).unwrap_or_default();
        let open = self.open.get(uri);
        match serde_json::from_value(params.clone()) {
            Ok(params) => Response::new_ok(id, open.and_then(|open| answer(open, params))),
            // What does not fit would be quoted.
            Err(_) => {
                let why = "the parameters are not those of the method".to_owned();
                Response::new_err(id, ErrorCode::InvalidParams as i32, why)
            }
        }
    }

    /// Takes what is told. What does not fit is passed over, as the protocol wants it: nobody waits for an answer.
    fn notification(&mut self, notification: Notification) -> Result<()> {
        let Notification { method, params } = &notification;
        let uri = || text_at(params, "/textDocument/uri")?.parse::<Uri>().ok();
        match method.as_str() {
            DidOpenTextDocument::METHOD => {
                let opened = uri().zip(text_at(params, "/textDocument/text"));
                opened.map_or(Ok(()), |(uri, text)| self.look(uri, text))
            }
            DidChangeTextDocument::METHOD => {
                let changed = uri().zip(waiting::change(&notification));
                changed.map_or(Ok(()), |(uri, (_, text))| self.changed(uri, text))
            }
            DidSaveTextDocument::METHOD => self.saved(),
            DidCloseTextDocument::METHOD => {
                let Some(uri) = uri() else { return Ok(()) };
                self.open.remove(uri.as_str());
                if let Some(path) = path(&uri) {
                    self.held.remove(&path);
                }
                self.publish(uri, Vec::new())
            }
            _ => Ok(()),
        }
    }

    /// A file has a new text. Where a newer one waits already, this one is not linted.
    fn changed(&mut self, uri: Uri, text: &str) -> Result<()> {
        if !self.waiting.outdates(uri.as_str()) {
            return self.look(uri, text);
        }
        // Files around it are linted with what is known of it.
        if let Some(path) = path(&uri) {
            self.held.insert(path, text.to_owned());
        }
        Ok(())
    }

    /// What lies around the open files has changed: all of them are looked at again.
    fn saved(&mut self) -> Result<()> {
        self.workspace.changed();
        let open: Vec<(Uri, String)> = self
            .open
            .values()
            .filter_map(|open| Some((open.uri.clone(), open.linted.file(open.id())?.source.clone())))
            .collect();
        open.into_iter().try_for_each(|(uri, text)| self.look(uri, &text))
    }

    /// Lints what the editor holds and tells it.
    fn look(&mut self, uri: Uri, text: &str) -> Result<()> {
        let path = path(&uri);
        let config = path.as_deref().and_then(|path| self.policy(path));
        // As `tightlip lint` names it beside the policy: fingerprints have the name in them.
        let folder = config.as_ref().and_then(|config| config.folder());
        let name = path.as_ref().map_or_else(
            || "Dockerfile".to_owned(),
            |path| {
                folder.and_then(|folder| path.strip_prefix(folder).ok()).unwrap_or(path).display().to_string()
            },
        );
        let mut inputs = vec![Input::Text { name, path: path.clone(), bytes: text.as_bytes().to_vec() }];
        if let Some(path) = path {
            self.held.insert(path.clone(), text.to_owned());
            inputs.extend(self.workspace.around(&path, &self.held));
        }
        let held = self.held.iter().map(|(path, text)| (path.clone(), text.as_bytes().to_vec())).collect();
        let rules = config.as_ref().and_then(|config| config.packs(&[]).ok()).unwrap_or_default();
        let request =
            LintRequest { focus: Focus::First, held, rules, ..LintRequest::new(inputs, self.key.clone()) };
        let diagnostics = match lint(&request) {
            Ok(mut linted) => {
                if let Some(config) = config {
                    linted.report = config.policy().apply(linted.report);
                }
                let open = Open { uri: uri.clone(), linted };
                let diagnostics = answer::diagnostics(&open);
                self.open.insert(uri.as_str().to_owned(), open);
                diagnostics
            }
            // What cannot be linted has nothing to say; the command line says why.
            Err(_) => Vec::new(),
        };
        self.publish(uri, diagnostics)
    }

    /// The policy of a file. One that cannot be used is told, once until something is saved.
    fn policy(&mut self, file: &Path) -> Option<Rc<Config>> {
        match self.workspace.policy(file) {
            Policy::Found(config) => Some(config),
            Policy::Wrong { told: true, .. } => None,
            Policy::Wrong { why, .. } => {
                let params = ShowMessageParams { typ: MessageType::ERROR, message: why };
                let told = Notification::new(ShowMessage::METHOD.to_owned(), params);
                // An editor that is gone is noticed by whoever reads from it.
                let _ = self.connection.sender.send(told.into());
                None
            }
        }
    }

    fn publish(&self, uri: Uri, diagnostics: Vec<lsp_types::Diagnostic>) -> Result<()> {
        let params = PublishDiagnosticsParams { uri, diagnostics, version: None };
        let notification = Notification::new(PublishDiagnostics::METHOD.to_owned(), params);
        Ok(self.connection.sender.send(notification.into())?)
    }
}

fn text_at<'v>(value: &'v serde_json::Value, pointer: &str) -> Option<&'v str> {
    value.pointer(pointer)?.as_str()
}

/// The path of a `file:` address.
fn path(uri: &Uri) -> Option<PathBuf> {
    let rest = uri.as_str().strip_prefix("file://")?;
    let rest = rest.get(rest.find('/')?..)?;
    let path = percent_decode_str(rest).decode_utf8().ok()?.into_owned();
    // `/C:/x` is a path of Windows.
    let drive = path.as_bytes().get(2) == Some(&b':');
    Some(PathBuf::from(if drive { path.trim_start_matches('/') } else { &path }))
}

/// The address of a path.
fn address(path: &Path) -> Option<Uri> {
    let path = std::path::absolute(path).ok()?;
    let path = path.to_str()?.replace('\\', "/");
    let lead = if path.starts_with('/') { "" } else { "/" };
    format!("file://{lead}{}", utf8_percent_encode(&path, RESERVED)).parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_paths_are_the_same_place() {
        let path_of = |uri: &str| path(&uri.parse().unwrap());
        assert_eq!(path_of("file:///a%20b/Dockerfile"), Some(PathBuf::from("/a b/Dockerfile")));
        assert_eq!(path_of("file:///C:/x/Dockerfile"), Some(PathBuf::from("C:/x/Dockerfile")));
        assert_eq!(path_of("untitled:Untitled-1"), None);
        assert_eq!(address(Path::new("/a b/#1")).unwrap().as_str(), "file:///a%20b/%231");
    }
}
