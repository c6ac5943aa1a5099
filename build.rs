//! Compiles the C++ side of the LibTorch kernels and tells the binary where LibTorch lies; without the feature `tch`
//! it does nothing.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    #[cfg(feature = "tch")]
    libtorch::build();
}

#[cfg(feature = "tch")]
mod libtorch {
    use std::env;
    use std::path::PathBuf;

    const SHIM: &str = "src/snn/backend/torch/shim.cpp";

    /// A variable whose change must build again.
    fn variable(name: &str) -> Option<String> {
        println!("cargo:rerun-if-env-changed={name}");
        env::var(name).ok().filter(|value| !value.is_empty())
    }

    /// The same variables as the crate torch-sys, so that both see one LibTorch.
    pub fn build() {
        println!("cargo:rerun-if-changed={SHIM}");
        let Some(root) = variable("LIBTORCH").map(PathBuf::from) else {
            println!(
                "cargo::error=LIBTORCH is not set, and the feature `tch` needs LibTorch 2.9; type: eval \"$(scripts/setup-libtorch)\""
            );
            return;
        };
        let include = variable("LIBTORCH_INCLUDE")
            .map_or_else(|| root.clone(), PathBuf::from)
            .join("include");
        let lib = variable("LIBTORCH_LIB")
            .map_or_else(|| root.clone(), PathBuf::from)
            .join("lib");
        if !include.join("ATen/ATen.h").is_file() {
            println!(
                "cargo::error={} holds no LibTorch headers; LIBTORCH must name the folder with include/ and lib/, as scripts/setup-libtorch makes it",
                include.display()
            );
            return;
        }
        // Wheels since 2.6 and the official archives use the C++11 string ABI.
        let abi = variable("LIBTORCH_CXX11_ABI").unwrap_or_else(|| "1".into());
        cc::Build::new()
            .cpp(true)
            .std("c++17")
            .includes([include.clone(), include.join("torch/csrc/api/include")])
            .define("_GLIBCXX_USE_CXX11_ABI", abi.as_str())
            // LibTorch's headers warn about themselves.
            .warnings(false)
            .file(SHIM)
            .compile("spikedeck_torch_shim");
        // So that the binary starts without LD_LIBRARY_PATH.
        println!("cargo:rustc-link-arg=-Wl,-rpath,{}", lib.display());
    }
}
