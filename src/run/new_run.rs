//! Planning and creating a run: from a specification to a directory that a worker can be started on.

use super::{
    RunDir, SCHEMA, clock,
    error::RunError,
    manifest::Manifest,
    place::{checkpoints_folder, new_run_id, runs_folder},
    revision,
};
use crate::spec::Experiment;
use std::path::PathBuf;

/// Everything a new run is made of.
#[derive(Debug, Clone)]
pub struct NewRun {
    /// What is to be trained.
    pub spec: Experiment,
    /// The file it was read from: the run goes beside it.
    pub spec_file: PathBuf,
    /// `--runs`: the folder for the run instead.
    pub runs: Option<PathBuf>,
    /// `--checkpoints`: the folder for every run's checkpoints.
    pub checkpoints: Option<PathBuf>,
    /// The folder of data sets.
    pub data: PathBuf,
    /// The checkpoint whose weights it starts from.
    pub parent: Option<PathBuf>,
    /// Its id, where it must be found again by that name; else one is made up.
    pub id: Option<String>,
    /// The command line.
    pub argv: Vec<String>,
}

impl NewRun {
    /// The folder that the run will be created in.
    ///
    /// # Errors
    /// When the working folder is gone.
    pub fn runs_folder(&self) -> Result<PathBuf, RunError> {
        runs_folder(&self.spec_file, self.runs.as_deref())
    }

    /// The manifest of a run started now, under a new id.
    ///
    /// # Errors
    /// When the working folder is gone.
    pub fn manifest(&self) -> Result<Manifest, RunError> {
        let now = clock::now();
        let id = self.id.clone().unwrap_or_else(|| new_run_id(&self.spec.name, now));
        Ok(Manifest {
            schema: SCHEMA,
            name: self.spec.name.clone(),
            created: clock::text(now),
            version: env!("CARGO_PKG_VERSION").into(),
            revision: revision::of_working_folder(),
            argv: self.argv.clone(),
            checkpoints: free(checkpoints_folder(&self.spec_file, self.checkpoints.as_deref())?.join(&id)),
            data: super::place::absolute(&self.data)?,
            parent: self.parent.clone(),
            fork: false,
            spec: self.spec.clone(),
            id,
        })
    }

    /// Creates the run's directory. No worker is started.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub fn create(&self) -> Result<RunDir, RunError> {
        RunDir::create(&self.runs_folder()?, &self.manifest()?)
    }
}

/// This folder, or one with a number behind it where another run's checkpoints are there already: a name that was chosen
/// may have been chosen before.
fn free(folder: PathBuf) -> PathBuf {
    let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let numbered = (2..1000).map(|n| folder.with_file_name(format!("{name}-{n}")));
    let mut all = std::iter::once(folder.clone()).chain(numbered);
    all.find(|f| std::fs::symlink_metadata(f).is_err()).unwrap_or(folder)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::testing;

    #[test]
    fn two_runs_of_one_specification_have_two_directories() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("experiments/one");
        std::fs::create_dir_all(&folder).unwrap();
        let new = NewRun {
            spec: testing::experiment(),
            spec_file: folder.join("experiment.toml"),
            runs: None,
            checkpoints: None,
            data: "/d".into(),
            parent: None,
            id: None,
            argv: vec![],
        };
        let (a, b) = (new.create().unwrap(), new.create().unwrap());
        assert_ne!(a, b);
        let real = std::fs::canonicalize(home.path()).unwrap();
        assert!(a.path().starts_with(real.join("experiments/one/runs")));
        assert_eq!(
            a.read_manifest().unwrap().checkpoints,
            real.join("checkpoints").join(a.id())
        );
    }
}
