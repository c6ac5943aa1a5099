//! Error messages of the TOML reader for values of the wrong type, in the terms of the file instead of Rust's types.

/// Every line of a complaint; those that are not about types stay as they are.
pub fn plain(complaint: &str) -> String {
    let lines: Vec<String> = complaint.trim_end().lines().map(line).collect();
    lines.join("\n")
}

fn line(line: &str) -> String {
    let types = ["invalid type: ", "invalid value: ", "invalid length "];
    let told = types.iter().find_map(|t| line.strip_prefix(t));
    match told.and_then(|rest| rest.rsplit_once(", expected ")) {
        Some((found, wanted)) => format!("{} must be {}", value(found), what(wanted)),
        None => match line.strip_prefix("in `").and_then(|key| key.strip_suffix('`')) {
            Some(key) => format!("key: {key}"),
            None => line.to_string(),
        },
    }
}

/// `integer `-3`` is -3.
fn value(found: &str) -> String {
    let bare = ["integer ", "floating point ", "boolean ", "string ", "character "];
    match found {
        "sequence" => "a list".into(),
        "map" => "a table".into(),
        _ => {
            let rest = bare.iter().find_map(|kind| found.strip_prefix(kind)).unwrap_or(found);
            rest.trim_matches('`').to_string()
        }
    }
}

/// `u64` is an integer, 0 or more.
fn what(wanted: &str) -> String {
    let length = wanted.strip_prefix("an array of length ");
    match wanted {
        "u8" | "u16" | "u32" | "u64" | "usize" => "an integer, 0 or more".into(),
        "i8" | "i16" | "i32" | "i64" | "isize" => "an integer".into(),
        "f32" | "f64" => "a number".into(),
        "a boolean" => "true or false".into(),
        "a string" | "string" | "a character" => "a text in quotes".into(),
        "a sequence" => "a list, such as [1, 2]".into(),
        "a map" => "a table".into(),
        _ if wanted.starts_with("struct ") => "a table: its keys stand below [its name]".into(),
        _ => length.map_or_else(|| wanted.to_string(), |n| format!("a list of {n} values")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_said_in_plain_words() {
        for (said, meant) in [
            (
                "invalid type: string \"many\", expected u64\nin `train.epochs`\n",
                "\"many\" must be an integer, 0 or more\nkey: train.epochs",
            ),
            (
                "invalid value: integer `-3`, expected usize",
                "-3 must be an integer, 0 or more",
            ),
            ("invalid type: boolean `true`, expected f64", "true must be a number"),
            (
                "invalid type: sequence, expected a string",
                "a list must be a text in quotes",
            ),
            (
                "invalid type: string \"big\", expected an array of length 3",
                "\"big\" must be a list of 3 values",
            ),
            (
                "invalid type: integer `3`, expected struct TrainSpec",
                "3 must be a table: its keys stand below [its name]",
            ),
            (
                "unknown field `x`, expected one of `a`, `b`",
                "unknown field `x`, expected one of `a`, `b`",
            ),
        ] {
            assert_eq!(plain(said), meant);
        }
    }
}
