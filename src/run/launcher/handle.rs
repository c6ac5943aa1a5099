//! How a worker is found again: what its launcher writes down when it starts one.

use super::{LOCAL, of_kind};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// What a launcher needs to find a worker again: its own word, and fields that only it reads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Handle {
    /// The launcher's word. Records of versions before there were several have none.
    #[serde(default = "local")]
    pub kind: String,
    /// Its fields.
    #[serde(flatten)]
    pub fields: Map<String, Value>,
}

fn local() -> String {
    LOCAL.into()
}

impl Handle {
    /// A handle of this launcher with these fields.
    pub fn new(kind: &str, fields: &impl Serialize) -> Handle {
        let fields = match serde_json::to_value(fields) {
            Ok(Value::Object(fields)) => fields,
            _ => Map::new(),
        };
        Handle {
            kind: kind.into(),
            fields,
        }
    }

    /// Whether its launcher can use it; one of a launcher that this program does not know is taken as it is.
    pub fn is_usable(&self) -> bool {
        of_kind(&self.kind).is_none_or(|launcher| launcher.accepts(self))
    }
}
