// The forward pass: densities of all samples, weights along each ray, colours where the weight counts, and the sums.

// Whether a set voxel has a weight above zero at a sample.
__device__ inline bool is_masked_in(const SjcField &field, const Cell &cell) {
  for (int corner = 0; corner < 8; corner++) {
    int voxel;
    float weight;
    if (corner_of(field, cell, corner, voxel, weight) && weight > 0.0f && field.mask[voxel] != 0) {
      return true;
    }
  }
  return false;
}

extern "C" __global__ void sample_density(SjcView view) {
  const SjcTape &tape = view.tape;
  int at, sample, ray;
  if (!sample_of(tape, at, sample, ray)) {
    return;
  }
  Cell cell = locate(view.field, tape, ray, sample);
  bool active = view.field.mask == nullptr || is_masked_in(view.field, cell);
  float density = active ? interpolate(view.field, cell, view.field.channels) : 0.0f;
  float scale = expf(*view.field.densityScale);
  float sigmoid;
  float sigma = softplus(fmaf(density, scale, view.field.densityShift), sigmoid);
  tape.densities[at] = density;
  tape.slopes[at] = active ? sigmoid * (scale * tape.stepLength) : 0.0f;
  tape.weights[at] = active ? expf(-sigma * tape.stepLength) : 1.0f;  // what passes, until attenuate turns it into a weight
}

extern "C" __global__ void attenuate(SjcView view) {
  const SjcTape &tape = view.tape;
  int ray = thread_index();
  if (ray >= tape.rays) {
    return;
  }
  float transmittance = 1.0f;
  float depth = 0.0f;
  double product = 1.0;
  double logarithms = 0.0;
  int count = tape.counts[ray];
  float firstDistance = tape.firstDistance[ray];
  for (int first = 0; first < count; first += Ahead) {
    float passing[Ahead];
    for (int i = 0; i < Ahead; i++) {
      passing[i] = first + i < count ? tape.weights[(first + i) * tape.rays + ray] : 1.0f;
    }
    for (int i = 0; i < Ahead; i++) {
      if (first + i < count) {
        float next = transmittance * passing[i];
        next = next < 1e-20f ? 0.0f : next;  // what lies behind is invisible
        float weight = transmittance - next;
        tape.weights[(first + i) * tape.rays + ray] = weight;
        transmittance = next;
        depth = fmaf(weight, distance_at(tape, firstDistance, first + i), depth);
        product *= 1.0 + (double)tape.emptinessScale * weight;
        if (product > 1e200) {
          logarithms += log(product);
          product = 1.0;
        }
      }
    }
  }
  tape.transmittance[ray] = transmittance;
  tape.depth[ray] = depth + 10.0f * transmittance;
  tape.emptinessSums[ray] = logarithms + log(product);
}

// The sums of log(1 + scale * w) again, where the scale is another than in the forward pass.
extern "C" __global__ void sum_emptiness(SjcView view) {
  const SjcTape &tape = view.tape;
  int ray = thread_index();
  if (ray >= tape.rays) {
    return;
  }
  double sum = 0.0;
  for (int sample = 0; sample < tape.counts[ray]; sample++) {
    sum += log(1.0 + (double)tape.emptinessScale * tape.weights[sample * tape.rays + ray]);
  }
  tape.emptinessSums[ray] = sum;
}

extern "C" __global__ void sample_colors(SjcView view) {
  const SjcTape &tape = view.tape;
  const SjcField &field = view.field;
  int at, sample, ray;
  if (!sample_of(tape, at, sample, ray) || !(tape.weights[at] > tape.weightThreshold)) {
    return;
  }
  Cell cell = locate(field, tape, ray, sample);
  long long pitch = (long long)tape.capacity * tape.rays;
  int grouped = 4 * group_count(field);
  for (int component = 0; component < grouped; component += 4) {
    float4 value = interpolate_group(field, cell, component / 4);
    float parts[4] = {value.x, value.y, value.z, value.w};
    for (int lane = 0; lane < 4; lane++) {
      if (component + lane < field.channels) {
        tape.colors[(component + lane) * pitch + at] = activate(field.colorMode, parts[lane]);
      }
    }
  }
  for (int component = grouped; component < field.channels; component++) {
    tape.colors[component * pitch + at] = activate(field.colorMode, interpolate(field, cell, component));
  }
}

__device__ inline float background_color(const SjcField &field, const SjcTape &tape, int channel, int ray) {
  if (field.backgroundHeight == 0) {
    return field.background[channel];
  }
  float u, v;
  spherical(tape, ray, u, v);
  float sum = 0.0f;
  for (int corner = 0; corner < 4; corner++) {
    int texel;
    float weight;
    if (texel_of(field, u, v, corner, texel, weight)) {
      sum = fmaf(weight, field.background[channel * field.backgroundHeight * field.backgroundWidth + texel], sum);
    }
  }
  return activate(field.colorMode, sum);
}

// One thread per ray and channel.
extern "C" __global__ void composite(SjcView view) {
  const SjcTape &tape = view.tape;
  int index = thread_index();
  int channel = index / tape.rays;
  int ray = index % tape.rays;
  if (channel >= view.field.channels) {
    return;
  }
  const float *colors = tape.colors + (long long)channel * tape.capacity * tape.rays;
  float sum = 0.0f;
  int count = tape.counts[ray];
  for (int first = 0; first < count; first += Ahead) {
    float weights[Ahead];
    float seen[Ahead];
    for (int i = 0; i < Ahead; i++) {
      weights[i] = first + i < count ? tape.weights[(first + i) * tape.rays + ray] : 0.0f;
    }
    for (int i = 0; i < Ahead; i++) {
      bool isVisible = first + i < count && weights[i] > tape.weightThreshold;
      seen[i] = isVisible ? colors[(first + i) * tape.rays + ray] : 0.0f;
      weights[i] = isVisible ? weights[i] : 0.0f;
    }
    for (int i = 0; i < Ahead; i++) {
      sum = fmaf(weights[i], seen[i], sum);
    }
  }
  float background = background_color(view.field, tape, channel, ray);
  tape.backgroundColors[index] = background;
  tape.image[index] = sum + tape.transmittance[ray] * background;
}
