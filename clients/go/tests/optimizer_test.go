package tests

import (
	"context"
	"encoding/binary"
	"os"
	"reflect"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"sjcgrpc"
	"sjcgrpc/examples"
	fieldv1 "sjcgrpc/gen/sjc/field/v1"
)

func newOptimizer(t *testing.T) *sjcgrpc.Optimizer {
	t.Helper()
	optimizer, err := sjcgrpc.NewOptimizer(os.Getenv("SJC_OPTIMIZER"), sjcgrpc.Options{Timeout: 2 * time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { optimizer.Close() })
	return optimizer
}

func smallJob(t *testing.T, seed uint64) *fieldv1.JobSpec {
	t.Helper()
	spec := &fieldv1.JobSpec{}
	if err := protojson.Unmarshal([]byte(os.Getenv("SJC_SMALL_JOB")), spec); err != nil {
		t.Fatal(err)
	}
	spec.Prompt, spec.Seed = prompt, seed
	return spec
}

func TestGenerate_SmallJob_EndsWithAMesh(t *testing.T) {
	optimizer := newOptimizer(t)
	job, mesh, err := examples.Generate(background, optimizer, smallJob(t, 1), func(*fieldv1.Job) {})
	if err != nil {
		t.Fatal(err)
	}
	if job.State != fieldv1.JobState_JOB_STATE_SUCCEEDED || string(mesh[:4]) != "glTF" || int(binary.LittleEndian.Uint32(mesh[8:])) != len(mesh) {
		t.Fatalf("the job must succeed with a GLB file, but is %v", job.State)
	}
	views, err := optimizer.Render(background, &fieldv1.RenderViewsRequest{Id: job.Id, Views: []*fieldv1.OrbitView{{ElevationDegrees: 10}}, Width: 16, Height: 16, IncludeTensors: true})
	if err != nil || len(views) != 1 || string(views[0].PNG[1:4]) != "PNG" || !reflect.DeepEqual(views[0].Image.Shape, []int{3, 16, 16}) {
		t.Fatalf("there must be one view, but there are %d: %v", len(views), err)
	}
	found := false
	if err := optimizer.Jobs(background, 1, func(listed *fieldv1.Job) error { found = found || listed.Id == job.Id; return nil }); err != nil || !found {
		t.Fatalf("the job must be listed: %v", err)
	}
}

func TestCreate_EqualRequestIds_AreOneJob(t *testing.T) {
	optimizer := newOptimizer(t)
	id := "go-" + time.Now().Format("150405.000000000")
	first, err := optimizer.Create(background, id, smallJob(t, 2))
	if err != nil {
		t.Fatal(err)
	}
	if again, err := optimizer.Create(background, id, smallJob(t, 2)); err != nil || again.Id != first.Id {
		t.Fatalf("the same request must be the same job: %v", err)
	}
	_, err = optimizer.Create(background, id, smallJob(t, 3))
	if e := failure(t, err, codes.AlreadyExists); e.Reason != "REQUEST_ID_USED" {
		t.Fatalf("reason must be REQUEST_ID_USED, but is %q", e.Reason)
	}
	if _, err := optimizer.Wait(background, first.Id); err != nil {
		t.Fatal(err)
	}
	if err := optimizer.Delete(background, first.Id); err != nil {
		t.Fatal(err)
	}
}

func TestWatch_JobIsCancelled_Ends(t *testing.T) {
	optimizer := newOptimizer(t)
	spec := smallJob(t, 1)
	spec.Iterations = proto.Uint32(100_000)
	job, err := optimizer.Create(background, "", spec)
	if err != nil {
		t.Fatal(err)
	}
	cancelled := false
	err = optimizer.Watch(background, job.Id, false, func(event *fieldv1.WatchJobResponse) error {
		job = event.Job
		if cancelled {
			return nil
		}
		cancelled = true
		return optimizer.Cancel(background, job.Id)
	})
	if err != nil || job.State != fieldv1.JobState_JOB_STATE_CANCELLED {
		t.Fatalf("the job must be cancelled, but is %v: %v", job.State, err)
	}
}

func TestWatch_ContextIsCancelled_Ends(t *testing.T) {
	optimizer := newOptimizer(t)
	spec := smallJob(t, 1)
	spec.Iterations = proto.Uint32(100_000)
	job, err := optimizer.Create(background, "", spec)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(background)
	err = optimizer.Watch(ctx, job.Id, false, func(*fieldv1.WatchJobResponse) error { cancel(); return nil })
	failure(t, err, codes.Canceled)
	if err := optimizer.Cancel(background, job.Id); err != nil {
		t.Fatal(err)
	}
}

func TestCreate_BadSpec_NamesTheField(t *testing.T) {
	optimizer := newOptimizer(t)
	_, err := optimizer.Create(background, "", &fieldv1.JobSpec{Prompt: prompt, Field: &fieldv1.FieldSpec{GridSize: proto.Uint32(1)}})
	if e := failure(t, err, codes.InvalidArgument); len(e.Violations) != 1 || e.Violations[0].Field != "spec.field.grid_size" {
		t.Fatalf("violations must name spec.field.grid_size, but are %v", e.Violations)
	}
}

func TestGet_UnknownJob_IsNotFound(t *testing.T) {
	optimizer := newOptimizer(t)
	_, err := optimizer.Get(background, "nobody")
	failure(t, err, codes.NotFound)
	failure(t, optimizer.Watch(background, "nobody", false, func(*fieldv1.WatchJobResponse) error { return nil }), codes.NotFound)
}
