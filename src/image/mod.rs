//! Container images: what a task's author wrote, where it is had from, and the folder in which it is kept.
//!
//! [`Reference::parse`] is pure. [`ImageStore`] runs the container program to pull, and nothing else; how a command runs in a container is `job`'s. Entry point: [`ImageStore::provide`].

mod reference;
mod store;

pub use self::{
    reference::{Reference, ReferenceError},
    store::{ImageError, ImageStore},
};
