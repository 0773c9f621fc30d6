//! What the editor has sent and nobody has looked at yet. It types faster than files are linted: of the texts of one file that
//! wait, the newest counts.

use std::collections::VecDeque;

use lsp_server::{Connection, Message, Notification, Request, RequestId};
use lsp_types::notification::{Cancel, DidChangeTextDocument, DidSaveTextDocument, Notification as _};

use super::text_at;

/// Messages in the order in which they came.
#[derive(Default)]
pub(super) struct Waiting(VecDeque<Message>);

impl Waiting {
    /// The next message; none when the editor is gone.
    pub(super) fn next(&mut self, connection: &Connection) -> Option<Message> {
        if self.0.is_empty() {
            self.0.extend(connection.receiver.recv().ok());
        }
        self.0.extend(connection.receiver.try_iter());
        self.0.pop_front()
    }

    /// Whether the editor has taken a question back.
    pub(super) fn cancels(&self, id: &RequestId) -> bool {
        self.0.iter().any(|message| match message {
            Message::Notification(Notification { method, params }) if method == Cancel::METHOD => {
                let taken = params.get("id").and_then(|id| serde_json::from_value(id.clone()).ok());
                taken.as_ref() == Some(id)
            }
            _ => false,
        })
    }

    /// Whether a newer text of a file waits, and nothing before it is about the one that is there.
    pub(super) fn outdates(&self, uri: &str) -> bool {
        let about =
            |params: &serde_json::Value| text_at(params, "/textDocument/uri").is_some_and(|of| of == uri);
        let mut telling = self.0.iter().filter_map(|message| match message {
            Message::Notification(told) if about(&told.params) => Some(change(told).is_some()),
            // Then all open files are looked at again.
            Message::Notification(told) if told.method == DidSaveTextDocument::METHOD => Some(false),
            Message::Request(Request { id, params, .. }) if about(params) && !self.cancels(id) => Some(false),
            Message::Notification(_) | Message::Request(_) | Message::Response(_) => None,
        });
        telling.next() == Some(true)
    }
}

/// The address of a file that was changed, and its whole new text. A change of a part was not asked for.
pub(super) fn change(told: &Notification) -> Option<(&str, &str)> {
    let changed = Some(&told.params).filter(|_| told.method == DidChangeTextDocument::METHOD)?;
    let last = changed.get("contentChanges")?.as_array()?.last()?;
    let whole = last.get("range").is_none_or(serde_json::Value::is_null);
    let text = text_at(last, "/text").filter(|_| whole)?;
    Some((text_at(changed, "/textDocument/uri")?, text))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use tightlip_engine::IdentityKey;

    use super::*;
    use crate::lsp::serve;

    const FILE: &str = "untitled:Dockerfile";
    const CLEAN: &str = "FROM alpine:3.22\n";
    const LEAKS: &str = "FROM alpine:3.22\nENV API_KEY=maple-7431\n";

    fn message(what: Value) -> Message {
        serde_json::from_value(what).unwrap()
    }

    fn opened(uri: &str, text: &str) -> Message {
        let params = json!({"textDocument": {"uri": uri, "text": text}});
        message(json!({"method": "textDocument/didOpen", "params": params}))
    }

    fn changed(uri: &str, text: &str) -> Message {
        let params = json!({"textDocument": {"uri": uri}, "contentChanges": [{"text": text}]});
        message(json!({"method": "textDocument/didChange", "params": params}))
    }

    fn hover(id: i32) -> Message {
        let params = json!({"textDocument": {"uri": FILE}, "position": {"line": 1, "character": 6}});
        message(json!({"id": id, "method": "textDocument/hover", "params": params}))
    }

    fn cancelled(id: i32) -> Message {
        message(json!({"method": "$/cancelRequest", "params": {"id": id}}))
    }

    /// What is said when all of these wait at once: `!` of a text that leaks, `-` of one that does not, and answers to hovers.
    fn said(messages: Vec<Message>) -> String {
        let (server, editor) = Connection::memory();
        let hello = message(json!({"id": 0, "method": "initialize", "params": {"capabilities": {}}}));
        let end =
            ["shutdown", "textDocument/hover"].map(|method| message(json!({"id": 99, "method": method})));
        let exit = message(json!({"method": "exit"}));
        for message in [hello].into_iter().chain(messages).chain(end).chain([exit]) {
            editor.sender.send(message).unwrap();
        }
        serve(server, IdentityKey::new([0; 32])).unwrap();
        let mut all: Vec<Value> =
            editor.receiver.try_iter().map(|message| serde_json::to_value(message).unwrap()).collect();
        // Nothing that waits is lost when the editor has said that it is done.
        assert_eq!(all.pop().unwrap()["error"]["code"], -32600);
        assert_eq!((all.pop().unwrap()["id"].clone(), all.remove(0)["id"].clone()), (json!(99), json!(0)));
        let word = |message: &Value| match message["params"]["diagnostics"].as_array() {
            Some(found) if found.is_empty() => "-".to_owned(),
            Some(_) => "!".to_owned(),
            None if message["error"]["code"] == -32800 => "cancelled".to_owned(),
            None => format!("hover {}", if message["result"].is_null() { "nothing" } else { "something" }),
        };
        all.iter().map(word).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn of_the_texts_that_wait_the_newest_is_linted() {
        let texts = [LEAKS, LEAKS, CLEAN].map(|text| changed(FILE, text));
        let all = [opened(FILE, CLEAN)].into_iter().chain(texts);
        assert_eq!(said(all.collect()), "- -");
        // One that is no change, or of another file, is no newer text.
        let part = json!({"textDocument": {"uri": FILE}, "contentChanges": [{"range": {}, "text": ""}]});
        let part = message(json!({"method": "textDocument/didChange", "params": part}));
        assert_eq!(said(vec![changed(FILE, LEAKS), part]), "!");
        let other = "untitled:Dockerfile-2";
        assert_eq!(said(vec![changed(FILE, LEAKS), changed(other, CLEAN), changed(FILE, LEAKS)]), "- !");
    }

    #[test]
    fn a_question_is_answered_about_the_text_that_it_was_asked_about() {
        let asked = |more: Option<Message>| {
            let all = [changed(FILE, LEAKS), hover(7)].into_iter().chain(more).chain([changed(FILE, CLEAN)]);
            said(all.collect())
        };
        assert_eq!(asked(None), "! hover something -");
        assert_eq!(asked(Some(cancelled(8))), "! hover something -");
        assert_eq!(asked(Some(cancelled(7))), "cancelled -");
    }

    #[test]
    fn what_is_saved_or_closed_before_the_next_text_is_looked_at_first() {
        let about = json!({"textDocument": {"uri": FILE}});
        let saved = message(json!({"method": "textDocument/didSave", "params": about}));
        let closed = message(json!({"method": "textDocument/didClose", "params": about}));
        assert_eq!(said(vec![changed(FILE, LEAKS), saved, changed(FILE, CLEAN)]), "! ! -");
        assert_eq!(said(vec![changed(FILE, LEAKS), closed, opened(FILE, LEAKS)]), "! - !");
    }
}
