// Text to 3D: starts a job, watches it and fetches its mesh: generate [PROMPT [OPTIMIZER]]
package main

import (
	"context"
	"fmt"
	"log"
	"os"

	"sjcgrpc"
	"sjcgrpc/examples"
	fieldv1 "sjcgrpc/gen/sjc/field/v1"
)

func main() {
	arguments := append(os.Args[1:], []string{"a red car", "localhost:5202"}[len(os.Args)-1:]...)
	optimizer, err := sjcgrpc.NewOptimizer(arguments[1], sjcgrpc.Options{})
	if err != nil {
		log.Fatal(err)
	}
	defer optimizer.Close()
	job, mesh, err := examples.Generate(context.Background(), optimizer, &fieldv1.JobSpec{Prompt: arguments[0]}, func(job *fieldv1.Job) {
		fmt.Printf("\r%d/%d", job.GetProgress().GetIteration(), job.GetProgress().GetIterations())
	})
	if err != nil {
		log.Fatal(err)
	}
	if err := os.WriteFile("mesh.glb", mesh, 0o644); err != nil {
		log.Fatal(err)
	}
	fmt.Printf("\nmesh.glb, %d bytes; field %s\n", len(mesh), job.FieldSha256)
}
