//! The machine: a stack, a memo, and a heap.

use super::{
    cursor::Cursor,
    globals::{self, Global},
    opcode::{self, Opcode, Scalar, Width},
    value::{Heap, Value},
};
use crate::exchange::{ExchangeError, error::shown};
use std::collections::BTreeMap;

/// The longest pickle that is read, in bytes; that of a large network with its optimiser has half a megabyte.
const LONGEST: usize = 4 << 20;

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
    if pickle.len() > LONGEST {
        return Err(machine.wrong(format!("it has {} bytes, more than {LONGEST}", pickle.len())));
    }
    loop {
        if let Some(result) = machine.step()? {
            return Ok((machine.heap, result));
        }
    }
}

struct Machine<'a> {
    cursor: Cursor<'a>,
    heap: Heap<'a>,
    stack: Vec<Value>,
    /// Heights of the stack.
    marks: Vec<usize>,
    memo: BTreeMap<u32, Value>,
    /// Where the present opcode stands.
    at: usize,
}

impl<'a> Machine<'a> {
    /// Obeys one opcode; the result, if it was the last.
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
            Opcode::EmptyTuple | Opcode::Tuple | Opcode::ShortTuple(_) | Opcode::EmptyList | Opcode::EmptyDict => {
                self.make(opcode)?;
            }
            Opcode::Append | Opcode::Appends | Opcode::SetItem | Opcode::SetItems => self.fill(opcode)?,
            Opcode::Put(_) | Opcode::Memoize | Opcode::Get(_) => self.remember(opcode)?,
            Opcode::Global | Opcode::StackGlobal => self.global(opcode)?,
            Opcode::Reduce | Opcode::Build | Opcode::PersistentId => self.call(opcode)?,
        }
        Ok(None)
    }

    fn scalar(&mut self, scalar: Scalar) -> Done<Value> {
        Ok(match scalar {
            Scalar::None => Value::None,
            Scalar::Bool(b) => Value::Bool(b),
            // Integers of four bytes are the only signed ones.
            Scalar::Int(Width::Four) => Value::Int(i64::from(i32::from_le_bytes(self.cursor.array()?))),
            Scalar::Int(width) => Value::Int(i64::from(self.number(width)?)),
            Scalar::Long => self.long()?,
            Scalar::Float => {
                self.cursor.take(8)?;
                Value::Number
            }
            Scalar::Text(width) => {
                let length = self.number(width)? as usize;
                let bytes = self.cursor.take(length)?;
                let text = self.cursor.text(bytes)?;
                self.heap.new_text(text)
            }
        })
    }

    fn number(&mut self, width: Width) -> Done<u32> {
        Ok(match width {
            Width::One => u32::from(self.cursor.byte()?),
            Width::Two => u32::from(u16::from_le_bytes(self.cursor.array()?)),
            Width::Four => u32::from_le_bytes(self.cursor.array()?),
        })
    }

    /// A little-endian integer in two's complement.
    fn long(&mut self) -> Done<Value> {
        let length = usize::from(self.cursor.byte()?);
        let bytes = self.cursor.take(length)?;
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

    fn fill(&mut self, opcode: Opcode) -> Done<()> {
        let values = match opcode {
            Opcode::Append => vec![self.pop()?],
            Opcode::SetItem => {
                let value = self.pop()?;
                vec![self.pop()?, value]
            }
            _ => self.above_mark()?,
        };
        let into = self.top()?;
        match opcode {
            Opcode::Append | Opcode::Appends => match self.heap.list_mut(into) {
                Some(list) => list.extend(values),
                None => return Err(self.wrong(format!("appends to {}", into.kind()))),
            },
            _ => {
                let (pairs, rest) = values.as_chunks::<2>();
                match (self.heap.dict_mut(into), rest) {
                    (Some(dict), []) => dict.extend(pairs.iter().map(|[k, v]| (*k, *v))),
                    (Some(_), _) => return Err(self.wrong("a key without a value".into())),
                    (None, _) => return Err(self.wrong(format!("sets items of {}", into.kind()))),
                }
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
                self.memo.insert(self.memo.len() as u32, value);
            }
        }
        Ok(())
    }

    fn global(&mut self, opcode: Opcode) -> Done<()> {
        let (module, name) = match opcode {
            Opcode::Global => (self.cursor.line()?, self.cursor.line()?),
            _ => {
                let (name, module) = (self.pop()?, self.pop()?);
                match (self.heap.text(module), self.heap.text(name)) {
                    (Some(module), Some(name)) => (module, name),
                    _ => return Err(self.wrong("a global whose name is no text".into())),
                }
            }
        };
        let global = Global::find(module, name).ok_or_else(|| {
            let name = shown(&format!("{module}.{name}"));
            self.wrong(format!("the global {name} is not one that state dicts use"))
        })?;
        self.stack.push(Value::Global(global));
        Ok(())
    }

    fn call(&mut self, opcode: Opcode) -> Done<()> {
        let argument = self.pop()?;
        let value = match opcode {
            Opcode::PersistentId => {
                let storage = globals::storage(&self.heap, argument);
                let storage = storage.ok_or_else(|| self.wrong("a persistent id that is no storage".into()))?;
                self.heap.new_storage(storage)
            }
            Opcode::Reduce => {
                let callee = self.pop()?;
                let Value::Global(global) = callee else {
                    return Err(self.wrong(format!("calls {}", callee.kind())));
                };
                let made = global.call(&mut self.heap, argument);
                made.map_err(|what| self.wrong(format!("has {what}")))?
            }
            // `Module.state_dict()` sets `_metadata` on its dictionary, which is of no use here.
            _ => {
                return match self.top()? {
                    Value::Dict(_) => Ok(()),
                    other => Err(self.wrong(format!("sets attributes of {}", other.kind()))),
                };
            }
        };
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
