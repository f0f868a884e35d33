// What is done to a whole field outside of the step: alpha mask, change of the grid's size, values at points.

// Opacity over one voxel, 1 - exp(-density * length).
extern "C" __global__ void voxel_alpha(SjcAlpha alpha) {
  int voxel = thread_index();
  if (voxel >= voxel_count(alpha.field)) {
    return;
  }
  double x = exp((double)*alpha.field.densityScale) * alpha.field.voxels[component_at(alpha.field, alpha.field.channels, voxel)] + alpha.field.densityShift;
  double density = x > 20.0 ? x : log(1.0 + exp(x));
  alpha.alpha[voxel] = (float)(1.0 - exp(-density * alpha.voxelLength));
}

// Whether the greatest opacity of a voxel and its 26 neighbours is above the threshold.
extern "C" __global__ void grow_mask(SjcAlpha alpha) {
  int voxel = thread_index();
  const SjcField &field = alpha.field;
  if (voxel >= voxel_count(field)) {
    return;
  }
  int x = voxel % field.gridX;
  int y = voxel / field.gridX % field.gridY;
  int z = voxel / field.gridX / field.gridY;
  float greatest = 0.0f;
  for (int k = z > 0 ? z - 1 : 0; k <= z + 1 && k < field.gridZ; k++) {
    for (int j = y > 0 ? y - 1 : 0; j <= y + 1 && j < field.gridY; j++) {
      for (int i = x > 0 ? x - 1 : 0; i <= x + 1 && i < field.gridX; i++) {
        greatest = fmaxf(greatest, alpha.alpha[(k * field.gridY + j) * field.gridX + i]);
      }
    }
  }
  alpha.mask[voxel] = greatest > alpha.threshold ? 1 : 0;
}

// Position i of `target` reads at max((i + 1/2) * source / target - 1/2, 0); the upper neighbour is clamped to the last.
__device__ inline float source_of(int i, int source, int target, int &lower, int &upper) {
  double position = fmax((i + 0.5) * source / target - 0.5, 0.0);
  lower = (int)position < source - 1 ? (int)position : source - 1;
  upper = lower + 1 < source - 1 ? lower + 1 : source - 1;
  return (float)(position - lower);
}

__device__ inline float lerp(float below, float above, float fraction) { return below + fraction * (above - below); }

// One thread per target voxel; along x, then y, then z, as TrilinearResampling.
extern "C" __global__ void resample(SjcResample job) {
  int voxel = thread_index();
  if (voxel >= voxel_count(job.target)) {
    return;
  }
  int x[2], y[2], z[2];
  float right = source_of(voxel % job.target.gridX, job.source.gridX, job.target.gridX, x[0], x[1]);
  float up = source_of(voxel / job.target.gridX % job.target.gridY, job.source.gridY, job.target.gridY, y[0], y[1]);
  float back = source_of(voxel / job.target.gridX / job.target.gridY, job.source.gridZ, job.target.gridZ, z[0], z[1]);
  for (int component = 0; component <= job.source.channels; component++) {
    float planes[2];
    for (int k = 0; k < 2; k++) {
      float rows[2];
      for (int j = 0; j < 2; j++) {
        int row = (z[k] * job.source.gridY + y[j]) * job.source.gridX;
        float below = job.source.voxels[component_at(job.source, component, row + x[0])];
        float above = job.source.voxels[component_at(job.source, component, row + x[1])];
        rows[j] = lerp(below, above, right);
      }
      planes[k] = lerp(rows[0], rows[1], up);
    }
    job.target.voxels[component_at(job.target, component, voxel)] = lerp(planes[0], planes[1], back);
  }
}

__device__ inline bool has_weight(double fraction, int upper) { return upper ? fraction > 0.0 : fraction < 1.0; }

// Whether the interpolation of the source's mask, zero outside of it, is above 0 at the centre of a target's voxel: as AlphaMask.Resample.
extern "C" __global__ void resample_mask(SjcResample job) {
  int voxel = thread_index();
  const SjcField &source = job.source;
  if (voxel >= voxel_count(job.target)) {
    return;
  }
  int at[3] = {voxel % job.target.gridX, voxel / job.target.gridX % job.target.gridY, voxel / job.target.gridX / job.target.gridY};
  int extent[3] = {source.gridX, source.gridY, source.gridZ};
  int target[3] = {job.target.gridX, job.target.gridY, job.target.gridZ};
  int lower[3];
  double fraction[3];
  for (int axis = 0; axis < 3; axis++) {
    double position = (at[axis] + 0.5) * extent[axis] / target[axis] - 0.5;
    double below = floor(position);
    lower[axis] = (int)below;
    fraction[axis] = position - below;
  }
  bool isSet = false;
  for (int corner = 0; corner < 8; corner++) {
    int x = lower[0] + (corner & 1);
    int y = lower[1] + ((corner >> 1) & 1);
    int z = lower[2] + (corner >> 2);
    bool isInside = (unsigned)x < (unsigned)source.gridX && (unsigned)y < (unsigned)source.gridY && (unsigned)z < (unsigned)source.gridZ;
    bool counts = has_weight(fraction[0], corner & 1) && has_weight(fraction[1], (corner >> 1) & 1) && has_weight(fraction[2], corner >> 2);
    isSet = isSet || (isInside && counts && source.mask[(z * source.gridY + y) * source.gridX + x] != 0);
  }
  job.mask[voxel] = isSet ? 1 : 0;
}

// Density and colour at points of the world.
extern "C" __global__ void evaluate_points(SjcPoints points) {
  int point = thread_index();
  const SjcField &field = points.field;
  if (point >= points.count) {
    return;
  }
  const float *position = points.positions + 3 * point;
  Cell cell;
  cell.right = cell_of((float)((position[0] - (double)field.minX) * (field.gridX / (double)field.sizeX) - 0.5), field.gridX, cell.x);
  cell.up = cell_of((float)((position[1] - (double)field.minY) * (field.gridY / (double)field.sizeY) - 0.5), field.gridY, cell.y);
  cell.back = cell_of((float)((position[2] - (double)field.minZ) * (field.gridZ / (double)field.sizeZ) - 0.5), field.gridZ, cell.z);
  float sigmoid;
  points.densities[point] = softplus(fmaf(interpolate(field, cell, field.channels), expf(*field.densityScale), field.densityShift), sigmoid);
  for (int channel = 0; channel < field.channels; channel++) {
    points.colors[point * field.channels + channel] = activate(field.colorMode, interpolate(field, cell, channel));
  }
}
