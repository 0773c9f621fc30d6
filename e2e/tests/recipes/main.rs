//! What we offer to paste into CI runs here as it runs there: between a build and a push.

mod action;
mod gitlab;
mod hooks;
mod make;
mod project;
