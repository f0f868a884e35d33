// The rays of a camera, as CameraRays, RayBox and GridRay compute them on the processor: in double precision, then rounded.

__device__ inline void clip(double origin, double direction, double low, double high, double &enter, double &leave) {
  double along = direction == 0.0 ? 1e-6 : direction;  // the reference's substitute
  double a = (low - origin) / along;
  double b = (high - origin) / along;
  enter = fmax(enter, fmin(a, b));
  leave = fmin(leave, fmax(a, b));
}

// The longest stretch inside of the box; positive floats order like their bits.
__device__ inline void measure(const SjcTape &tape, float nearest, float farthest) {
  atomicMax(tape.longest, __float_as_int(fmaxf(0.0f, farthest - nearest)));
}

extern "C" __global__ void generate_rays(SjcCamera camera) {
  int ray = thread_index();
  if (ray >= camera.tape.rays) {
    return;
  }
  double x = (ray % camera.width - camera.centerX) / camera.focal;
  double y = (ray / camera.width - camera.centerY) / -camera.focal;
  double direction[3];
  double square = 0.0;
  for (int axis = 0; axis < 3; axis++) {
    direction[axis] = x * camera.axes[axis] + y * camera.axes[3 + axis] + -1.0 * camera.axes[6 + axis];
    square += direction[axis] * direction[axis];
  }
  double length = sqrt(square);
  double enter = -1e300;
  double leave = 1e300;
  for (int axis = 0; axis < 3; axis++) {
    direction[axis] /= length;
    clip(camera.eye[axis], direction[axis], camera.boxMin[axis], camera.boxMax[axis], enter, leave);
    camera.tape.origins[3 * ray + axis] = (float)camera.eye[axis];
    camera.tape.directions[3 * ray + axis] = (float)direction[axis];
  }
  float nearest = (float)fmax(enter, 0.0);
  float farthest = (float)fmax(leave, 0.0);
  camera.tape.nearest[ray] = nearest;
  camera.tape.farthest[ray] = farthest;
  measure(camera.tape, nearest, farthest);
}

// For rays that the host has computed.
extern "C" __global__ void measure_rays(SjcView view) {
  int ray = thread_index();
  if (ray < view.tape.rays) {
    measure(view.tape, view.tape.nearest[ray], view.tape.farthest[ray]);
  }
}

// To grid coordinates, with the number of samples i for which (i + offset) * step < range, compared in float32 as the reference does.
extern "C" __global__ void prepare_rays(SjcView view) {
  int ray = thread_index();
  const SjcTape &tape = view.tape;
  const SjcField &field = view.field;
  if (ray >= tape.rays) {
    return;
  }
  double low[3] = {field.minX, field.minY, field.minZ};
  double scale[3] = {field.gridX / (double)field.sizeX, field.gridY / (double)field.sizeY, field.gridZ / (double)field.sizeZ};
  for (int axis = 0; axis < 3; axis++) {
    tape.start[axis * tape.rays + ray] = (float)((tape.origins[3 * ray + axis] - low[axis]) * scale[axis] - 0.5);
    tape.slope[axis * tape.rays + ray] = (float)(tape.directions[3 * ray + axis] * scale[axis]);
  }
  float range = tape.farthest[ray] - tape.nearest[ray];
  int longest = (int)(__int_as_float(*tape.longest) / tape.stepLength) + 1;
  longest = longest < tape.capacity ? longest : tape.capacity;
  int count = 0;
  if (range > 0.0f) {
    count = (int)(range / tape.stepLength);
    count = count < longest ? count : longest;
    while (count < longest && (count + tape.rayOffset) * tape.stepLength < range) {
      count++;
    }
    while (count > 0 && !((count - 1 + tape.rayOffset) * tape.stepLength < range)) {
      count--;
    }
  }
  tape.firstDistance[ray] = tape.nearest[ray] + tape.rayOffset * tape.stepLength;
  tape.counts[ray] = count;
}
