//! The fingerprint that the server keeps of a view: hashes of its parts, and nothing of their markup.

use super::outline::{Block, Content, List, outline};
use crate::view::View;

/// The fingerprint of the view that a page instance shows: eight bytes for a row of a list.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Fingerprint(pub(super) BlockPrint);

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct BlockPrint {
    pub(super) own: u64,
    pub(super) cells: Box<[u64]>,
    pub(super) parts: Box<[PartPrint]>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum PartPrint {
    Block(BlockPrint),
    List(ListPrint),
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct ListPrint {
    pub(super) own: u64,
    pub(super) rows: Box<[u64]>,
    /// The keys: one for each row, or none at all.
    pub(super) keys: Box<[u64]>,
    /// The rows' blocks: one for each row, or none at all.
    pub(super) blocks: Box<[BlockPrint]>,
}

impl Fingerprint {
    pub(crate) fn of(view: &View) -> Self {
        Self::of_outline(&outline(view))
    }

    pub(super) fn of_outline(outline: &Block) -> Self {
        Self(BlockPrint::of(outline))
    }

    /// The bytes that it takes in memory.
    #[must_use]
    pub fn weight(&self) -> usize {
        self.0.weight()
    }
}

impl BlockPrint {
    pub(super) fn of(block: &Block) -> Self {
        Self {
            own: block.own,
            cells: block.cells.iter().map(|cell| cell.own).collect(),
            parts: block.parts.iter().map(|part| PartPrint::of(&part.content)).collect(),
        }
    }

    fn weight(&self) -> usize {
        size_of::<Self>() + self.cells.len() * 8 + self.parts.iter().map(PartPrint::weight).sum::<usize>()
    }
}

impl PartPrint {
    fn of(content: &Content) -> Self {
        match content {
            Content::Block(block) => Self::Block(BlockPrint::of(block)),
            Content::List(list) => Self::List(ListPrint::of(list)),
        }
    }

    fn weight(&self) -> usize {
        match self {
            Self::Block(block) => size_of::<Self>() + block.weight(),
            Self::List(list) => {
                let numbers = list.rows.len() + list.keys.len();
                size_of::<Self>() + numbers * 8 + list.blocks.iter().map(BlockPrint::weight).sum::<usize>()
            }
        }
    }
}

impl ListPrint {
    fn of(list: &List) -> Self {
        Self {
            own: list.own,
            rows: (*list.rows).into(),
            keys: (*list.keys).into(),
            blocks: list.blocks.iter().map(BlockPrint::of).collect(),
        }
    }
}
