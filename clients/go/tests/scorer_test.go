// Package tests runs against a ScoreServer (SJC_SCORER) with the shipped models and a FieldOptimizer (SJC_OPTIMIZER): see clients/test.
package tests

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"sjcgrpc"
	"sjcgrpc/examples"
)

const prompt = "a red car"

var background = context.Background()

func newScorer(t *testing.T) (*sjcgrpc.Scorer, []int) {
	t.Helper()
	scorer, err := sjcgrpc.NewScorer(os.Getenv("SJC_SCORER"), sjcgrpc.Options{Timeout: 2 * time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { scorer.Close() })
	model, err := scorer.Model(background, "exact")
	if err != nil {
		t.Fatal(err)
	}
	shape := []int{}
	for _, extent := range model.DataShape {
		shape = append(shape, int(extent))
	}
	return scorer, shape
}

func image(seed float64, shape ...int) sjcgrpc.Array {
	array := sjcgrpc.NewArray(shape...)
	for i := range array.Data {
		array.Data[i] = float32(math.Sin(seed + 0.37*float64(i)))
	}
	return array
}

func query(shape []int) sjcgrpc.Query {
	return sjcgrpc.Query{Model: "exact", Images: image(1, shape...), Sigmas: []float64{1}, Prompts: []string{prompt}, Deterministic: true}
}

func mustScore(t *testing.T, scorer *sjcgrpc.Scorer, q sjcgrpc.Query) *sjcgrpc.Scores {
	t.Helper()
	scores, err := scorer.Score(background, q)
	if err != nil {
		t.Fatal(err)
	}
	return scores
}

func failure(t *testing.T, err error, code codes.Code) *sjcgrpc.Error {
	t.Helper()
	var e *sjcgrpc.Error
	if !errors.As(err, &e) || e.Code != code {
		t.Fatalf("error must be %v, but is %v", code, err)
	}
	return e
}

func TestModels_Server_AreListedAndDescribed(t *testing.T) {
	scorer, _ := newScorer(t)
	models, err := scorer.Models(background)
	if err != nil {
		t.Fatal(err)
	}
	names := []string{}
	for _, model := range models {
		names = append(names, model.Name)
	}
	if !strings.Contains(strings.Join(names, " "), "exact") {
		t.Fatalf("models must hold exact, but are %v", names)
	}
}

func TestScore_AllOutputs_BelongTogether(t *testing.T) {
	scorer, shape := newScorer(t)
	q := query(shape)
	q.Sigmas, q.Direct, q.WantScore, q.WantDenoised = []float64{2}, true, true, true
	scores := mustScore(t, scorer, q)
	if !reflect.DeepEqual(scores.Gradient.Shape, shape) {
		t.Fatalf("shape must be %v, but is %v", shape, scores.Gradient.Shape)
	}
	for i, score := range scores.Score.Data {
		if math.Abs(float64(score-(scores.Denoised.Data[i]-q.Images.Data[i])/4)) > 1e-4 || math.Abs(float64(scores.Gradient.Data[i]-2*score)) > 1e-5 {
			t.Fatalf("outputs disagree at element %d", i)
		}
	}
}

func TestScore_Batch_KeepsItsAxes(t *testing.T) {
	scorer, shape := newScorer(t)
	q := query(shape)
	q.Images, q.Sigmas, q.Prompts, q.Draws = image(1, append([]int{2}, shape...)...), []float64{1, 3}, []string{prompt, "a blue car"}, 2
	scores := mustScore(t, scorer, q)
	if !reflect.DeepEqual(scores.Gradient.Shape, append([]int{2}, shape...)) || scores.Rows != 4 || scores.Denoised.Data != nil {
		t.Fatalf("answer must hold 2 images and 4 rows, but has shape %v and %d rows", scores.Gradient.Shape, scores.Rows)
	}
}

func TestScore_EqualRequests_HaveEqualBits(t *testing.T) {
	scorer, shape := newScorer(t)
	q := query(shape)
	q.Seed = 3
	first, again := mustScore(t, scorer, q), mustScore(t, scorer, q)
	q.Seed = 4
	other := mustScore(t, scorer, q)
	if !first.Deterministic || !reflect.DeepEqual(first.Gradient, again.Gradient) || reflect.DeepEqual(first.Gradient, other.Gradient) {
		t.Fatal("equal seeds must give equal bits, and others others")
	}
}

func TestScore_Handle_StandsForItsPrompt(t *testing.T) {
	scorer, shape := newScorer(t)
	encoded, err := scorer.EncodePrompts(background, "exact", prompt)
	if err != nil {
		t.Fatal(err)
	}
	q := query(shape)
	byPrompt := mustScore(t, scorer, q)
	q.Prompts, q.Handles = nil, []string{encoded[0].Handle}
	if !reflect.DeepEqual(byPrompt.Gradient, mustScore(t, scorer, q).Gradient) {
		t.Fatal("a handle must stand for its prompt")
	}
}

func TestScore_BadRequest_NamesEveryFault(t *testing.T) {
	scorer, shape := newScorer(t)
	q := query(shape)
	q.Sigmas, q.GuidanceScale = []float64{1, 2}, 1e6
	_, err := scorer.Score(background, q)
	e := failure(t, err, codes.InvalidArgument)
	if len(e.Violations) < 2 || !e.Refused() || !sjcgrpc.IsRefused(err) {
		t.Fatalf("violations must be at least 2, but are %v", e.Violations)
	}
}

func TestScore_MessageBeyondTheLimit_IsRefusedAtOnce(t *testing.T) {
	scorer, shape := newScorer(t)
	model, err := scorer.Model(background, "exact")
	if err != nil {
		t.Fatal(err)
	}
	size := 4
	for _, extent := range shape {
		size *= extent
	}
	q := query(shape)
	q.Images = sjcgrpc.NewArray(append([]int{int(model.MaxMessageBytes)/size + 1}, shape...)...)
	_, err = scorer.Score(background, q)
	if e := failure(t, err, codes.ResourceExhausted); !e.Refused() {
		t.Fatal("a message that is too large must be refused for good")
	}
}

func TestScore_UnknownHandle_HasAReason(t *testing.T) {
	scorer, shape := newScorer(t)
	q := query(shape)
	q.Prompts, q.Handles = nil, []string{strings.Repeat("0", 64)}
	_, err := scorer.Score(background, q)
	if e := failure(t, err, codes.NotFound); e.Reason != "HANDLE_UNKNOWN" {
		t.Fatalf("reason must be HANDLE_UNKNOWN, but is %q", e.Reason)
	}
}

func TestScore_DeadlinePasses_IsDeadlineExceeded(t *testing.T) {
	scorer, shape := newScorer(t)
	q := query(append([]int{64}, shape...))
	q.Draws = 4
	ctx, cancel := context.WithTimeout(background, time.Millisecond)
	defer cancel()
	_, err := scorer.Score(ctx, q)
	failure(t, err, codes.DeadlineExceeded)
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Fatal("errors.Is must see context.DeadlineExceeded")
	}
}

