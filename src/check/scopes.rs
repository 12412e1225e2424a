//! The names of one task or workflow, the blocks they stand in, and what a name means at a place.
//!
//! Order in the text means nothing: every name is known before the first expression is looked at.

use std::{collections::HashMap, rc::Rc};

use super::{context::Interface, interface::Wrapper};
use crate::{
    source::Span,
    syntax::ast::{Call, Name},
    value::Type,
};

/// A block: a body with names of its own.
#[derive(Debug)]
pub(super) struct Block {
    parent: usize,
    depth: usize,
    kind: BlockKind,
}

/// What kind of block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BlockKind {
    /// The task's or workflow's own.
    Root,
    /// A scatter's body.
    Scatter,
    /// A branch of a conditional.
    Branch {
        /// Which conditional.
        conditional: usize,
        /// How many branches it has if the last is an `else`: one of them is taken then.
        exhaustive: Option<usize>,
    },
    /// An `output` section.
    Output,
}

/// Something with a name.
#[derive(Debug)]
pub(super) struct Entity<'a> {
    pub(super) name: &'a Name,
    pub(super) block: usize,
    pub(super) kind: EntityKind<'a>,
    pub(super) ty: Type,
    pub(super) used: bool,
}

/// What has the name.
#[derive(Clone, Debug)]
pub(super) enum EntityKind<'a> {
    /// An input.
    Input,
    /// A declaration that is no input.
    Declaration,
    /// An output.
    Output,
    /// A call; without an interface where its target is unknown.
    Call(&'a Call, Option<Rc<Interface<'a>>>),
    /// The variable of a scatter.
    ScatterVariable,
}

/// That one thing needs another, and where it says so.
#[derive(Clone, Copy, Debug)]
pub(super) struct Need {
    pub(super) entity: usize,
    pub(super) span: Span,
}

/// What a name means at a place.
#[derive(Clone, Debug)]
pub(super) struct Found {
    /// The entity; several where branches of a conditional share a name.
    pub(super) entities: Vec<usize>,
    /// For each, the blocks it stands in that the place does not, innermost first.
    wrappers: Vec<Vec<Wrapper>>,
}

impl Found {
    /// The type at the place of something that has type `ty` in the block of the entity at `index`.
    pub(super) fn wrap(&self, index: usize, ty: Type) -> Type {
        self.wrappers[index].iter().copied().fold(ty, Wrapper::wrap)
    }
}

/// All names and blocks of one task or workflow.
#[derive(Debug)]
pub(super) struct Scopes<'a> {
    pub(super) entities: Vec<Entity<'a>>,
    pub(super) blocks: Vec<Block>,
    names: HashMap<&'a str, Vec<usize>>,
    /// What each block's collection or condition needs, then what each entity needs.
    pub(super) block_needs: Vec<Vec<Need>>,
    pub(super) entity_needs: Vec<Vec<Need>>,
}

/// The block of the task or workflow itself.
pub(super) const ROOT: usize = 0;

impl<'a> Scopes<'a> {
    pub(super) fn new() -> Self {
        let root = Block { parent: ROOT, depth: 0, kind: BlockKind::Root };
        Self { entities: Vec::new(), blocks: vec![root], names: HashMap::new(), block_needs: vec![Vec::new()], entity_needs: Vec::new() }
    }

    /// Adds a block and gives its index.
    pub(super) fn add_block(&mut self, parent: usize, kind: BlockKind) -> usize {
        self.blocks.push(Block { parent, depth: self.blocks[parent].depth + 1, kind });
        self.block_needs.push(Vec::new());
        self.blocks.len() - 1
    }

    /// Adds an entity; an earlier one that it clashes with comes back as well.
    pub(super) fn add(&mut self, name: &'a Name, block: usize, kind: EntityKind<'a>, ty: Type) -> (usize, Option<usize>) {
        let index = self.entities.len();
        let known = self.names.entry(&name.text).or_default();
        let clash = known.iter().copied().find(|&other| {
            let other = &self.entities[other];
            match (&kind, &other.kind) {
                // A scatter's variable may hide a name; an output may have an input's name.
                (EntityKind::Output, EntityKind::Output) => true,
                (EntityKind::ScatterVariable | EntityKind::Output, _) | (_, EntityKind::ScatterVariable | EntityKind::Output) => false,
                _ => !in_different_branches(&self.blocks, block, other.block),
            }
        });
        known.push(index);
        self.entities.push(Entity { name, block, kind, ty, used: false });
        self.entity_needs.push(Vec::new());
        (index, clash)
    }

