//! Kernels for LibTorch, CPU and CUDA, through libtorch itself. Planes are channels first.