func TestScore_Cancelled_IsCanceled(t *testing.T) {
	scorer, shape := newScorer(t)
	q := query(append([]int{64}, shape...))
	q.Draws = 4
	ctx, cancel := context.WithCancel(background)
	time.AfterFunc(20*time.Millisecond, cancel)
	_, err := scorer.Score(ctx, q)
	failure(t, err, codes.Canceled)
	if !errors.Is(err, context.Canceled) {
		t.Fatal("errors.Is must see context.Canceled")
	}
}

func TestModels_NobodyThere_IsUnavailable(t *testing.T) {
	scorer, err := sjcgrpc.NewScorer("127.0.0.1:9", sjcgrpc.Options{Timeout: 500 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	defer scorer.Close()
	var e *sjcgrpc.Error
	if _, err = scorer.Models(background); !errors.As(err, &e) || e.Refused() {
		t.Fatalf("error must be no refusal, but is %v", err)
	}
}

func TestSample_Model_TellsProgressThenImages(t *testing.T) {
	scorer, shape := newScorer(t)
	var events []sjcgrpc.SampleEvent
	err := scorer.Sample(background, sjcgrpc.SampleQuery{Model: "exact", Prompt: prompt, Count: 2, Steps: 4, PreviewEvery: 2}, func(event sjcgrpc.SampleEvent) error {
		events = append(events, event)
		return nil
	})
	if err != nil || len(events) < 2 {
		t.Fatalf("there must be progress and a result, but there are %d events: %v", len(events), err)
	}
	if last := events[len(events)-1].Images.Shape; !reflect.DeepEqual(last, append([]int{2}, shape...)) {
		t.Fatalf("the images' shape must be 2 of %v, but is %v", shape, last)
	}
}

func TestScore_BadArray_IsRefusedHere(t *testing.T) {
	scorer, shape := newScorer(t)
	q := query(shape)
	q.Images.Data[5] = float32(math.NaN())
	if _, err := scorer.Score(background, q); err == nil || !strings.Contains(err.Error(), "must be finite") {
		t.Fatalf("a NaN must be refused, but: %v", err)
	}
	q.Images = sjcgrpc.Array{Data: make([]float32, 3), Shape: []int{1, 2}}
	if _, err := scorer.Score(background, q); err == nil {
		t.Fatal("a shape that does not hold the data must be refused")
	}
}

func TestOptimiseCanvas_Prompt_IsAPicture(t *testing.T) {
	scorer, _ := newScorer(t)
	canvas, err := examples.OptimiseCanvas(background, scorer, "exact", prompt, 7, 50)
	if err != nil {
		t.Fatal(err)
	}
	least, greatest := canvas.Data[0], canvas.Data[0]
	for _, v := range canvas.Data {
		least, greatest = float32(math.Min(float64(least), float64(v))), float32(math.Max(float64(greatest), float64(v)))
	}
	if greatest-least < 0.5 {
		t.Fatalf("the canvas must have contrast, but its values are in [%v, %v]", least, greatest)
	}
	var file bytes.Buffer
	if err := binary.Write(&file, binary.LittleEndian, canvas.Data); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(os.Getenv("SJC_CANVASES"), "go.f32"), file.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}
