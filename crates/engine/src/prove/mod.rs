//! `prove`: does a Dockerfile keep its secrets, whatever their values?

mod canary;
mod form;
mod plan;
mod random;
mod step;
