//! Finds the runs below a folder. Bounded in depth and number; links, loops and folders that cannot be read are no errors.

use super::dir::RunDir;
use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet, BinaryHeap},
    ffi::OsString,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

/// The most folders within one folder that are looked into: the last ones by name, which for runs are the newest.
const ENTRIES: usize = 200_000;
/// Folders are read again every so many looks, whatever their times say: a link may lead elsewhere by now.
const SELDOM: u64 = 64;
/// How long ago a folder must have changed for its time to be trusted; times are coarse, some by two seconds.
const SETTLED: Duration = Duration::from_secs(3);

/// Every run among `roots`: a root that is a run itself, runs directly in it, and those in `runs/`, `*/runs/` and
/// `experiments/*/runs/` below it. Absolute, sorted by id (so by start), each once. What cannot be read is left out.
pub fn discover(roots: &[PathBuf]) -> Vec<PathBuf> {
    Discovery::new(roots.to_vec()).look().to_vec()
}

/// When `path` was last changed, if that is so long ago that any later change has a later time.
pub fn settled(path: &Path) -> Option<SystemTime> {
    let changed = std::fs::metadata(path).and_then(|m| m.modified()).ok()?;
    let age = SystemTime::now().duration_since(changed).ok()?;
    (age > SETTLED).then_some(changed)
}

/// [`discover`] again and again: a folder is read again only where its time has changed.
#[derive(Debug)]
pub struct Discovery {
    roots: Vec<PathBuf>,
    folders: BTreeMap<PathBuf, Folder>,
    looks: u64,
    runs: Vec<PathBuf>,
    most: usize,
}

/// A folder with more in it than is looked into.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// The folder.
    pub folder: PathBuf,
    /// How many folders in it were not looked into: the first ones by name.
    pub folders: u64,
}

impl std::fmt::Display for LeftOut {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let folder = self.folder.display().to_string();
        write!(
            f,
            "{}: the {} oldest folders in it (by name) were not looked into; {ENTRIES} are",
            super::text::clean(&folder),
            self.folders
        )
    }
}

/// What is in a folder.
#[derive(Debug, Default)]
struct Folder {
    /// When it was changed last, where that can be trusted.
    changed: Option<SystemTime>,
    /// Runs, absolute.
    runs: Vec<PathBuf>,
    /// Folders that are none, or not yet.
    others: Vec<PathBuf>,
    /// Folders that were not looked into.
    left_out: u64,
}

impl Discovery {
    /// Among these roots; looks at nothing yet.
    pub fn new(roots: Vec<PathBuf>) -> Discovery {
        Discovery {
            roots,
            folders: BTreeMap::new(),
            looks: 0,
            runs: Vec::new(),
            most: ENTRIES,
        }
    }

    /// What the last look left out.
    pub fn left_out(&self) -> Vec<LeftOut> {
        let with = self.folders.iter().filter(|(_, f)| f.left_out > 0);
        with.map(|(folder, f)| LeftOut {
            folder: folder.clone(),
            folders: f.left_out,
        })
        .collect()
    }

    /// The folders that hold, or may hold, runs, as the last look found them.
    pub fn homes(&self) -> Vec<PathBuf> {
        let of_runs = self.runs.iter().filter_map(|run| Some(run.parent()?.to_path_buf()));
        let looked_into = self.folders.keys().filter_map(|f| std::fs::canonicalize(f).ok());
        let homes: BTreeSet<PathBuf> = of_runs.chain(looked_into).collect();
        homes.into_iter().collect()
    }

