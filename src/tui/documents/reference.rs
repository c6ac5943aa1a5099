//! The table of actions as text, for `docs/keys.md` and the manual page: generated from the table that the screen uses.

use crate::tui::{
    actions::{self, Act, PLACES, Place},
    keys::Word,
};

/// The keys of one place: written out, what they do, and the action's name.
pub struct Row {
    /// As they are pressed, the first the one shown on the screen.
    pub keys: Vec<&'static str>,
    /// What it does.
    pub help: &'static str,
    /// Its name, for `:` and for key maps.
    pub name: String,
}

/// Every place with its keys, in the order of the table.
pub fn places() -> Vec<(&'static str, Vec<Row>)> {
    PLACES.iter().map(|(place, name)| (*name, rows(*place))).collect()
}

fn rows(place: Place) -> Vec<Row> {
    let here = actions::all().filter(|a| a.places.contains(&place));
    here.map(|a| Row {
        keys: a.keys.to_vec(),
        help: a.help,
        name: a.act.name(),
    })
    .collect()
}

/// `docs/keys.md`, whole.
pub fn markdown() -> String {
    let mut text = String::from(
        "# Keys\n\nGenerated from the program's table of actions (`spikedeck keys` prints it). `?` on the screen searches the same\n\
         table and runs the selected action; `:` runs any action by its name. `[keys]` in the configuration changes the\n\
         keys of an action: `pause = [\"P\", \"z p\"]`.\n",
    );
    for (place, rows) in places() {
        text.push_str(&format!(
            "\n## {}\n\n| keys | action | |\n|---|---|---|\n",
            capital(place)
        ));
        for row in rows {
            let keys: Vec<String> = row.keys.iter().map(|k| format!("`{}`", escaped(k))).collect();
            text.push_str(&format!(
                "| {} | `{}` | {} |\n",
                keys.join(" "),
                row.name,
                escaped(row.help)
            ));
        }
    }
    text.push_str("\n## Commands with arguments\n\nTyped after `:`.\n\n| command | |\n|---|---|\n");
    for word in Word::ALL {
        text.push_str(&format!("| `{}` | {} |\n", word.name(), escaped(word.about())));
    }
    text
}

/// The manual page's part on keys, in roff.
pub fn roff() -> String {
    let mut text = String::from(".SH KEYS\n");
    for (place, rows) in places() {
        text.push_str(&format!(".SS \"{}\"\n", capital(place)));
        for row in rows {
            // Digits that type a value are one thing, not eleven.
            let keys = match row.name == Act::Exact.name() {
                true => "=, 0 to 9".to_string(),
                false => row.keys.join(", "),
            };
            text.push_str(&format!(".TP\n\\fB{}\\fR\n{}\n", safe(&keys), safe(row.help)));
        }
    }
    text
}

/// A bar would end a cell of the table.
fn escaped(text: &str) -> String {
    text.replace('|', "\\|")
}

/// Text that roff takes for text: a dot or quote at the beginning of a line is a request.
fn safe(text: &str) -> String {
    let text = text.replace('\\', "\\e").replace('-', "\\-");
    match text.starts_with(['.', '\'']) {
        true => format!("\\&{text}"),
        false => text,
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
    first + letters.as_str()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `SPIKEDECK_WRITE_DOCS=1 cargo test handbook` writes the file again.
    #[test]
    fn the_documentation_names_the_keys_that_there_are() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/keys.md");
        if std::env::var_os("SPIKEDECK_WRITE_DOCS").is_some() {
            std::fs::write(path, markdown()).unwrap();
        }
        let written = std::fs::read_to_string(path).unwrap_or_default();
        assert!(
            written == markdown(),
            "docs/keys.md is not what the table says: run SPIKEDECK_WRITE_DOCS=1 cargo test handbook"
        );
    }

    #[test]
    fn no_line_of_the_manual_is_a_request_by_accident() {
        let known = [".SH", ".SS", ".TP"];
        let strange = |l: &&str| l.starts_with(['.', '\'']) && !known.iter().any(|k| l.starts_with(k));
        assert_eq!(roff().lines().find(strange), None);
    }
}
