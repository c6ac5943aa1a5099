//! The opcodes that state dicts are written with, protocols 2 to 5.

/// An opcode that the machine knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opcode {
    /// The protocol's number.
    Protocol,
    /// The length of what follows; only a hint.
    Frame,
    /// Remembers the height of the stack.
    Mark,
    /// The end: the top of the stack is the result.
    Stop,
    /// A number, text or constant.
    Scalar(Scalar),
    /// `()`.
    EmptyTuple,
    /// A tuple of what lies above the mark.
    Tuple,
    /// A tuple of the so many topmost.
    ShortTuple(usize),
    /// `[]`.
    EmptyList,
    /// Appends the topmost.
    Append,
    /// Appends what lies above the mark.
    Appends,
    /// `{}`.
    EmptyDict,
    /// One key and value into a dictionary.
    SetItem,
    /// Keys and values above the mark into a dictionary.
    SetItems,
    /// Remembers the topmost under a number of one byte, or four.
    Put(Width),
    /// Remembers the topmost under the next number.
    Memoize,
    /// What was remembered.
    Get(Width),
    /// A function or class by module and name.
    Global,
    /// The same, module and name from the stack.
    StackGlobal,
    /// Calls it.
    Reduce,
    /// Sets an object's attributes.
    Build,
    /// A storage by its description.
    PersistentId,
}

/// Constants, numbers and texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scalar {
    /// `None`.
    None,
    /// `True` or `False`.
    Bool(bool),
    /// An unsigned integer of one or two bytes, a signed one of four.
    Int(Width),
    /// An integer of any length.
    Long,
    /// A big-endian double.
    Float,
    /// UTF-8 after its length.
    Text(Width),
}

/// Bytes of an argument.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Width {
    /// 1.
    One,
    /// 2.
    Two,
    /// 4.
    Four,
}

impl Opcode {
    /// The opcode a byte stands for, if the machine knows it.
    pub fn of(byte: u8) -> Option<Opcode> {
        Some(match byte {
            0x80 => Opcode::Protocol,
            0x95 => Opcode::Frame,
            b'(' => Opcode::Mark,
            b'.' => Opcode::Stop,
            b'N' => Opcode::Scalar(Scalar::None),
            0x88 => Opcode::Scalar(Scalar::Bool(true)),
            0x89 => Opcode::Scalar(Scalar::Bool(false)),
            b'K' => Opcode::Scalar(Scalar::Int(Width::One)),
            b'M' => Opcode::Scalar(Scalar::Int(Width::Two)),
            b'J' => Opcode::Scalar(Scalar::Int(Width::Four)),
            0x8a => Opcode::Scalar(Scalar::Long),
            b'G' => Opcode::Scalar(Scalar::Float),
            0x8c => Opcode::Scalar(Scalar::Text(Width::One)),
            b'X' => Opcode::Scalar(Scalar::Text(Width::Four)),
            b')' => Opcode::EmptyTuple,
            b't' => Opcode::Tuple,
            0x85 => Opcode::ShortTuple(1),
            0x86 => Opcode::ShortTuple(2),
            0x87 => Opcode::ShortTuple(3),
            b']' => Opcode::EmptyList,
            b'a' => Opcode::Append,
            b'e' => Opcode::Appends,
            b'}' => Opcode::EmptyDict,
            b's' => Opcode::SetItem,
            b'u' => Opcode::SetItems,
            b'q' => Opcode::Put(Width::One),
            b'r' => Opcode::Put(Width::Four),
            0x94 => Opcode::Memoize,
            b'h' => Opcode::Get(Width::One),
            b'j' => Opcode::Get(Width::Four),
            b'c' => Opcode::Global,
            0x93 => Opcode::StackGlobal,
            b'R' => Opcode::Reduce,
            b'b' => Opcode::Build,
            b'Q' => Opcode::PersistentId,
            _ => return None,
        })
    }
}

/// How messages call an opcode that is refused.
pub fn refused(byte: u8) -> String {
    let name = match byte {
        b'i' => "INST",
        b'o' => "OBJ",
        0x81 => "NEWOBJ",
        0x92 => "NEWOBJ_EX",
        0x82..=0x84 => "EXT",
        b'P' => "PERSID",
        b'p' | b'g' | b'I' | b'L' | b'F' | b'S' | b'V' | b'd' | b'l' => "one of protocol 0, as text",
        b'B' | b'C' | 0x8e | 0x96..=0x98 => "raw bytes",
        b'T' | b'U' => "a string of Python 2",
        0x8f..=0x91 => "a set",
        0x8b => "LONG4",
        0x8d => "BINUNICODE8",
        b'0' | b'1' | b'2' => "POP, POP_MARK or DUP",
        _ => "unknown",
    };
    format!("opcode {byte:#04x} ({name}) is not one that state dicts use")
}
