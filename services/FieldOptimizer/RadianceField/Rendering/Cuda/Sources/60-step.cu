// Adamax (Kingma and Ba 2015, algorithm 2), as Optimizers/Adamax.cs: beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8; the rate is bias-corrected.

__device__ inline void adamax(float &parameter, float gradient, float &moment, float &norm, float rate) {
  moment = fmaf(0.9f, moment, (1.0f - 0.9f) * gradient);
  moment = fabsf(moment) > 1e-16f ? moment : 0.0f;
  norm = fmaxf(0.999f * norm, fabsf(gradient) + 1e-8f);
  parameter -= rate * (moment / norm);
}

// Writes what is not there yet: voxels that no ray has touched for long are at rest, and a write costs as much as a read.
__device__ inline void store_changed(float4 *to, float4 before, float4 after) {
  if (after.x != before.x || after.y != before.y || after.z != before.z || after.w != before.w) {
    *to = after;
  }
}

// Four values per thread: reads gradient, parameters and moments once, writes them at most once, and leaves a gradient of zero.
extern "C" __global__ void step_voxels(SjcVoxelStep step) {
  long long at = 4LL * thread_index();
  if (at >= step.count) {
    return;
  }
  float4 gradient;
  if (step.gradient != nullptr) {
    gradient = *(float4 *)(step.gradient + at);
    store_changed((float4 *)(step.gradient + at), gradient, make_float4(0.0f, 0.0f, 0.0f, 0.0f));
  } else {
    int maximum = *step.maximum;
    longlong2 *sums = (longlong2 *)(step.fixedGradient + at);
    longlong2 low = sums[0];
    longlong2 high = sums[1];
    gradient = make_float4(from_fixed(low.x, maximum, step.bits), from_fixed(low.y, maximum, step.bits), from_fixed(high.x, maximum, step.bits), from_fixed(high.y, maximum, step.bits));
    if ((low.x | low.y | high.x | high.y) != 0) {
      sums[0] = sums[1] = make_longlong2(0, 0);
    }
  }
  const float4 parameters = *(float4 *)(step.parameters + at);
  const float4 moments = *(float4 *)(step.moment + at);
  const float4 norms = *(float4 *)(step.norm + at);
  float4 parameter = parameters;
  float4 moment = moments;
  float4 norm = norms;
  adamax(parameter.x, gradient.x, moment.x, norm.x, step.rate);
  adamax(parameter.y, gradient.y, moment.y, norm.y, step.rate);
  adamax(parameter.z, gradient.z, moment.z, norm.z, step.rate);
  adamax(parameter.w, gradient.w, moment.w, norm.w, step.rate);
  store_changed((float4 *)(step.parameters + at), parameters, parameter);
  store_changed((float4 *)(step.moment + at), moments, moment);
  store_changed((float4 *)(step.norm + at), norms, norm);
}

// The background's texels, and behind them the density's log scale.
extern "C" __global__ void step_small(SjcSmallStep step) {
  int at = thread_index();
  if (at < step.count && step.movesBackground) {
    float gradient = from_fixed(step.backgroundGradient[at], *step.maximum, step.bits);
    adamax(step.background[at], gradient, step.background[step.count + at], step.background[2 * step.count + at], step.backgroundRate);
  }
  if (at < step.count) {
    step.backgroundGradient[at] = 0;
  }
  if (at == step.count && step.movesDensityScale) {
    double gradient = sum_every(step.scaleParts, step.partCount, 1);
    adamax(step.densityScale[0], (float)gradient, step.densityScale[1], step.densityScale[2], step.scaleRate);
  }
}
