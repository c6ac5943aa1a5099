// What the Rust binding of LibTorch (the crate `tch`) leaves out: backward passes with a mask that says which
// gradients are wanted, and the switches for float precision and determinism on CUDA.
//
// Tensors cross as pointers to at::Tensor: arguments stay the caller's, results are new heap objects that the caller
// owns. No exception crosses: a function returns false and leaves its message in `error`, cut to `error_size` bytes
// with the final zero.

#include <ATen/Context.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/convolution_backward.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/native_batch_norm_backward.h>
#include <torch/version.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <exception>
#include <memory>
#include <tuple>
#include <utility>

namespace {

// Mirrors `Geometry` in shim.rs.
struct Geometry {
  int64_t rows, channels, height, width, outputs, kernel, stride, padding;
};

void report(const char *what, char *error, size_t error_size) {
  if (error_size == 0) return;
  const size_t n = std::min(std::strlen(what), error_size - 1);
  std::memcpy(error, what, n);
  error[n] = '\0';
}

template <typename F>
bool guarded(char *error, size_t error_size, F run) {
  try {
    run();
    return true;
  } catch (const c10::Error &e) {
    // Without the C++ backtrace that what() appends.
    report(e.what_without_backtrace(), error, error_size);
  } catch (const std::exception &e) {
    report(e.what(), error, error_size);
  } catch (...) {
    report("an exception that is no std::exception", error, error_size);
  }
  return false;
}

std::tuple<at::Tensor, at::Tensor, at::Tensor> convolution(const at::Tensor &gy, const at::Tensor &x,
                                                           const at::Tensor &w, const Geometry &g,
                                                           std::array<bool, 3> wanted) {
  const int64_t bias[] = {g.outputs};
  const int64_t stride[] = {g.stride, g.stride};
  const int64_t padding[] = {g.padding, g.padding};
  const int64_t one[] = {1, 1};
  const int64_t zero[] = {0, 0};
  return at::convolution_backward(gy, x, w, at::IntArrayRef(bias), stride, padding, one, /*transposed=*/false, zero,
                                  /*groups=*/1, wanted);
}

}  // namespace

extern "C" {

// Gradient of a convolution's input. Only the shape of the input is needed: an uninitialised tensor stands in.
bool spikedeck_convolution_input(const at::Tensor *gy, const at::Tensor *w, const Geometry *g, at::Tensor **gx,
                                 char *error, size_t error_size) {
  return guarded(error, error_size, [&] {
    // In the order of gy, or LibTorch would sort both into another one.
    const auto x = at::empty({g->rows, g->channels, g->height, g->width},
                             gy->options().memory_format(gy->suggest_memory_format()));
    auto grads = convolution(*gy, x, *w, *g, {true, false, false});
    *gx = new at::Tensor(std::move(std::get<0>(grads)));
  });
}

// Gradients of a convolution's weights and bias; here the weights' shape suffices.
bool spikedeck_convolution_weight(const at::Tensor *gy, const at::Tensor *x, const Geometry *g, at::Tensor **gw,
                                  at::Tensor **gb, char *error, size_t error_size) {
  return guarded(error, error_size, [&] {
    const auto w = at::empty({g->outputs, g->channels, g->kernel, g->kernel}, gy->options());
    auto grads = convolution(*gy, *x, w, *g, {false, true, true});
    // Both allocations first: nothing may be handed over when the second one fails.
    auto weight = std::make_unique<at::Tensor>(std::move(std::get<1>(grads)));
    *gb = new at::Tensor(std::move(std::get<2>(grads)));
    *gw = weight.release();
  });
}

// Gradients of a batch norm in training mode: input, gamma, beta.
bool spikedeck_norm_backward(const at::Tensor *gy, const at::Tensor *x, const at::Tensor *gamma,
                             const at::Tensor *mean, const at::Tensor *inverse_deviation, double eps, at::Tensor **gx,
                             at::Tensor **g_gamma, at::Tensor **g_beta, char *error, size_t error_size) {
  return guarded(error, error_size, [&] {
    auto grads = at::native_batch_norm_backward(*gy, *x, *gamma, {}, {}, *mean, *inverse_deviation, /*train=*/true,
                                                eps, {true, true, true});
    auto input = std::make_unique<at::Tensor>(std::move(std::get<0>(grads)));
    auto scale = std::make_unique<at::Tensor>(std::move(std::get<1>(grads)));
    *g_beta = new at::Tensor(std::move(std::get<2>(grads)));
    *g_gamma = scale.release();
    *gx = input.release();
  });
}

// Process-wide: CUDA in full f32 (cuDNN's default rounds a convolution's factors to TF32, 10 bits), or with TF32 where it
// is asked for; either way with the same algorithms and the same order of sums in every run.
bool spikedeck_float_precision(bool tf32, char *error, size_t error_size) {
  return guarded(error, error_size, [tf32] {
    auto &context = at::globalContext();
#if TORCH_VERSION_MAJOR > 2 || TORCH_VERSION_MINOR > 9
    const auto precision = tf32 ? at::Float32Precision::TF32 : at::Float32Precision::IEEE;
    for (const auto op : {at::Float32Op::CONV, at::Float32Op::RNN, at::Float32Op::MATMUL})
      context.setFloat32Precision(at::Float32Backend::CUDA, op, precision);
#else
    for (const auto op : {"conv", "rnn", "matmul"}) context.setFloat32Precision("cuda", op, tf32 ? "tf32" : "ieee");
#endif
    context.setDeterministicCuDNN(true);
    context.setBenchmarkCuDNN(false);
  });
}

}  // extern "C"
