package examples

import (
	"context"
	"errors"

	"sjcgrpc"
	fieldv1 "sjcgrpc/gen/sjc/field/v1"
)

// Generate is text to 3D: it starts a job, watches it and fetches its mesh.
func Generate(ctx context.Context, optimizer *sjcgrpc.Optimizer, spec *fieldv1.JobSpec, show func(*fieldv1.Job)) (*fieldv1.Job, []byte, error) {
	job, err := optimizer.Create(ctx, "", spec)
	if err != nil {
		return nil, nil, err
	}
	err = optimizer.Watch(ctx, job.Id, false, func(event *fieldv1.WatchJobResponse) error {
		job = event.Job
		show(job)
		return nil
	})
	if err == nil && job.Error != "" {
		err = errors.New(job.Error)
	}
	if err != nil {
		return nil, nil, err
	}
	mesh, err := optimizer.Export(ctx, job.Id, fieldv1.AssetFormat_ASSET_FORMAT_GLB)
	return job, mesh, err
}
