//! Image references and the store of images.

use std::collections::BTreeMap;

use crate::site::Site;

/// Interim.
pub struct ImageStore;

/// Interim.
#[derive(Debug, thiserror::Error)]
#[error("x")]
pub struct ImageError;

impl ImageError {
    /// Interim.
    pub fn hint(&self) -> String {
        String::new()
    }
}

impl ImageStore {
    /// Interim.
    pub fn of_site(_site: &Site) -> Option<Self> {
        None
    }
    /// Interim.
    pub fn provide(&self, _alternatives: &[String], _registries: &BTreeMap<String, String>) -> Result<(String, String), ImageError> {
        Err(ImageError)
    }
}