    /// Every run there is now.
    pub fn look(&mut self) -> &[PathBuf] {
        let mut changed = self.looks.is_multiple_of(SELDOM);
        if changed {
            self.folders.clear();
        }
        self.looks += 1;
        let mut single = BTreeSet::new();
        // Whether the runs in it are shown: those in `experiments/` itself are not.
        let mut looked_into: BTreeMap<PathBuf, bool> = BTreeMap::new();
        for root in self.roots.clone() {
            if RunDir::is_run(&root) {
                single.extend(std::fs::canonicalize(root));
                continue;
            }
            let experiments = root.join("experiments");
            let mut below = vec![root.join("runs")];
            for (parent, shown) in [(root, true), (experiments, false)] {
                changed |= self.look_into(&parent);
                let folders = self.folders.get(&parent).into_iter().flat_map(|f| &f.others);
                below.extend(folders.map(|f| f.join("runs")));
                *looked_into.entry(parent).or_default() |= shown;
            }
            for folder in below {
                changed |= self.look_into(&folder);
                looked_into.insert(folder, true);
            }
        }
        // What was a folder and is gone.
        let before = self.folders.len();
        self.folders.retain(|folder, _| looked_into.contains_key(folder));
        if changed || self.folders.len() != before || !single.iter().all(|run| self.runs.contains(run)) {
            let shown = self
                .folders
                .iter()
                .filter(|(folder, _)| looked_into.get(*folder) == Some(&true));
            single.extend(shown.flat_map(|(_, folder)| folder.runs.iter().cloned()));
            self.runs = by_start(single);
        }
        &self.runs
    }

    /// Returns whether other runs are in it than at the last look.
    fn look_into(&mut self, path: &Path) -> bool {
        let changed = settled(path);
        if let Some(known) = self.folders.get_mut(path)
            && (known.changed.is_some() && known.changed == changed)
        {
            return known.runs_that_appeared();
        }
        let (others, left_out) = folders(path, self.most);
        let mut folder = Folder {
            changed,
            runs: Vec::new(),
            others,
            left_out,
        };
        folder.runs_that_appeared();
        let other = self
            .folders
            .get(path)
            .is_none_or(|known| known.runs != folder.runs || known.left_out != left_out);
        self.folders.insert(path.to_path_buf(), folder);
        other
    }
}

/// By id, which begins with the start.
fn by_start(runs: BTreeSet<PathBuf>) -> Vec<PathBuf> {
    let mut runs: Vec<PathBuf> = runs.into_iter().collect();
    runs.sort_by(|a, b| a.file_name().cmp(&b.file_name()).then_with(|| a.cmp(b)));
    runs
}

impl Folder {
    /// A folder becomes a run when its `run.toml` is written, which does not change the time of the one it lies in.
    fn runs_that_appeared(&mut self) -> bool {
        let before = self.runs.len();
        let (runs, others) = std::mem::take(&mut self.others)
            .into_iter()
            .partition(|p| RunDir::is_run(p));
        self.others = others;
        let runs: Vec<PathBuf> = runs;
        self.runs
            .extend(runs.iter().filter_map(|p| std::fs::canonicalize(p).ok()));
        self.runs.len() != before
    }
}

