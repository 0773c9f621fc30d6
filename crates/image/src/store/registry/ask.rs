//! A question to a registry: an address, what is wanted of it, and what is sent along.

use std::io::{self, Read};
use std::rc::Rc;

use super::address::Address;

/// A request.
#[derive(Clone)]
pub(super) struct Ask<'b> {
    pub(super) url: Address,
    pub(super) accept: Option<&'static str>,
    pub(super) range: Option<String>,
    pub(super) authorization: Option<String>,
    pub(super) along: Along<'b>,
}

/// What is sent along, with the method that sends it. A body is opened again for each try.
#[derive(Clone)]
pub(super) enum Along<'b> {
    /// `GET`: nothing.
    Nothing,
    /// `HEAD`: whether something is there.
    Head,
    /// `POST` of a form.
    Form(Form),
    /// `POST` of JSON, in which one value is secret.
    Json { text: String, secret: &'b str },
    /// `POST` of nothing.
    Post,
    /// `PUT` of a body.
    Put(Rc<Payload<'b>>),
}

/// A body that can be read more than once.
pub(super) struct Payload<'b> {
    pub(super) media_type: &'b str,
    pub(super) length: u64,
    pub(super) open: Box<dyn Fn() -> io::Result<Box<dyn Read + 'b>> + 'b>,
}

/// The body of a form.
#[derive(Clone)]
pub(super) struct Form(pub(super) Vec<(String, String)>);

impl Form {
    pub(super) fn of(pairs: &[(&str, &str)]) -> Self {
        Self(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }
}

impl<'b> Ask<'b> {
    pub(super) fn get(url: Address) -> Self {
        Self { url, accept: None, range: None, authorization: None, along: Along::Nothing }
    }

    pub(super) fn accept(mut self, types: &'static str) -> Self {
        self.accept = Some(types);
        self
    }

    /// As the header spells it: `bytes=0-511`.
    pub(super) fn range(mut self, range: String) -> Self {
        self.range = Some(range);
        self
    }

    pub(super) fn authorization(mut self, value: Option<String>) -> Self {
        self.authorization = value;
        self
    }

    pub(super) fn form(mut self, form: Form) -> Self {
        self.along = Along::Form(form);
        self
    }

    pub(super) fn along(mut self, along: Along<'b>) -> Self {
        self.along = along;
        self
    }

    /// What is secret in what is sent along.
    pub(super) fn secrets(&self) -> impl Iterator<Item = &str> {
        let (form, json) = match &self.along {
            Along::Form(Form(pairs)) => (pairs.as_slice(), None),
            Along::Json { secret, .. } => (&[][..], Some(*secret)),
            Along::Nothing | Along::Head | Along::Post | Along::Put(_) => (&[][..], None),
        };
        let is_secret = |name: &str| matches!(name, "refresh_token" | "password");
        let form = form.iter().filter(move |(name, _)| is_secret(name)).map(|(_, value)| value.as_str());
        form.chain(json)
    }
}
