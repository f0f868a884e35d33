// A 2D canvas optimised by score Jacobian chaining (the paper's 2D experiment): canvas [PROMPT [SCORER [MODEL]]]
package main

import (
	"context"
	"fmt"
	"log"
	"os"

	"sjcgrpc"
	"sjcgrpc/examples"
)

func main() {
	arguments := append(os.Args[1:], []string{"a red car", "localhost:5201", "exact"}[len(os.Args)-1:]...)
	scorer, err := sjcgrpc.NewScorer(arguments[1], sjcgrpc.Options{})
	if err != nil {
		log.Fatal(err)
	}
	defer scorer.Close()
	canvas, err := examples.OptimiseCanvas(context.Background(), scorer, arguments[2], arguments[0], 0, 50)
	if err != nil {
		log.Fatal(err)
	}
	if err := os.WriteFile("canvas.ppm", examples.PPM(canvas), 0o644); err != nil {
		log.Fatal(err)
	}
	fmt.Println("canvas.ppm")
}
