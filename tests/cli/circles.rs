//! No circle of files in the source: whoever reads a file can first read what it uses. A module and its own children may
//! name each other. Groups that ARCHITECTURE.md names, and says why they read better so, are allowed.

use crate::layers::{files, text_of};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fs;
use std::path::{Path, PathBuf};

/// Allowed circles: the files of each, without `.rs`, as ARCHITECTURE.md lists them.
const ALLOWED: &[&[&str]] = &[];

/// A module's path from the crate's root.
pub type Module = Vec<String>;

/// Code that the compiler sees, by module: comments, texts, test modules and `#[cfg(test)]` items are left out.
fn modules() -> BTreeMap<Module, String> {
    let named = files().into_iter().map(|file| (module_of(&file), file));
    let product = named.filter(|(module, _)| !module.is_empty() && !is_test(module));
    product
        .map(|(module, file)| (module, without_tests(&bare(&text_of(&file)))))
        .collect()
}

fn module_of(file: &Path) -> Module {
    let mut parts: Module = file
        .with_extension("")
        .components()
        .map(|c| c.as_os_str().to_string_lossy().into_owned())
        .collect();
    if parts.last().is_some_and(|p| p == "mod") || parts == ["lib"] || parts == ["main"] {
        parts.pop();
    }
    parts
}

fn is_test(module: &[String]) -> bool {
    module
        .iter()
        .any(|part| part == "tests" || part == "fixture" || part == "testing" || part.ends_with("_tests"))
}

/// The code without comments and without what stands in quotes.
fn bare(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while at < chars.len() {
        let rest = &chars[at..];
        let raw = rest[0] == 'r' && !out.ends_with(|c: char| c.is_alphanumeric() || c == '_');
        let hashes = rest.iter().skip(1).take_while(|c| **c == '#').count();
        if rest.starts_with(&['/', '/']) {
            at += rest.iter().take_while(|c| **c != '\n').count();
        } else if rest.starts_with(&['/', '*']) {
            let end = rest.windows(2).position(|w| w == ['*', '/']);
            at += end.map_or(rest.len(), |e| e + 2);
        } else if raw && rest.get(1 + hashes) == Some(&'"') {
            let close: Vec<char> = std::iter::once('"').chain(std::iter::repeat_n('#', hashes)).collect();
            let from = 2 + hashes;
            let end = rest[from..].windows(close.len()).position(|w| w == close);
            at += end.map_or(rest.len(), |e| from + e + close.len());
        } else if rest[0] == '"' {
            let mut n = 1;
            while n < rest.len() && rest[n] != '"' {
                n += if rest[n] == '\\' { 2 } else { 1 };
            }
            at += n + 1;
        } else if rest.starts_with(&['\'', '\\']) || (rest[0] == '\'' && rest.get(2) == Some(&'\'')) {
            // A character, not a lifetime.
            let skip = if rest[1] == '\\' { 3 } else { 2 };
            at += skip + rest[skip..].iter().take_while(|c| **c != '\'').count() + 1;
        } else {
            out.push(rest[0]);
            at += 1;
        }
    }
    out
}

/// The code without items that only tests have.
fn without_tests(code: &str) -> String {
    let mut out = String::new();
    let mut rest = code;
    while let Some(at) = rest.find("#[cfg(test)]") {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let mut depth = 0;
        let end = rest.char_indices().skip(12).find_map(|(i, c)| {
            depth += i32::from(c == '{') - i32::from(c == '}');
            (depth == 0 && (c == ';' || c == '}')).then_some(i + 1)
        });
        rest = &rest[end.unwrap_or(rest.len())..];
    }
    out + rest
}

