//! The outline of a view: its parts with their hashes. It is compared with the one before in `compare.rs`.
//!
//! A block is the page, the content of a range that is no list, or a row. What a block looks like is a hash of its markup
//! without its elements and ranges, and of where those are; what an element looks like, of its markup without its ranges.
//! A row that holds no list is one hash.

use std::hash::{BuildHasher as _, Hash as _, Hasher as _};
use std::ops::Range;

use foldhash::quality::FoldHasher;

use crate::hash::SEED;
use crate::view::{MARKER_LENGTH, Mark, MarkKind, Path, View};

/// Bytes of the markup.
pub(crate) type Span = Range<usize>;

#[derive(Debug, Default)]
pub(crate) struct Block {
    pub(crate) span: Span,
    pub(crate) own: u64,
    pub(crate) cells: Vec<Cell>,
    pub(crate) parts: Vec<Part>,
}

/// An element, or its tag alone.
#[derive(Debug)]
pub(crate) struct Cell {
    pub(crate) span: Span,
    pub(crate) own: u64,
    pub(crate) path: Path,
    pub(crate) is_tag: bool,
    /// Which of the block's parts are in it.
    pub(crate) parts: Range<usize>,
}

/// A range, with its comments.
#[derive(Debug)]
pub(crate) struct Part {
    pub(crate) span: Span,
    pub(crate) content: Content,
}

#[derive(Debug)]
pub(crate) enum Content {
    Block(Block),
    List(List),
}

#[derive(Debug)]
pub(crate) struct List {
    /// The hash of what precedes the rows; a list of the browser has no rows.
    pub(crate) own: u64,
    /// The hash of each row.
    pub(crate) rows: Vec<u64>,
    /// The places where each row begins, and where the last ends.
    edges: Vec<usize>,
    /// Their keys: one for each row, or none at all.
    pub(crate) keys: Vec<u64>,
    /// Their parts, if there is a list among those: one for each row, or none at all.
    pub(crate) blocks: Vec<Block>,
}

impl List {
    pub(crate) fn span(&self, row: usize) -> Span {
        self.edges[row]..self.edges[row + 1]
    }
}

impl Part {
    /// The content between its comments.
    pub(crate) fn inside(&self) -> Span {
        self.span.start + MARKER_LENGTH..self.span.end - MARKER_LENGTH
    }
}

/// Reads the outline of a view.
pub(crate) fn outline(view: &View) -> Block {
    let mut reader = Reader { view, marks: view.marks(), next: 0, at: 0, hole: 0, depth: 0 };
    reader.block(view.markup().len())
}

/// How many blocks within each other are read apart. Below, a block is one hash: comments that answer each other may be
/// as deep as visitors like, and a stack is not.
const MAX_DEPTH: usize = 64;

/// Placeholders for parts that are left out of a hash. They are written as bytes, not as numbers: the hasher collects numbers,
/// and does not tell between which bytes they came.
const CELL: &[u8] = &[1];
const PART: &[u8] = &[2];
/// Where a cell ends.
const END: &[u8] = &[3];

struct Reader<'v> {
    view: &'v View,
    marks: &'v [Mark],
    /// The next mark.
    next: usize,
    /// The place up to which the markup is hashed.
    at: usize,
    hole: usize,
    /// How many blocks are being read.
    depth: usize,
}

