// Package sjcgrpc is the client of SjcGrpc's ScoreServer (scores of 2D diffusion models) and FieldOptimizer (text-to-3D jobs):
// arrays in, arrays out, with deadlines, retries and typed errors.
package sjcgrpc