/// Every path of a `use` tree.
fn expand(tree: &str) -> Vec<String> {
    let Some(open) = tree.find('{') else {
        return vec![tree.split(" as ").next().unwrap_or("").trim().to_string()];
    };
    let inner = &tree[open + 1..tree.rfind('}').unwrap_or(tree.len())];
    let (mut depth, mut from, mut parts) = (0, 0, Vec::new());
    for (i, c) in inner.char_indices() {
        depth += i32::from(c == '{') - i32::from(c == '}');
        if c == ',' && depth == 0 {
            parts.push(&inner[from..i]);
            from = i + 1;
        }
    }
    parts.push(&inner[from..]);
    let whole = parts.into_iter().map(str::trim).filter(|p| !p.is_empty());
    whole
        .flat_map(|p| expand(&format!("{}{p}", tree[..open].trim())))
        .collect()
}

/// Paths that a file names: its `use` trees and, anywhere, paths of several words.
fn paths(code: &str) -> Vec<String> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let (mut found, mut body) = (Vec::new(), String::new());
    let mut rest = code;
    while let Some(at) = rest.find("use ") {
        let starts = !rest[..at].ends_with(is_word);
        let end = rest[at..].find(';').map_or(rest.len(), |e| at + e);
        body.push_str(&rest[..at]);
        if starts {
            found.extend(expand(&rest[at + 4..end]));
            rest = &rest[end..];
        } else {
            rest = &rest[at + 4..];
        }
    }
    body.push_str(rest);
    let inline = body
        .split(|c: char| !is_word(c) && c != ':')
        .filter(|p| p.contains("::"));
    found.extend(inline.map(|p| p.trim_matches(':').to_string()));
    found
}

/// The modules that a path named in `from` leads to, if they are of this crate: the one that it names, and the one that a
/// `pub use` there has the name from.
fn resolve(from: &Module, path: &str, all: &BTreeMap<Module, String>, depth: u32) -> Vec<Module> {
    let mut parts: VecDeque<&str> = path.split("::").map(str::trim).collect();
    let mut at = from.clone();
    match parts.front().copied() {
        Some("crate" | "spikedeck") => {
            at.clear();
            parts.pop_front();
        }
        Some("self") => drop(parts.pop_front()),
        Some("super") => {
            while parts.pop_front_if(|p| *p == "super").is_some() {
                at.pop();
            }
        }
        // A child, or another crate.
        Some(first) if all.contains_key(&[&at[..], &[first.to_string()]].concat()) => {}
        _ => return Vec::new(),
    }
    while let Some(part) = parts.front() {
        at.push(part.to_string());
        if !all.contains_key(&at) {
            at.pop();
            break;
        }
        parts.pop_front();
    }
    let Some(code) = all.get(&at) else {
        return Vec::new();
    };
    let mut found = vec![at.clone()];
    if let Some(name) = parts.front().filter(|_| depth < 5) {
        for again in handed_on(code)
            .into_iter()
            .filter(|p| p.ends_with(&format!("::{name}")))
        {
            found.extend(resolve(&at, &again, all, depth + 1));
        }
    }
    found
}

/// Paths of the `pub use` trees.
fn handed_on(code: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (at, _) in code.match_indices("use ") {
        let before = code[..at].trim_end();
        if before.ends_with("pub") || (before.ends_with(')') && before.contains("pub(")) {
            found.extend(expand(&code[at + 4..at + code[at..].find(';').unwrap_or(0).max(4)]));
        }
    }
    found
}

fn are_related(a: &Module, b: &Module) -> bool {
    a.starts_with(b) || b.starts_with(a)
}

pub type Graph = BTreeMap<Module, BTreeSet<Module>>;

/// Which file names which, but for a module and its own children.
pub fn graph() -> Graph {
    let all = modules();
    let mut graph = Graph::new();
    for (module, code) in &all {
        let named = paths(code).into_iter().flat_map(|path| resolve(module, &path, &all, 0));
        let others = named.filter(|other| !are_related(module, other)).collect();
        graph.insert(module.clone(), others);
    }
    graph
}

/// The same between the neighbours in one folder, each with all that lies below it.
fn neighbours(graph: &Graph, folder: &[String]) -> Graph {
    let depth = folder.len();
    let below = |m: &Module| m.len() > depth && m.starts_with(folder);
    let mut between = Graph::new();
    for (module, others) in graph.iter().filter(|(m, _)| below(m)) {
        let own = module[..=depth].to_vec();
        let others = others.iter().filter(|m| below(m)).map(|m| m[..=depth].to_vec());
        let others: Vec<Module> = others.filter(|m| *m != own).collect();
        between.entry(own).or_default().extend(others);
    }
    between
}

