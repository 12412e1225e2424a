//! Container images: what a task's author wrote, where it is had from, and the folder in which it is kept.
//!
//! What a reference means is [`crate::site::ImageReference`]. [`ImageStore`] runs the container program to pull, and nothing else; how a command runs in a container is `job`'s. Entry point: [`ImageStore::provide`].

mod store;

pub use self::store::{ImageError, ImageStore};
