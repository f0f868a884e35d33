// The adjoint along the rays, far to near: T comes back by adding weights, as dividing by exp(-density * step) would give 0/0 on an
// opaque ray (docs/mathematics.md, equation 9).

// What each sample's colours gain, one thread per sample; stored where ray_adjoint puts the density's gradient in its place.
extern "C" __global__ void sample_gains(SjcView view) {
  const SjcTape &tape = view.tape;
  int at, sample, ray;
  if (!sample_of(tape, at, sample, ray)) {
    return;
  }
  long long pitch = (long long)tape.capacity * tape.rays;
  float seen = 0.0f;
  if (tape.weights[at] > tape.weightThreshold) {
    for (int channel = 0; channel < view.field.channels; channel++) {
      seen = fmaf(tape.imageGradient[channel * tape.rays + ray], tape.colors[channel * pitch + at], seen);
    }
  }
  tape.densityGradients[at] = seen;
}

extern "C" __global__ void ray_adjoint(SjcView view) {
  const SjcTape &tape = view.tape;
  int ray = thread_index();
  if (ray >= tape.rays) {
    return;
  }
  int channels = view.field.channels;
  float depthGradient = tape.depthGradient[ray];
  float backgroundGain = 10.0f * depthGradient;
  int greatestColor = 0;
  for (int channel = 0; channel < channels; channel++) {
    float gradient = tape.imageGradient[channel * tape.rays + ray];
    int bits = __float_as_int(fabsf(gradient));
    greatestColor = greatestColor > bits ? greatestColor : bits;
    backgroundGain = fmaf(gradient, tape.backgroundColors[channel * tape.rays + ray], backgroundGain);
  }
  double longest = (double)((int)(__int_as_float(*tape.longest) / tape.stepLength) + 1);
  float emptiness = (float)(tape.emptinessWeight * (double)tape.emptinessScale / (longest * tape.rays));

  float transmittance = tape.transmittance[ray];
  float behind = 0.0f;
  double scaleGradient = 0.0;
  int greatest = greatestColor;
  float firstDistance = tape.firstDistance[ray];
  for (int last = tape.counts[ray] - 1; last >= 0; last -= Ahead) {
    float weights[Ahead], seen[Ahead], slopes[Ahead], densities[Ahead];
    for (int i = 0; i < Ahead; i++) {
      int at = (last - i) * tape.rays + ray;
      weights[i] = last >= i ? tape.weights[at] : 0.0f;
      seen[i] = last >= i ? tape.densityGradients[at] : 0.0f;
      slopes[i] = last >= i ? tape.slopes[at] : 0.0f;
      densities[i] = last >= i ? tape.densities[at] : 0.0f;
    }
    for (int i = 0; i < Ahead; i++) {
      if (last >= i) {
        float gain = fmaf(depthGradient, distance_at(tape, firstDistance, last - i), seen[i] - backgroundGain);
        gain += emptiness / fmaf(weights[i], tape.emptinessScale, 1.0f);
        float gradient = (transmittance * gain - behind) * slopes[i];
        behind = fmaf(weights[i], gain, behind);
        transmittance += weights[i];
        tape.densityGradients[(last - i) * tape.rays + ray] = gradient;
        scaleGradient += (double)gradient * densities[i];
        int bits = __float_as_int(fabsf(gradient));
        greatest = greatest > bits ? greatest : bits;
      }
    }
  }
  tape.scaleGradients[ray] = scaleGradient;
  if (greatest != 0) {
    atomicMax(view.gradient.maxima, greatest);
  }
  if (greatestColor != 0) {
    atomicMax(view.gradient.maxima + 1, greatestColor);
  }
}

// The gradient of one component of a sample.
__device__ inline float sample_gradient(const SjcField &field, const SjcTape &tape, int component, int ray, int at, bool isVisible) {
  if (component == field.channels) {
    return tape.densityGradients[at];
  }
  if (!isVisible) {
    return 0.0f;
  }
  float color = tape.colors[component * ((long long)tape.capacity * tape.rays) + at];
  return tape.weights[at] * tape.imageGradient[component * tape.rays + ray] * activation_slope(field.colorMode, color);
}

// Adds a sample's gradient to the eight corners of its cell: as floats, in whatever order, or in fixed point.
template <bool isFixed>
__device__ inline void scatter_sample(const SjcView &view) {
  const SjcTape &tape = view.tape;
  const SjcField &field = view.field;
  int at, sample, ray;
  if (!sample_of(tape, at, sample, ray)) {
    return;
  }
  bool isVisible = tape.weights[at] > tape.weightThreshold;
  if (!isVisible && tape.densityGradients[at] == 0.0f) {
    return;
  }
  Cell cell = locate(field, tape, ray, sample);
  float scale = isFixed ? power_of_two(fixed_exponent(view.gradient.maxima[0], view.gradient.voxelBits)) : 0.0f;
  int grouped = 4 * group_count(field);
  for (int first = 0; first <= field.channels; first += first < grouped ? 4 : 1) {
    int lanes = first < grouped ? 4 : 1;
    float value[4];
    bool any = false;
    for (int lane = 0; lane < 4; lane++) {  // as often for all, so that the values stay in registers
      value[lane] = lane < lanes ? sample_gradient(field, tape, first + lane, ray, at, isVisible) : 0.0f;
      any = any || value[lane] != 0.0f;
    }
    for (int corner = 0; any && corner < 8; corner++) {
      int voxel;
      float weight;
      if (!corner_of(field, cell, corner, voxel, weight) || weight == 0.0f) {
        continue;
      }
      long long to = component_at(field, first, voxel);
      if (isFixed) {
        for (int lane = 0; lane < 4; lane++) {
          add_fixed(view.gradient.fixedVoxels + to + lane, weight * value[lane], scale);
        }
      } else if (lanes == 4) {
        add_group(view.gradient.voxels + to, make_float4(weight * value[0], weight * value[1], weight * value[2], weight * value[3]));
      } else {
        atomicAdd(view.gradient.voxels + to, weight * value[0]);
      }
    }
  }
}

extern "C" __global__ void scatter(SjcView view) { scatter_sample<false>(view); }

extern "C" __global__ void scatter_fixed(SjcView view) { scatter_sample<true>(view); }

// One thread per ray and channel; always in fixed point, as many rays meet in few texels.
extern "C" __global__ void background_adjoint(SjcView view) {
  const SjcTape &tape = view.tape;
  const SjcField &field = view.field;
  int index = thread_index();
  int channel = index / tape.rays;
  int ray = index % tape.rays;
  if (channel >= field.channels) {
    return;
  }
  float value = tape.transmittance[ray] * tape.imageGradient[index] * activation_slope(field.colorMode, tape.backgroundColors[index]);
  float scale = power_of_two(fixed_exponent(view.gradient.maxima[1], view.gradient.backgroundBits));
  float u, v;
  spherical(tape, ray, u, v);
  for (int corner = 0; corner < 4; corner++) {
    int texel;
    float weight;
    if (texel_of(field, u, v, corner, texel, weight)) {
      add_fixed(view.gradient.background + channel * field.backgroundHeight * field.backgroundWidth + texel, weight * value, scale);
    }
  }
}

// Part p sums values p, p + partCount, ...: one order whatever the device does.
extern "C" __global__ void sum_parts(SjcSum sum) {
  int part = thread_index();
  if (part >= sum.partCount) {
    return;
  }
  sum.parts[part] = part < sum.count ? sum_every(sum.values + part, (sum.count - part + sum.partCount - 1) / sum.partCount, sum.partCount) : 0.0;
}