fn reachable(graph: &Graph, from: &Module) -> BTreeSet<Module> {
    let (mut seen, mut open) = (BTreeSet::new(), vec![from.clone()]);
    while let Some(module) = open.pop() {
        for next in graph.get(&module).into_iter().flatten() {
            if seen.insert(next.clone()) {
                open.push(next.clone());
            }
        }
    }
    seen
}

/// Groups of modules of which each can be reached from each.
fn circles(graph: &Graph) -> BTreeSet<Vec<String>> {
    let reach: BTreeMap<&Module, BTreeSet<Module>> = graph.keys().map(|m| (m, reachable(graph, m))).collect();
    let mut found = BTreeSet::new();
    for (module, reached) in reach.iter().filter(|(m, reached)| reached.contains(**m)) {
        let group = reached.iter().filter(|other| reach[*other].contains(*module));
        found.insert(group.map(|m| m.join("/")).collect());
    }
    found
}

fn check(found: BTreeSet<Vec<String>>) {
    let wrong: Vec<_> = found
        .into_iter()
        .filter(|group| !ALLOWED.contains(&&*group.iter().map(String::as_str).collect::<Vec<_>>()))
        .collect();
    assert!(
        wrong.is_empty(),
        "these files import each other in a circle; move what they share into a file of its own: {wrong:#?}"
    );
}

#[test]
fn no_files_import_each_other_in_a_circle() {
    let graph = graph();
    assert!(graph.len() > 300 && graph.values().map(BTreeSet::len).sum::<usize>() > 1000);
    check(circles(&graph));
}

#[test]
fn no_neighbours_import_each_other_in_a_circle_with_what_lies_below_them() {
    let graph = graph();
    let folders: BTreeSet<&[String]> = graph.keys().flat_map(|m| (0..m.len()).map(|n| &m[..n])).collect();
    check(
        folders
            .into_iter()
            .flat_map(|f| circles(&neighbours(&graph, f)))
            .collect(),
    );
}

#[test]
fn allowed_circles_are_named_in_the_architecture() {
    let text = fs::read_to_string(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("ARCHITECTURE.md")).unwrap();
    for group in ALLOWED {
        assert!(
            group.iter().all(|file| text.contains(&format!("`{file}`"))),
            "{group:?}"
        );
    }
}

#[test]
fn imports_are_found_in_every_form_and_tests_are_left_out() {
    let code = r##"
        //! use super::comment;
        use crate::{a::{b, c as d}, e};
        pub(super) use self::f::G;
        fn x<'a>() -> super::h::I { let _ = ('"', "crate::text", r#"crate::raw"#); j::k() }
        #[cfg(test)]
        use crate::only_tests;
        #[cfg(test)]
        mod tests { use super::*; fn y() { crate::inside() } }
        fn z() { crate::after() }
    "##;
    let found = paths(&without_tests(&bare(code)));
    assert_eq!(
        found,
        [
            "crate::a::b",
            "crate::a::c",
            "crate::e",
            "self::f::G",
            "super::h::I",
            "j::k",
            "crate::after"
        ]
    );
}

#[test]
fn a_circle_is_found_and_a_chain_is_not() {
    let module = |name: &str| vec![name.to_string()];
    let edges = |edges: &[(&str, &str)]| {
        let mut graph = Graph::new();
        for (from, to) in edges {
            graph.entry(module(to)).or_default();
            graph.entry(module(from)).or_default().insert(module(to));
        }
        circles(&graph)
    };
    assert!(edges(&[("a", "b"), ("b", "c"), ("a", "c")]).is_empty());
    let found = edges(&[("a", "b"), ("b", "c"), ("c", "a"), ("c", "d"), ("e", "a")]);
    assert_eq!(found.into_iter().collect::<Vec<_>>(), [["a", "b", "c"]]);
}
