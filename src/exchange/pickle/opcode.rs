//! The opcodes of protocols 2 to 5.

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
    /// `set()`.
    EmptySet,
    /// Adds what lies above the mark to a set.
    AddItems,
    /// A frozen set of what lies above the mark.
    FrozenSet,
    /// Drops the topmost.
    Pop,
    /// Drops what lies above the mark.
    PopMark,
    /// The topmost once more.
    Duplicate,
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
    /// The same, by a number that only the writing program knows.
    Extension(Width),
    /// Calls it.
    Reduce,
    /// Makes an object of a class.
    NewObject,
    /// The same, with arguments by name.
    NewObjectNamed,
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
    Long(Width),
    /// A big-endian double.
    Float,
    /// UTF-8 after its length, or a string of Python 2.
    Text(Width),
    /// Bytes after their length.
    Bytes(Width),
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
    /// 8.
    Eight,
}

impl Opcode {
    /// The opcode a byte stands for, if the machine knows it.
    pub fn of(byte: u8) -> Option<Opcode> {
        Some(match byte {
            0x80 => Opcode::Protocol,
            0x95 => Opcode::Frame,
            b'(' => Opcode::Mark,
            b'.' => Opcode::Stop,
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
            0x8f => Opcode::EmptySet,
            0x90 => Opcode::AddItems,
            0x91 => Opcode::FrozenSet,
            b'0' => Opcode::Pop,
            b'1' => Opcode::PopMark,
            b'2' => Opcode::Duplicate,
            b'q' => Opcode::Put(Width::One),
            b'r' => Opcode::Put(Width::Four),
            0x94 => Opcode::Memoize,
            b'h' => Opcode::Get(Width::One),
            b'j' => Opcode::Get(Width::Four),
            b'c' => Opcode::Global,
            0x93 => Opcode::StackGlobal,
            0x82 => Opcode::Extension(Width::One),
            0x83 => Opcode::Extension(Width::Two),
            0x84 => Opcode::Extension(Width::Four),
            b'R' => Opcode::Reduce,
            0x81 => Opcode::NewObject,
            0x92 => Opcode::NewObjectNamed,
            b'b' => Opcode::Build,
            b'Q' => Opcode::PersistentId,
            _ => return Scalar::of(byte).map(Opcode::Scalar),
        })
    }
}

impl Scalar {
    fn of(byte: u8) -> Option<Scalar> {
        Some(match byte {
            b'N' => Scalar::None,
            0x88 => Scalar::Bool(true),
            0x89 => Scalar::Bool(false),
            b'K' => Scalar::Int(Width::One),
            b'M' => Scalar::Int(Width::Two),
            b'J' => Scalar::Int(Width::Four),
            0x8a => Scalar::Long(Width::One),
            0x8b => Scalar::Long(Width::Four),
            b'G' => Scalar::Float,
            0x8c | b'U' => Scalar::Text(Width::One),
            b'X' | b'T' => Scalar::Text(Width::Four),
            0x8d => Scalar::Text(Width::Eight),
            b'C' => Scalar::Bytes(Width::One),
            b'B' => Scalar::Bytes(Width::Four),
            // BINBYTES8 and BYTEARRAY8.
            0x8e | 0x96 => Scalar::Bytes(Width::Eight),
            _ => return None,
        })
    }
}

/// How messages call an opcode that is refused.
pub fn refused(byte: u8) -> String {
    let name = match byte {
        b'i' => "INST",
        b'o' => "OBJ",
        b'P' => "PERSID",
        b'p' | b'g' | b'I' | b'L' | b'F' | b'S' | b'V' | b'd' | b'l' => "one of protocol 0, as text",
        0x97 | 0x98 => "a buffer outside of the pickle",
        _ => "unknown",
    };
    format!("opcode {byte:#04x} ({name}) is not one that torch.save writes")
}