impl Reader<'_> {
    /// Hashes the markup up to `end`, and what fills the holes in it.
    fn feed(&mut self, hasher: &mut FoldHasher<'_>, end: usize) {
        let start = std::mem::replace(&mut self.at, end);
        if start == end {
            // Even nothing would leave a trace.
            return;
        }
        hasher.write(&self.view.markup().as_bytes()[start..end]);
        while let Some(hole) = self.view.hole(self.hole).filter(|hole| hole.at < end) {
            hasher.write(&(hole.at - start).to_ne_bytes());
            hole.filling.hash_into(self.view.uploads(), hasher);
            self.hole += 1;
        }
    }

    /// Reads a block up to the mark that ends it, or to `end` where there is none.
    fn block(&mut self, end: usize) -> Block {
        if self.depth == MAX_DEPTH {
            return self.block_as_one(end);
        }
        self.depth += 1;
        let block = self.block_in_parts(end);
        self.depth -= 1;
        block
    }

    fn block_as_one(&mut self, end: usize) -> Block {
        let start = self.at;
        let mut depth = 0;
        while let Some(mark) = self.marks.get(self.next) {
            match mark.kind {
                MarkKind::Row(_) | MarkKind::EndRange if depth == 0 => break,
                MarkKind::EndRange => depth -= 1,
                MarkKind::Range | MarkKind::List => depth += 1,
                _ => {}
            }
            self.next += 1;
        }
        let end = self.marks.get(self.next).map_or(end, |mark| self.end_of_content(mark));
        let mut hasher = SEED.build_hasher();
        self.feed(&mut hasher, end);
        Block { span: start..end, own: hasher.finish(), ..Block::default() }
    }

    fn block_in_parts(&mut self, end: usize) -> Block {
        let start = self.at;
        let mut block = Block::default();
        let mut open = Vec::new();
        let mut hasher = SEED.build_hasher();
        // Blocks of one shape have the same elements and ranges in the same places, so that each can be changed by itself.
        let mut shape = SEED.build_hasher();
        while let Some(&Mark { at, kind }) = self.marks.get(self.next) {
            match kind {
                MarkKind::Row(_) | MarkKind::EndRange => break,
                _ => self.next += 1,
            }
            self.feed(&mut hasher, at);
            match kind {
                MarkKind::Element(path) | MarkKind::Tag(path) => {
                    hasher.write(CELL);
                    let is_tag = matches!(kind, MarkKind::Tag(_));
                    (CELL, is_tag, path, self.tag_name(at)).hash(&mut shape);
                    open.push((block.cells.len(), std::mem::replace(&mut hasher, SEED.build_hasher())));
                    let parts = block.parts.len()..block.parts.len();
                    block.cells.push(Cell { span: at..at, own: 0, path, is_tag, parts });
                }
                MarkKind::EndElement | MarkKind::EndTag => {
                    let Some((cell, around)) = open.pop() else { continue };
                    shape.write(END);
                    let cell = &mut block.cells[cell];
                    cell.span.end = at;
                    cell.parts.end = block.parts.len();
                    cell.own = std::mem::replace(&mut hasher, around).finish();
                }
                MarkKind::Range | MarkKind::List => {
                    hasher.write(PART);
                    shape.write(PART);
                    block.parts.push(self.part(at, matches!(kind, MarkKind::List)));
                }
                MarkKind::Row(_) | MarkKind::EndRange => {}
            }
        }
        let end = self.marks.get(self.next).map_or(end, |mark| self.end_of_content(mark));
        self.feed(&mut hasher, end);
        hasher.write_u64(shape.finish());
        block.span = start..end;
        block.own = hasher.finish();
        block
    }

    /// The name in the tag that begins at a place.
    fn tag_name(&self, at: usize) -> &[u8] {
        let tag = self.view.markup().as_bytes()[at..].strip_prefix(b"<").unwrap_or_default();
        let end = tag.iter().position(|byte| matches!(byte, b' ' | b'>')).unwrap_or(tag.len());
        &tag[..end]
    }

    /// Where the content ends that is before a mark.
    fn end_of_content(&self, mark: &Mark) -> usize {
        match mark.kind {
            MarkKind::EndRange => mark.at - MARKER_LENGTH,
            _ => mark.at,
        }
    }

    /// Reads a range whose comment begins at `start`.
    fn part(&mut self, start: usize, is_list: bool) -> Part {
        self.at = start + MARKER_LENGTH;
        let content = match is_list {
            true => Content::List(self.list()),
            false => Content::Block(self.block(self.view.markup().len())),
        };
        let end = self.marks.get(self.next).map_or(self.at + MARKER_LENGTH, |mark| mark.at);
        self.next += 1;
        self.at = end;
        Part { span: start..end, content }
    }

    fn list(&mut self) -> List {
        let mut own = SEED.build_hasher();
        let mut list = List { own: 0, rows: Vec::new(), edges: Vec::new(), keys: Vec::new(), blocks: Vec::new() };
        while let Some(&Mark { at, kind }) = self.marks.get(self.next) {
            match kind {
                MarkKind::EndRange => break,
                MarkKind::Row(key) => {
                    self.next += 1;
                    self.feed(&mut own, at);
                    list.edges.push(at);
                    list.keys.extend(key);
                    self.row(&mut list);
                }
                _ => self.next += 1,
            }
        }
        let end = self.marks.get(self.next).map_or(self.at, |mark| self.end_of_content(mark));
        self.feed(&mut own, end);
        list.own = own.finish();
        list.edges.push(end);
        if list.keys.len() != list.rows.len() {
            list.keys.clear();
        }
        if list.blocks.len() != list.rows.len() {
            list.blocks.clear();
        }
        list
    }

    /// Reads a row. If there is no list in it, there are no marks in it either.
    fn row(&mut self, list: &mut List) {
        let mark = self.marks.get(self.next);
        if let Some(mark @ Mark { kind: MarkKind::Row(_) | MarkKind::EndRange, .. }) = mark {
            let mut hasher = SEED.build_hasher();
            self.feed(&mut hasher, self.end_of_content(mark));
            list.rows.push(hasher.finish());
            return;
        }
        let block = self.block(self.view.markup().len());
        list.rows.push(whole(&block));
        list.blocks.push(block);
    }
}

/// The hash of a block with everything in it.
fn whole(block: &Block) -> u64 {
    let mut hasher = SEED.build_hasher();
    hasher.write_u64(block.own);
    block.cells.iter().for_each(|cell| hasher.write_u64(cell.own));
    for part in &block.parts {
        match &part.content {
            Content::Block(block) => hasher.write_u64(whole(block)),
            Content::List(list) => {
                hasher.write_u64(list.own);
                list.rows.iter().for_each(|row| hasher.write_u64(*row));
            }
        }
    }
    hasher.finish()
}
