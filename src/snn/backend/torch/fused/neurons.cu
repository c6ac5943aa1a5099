// A layer of LIF neurons over all time steps, with the scale and shift of the batch norm before it and the average pool
// behind it, as one kernel each way; planes are [rows, C, H, W]. Compiled while the program runs, by NVRTC, once for each
// layer's set of switches:
//
//   STEPS     T
//   CONSTANT  1 if the input is one step that all steps share
//   SOFT      1: v = u - theta*s, 0: v = u*(1 - s)
//   DETACH    1 to cut the reset out of the gradient
//   STRICT    1: fires on u - theta > 0, 0: on >= 0
//   NORMED    1 if scale and shift are to be applied
//   POOL      k of the k x k pool behind, 1 for none
//   SURROGATE 0 triangle, 1 sigmoid, 2 arctan, 3 rectangle, 4 gaussian, 5 straight-through
//
// One thread has the neurons of one window of the pool. Products and sums are not joined (--fmad=false): spikes are those of
// the CPU, bit for bit.

struct Layer {
  int maps, channels, height, width;  // of one time step; maps are images x channels
  float leak, threshold, parameter;   // the surrogate's parameter
};

__device__ float slope(float over, float p) {
#if SURROGATE == 0
  return fmaxf(p - fabsf(over), 0.0f) * (1.0f / (p * p));
#elif SURROGATE == 1
  const float s = 1.0f / (1.0f + expf(-p * over));
  return p * s * (1.0f - s);
#elif SURROGATE == 2
  const float z = 0.5f * 3.14159265358979f * p * over;
  return 0.5f * p / (1.0f + z * z);
#elif SURROGATE == 3
  return fabsf(over) < 0.5f * p ? 1.0f / p : 0.0f;
#elif SURROGATE == 4
  return 1.0f / (p * sqrtf(2.0f * 3.14159265358979f)) * expf(-0.5f * (over / p) * (over / p));
#else
  return 1.0f;
#endif
}

// Where a window and its neurons lie.
struct Window {
  long long index, windows, neurons, first;
  int channel, width;
};

__device__ bool window_of(const Layer &l, Window &w) {
  const int across = l.width / POOL, down = l.height / POOL;
  w.windows = (long long)l.maps * down * across;
  w.neurons = (long long)l.maps * l.height * l.width;
  w.index = (long long)blockIdx.x * blockDim.x + threadIdx.x;
  if (w.index >= w.windows) return false;
  const long long map = w.index / ((long long)down * across);
  const int inside = (int)(w.index % ((long long)down * across));
  w.channel = (int)(map % l.channels);
  w.width = l.width;
  w.first = (map * l.height + inside / across * POOL) * l.width + inside % across * POOL;
  return true;
}

__device__ float current(const float *x, const float *scale, const float *shift, const Window &w, int t, long long at) {
  const float value = x[(CONSTANT ? 0 : t) * w.neurons + at];
#if NORMED
  return value * scale[w.channel] + shift[w.channel];
#else
  return value;
#endif
}

// One step: from the membrane v after the last reset to the potential, and v after this one.
__device__ float advance(float &v, float x, const Layer &l, bool &fires) {
  const float u = v * l.leak + x, over = u - l.threshold;
  fires = STRICT ? over > 0.0f : over >= 0.0f;
  v = fires ? (SOFT ? over : 0.0f) : u;
  return u;
}

extern "C" __global__ void fire(const float *x, const float *scale, const float *shift, float *y, Layer l) {
  Window w;
  if (!window_of(l, w)) return;
  float v[POOL * POOL];
  for (int i = 0; i < POOL * POOL; ++i) v[i] = 0.0f;
  for (int t = 0; t < STEPS; ++t) {
    float sum = 0.0f;
    for (int i = 0; i < POOL * POOL; ++i) {
      const long long at = w.first + i / POOL * w.width + i % POOL;
      bool fires;
      advance(v[i], current(x, scale, shift, w, t, at), l, fires);
      sum += fires ? 1.0f : 0.0f;
    }
    y[t * w.windows + w.index] = sum * (1.0f / (POOL * POOL));
  }
}

extern "C" __global__ void carry(const float *x, const float *scale, const float *shift, const float *gy, float *gx,
                                 Layer l) {
  Window w;
  if (!window_of(l, w)) return;
  float u[STEPS];
  for (int i = 0; i < POOL * POOL; ++i) {
    const long long at = w.first + i / POOL * w.width + i % POOL;
    float v = 0.0f, gv = 0.0f, total = 0.0f;
    bool fires;
    for (int t = 0; t < STEPS; ++t) u[t] = advance(v, current(x, scale, shift, w, t, at), l, fires);
    for (int t = STEPS - 1; t >= 0; --t) {
      const float gs = gy[t * w.windows + w.index] * (1.0f / (POOL * POOL));
      const float over = u[t] - l.threshold;
      fires = STRICT ? over > 0.0f : over >= 0.0f;
      const float keep = fires && !SOFT ? 0.0f : gv;
      const float reset = SOFT ? l.threshold : u[t];
      const float gu = (DETACH ? gs : gs - gv * reset) * slope(over, l.parameter) + keep;
      gv = gu * l.leak;
      total += gu;
      if (!CONSTANT) gx[t * w.neurons + at] = gu;
    }
    if (CONSTANT) gx[at] = total;
  }
}
