//! The machine: a stack, a memo, and a heap.

use super::{
    calls,
    cursor::Cursor,
    globals::Global,
    opcode::{self, Opcode, Scalar, Width},
    value::{Heap, Made, Plain, Value},
};
use crate::exchange::ExchangeError;
use std::collections::BTreeMap;

/// The most opcodes that are executed. Each adds one value at most, so this bounds the memory; the pickle of a large
/// network with its optimiser has some ten thousand.
const LONGEST: usize = 2 << 20;
/// How many of a state's entries are looked at to tell a module; `torch.nn.Module` writes the names that tell first.
const FIRST: usize = 16;

type Done<T> = Result<T, ExchangeError>;

/// Reads a pickle; what it holds, and the heap it lies on.
pub fn run(pickle: &[u8]) -> Done<(Heap<'_>, Value)> {
    let mut machine = Machine {
        cursor: Cursor::new(pickle),
        heap: Heap::default(),
        stack: Vec::new(),
        marks: Vec::new(),
        memo: BTreeMap::new(),
        at: 0,
    };
    for _ in 0..LONGEST {
        if let Some(result) = machine.step()? {
            return Ok((machine.heap, result));
        }
    }
    Err(machine.wrong(format!("it has more than {LONGEST} opcodes")))
}

struct Machine<'a> {
    cursor: Cursor<'a>,
    heap: Heap<'a>,
    stack: Vec<Value>,
    /// Heights of the stack.
    marks: Vec<usize>,
    memo: BTreeMap<u64, Value>,
    /// Where the present opcode stands.
    at: usize,
}

impl<'a> Machine<'a> {
    /// Executes one opcode; returns the result, if it was the last.
    fn step(&mut self) -> Done<Option<Value>> {
        self.at = self.cursor.at;
        let byte = self.cursor.byte()?;
        let opcode = Opcode::of(byte).ok_or_else(|| self.wrong(opcode::refused(byte)))?;
        match opcode {
            Opcode::Stop => return self.pop().map(Some),
            Opcode::Protocol => {
                let version = self.cursor.byte()?;
                if !(2..=5).contains(&version) {
                    return Err(self.wrong(format!("protocol {version} is not one of 2 to 5")));
                }
            }
            Opcode::Frame => {
                self.cursor.take(8)?;
            }
            Opcode::Mark => self.marks.push(self.stack.len()),
            Opcode::Scalar(scalar) => {
                let value = self.scalar(scalar)?;
                self.stack.push(value);
            }
            Opcode::EmptyTuple
            | Opcode::Tuple
            | Opcode::ShortTuple(_)
            | Opcode::EmptyList
            | Opcode::EmptyDict
            | Opcode::EmptySet
            | Opcode::FrozenSet => self.make(opcode)?,
            Opcode::Append | Opcode::Appends | Opcode::AddItems => self.append(opcode)?,
            Opcode::SetItem | Opcode::SetItems => self.set_items(opcode)?,
            Opcode::Pop | Opcode::PopMark | Opcode::Duplicate => self.rearrange(opcode)?,
            Opcode::Put(_) | Opcode::Memoize | Opcode::Get(_) => self.remember(opcode)?,
            Opcode::Global | Opcode::StackGlobal | Opcode::Extension(_) => self.global(opcode)?,
            Opcode::Reduce | Opcode::NewObject | Opcode::NewObjectNamed => self.call(opcode)?,
            Opcode::Build => self.build()?,
            Opcode::PersistentId => self.storage()?,
        }
        Ok(None)
    }

    fn scalar(&mut self, scalar: Scalar) -> Done<Value> {
        Ok(match scalar {
            Scalar::None => Value::None,
            Scalar::Bool(b) => Value::Bool(b),
            // Integers of four bytes are the only signed ones.
            Scalar::Int(Width::Four) => Value::Int(i64::from(i32::from_le_bytes(self.cursor.array()?))),
            Scalar::Int(width) => i64::try_from(self.number(width)?).map_or(Value::Number, Value::Int),
            Scalar::Long(width) => self.long(width)?,
            Scalar::Float => {
                self.cursor.take(8)?;
                Value::Number
            }
            Scalar::Text(width) => {
                let bytes = self.after_length(width)?;
                match std::str::from_utf8(bytes) {
                    Ok(text) => self.heap.new_text(text),
                    Err(_) => Value::Plain(Plain::Text),
                }
            }
            Scalar::Bytes(width) => {
                self.after_length(width)?;
                Value::Plain(Plain::Bytes)
            }
        })
    }

