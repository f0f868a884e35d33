// What the host hands to the kernels, by value; KernelArguments.cs mirrors these structures field by field.
//
// The sources keep to what NVRTC and g++ both compile: no shared memory, no synchronisation within a block, one structure
// per kernel, and of the toolkit's functions only those that the tests' shim has.

// A field. Components 0 ... channels - 1 are features, component `channels` is the density. Every four components that are complete
// share an array of float4 [z][y][x]; those left over have arrays of floats of their own, one behind the other: no padding, and
// every access to a group is one of 16 bytes.
struct SjcField {
  float *voxels;
  float *background;           // texture [c, height, width], or one colour [c]
  float *densityScale;         // the log scale, one value
  const unsigned char *mask;   // [z, y, x]; null: everything counts
  int gridX, gridY, gridZ;
  int channels;
  int backgroundHeight, backgroundWidth;  // 0: a fixed colour
  int colorMode;               // 0 raw, 1 centred sigmoid, 2 sigmoid
  float densityShift;
  float minX, minY, minZ;
  float sizeX, sizeY, sizeZ;
};

// One view. A sample's values lie at i * rays + ray: neighbouring threads read neighbouring addresses.
struct SjcTape {
  float *origins;              // [rays, 3]
  float *directions;           // [rays, 3]
  float *nearest;              // [rays]
  float *farthest;             // [rays]
  int *longest;                // bits of max(far - near)
  float *start;                // [3, rays]: the ray in grid coordinates, where voxel i's centre is at i
  float *slope;                // [3, rays]
  float *firstDistance;        // [rays]
  int *counts;                 // [rays]: samples inside the box
  float *densities;            // [capacity, rays]
  float *slopes;               // step * d(density)/d(interpolated value); 0 where inactive
  float *weights;
  float *densityGradients;
  float *colors;               // [c][capacity, rays]; written where the weight is above the threshold
  float *image;                // [c, rays]
  float *depth;                // [rays]
  float *transmittance;        // [rays]
  float *backgroundColors;     // [c, rays]
  float *imageGradient;        // [c, rays]
  float *depthGradient;        // [rays]
  double *emptinessSums;       // [rays]
  double *scaleGradients;      // [rays]
  int rays;
  int capacity;                // samples per ray that the tape has room for
  float stepLength;
  float rayOffset;
  float weightThreshold;
  float emptinessScale;
  double emptinessWeight;
};

// Where gradients are added up. Fixed-point sums are integers, so that they have the same bits in any order of addition.
struct SjcGradient {
  float *voxels;               // as the field's; null: use fixedVoxels
  long long *fixedVoxels;      // as the field's
  long long *background;       // as the texture
  int *maxima;                 // bits of the greatest |contribution|: 0 to voxels, 1 to the background
  int voxelBits;               // a contribution is below 2^bits
  int backgroundBits;
};

struct SjcView {
  SjcField field;
  SjcTape tape;
  SjcGradient gradient;
};

struct SjcCamera {
  SjcTape tape;
  double axes[9];              // x, y and z axis of the camera in the world
  double eye[3];
  double boxMin[3];
  double boxMax[3];
  double focal, centerX, centerY;
  int width;
};

struct SjcSum {
  const double *values;
  double *parts;
  int count;
  int partCount;
};

struct SjcVoxelStep {
  float *parameters;
  float *moment;
  float *norm;
  float *gradient;             // set to zero behind the step; null: fixedGradient
  long long *fixedGradient;
  const int *maximum;
  long long count;             // values, a multiple of 4
  float rate;
  int bits;
};

struct SjcSmallStep {
  float *background;           // values, moment and norm, each [count]
  long long *backgroundGradient;
  const int *maximum;
  float *densityScale;         // value, moment, norm
  const double *scaleParts;
  int count;
  int bits;
  int partCount;
  int movesBackground;
  int movesDensityScale;
  float backgroundRate;
  float scaleRate;
};

struct SjcAlpha {
  SjcField field;
  float *alpha;                // [z, y, x]
  unsigned char *mask;         // [z, y, x]
  double voxelLength;
  float threshold;
};

struct SjcResample {
  SjcField source;
  SjcField target;
  unsigned char *mask;         // the target's, [z, y, x]
};

struct SjcPoints {
  SjcField field;
  const float *positions;      // [count, 3], world units
  float *densities;            // [count]
  float *colors;               // [count, c]
  int count;
};
