//! A pickle machine that can build dictionaries of tensors, and cannot do anything else.
//!
//! Pickle is a little language whose `GLOBAL` names any function and whose `REDUCE` calls it: loading one is running
//! it. Here a name is one of a closed list that tensors need ([`globals::Global`]), calling one builds a plain value, and
//! any other name is only carried about: what it would have made is an object that knows that name and nothing else.
//! Values live on a heap by index, so nothing is recursive, and each opcode adds at most one value, so memory is bounded
//! by the number of opcodes.

mod calls;
mod cursor;
mod globals;
mod machine;
mod opcode;
mod value;

pub use machine::run;
pub use value::{Heap, TensorRef, Value, cut};

/// Whether the machine knows an opcode.
#[cfg(test)]
pub fn is_known(byte: u8) -> bool {
    opcode::Opcode::of(byte).is_some()
}
