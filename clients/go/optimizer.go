package sjcgrpc

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"

	"google.golang.org/grpc/codes"
	fieldv1 "sjcgrpc/gen/sjc/field/v1"
)

// Optimizer is a FieldOptimizer; safe for concurrent use. Calls that read, and Create, which is idempotent, are repeated while it is away;
// commands to a job are sent once.
type Optimizer struct {
	calls  *calls
	client fieldv1.FieldServiceClient
}

// NewOptimizer connects to host:port.
func NewOptimizer(address string, o Options) (*Optimizer, error) {
	c, err := dial(address, o)
	if err != nil {
		return nil, err
	}
	return &Optimizer{c, fieldv1.NewFieldServiceClient(c.conn)}, nil
}

// Close closes the connection; calls that still wait fail.
func (o *Optimizer) Close() error { return o.calls.conn.Close() }

// Create makes a job. The same requestID and spec are the same job; an empty one is of its own.
func (o *Optimizer) Create(ctx context.Context, requestID string, spec *fieldv1.JobSpec) (job *fieldv1.Job, err error) {
	if requestID == "" {
		random := make([]byte, 16)
		if _, err := rand.Read(random); err != nil {
			return nil, err
		}
		requestID = hex.EncodeToString(random)
	}
	err = o.calls.run(ctx, func(ctx context.Context) error {
		answer, err := o.client.CreateJob(ctx, &fieldv1.CreateJobRequest{RequestId: requestID, Spec: spec})
		job = answer.GetJob()
		return err
	})
	return job, err
}

// Get gives a job as it is now.
func (o *Optimizer) Get(ctx context.Context, id string) (job *fieldv1.Job, err error) {
	err = o.calls.run(ctx, func(ctx context.Context) error {
		answer, err := o.client.GetJob(ctx, &fieldv1.GetJobRequest{Id: id})
		job = answer.GetJob()
		return err
	})
	return job, err
}

// Jobs hands every job to visit, latest first, read page by page; an error that visit returns ends it.
func (o *Optimizer) Jobs(ctx context.Context, pageSize uint32, visit func(*fieldv1.Job) error) error {
	request := &fieldv1.ListJobsRequest{PageSize: pageSize}
	for {
		var page *fieldv1.ListJobsResponse
		err := o.calls.run(ctx, func(ctx context.Context) (err error) {
			page, err = o.client.ListJobs(ctx, request)
			return err
		})
		if err != nil {
			return err
		}
		for _, job := range page.Jobs {
			if err := visit(job); err != nil {
				return err
			}
		}
		if page.NextPageToken == "" {
			return nil
		}
		request = &fieldv1.ListJobsRequest{PageSize: pageSize, PageToken: page.NextPageToken}
	}
}

// Watch hands show the job's state now, then every change until it ends; goes on where the connection breaks. An error that show returns ends it.
func (o *Optimizer) Watch(ctx context.Context, id string, previews bool, show func(*fieldv1.WatchJobResponse) error) error {
	return o.calls.stream(ctx, func(ctx context.Context) (func() (bool, error), error) {
		stream, err := o.client.WatchJob(ctx, &fieldv1.WatchJobRequest{Id: id, Previews: previews})
		if err != nil {
			return nil, err
		}
		return func() (bool, error) {
			message, err := stream.Recv()
			if err != nil {
				return false, err
			}
			if err := show(message); err != nil {
				return false, callerError{err}
			}
			return ended(message.Job.State), nil
		}, nil
	})
}

// Wait gives the job once it has ended.
func (o *Optimizer) Wait(ctx context.Context, id string) (job *fieldv1.Job, err error) {
	err = o.Watch(ctx, id, false, func(event *fieldv1.WatchJobResponse) error {
		job = event.Job
		return nil
	})
	return job, err
}

// Pause stops a job after its iteration, with a checkpoint.
func (o *Optimizer) Pause(ctx context.Context, id string) error {
	return o.calls.once(ctx, func(ctx context.Context) error {
		_, err := o.client.PauseJob(ctx, &fieldv1.PauseJobRequest{Id: id})
		return err
	})
}

// Resume queues a paused or failed job again.
func (o *Optimizer) Resume(ctx context.Context, id string) error {
	return o.calls.once(ctx, func(ctx context.Context) error {
		_, err := o.client.ResumeJob(ctx, &fieldv1.ResumeJobRequest{Id: id})
		return err
	})
}

// Cancel ends a job for good, with a checkpoint.
func (o *Optimizer) Cancel(ctx context.Context, id string) error {
	return o.calls.once(ctx, func(ctx context.Context) error {
		_, err := o.client.CancelJob(ctx, &fieldv1.CancelJobRequest{Id: id})
		return err
	})
}

// Delete removes an ended or paused job and its files.
func (o *Optimizer) Delete(ctx context.Context, id string) error {
	return o.calls.once(ctx, func(ctx context.Context) error {
		_, err := o.client.DeleteJob(ctx, &fieldv1.DeleteJobRequest{Id: id})
		return err
	})
}

// View is a rendered view: a PNG file, and where tensors were asked for the image [c, h, w], depth [h, w] and opacity [h, w].
type View struct {
	PNG                   []byte
	Image, Depth, Opacity Array
}

// Render makes pictures of the field as it is now, one for each view of the request.
func (o *Optimizer) Render(ctx context.Context, request *fieldv1.RenderViewsRequest) (views []View, err error) {
	err = o.calls.stream(ctx, func(ctx context.Context) (func() (bool, error), error) {
		views = nil
		stream, err := o.client.RenderViews(ctx, request)
		if err != nil {
			return nil, err
		}
		return func() (bool, error) {
			message, err := stream.Recv()
			if err != nil {
				return false, err
			}
			view := View{PNG: message.Picture.GetPng()}
			if view.Image, err = optional(message.Image); err != nil {
				return false, callerError{err}
			}
			if view.Depth, err = optional(message.Depth); err != nil {
				return false, callerError{err}
			}
			if view.Opacity, err = optional(message.Opacity); err != nil {
				return false, callerError{err}
			}
			views = append(views, view)
			return len(views) >= len(request.Views), nil
		}, nil
	})
	return views, err
}

// Export gives the mesh or the field as a file, checked against the server's checksum.
func (o *Optimizer) Export(ctx context.Context, id string, format fieldv1.AssetFormat) (file []byte, err error) {
	err = o.calls.run(ctx, func(ctx context.Context) error {
		stream, err := o.client.ExportAsset(ctx, &fieldv1.ExportAssetRequest{Id: id, Format: format})
		if err != nil {
			return err
		}
		var content bytes.Buffer
		last := &fieldv1.ExportAssetResponse{}
		for {
			message, err := stream.Recv()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				return err
			}
			content.Write(message.Chunk)
			last = message
		}
		file = content.Bytes()
		sum := sha256.Sum256(file)
		if uint64(len(file)) != last.TotalBytes || hex.EncodeToString(sum[:]) != last.Sha256 {
			return &Error{Code: codes.DataLoss, Message: fmt.Sprintf("the file must have %d bytes and its checksum, but has %d bytes or another one", last.TotalBytes, len(file))}
		}
		return nil
	})
	return file, err
}

func ended(state fieldv1.JobState) bool {
	return state == fieldv1.JobState_JOB_STATE_SUCCEEDED || state == fieldv1.JobState_JOB_STATE_FAILED || state == fieldv1.JobState_JOB_STATE_CANCELLED
}
