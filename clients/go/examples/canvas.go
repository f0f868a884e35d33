// Package examples holds what the example programs do, so that the tests run it as well.
package examples

import (
	"context"
	"fmt"

	"sjcgrpc"
)

// OptimiseCanvas is score Jacobian chaining in 2D: the scene is the picture itself, so that the Jacobian is the identity, and what the scorer
// sends back is the gradient of the canvas.
func OptimiseCanvas(ctx context.Context, scorer *sjcgrpc.Scorer, model, prompt string, seed uint64, steps int) (sjcgrpc.Array, error) {
	description, err := scorer.Model(ctx, model)
	if err != nil {
		return sjcgrpc.Array{}, err
	}
	shape := make([]int, len(description.DataShape))
	for axis, extent := range description.DataShape {
		shape[axis] = int(extent)
	}
	canvas := sjcgrpc.NewArray(shape...)
	for step := 0; step < steps; step++ {
		sigma := 8 - 7.5*float64(step)/float64(steps-1) // from far to near
		answer, err := scorer.Score(ctx, sjcgrpc.Query{
			Model: model, Images: canvas, Sigmas: []float64{sigma}, Prompts: []string{prompt}, Seed: seed, Iteration: uint32(step), Deterministic: true,
		})
		if err != nil {
			return sjcgrpc.Array{}, err
		}
		rate := float32(0.25 * sigma)
		for i, gradient := range answer.Gradient.Data { // sigma * score = (D - x) / sigma
			canvas.Data[i] += float32(rate * gradient)
		}
	}
	return canvas, nil
}

// PPM is a picture of values in [-1, 1].
func PPM(canvas sjcgrpc.Array) []byte {
	height, width := canvas.Shape[1], canvas.Shape[2]
	file := []byte(fmt.Sprintf("P6 %d %d 255\n", width, height))
	for pixel := 0; pixel < height*width; pixel++ {
		for channel := 0; channel < 3; channel++ {
			value := (canvas.Data[channel*height*width+pixel] + 1) * 127.5
			switch {
			case value < 0:
				value = 0
			case value > 255:
				value = 255
			}
			file = append(file, byte(value))
		}
	}
	return file
}
