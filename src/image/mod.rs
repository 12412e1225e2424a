//! Image references and the store of images.
