//! The program: argument list in, exit code out. The commands live in [`spikedeck::cli`].

fn main() -> std::process::ExitCode {
    spikedeck::cli::main()
}
