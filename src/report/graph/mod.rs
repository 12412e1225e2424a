//! The plan as a picture: DOT, Mermaid and SVG. Pure: a [`Picture`] is made of a plan, and printed.
//!
//! A picture has the calls, each a node; scatters, branches of conditionals and expanded sub-workflows are groups around them. Declarations
//! are not drawn: what a call takes through them is drawn from where it comes. Entry: [`picture()`], then [`print()`].

mod dot;
mod layered;
mod layers;
mod mermaid;
mod nested;
mod picture;
mod sources;
mod svg;

pub use picture::{Edge, EdgeKind, End, Group, GroupKind, Node, NodeKind, Picture};
pub use sources::picture;

/// How a picture is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// For Graphviz.
    Dot,
    /// For Markdown pages that draw Mermaid.
    Mermaid,
    /// A drawing.
    Svg,
}

/// The text of a picture.
pub fn print(picture: &Picture, format: Format) -> String {
    match format {
        Format::Dot => dot::print(picture),
        Format::Mermaid => mermaid::print(picture),
        Format::Svg => svg::print(picture),
    }
}