    /// What a name means in a block.
    pub(super) fn find(&self, name: &str, block: usize) -> Option<Found> {
        let candidates = self.names.get(name)?;
        let is_output = |&index: &usize| matches!(self.entities[index].kind, EntityKind::Output);
        // The right side of `String dir = dir` among the outputs means the input.
        let around = candidates.iter().copied().filter(|index| !is_output(index) && self.encloses(self.entities[*index].block, block));
        if let Some(innermost) = around.max_by_key(|&index| self.blocks[self.entities[index].block].depth) {
            return Some(Found { entities: vec![innermost], wrappers: vec![Vec::new()] });
        }
        let is_elsewhere = |index: &usize| !is_output(index) && !matches!(self.entities[*index].kind, EntityKind::ScatterVariable);
        let entities: Vec<usize> = candidates.iter().copied().filter(is_elsewhere).collect();
        if entities.is_empty() {
            let output = candidates.iter().copied().find(|index| is_output(index) && self.encloses(self.entities[*index].block, block))?;
            return Some(Found { entities: vec![output], wrappers: vec![Vec::new()] });
        }
        let mut wrappers: Vec<_> = entities.iter().map(|&index| self.wrappers(self.entities[index].block, block)).collect();
        if self.every_branch(&entities) {
            for wrappers in &mut wrappers {
                wrappers.remove(0);
            }
        }
        Some(Found { entities, wrappers })
    }

    /// Whether the entities stand one in each branch of one conditional, the last of which is an `else`.
    fn every_branch(&self, entities: &[usize]) -> bool {
        let branch = |&index: &usize| match self.blocks[self.entities[index].block].kind {
            BlockKind::Branch { conditional, exhaustive } => exhaustive.map(|count| (conditional, count)),
            BlockKind::Root | BlockKind::Scatter | BlockKind::Output => None,
        };
        let Some(first) = entities.first().and_then(branch) else { return false };
        first.1 == entities.len() && entities.iter().all(|index| branch(index) == Some(first))
    }

    /// Whether `outer` is `inner` or a block around it.
    pub(super) fn encloses(&self, outer: usize, inner: usize) -> bool {
        ancestor(&self.blocks, inner, self.blocks[outer].depth) == outer
    }

    /// What the blocks from `from` up to the first that encloses `to` make of a name.
    fn wrappers(&self, from: usize, to: usize) -> Vec<Wrapper> {
        let (mut block, mut wrappers) = (from, Vec::new());
        while !self.encloses(block, to) {
            match self.blocks[block].kind {
                BlockKind::Scatter => wrappers.push(Wrapper::Array),
                BlockKind::Branch { .. } => wrappers.push(Wrapper::Optional),
                BlockKind::Root | BlockKind::Output => {}
            }
            block = self.blocks[block].parent;
        }
        wrappers
    }

    /// Every name that is not an output's: what a misspelt name may have meant.
    pub(super) fn known_names(&self) -> impl Iterator<Item = &'a str> + '_ {
        self.entities.iter().filter(|entity| !matches!(entity.kind, EntityKind::Output)).map(|entity| entity.name.text.as_str())
    }

    /// The call of a name, anywhere.
    pub(super) fn call(&self, name: &str) -> Option<usize> {
        self.names.get(name)?.iter().copied().find(|&index| matches!(self.entities[index].kind, EntityKind::Call(..)))
    }

    /// The variable that some scatter has under a name.
    pub(super) fn scatter_variable(&self, name: &str) -> Option<&'a Name> {
        let variable = self.names.get(name)?.iter().find(|&&index| matches!(self.entities[index].kind, EntityKind::ScatterVariable))?;
        Some(self.entities[*variable].name)
    }

    /// The block around a block.
    pub(super) fn parent(&self, block: usize) -> usize {
        self.blocks[block].parent
    }
}

/// The block around `block` at a depth; `block` itself where it is not deeper.
fn ancestor(blocks: &[Block], mut block: usize, depth: usize) -> usize {
    while blocks[block].depth > depth {
        block = blocks[block].parent;
    }
    block
}

/// Whether only one of two blocks can ever be run.
fn in_different_branches(blocks: &[Block], left: usize, right: usize) -> bool {
    let depth = blocks[left].depth.min(blocks[right].depth);
    let (mut left, mut right) = (ancestor(blocks, left, depth), ancestor(blocks, right, depth));
    while left != right {
        let kinds = (blocks[left].kind, blocks[right].kind);
        if let (BlockKind::Branch { conditional: first, .. }, BlockKind::Branch { conditional: second, .. }) = kinds
            && first == second
        {
            return true;
        }
        (left, right) = (blocks[left].parent, blocks[right].parent);
    }
    false
}
