//! `docs/specification.md`, written from [`KEYS`] and from the defaults of the types that read a specification.

use super::{
    Experiment,
    keys::{KEYS, Key},
};

const HEAD: &str = "# experiment.toml, key by key

Written from the program's own table of keys; a test compares the two, and the table with what is read
(`SPIKEDECK_WRITE_DOCS=1 cargo test --lib document` writes it again). An unknown key, a value of another type or out of its range is refused by its name,
with what may stand there. `--set KEY=VALUE` takes the same keys, in full or, where only one table has it, the last part
alone: `--set lambda=0.005`. Keys that can be changed while a run trains are marked ⟳ (`spikedeck send RUN set KEY=VALUE`).
";

/// The smallest file there can be: everything else is a default.
const LEAST: &str = "[data]\nname = \"glyphs\"\n[network]\npreset = \"small\"\nclasses = 10\nimage = [1, 16, 16]\nmean = [0.2]\nstd = [0.3]\n";

/// Keys that a file must have; a network is `preset`, or `family` with its keys.
const REQUIRED: [&str; 5] = [
    "data.name",
    "network.classes",
    "network.image",
    "network.mean",
    "network.std",
];

/// The whole page.
///
/// # Errors
/// Never, while `LEAST` is a specification.
pub fn page() -> Result<String, String> {
    let least = Experiment::parse(LEAST, "least", "", &["name=x".to_string()]).map_err(|e| e.to_string())?;
    let full = toml::Table::try_from(&least).map_err(|e| e.to_string())?;
    let mut page = HEAD.to_string();
    let mut table = None;
    for key in KEYS {
        let (of, name) = key
            .key
            .split_once('.')
            .map_or((None, key.key), |(of, name)| (Some(of), name));
        if table != Some(of) {
            table = Some(of);
            let title = of.map_or("At the top".to_string(), |of| format!("[{of}]"));
            page.push_str(&format!(
                "\n## {title}\n\n| key | takes | default | unit | |\n|---|---|---|---|---|\n"
            ));
        }
        let live = if super::tunable(key.key).is_ok() { " ⟳" } else { "" };
        let (takes, default) = (key.takes.words(), default(key, &full));
        page.push_str(&format!(
            "| `{name}`{live} | {takes} | {default} | {} | {} |\n",
            key.unit, key.meaning
        ));
    }
    Ok(page)
}

fn default(key: &Key, full: &toml::Table) -> String {
    if REQUIRED.contains(&key.key) {
        return "required".into();
    }
    let mut parts = key.key.split('.');
    let first = parts.next().and_then(|part| full.get(part));
    let value = parts.fold(first, |at, part| at?.as_table()?.get(part));
    match value {
        _ if key.key == "name" || key.key == "network.preset" => "–".into(),
        Some(toml::Value::String(text)) if text.is_empty() => "–".into(),
        // Single precision as it was written.
        Some(toml::Value::Float(n)) if f64::from(*n as f32) == *n => format!("`{}`", *n as f32),
        Some(value) => format!("`{value}`"),
        None if matches!(key.takes, super::keys::Takes::Flag) => "`false`".into(),
        None => "–".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_in_docs_is_the_one_that_the_table_makes() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/specification.md");
        let page = page().unwrap();
        if std::env::var_os("SPIKEDECK_WRITE_DOCS").is_some() {
            std::fs::write(path, &page).unwrap();
        }
        assert_eq!(
            std::fs::read_to_string(path).unwrap_or_default(),
            page,
            "docs/specification.md is not what the table says: run SPIKEDECK_WRITE_DOCS=1 cargo test --lib document"
        );
    }

    #[test]
    fn what_is_required_is_what_cannot_be_left_out() {
        for key in REQUIRED {
            let name = key.rsplit('.').next().unwrap();
            let without: String = LEAST
                .lines()
                .filter(|l| !l.starts_with(&format!("{name} =")))
                .map(|l| format!("{l}\n"))
                .collect();
            let said = Experiment::parse(&without, "f", "n", &Vec::new())
                .unwrap_err()
                .to_string();
            assert!(said.contains(name), "{key}: {said}");
        }
    }
}
