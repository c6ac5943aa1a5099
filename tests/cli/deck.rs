//! A workplace for tests: the real program in a temporary folder, with a run small enough to take seconds.

use serde_json::Value;
use spikedeck::run::{RunDir, metric::Metric, new_run::NewRun};
use spikedeck::spec::Experiment;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

/// How long anything may take before a test gives up waiting for it.
pub const PATIENCE: Duration = Duration::from_secs(120);

const SPEC: &str = r#"
[data]
name = "glyphs"
limit = 240
[network]
family = "vgg"
blocks = [[4, "pool"], [8, "pool"]]
classes = 10
image = [1, 16, 16]
mean = [0.2]
std = [0.3]
steps = 2
[train]
recipe = "sr"
epochs = 6
batch = 16
lr = 0.02
[objective]
lambda = 0.002
[checkpoint]
every = 7
keep = 100
[attack]
attacks = ["fgsm", "pgd:3"]
eps = ["4/255", "8/255"]
samples = 60
"#;

pub struct Deck {
    pub folder: tempfile::TempDir,
}

impl Deck {
    pub fn new() -> Deck {
        let deck = Deck {
            folder: tempfile::tempdir().unwrap(),
        };
        std::fs::create_dir_all(deck.path("experiments/tiny")).unwrap();
        std::fs::write(deck.path("experiments/tiny/experiment.toml"), SPEC).unwrap();
        deck
    }

    /// Puts other words into the experiment's file.
    pub fn change_spec(&self, words: &str, others: &str) {
        let file = self.path("experiments/tiny/experiment.toml");
        let text = std::fs::read_to_string(&file).unwrap();
        assert!(text.contains(words), "{words} is not in {text}");
        std::fs::write(file, text.replace(words, others)).unwrap();
    }

    pub fn path(&self, inside: &str) -> PathBuf {
        self.folder.path().join(inside)
    }

    /// The program, in the deck's folder, without anything of the machine's configuration.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_spikedeck"));
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .stdin(Stdio::null());
        command.env("XDG_CONFIG_HOME", self.path("config-home"));
        command.env_remove("SPIKEDECK_DATA").env("RAYON_NUM_THREADS", "2");
        command
    }

    pub fn output(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// Runs a command that must succeed; the object on its last line.
    pub fn done(&self, arguments: &[&str]) -> Value {
        let (code, answer) = self.json(arguments);
        assert_eq!(code, 0, "{answer}");
        answer
    }

    /// Runs a command with `--json`; its exit code and the object on its last line.
    pub fn json(&self, arguments: &[&str]) -> (i32, Value) {
        let output = self.output(&[arguments, &["--json"]].concat());
        let text = String::from_utf8(output.stdout).unwrap();
        let last = text.trim_end().lines().last().unwrap_or_default();
        let value = serde_json::from_str(last).unwrap_or_else(|e| {
            panic!(
                "{arguments:?}: {e}: {text}\n{}",
                String::from_utf8_lossy(&output.stderr)
            )
        });
        (output.status.code().unwrap_or(-1), value)
    }

    /// Attacks a checkpoint with these options, separated by spaces; the exit code and the answer.
    pub fn attack(&self, checkpoint: &str, options: &str) -> (i32, Value) {
        let options: Vec<&str> = options.split_whitespace().collect();
        self.json(&[&["attack", checkpoint][..], &options].concat())
    }

    /// As [`Deck::attack`], where it must succeed.
    pub fn attacked(&self, checkpoint: &str, options: &str) -> Value {
        let (code, answer) = self.attack(checkpoint, options);
        assert_eq!(code, 0, "{options}: {answer}");
        answer
    }

    pub fn spawn(&self, arguments: &[&str]) -> Child {
        self.command(arguments)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap()
    }

    /// Creates a run without starting a worker.
    pub fn create(&self, set: &[&str]) -> RunDir {
        let spec_file = self.path("experiments/tiny/experiment.toml");
        let set: Vec<String> = set.iter().map(|s| s.to_string()).collect();
        let new = NewRun {
            spec: Experiment::load(&spec_file, &set).unwrap(),
            spec_file,
            runs: None,
            checkpoints: None,
            data: self.path("data"),
            parent: None,
            id: None,
            argv: Vec::new(),
        };
        new.create().unwrap()
    }

    /// Starts a run detached and returns its directory.
    pub fn start(&self, set: &[&str]) -> RunDir {
        let mut arguments = vec!["train", "experiments/tiny", "--detach"];
        for s in set {
            arguments.extend(["--set", s]);
        }
        let (code, answer) = self.json(&arguments);
        assert_eq!((code, answer["state"].as_str()), (0, Some("running")), "{answer}");
        RunDir::open(Path::new(answer["run"].as_str().unwrap())).unwrap()
    }

    /// The only run there is.
    pub fn only_run(&self) -> RunDir {
        let runs = || std::fs::read_dir(self.path("experiments/tiny/runs")).ok()?.next()?.ok();
        let run = until(|| runs().and_then(|r| RunDir::open(&r.path()).ok()));
        RunDir::open(run.path()).unwrap()
    }
}

/// Waits for something to be there.
pub fn until<T>(mut look: impl FnMut() -> Option<T>) -> T {
    let started = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(started.elapsed() < PATIENCE, "nothing came");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Whole metric lines so far.
pub fn metrics(run: &RunDir) -> Vec<Metric> {
    spikedeck::run::journal::read_all(&run.metrics())
}

/// Waits until the run has taken that many steps.
pub fn until_step(run: &RunDir, step: u64) {
    until(|| metrics(run).last().is_some_and(|m| m.step >= step).then_some(()));
}

/// The process id of the run's worker.
pub fn worker(run: &RunDir) -> u32 {
    until(|| run.read_status().ok().flatten().map(|s| s.pid))
}

pub fn signal(pid: u32, name: &str) {
    let done = Command::new("kill")
        .args([format!("-{name}"), pid.to_string()])
        .status()
        .unwrap();
    assert!(done.success(), "kill -{name} {pid}");
}

/// Waits until the process is gone.
pub fn until_gone(pid: u32) {
    let stat = format!("/proc/{pid}/stat");
    until(|| {
        let text = std::fs::read_to_string(&stat).unwrap_or_default();
        (text.is_empty() || text.contains(") Z ")).then_some(())
    });
}
