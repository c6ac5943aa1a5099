//! What TensorBoard's plug-in for hyper-parameters writes beside the metrics: with what a session was configured, and how
//! it ended.

use super::wire::{Field, fields};

/// The most hyper-parameters of a session that are kept.
const MOST: usize = 1000;

/// The most letters of a name or a text that are kept.
const LONGEST: usize = 1000;

/// A message of the plug-in.
#[derive(Debug, Clone, PartialEq)]
pub enum Session {
    /// Which hyper-parameters there are, for several sessions.
    Experiment,
    /// A session started with these.
    Started(Vec<(String, Parameter)>),
    /// A session ended well.
    Succeeded,
    /// A session failed.
    Failed,
}

/// The value of a hyper-parameter.
#[derive(Debug, Clone, PartialEq)]
pub enum Parameter {
    /// A number; may be NaN or infinite.
    Number(f64),
    /// A text, shortened.
    Text(String),
    /// Yes or no.
    Truth(bool),
    /// Nothing.
    None,
}

/// Reads `HParamsPluginData`; `None` where it is none, or of a kind that changes nothing.
pub fn session(message: &[u8]) -> Option<Session> {
    let mut found = None;
    let read = fields(message, |number, field| {
        match (number, field) {
            (2, Field::Bytes(_)) => found = Some(Session::Experiment),
            (3, Field::Bytes(start)) => found = Some(Session::Started(parameters(start)?)),
            (4, Field::Bytes(end)) => found = ended(end)?,
            _ => {}
        }
        Ok(())
    });
    read.ok().and(found)
}

/// `SessionStartInfo.hparams`, a map.
fn parameters(message: &[u8]) -> Result<Vec<(String, Parameter)>, &'static str> {
    let mut found = Vec::new();
    fields(message, |number, field| {
        let (1, Field::Bytes(entry)) = (number, field) else {
            return Ok(());
        };
        let (mut name, mut parameter) = (String::new(), Parameter::None);
        fields(entry, |number, field| {
            match (number, field) {
                (1, Field::Bytes(bytes)) => name = text(bytes),
                (2, Field::Bytes(value)) => parameter = value_of(value)?,
                _ => {}
            }
            Ok(())
        })?;
        if found.len() < MOST {
            found.push((name, parameter));
        }
        Ok(())
    })?;
    Ok(found)
}

/// `google.protobuf.Value`.
fn value_of(message: &[u8]) -> Result<Parameter, &'static str> {
    let mut parameter = Parameter::None;
    fields(message, |number, field| {
        match (number, field) {
            (2, Field::Wide(number)) => parameter = Parameter::Number(f64::from_le_bytes(number)),
            (3, Field::Bytes(bytes)) => parameter = Parameter::Text(text(bytes)),
            (4, Field::Varint(n)) => parameter = Parameter::Truth(n != 0),
            _ => {}
        }
        Ok(())
    })?;
    Ok(parameter)
}

/// `SessionEndInfo.status`.
fn ended(message: &[u8]) -> Result<Option<Session>, &'static str> {
    let mut found = None;
    fields(message, |number, field| {
        if let (1, Field::Varint(status)) = (number, field) {
            found = match status {
                1 => Some(Session::Succeeded),
                2 => Some(Session::Failed),
                _ => None,
            };
        }
        Ok(())
    })?;
    Ok(found)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).chars().take(LONGEST).collect()
}