    fn after_length(&mut self, width: Width) -> Done<&'a [u8]> {
        let length = self.number(width)?;
        self.cursor.take(usize::try_from(length).unwrap_or(usize::MAX))
    }

    fn number(&mut self, width: Width) -> Done<u64> {
        Ok(match width {
            Width::One => u64::from(self.cursor.byte()?),
            Width::Two => u64::from(u16::from_le_bytes(self.cursor.array()?)),
            Width::Four => u64::from(u32::from_le_bytes(self.cursor.array()?)),
            Width::Eight => u64::from_le_bytes(self.cursor.array()?),
        })
    }

    /// A little-endian integer in two's complement.
    fn long(&mut self, width: Width) -> Done<Value> {
        let bytes = self.after_length(width)?;
        let length = bytes.len();
        if length > 8 {
            return Ok(Value::Number);
        }
        let negative = bytes.last().is_some_and(|b| b & 0x80 != 0);
        let mut wide = if negative { [0xff; 8] } else { [0; 8] };
        wide[..length].copy_from_slice(bytes);
        Ok(Value::Int(i64::from_le_bytes(wide)))
    }

    fn make(&mut self, opcode: Opcode) -> Done<()> {
        let value = match opcode {
            Opcode::EmptyDict => self.heap.new_dict(),
            Opcode::EmptyList => self.heap.new_list(),
            Opcode::EmptySet => Value::Plain(Plain::Set),
            Opcode::FrozenSet => {
                self.above_mark()?;
                Value::Plain(Plain::Set)
            }
            Opcode::Tuple => {
                let values = self.above_mark()?;
                self.heap.new_tuple(values)
            }
            Opcode::ShortTuple(n) => {
                let mut values = vec![Value::None; n];
                for slot in values.iter_mut().rev() {
                    *slot = self.pop()?;
                }
                self.heap.new_tuple(values)
            }
            _ => self.heap.new_tuple(Vec::new()),
        };
        self.stack.push(value);
        Ok(())
    }

    fn append(&mut self, opcode: Opcode) -> Done<()> {
        let values = match opcode {
            Opcode::Append => vec![self.pop()?],
            _ => self.above_mark()?,
        };
        let into = self.top()?;
        match (self.heap.list_mut(into), into) {
            (Some(list), _) => list.extend(values),
            // A set, or a subclass of a list or set: nobody asks for what is in it.
            (None, Value::Object(_) | Value::Plain(Plain::Set)) => {}
            (None, _) => return Err(self.wrong(format!("appends to {}", into.kind()))),
        }
        Ok(())
    }

    fn set_items(&mut self, opcode: Opcode) -> Done<()> {
        let values = match opcode {
            Opcode::SetItem => {
                let value = self.pop()?;
                vec![self.pop()?, value]
            }
            _ => self.above_mark()?,
        };
        let into = self.top()?;
        let (pairs, rest) = values.as_chunks::<2>();
        match (self.heap.dict_mut(into), rest) {
            (Some(dict), []) => dict.extend(pairs.iter().map(|[k, v]| (*k, *v))),
            (Some(_), _) => return Err(self.wrong("a key without a value".into())),
            (None, _) => return Err(self.wrong(format!("sets items of {}", into.kind()))),
        }
        Ok(())
    }

    fn rearrange(&mut self, opcode: Opcode) -> Done<()> {
        match opcode {
            Opcode::Duplicate => {
                let top = self.top()?;
                self.stack.push(top);
            }
            // Where nothing lies above the mark, it is the mark that goes.
            Opcode::Pop if self.marks.last() != Some(&self.stack.len()) => {
                self.pop()?;
            }
            _ => {
                self.above_mark()?;
            }
        }
        Ok(())
    }

    fn remember(&mut self, opcode: Opcode) -> Done<()> {
        match opcode {
            Opcode::Get(width) => {
                let number = self.number(width)?;
                let value = self.memo.get(&number).copied();
                let value = value.ok_or_else(|| self.wrong(format!("asks for number {number} of an empty memo")))?;
                self.stack.push(value);
            }
            Opcode::Put(width) => {
                let number = self.number(width)?;
                let value = self.top()?;
                self.memo.insert(number, value);
            }
            _ => {
                let value = self.top()?;
                self.memo.insert(self.memo.len() as u64, value);
            }
        }
        Ok(())
    }

    fn global(&mut self, opcode: Opcode) -> Done<()> {
        let (module, name) = match opcode {
            Opcode::Global => (self.cursor.line()?, self.cursor.line()?),
            Opcode::Extension(width) => {
                self.number(width)?;
                self.stack.push(Value::Plain(Plain::Extension));
                return Ok(());
            }
            _ => {
                let (name, module) = (self.pop()?, self.pop()?);
                match (self.heap.text(module), self.heap.text(name)) {
                    (Some(module), Some(name)) => (module, name),
                    _ => return Err(self.wrong("a global whose name is no text".into())),
                }
            }
        };
        let value = match Global::find(module, name) {
            Some(global) => Value::Global(global),
            None => self.heap.new_foreign(module, name),
        };
        self.stack.push(value);
        Ok(())
    }

    /// What Python would call makes an object here that says who would have made it, and nothing else happens.
    fn call(&mut self, opcode: Opcode) -> Done<()> {
        if opcode == Opcode::NewObjectNamed {
            self.pop()?;
        }
        let arguments = self.pop()?;
        let callee = self.pop()?;
        let value = match callee {
            Value::Global(global) => global.call(&mut self.heap, arguments),
            Value::Foreign(maker) => {
                let maker = self.class(maker, arguments);
                self.heap.new_object(Made::Foreign(maker))
            }
            Value::Plain(Plain::Extension) => self.heap.new_object(Made::Not("an object of an extension code")),
            // A method, or what functools.partial gave.
            Value::Object(_) => {
                let made = self.heap.object(callee).map(|o| o.made);
                self.heap.new_object(made.unwrap_or(Made::Not("an object")))
            }
            _ => return Err(self.wrong(format!("calls {}", callee.kind()))),
        };
        self.stack.push(value);
        Ok(())
    }

    /// The class of an object that Python's own helpers make for another, given to them as the first argument.
    fn class(&self, maker: usize, arguments: Value) -> usize {
        let first = self.heap.tuple(arguments).and_then(|a| a.first().copied());
        match (self.heap.foreign(Value::Foreign(maker)), first) {
            (Some(("copyreg" | "copy_reg", _)), Some(Value::Foreign(class))) => class,
            _ => maker,
        }
    }

    fn build(&mut self) -> Done<()> {
        let state = self.pop()?;
        let into = self.top()?;
        let tells = |key: &Value| matches!(self.heap.text(*key), Some("_parameters" | "_modules"));
        let is_module = match state {
            Value::Dict(_) => self
                .heap
                .dict(state)
                .unwrap_or(&[])
                .iter()
                .take(FIRST)
                .any(|(key, _)| tells(key)),
            _ => false,
        };
        match into {
            // `Module.state_dict()` sets `_metadata` on its dictionary, which is of no use here.
            Value::Dict(_) | Value::List(_) | Value::Tensor(_) | Value::Global(_) | Value::Foreign(_) => Ok(()),
            Value::Plain(_) => Ok(()),
            Value::Object(_) => {
                if let Some(object) = self.heap.object_mut(into) {
                    object.is_module |= is_module;
                }
                Ok(())
            }
            other => Err(self.wrong(format!("sets attributes of {}", other.kind()))),
        }
    }

    fn storage(&mut self) -> Done<()> {
        let id = self.pop()?;
        let storage = calls::storage(&self.heap, id);
        let storage = storage.ok_or_else(|| self.wrong("a persistent id that is no storage".into()))?;
        let value = self.heap.new_storage(storage);
        self.stack.push(value);
        Ok(())
    }

    /// Never takes what lies below the mark.
    fn pop(&mut self) -> Done<Value> {
        let floor = self.marks.last().copied().unwrap_or(0);
        match self.stack.len() > floor {
            true => self.stack.pop().ok_or_else(|| self.underflow()),
            false => Err(self.underflow()),
        }
    }

    fn top(&self) -> Done<Value> {
        let floor = self.marks.last().copied().unwrap_or(0);
        let top = self.stack.last().filter(|_| self.stack.len() > floor);
        top.copied().ok_or_else(|| self.underflow())
    }

    fn above_mark(&mut self) -> Done<Vec<Value>> {
        let mark = self.marks.pop().ok_or_else(|| self.wrong("there is no mark".into()))?;
        Ok(self.stack.split_off(mark.min(self.stack.len())))
    }

    fn underflow(&self) -> ExchangeError {
        self.wrong("takes a value from an empty stack".into())
    }

    fn wrong(&self, why: String) -> ExchangeError {
        ExchangeError::Pickle { at: self.at, why }
    }
}
