//! The order in which declarations are evaluated: by what they use, never by text.

use std::collections::HashMap;

use crate::syntax::{ast::Declaration, visit};

/// The declarations, each after those that its expression names; among independent ones the order of text. A cycle, which `check`
/// refuses, is cut where it closes.
pub(super) fn by_dependency<'a>(declarations: &[&'a Declaration]) -> Vec<&'a Declaration> {
    let places = declarations.iter().enumerate().rev().map(|(index, declaration)| (declaration.name.text.as_str(), index)).collect();
    let mut state = Order { declarations, places, placed: vec![false; declarations.len()], ordered: Vec::with_capacity(declarations.len()) };
    for index in 0..declarations.len() {
        state.place(index);
    }
    state.ordered
}

struct Order<'s, 'a> {
    declarations: &'s [&'a Declaration],
    /// Of two with one name the first.
    places: HashMap<&'a str, usize>,
    placed: Vec<bool>,
    ordered: Vec<&'a Declaration>,
}

impl Order<'_, '_> {
    fn place(&mut self, index: usize) {
        if std::mem::replace(&mut self.placed[index], true) {
            return;
        }
        let declaration = self.declarations[index];
        for reference in declaration.value.iter().flat_map(visit::references) {
            // A name used in its own declaration means an outer one: an output's input of the same name.
            let used = self.places.get(reference.name.as_str()).copied();
            if let Some(used) = used.filter(|used| *used != index) {
                self.place(used);
            }
        }
        self.ordered.push(declaration);
    }
}