/// The folders in `folder`, links to folders included, sorted: the last `most` by name, and how many others there are;
/// nothing where it cannot be read.
fn folders(folder: &Path, most: usize) -> (Vec<PathBuf>, u64) {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return (Vec::new(), 0);
    };
    let is_folder = |e: &std::fs::DirEntry| match e.file_type() {
        Ok(kind) if kind.is_symlink() => e.path().is_dir(),
        Ok(kind) => kind.is_dir(),
        Err(_) => false,
    };
    let names = entries
        .flatten()
        .filter(|e| !e.file_name().as_encoded_bytes().starts_with(b"."))
        .filter(is_folder)
        .map(|e| e.file_name());
    let (mut last, mut left_out): (BinaryHeap<Reverse<OsString>>, u64) = (BinaryHeap::new(), 0);
    for name in names {
        last.push(Reverse(name));
        if last.len() > most {
            last.pop();
            left_out += 1;
        }
    }
    let found = last.into_sorted_vec().into_iter().rev();
    (found.map(|Reverse(name)| folder.join(name)).collect(), left_out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(at: PathBuf) -> PathBuf {
        std::fs::create_dir_all(&at).unwrap();
        std::fs::write(at.join("run.toml"), "schema = 1").unwrap();
        std::fs::canonicalize(at).unwrap()
    }

    #[test]
    fn runs_are_found_where_they_are_made_and_sorted_by_start() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().to_path_buf();
        let b = run(root.join("experiments/one/runs/20261123-100000-b-0000"));
        let a = run(root.join("two/runs/20261123-090000-a-0000"));
        let c = run(root.join("runs/20261123-110000-c-0000"));
        run(root.join("far/too/deep/runs/20261123-120000-d-0000"));
        assert_eq!(discover(std::slice::from_ref(&root)), [a.clone(), b.clone(), c]);
        assert_eq!(
            discover(&[root.join("experiments/one"), b.clone(), a.clone()]),
            [a.clone(), b]
        );
        assert_eq!(discover(&[root.join("two/runs")]), [a]);
    }

    #[test]
    fn runs_that_come_and_go_are_noticed_at_every_look() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().to_path_buf();
        let old = SystemTime::now() - Duration::from_secs(60);
        let age = |path: &Path| std::fs::File::open(path).unwrap().set_modified(old).unwrap();
        let a = run(root.join("one/runs/20261123-090000-a-0000"));
        let mut discovery = Discovery::new(vec![root.clone()]);
        for path in [&root, &root.join("one"), &root.join("one/runs")] {
            age(path);
        }
        for _ in 0..3 {
            assert_eq!(discovery.look(), std::slice::from_ref(&a));
        }
        let b = run(root.join("one/runs/20261123-100000-b-0000"));
        assert_eq!(discovery.look(), [a.clone(), b.clone()]);
        std::fs::remove_dir_all(&a).unwrap();
        assert_eq!(discovery.look(), std::slice::from_ref(&b));
        std::fs::create_dir(root.join("one/runs/20261123-110000-c-0000")).unwrap();
        age(&root.join("one/runs"));
        assert_eq!(discovery.look().len(), 1);
        let c = run(root.join("one/runs/20261123-110000-c-0000"));
        age(&root.join("one/runs"));
        assert_eq!(discovery.look(), [b.clone(), c.clone()]);
        let d = run(root.join("two/runs/20261123-120000-d-0000"));
        assert_eq!(discovery.look(), [b, c, d]);
        std::fs::remove_dir_all(root.join("one")).unwrap();
        assert_eq!(discovery.look().len(), 1);
    }

    #[test]
    fn of_a_folder_with_too_many_runs_the_newest_are_listed_and_the_others_counted() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().to_path_buf();
        let all: Vec<PathBuf> = (0..9)
            .map(|n| run(root.join(format!("runs/20261123-10000{n}-x-0000"))))
            .collect();
        let mut discovery = Discovery::new(vec![root.clone()]);
        discovery.most = 4;
        assert_eq!(discovery.look(), &all[5..]);
        let left_out = discovery.left_out();
        assert_eq!((left_out.len(), left_out[0].folders), (1, 5));
        assert!(
            left_out[0].to_string().contains("runs: the 5 oldest"),
            "{}",
            left_out[0]
        );
        let mut discovery = Discovery::new(vec![root]);
        assert_eq!((discovery.look().len(), discovery.left_out().len()), (9, 0));
    }

    #[test]
    fn loops_and_missing_folders_do_not_disturb() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().to_path_buf();
        let only = run(root.join("runs/20261123-100000-b-0000"));
        std::os::unix::fs::symlink(&root, root.join("loop")).unwrap();
        std::os::unix::fs::symlink(root.join("nowhere"), root.join("dangling")).unwrap();
        assert_eq!(
            discover(&[root.clone(), root.join("loop"), root.join("absent")]),
            [only]
        );
    }
}
