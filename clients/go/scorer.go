package sjcgrpc

import (
	"context"
	"fmt"
	"time"

	"google.golang.org/grpc/metadata"
	scorev1 "sjcgrpc/gen/sjc/score/v1"
	tensorv1 "sjcgrpc/gen/sjc/tensor/v1"
)

// Query is a request for scores.
type Query struct {
	Model string
	// Images is [n, c, h, w], or [c, h, w] for one image; the answer's arrays have the same axes.
	Images Array
	// Sigmas holds one noise level for all images, or one each; so do Prompts and Handles, of which at most one is set.
	Sigmas         []float64
	Prompts        []string
	Handles        []string
	NegativePrompt string
	// GuidanceScale 0 stands for 1: the condition alone.
	GuidanceScale float64
	// Draws (0: 1), Seed and Iteration are of the noise of perturb-and-average scoring, which the server makes.
	Draws     uint32
	Seed      uint64
	Iteration uint32
	// Direct: the images already hold noise of their sigma.
	Direct bool
	// WantScore and WantDenoised add those outputs to the gradient.
	WantScore, WantDenoised bool
	ClampDenoised           bool
	// EncodeImages: the images are pictures of a latent model's pixel_shape; gradient and score come back to pixels.
	EncodeImages bool
	// Deterministic asks for the same bits whoever shares the batch.
	Deterministic bool
	// Traceparent is the trace that this query belongs to (W3C Trace Context); empty: what Options.Trace says.
	Traceparent string
	// Timeout is of this query among those of ScoreAll, from its arrival on; 0: the context's alone, as for Score.
	Timeout time.Duration
}

// Scores is an answer. Gradient = sigma * score, Score = (D - x) / sigma^2, Denoised = D; without data where it was not asked for.
type Scores struct {
	Gradient, Score, Denoised Array
	Sigmas                    []float64
	Rows                      uint32
	Deterministic             bool
	// Seconds on the server.
	QueueSeconds, ComputeSeconds float64
}

// Scorer is a ScoreServer; safe for concurrent use. Calls are repeated while it is away or full: noise comes from seeds, so that equal requests
// have equal answers.
type Scorer struct {
	calls  *calls
	client scorev1.ScoreServiceClient
}

// NewScorer connects to host:port, or to every address of a name: dns:///host:port.
func NewScorer(address string, o Options) (*Scorer, error) {
	c, err := dial(address, o)
	if err != nil {
		return nil, err
	}
	return &Scorer{c, scorev1.NewScoreServiceClient(c.conn)}, nil
}

// Close closes the connection; calls that still wait fail.
func (s *Scorer) Close() error { return s.calls.conn.Close() }

// Models lists what the server holds; the first is its default.
func (s *Scorer) Models(ctx context.Context) (models []*scorev1.Model, err error) {
	err = s.calls.run(ctx, func(ctx context.Context) error {
		answer, err := s.client.ListModels(ctx, &scorev1.ListModelsRequest{})
		models = answer.GetModels()
		return err
	})
	return models, err
}

// Model describes a model in full; loads one that is loaded on first use.
func (s *Scorer) Model(ctx context.Context, name string) (model *scorev1.Model, err error) {
	err = s.calls.run(ctx, func(ctx context.Context) error {
		answer, err := s.client.GetModel(ctx, &scorev1.GetModelRequest{Name: name})
		model = answer.GetModel()
		return err
	})
	return model, err
}

// Score gives the scores of images at noise levels.
func (s *Scorer) Score(ctx context.Context, q Query) (*Scores, error) {
	request, err := q.request()
	if err != nil {
		return nil, err
	}
	if q.Traceparent != "" {
		ctx = metadata.AppendToOutgoingContext(ctx, traceparentHeader, q.Traceparent)
	}
	var answer *scorev1.ScoreResponse
	err = s.calls.run(ctx, func(ctx context.Context) (err error) {
		answer, err = s.client.Score(ctx, request)
		return err
	})
	if err != nil {
		return nil, err
	}
	return toScores(answer, len(q.Images.Shape) == 3)
}

// EncodePrompts encodes prompts once; queries then name them by handle. Also tells unknown words.
func (s *Scorer) EncodePrompts(ctx context.Context, model string, prompts ...string) (encoded []*scorev1.EncodedPrompt, err error) {
	err = s.calls.run(ctx, func(ctx context.Context) error {
		answer, err := s.client.EncodePrompts(ctx, &scorev1.EncodePromptsRequest{Model: model, Prompts: prompts})
		encoded = answer.GetPrompts()
		return err
	})
	return encoded, err
}

// EncodeImages turns pixels [n, 3, height, width] in [-1, 1] into latents.
func (s *Scorer) EncodeImages(ctx context.Context, model string, images Array) (latents Array, err error) {
	tensor, err := encode(images, "images")
	if err != nil {
		return Array{}, err
	}
	err = s.calls.run(ctx, func(ctx context.Context) error {
		answer, err := s.client.EncodeImages(ctx, &scorev1.EncodeImagesRequest{Model: model, Images: tensor})
		if err == nil {
			latents, err = decode(answer.Latents)
		}
		return err
	})
	return latents, err
}

// DecodeLatents turns latents into pixels [n, 3, height, width] in [-1, 1].
func (s *Scorer) DecodeLatents(ctx context.Context, model string, latents Array) (images Array, err error) {
	tensor, err := encode(latents, "latents")
	if err != nil {
		return Array{}, err
	}
	err = s.calls.run(ctx, func(ctx context.Context) error {
		answer, err := s.client.DecodeLatents(ctx, &scorev1.DecodeLatentsRequest{Model: model, Latents: tensor})
		if err == nil {
			images, err = decode(answer.Images)
		}
		return err
	})
	return images, err
}

// SampleQuery says what images are drawn.
type SampleQuery struct {
	Model, Prompt, Sampler string
	// Count 0: one image; Steps 0: the server's 32; GuidanceScale 0: 1.
	Count, Steps, PreviewEvery uint32
	Seed                       uint64
	GuidanceScale              float64
}

// SampleEvent is progress, with a preview where one was due, and at last the images [n, c, h, w].
type SampleEvent struct {
	Step, Steps     uint32
	Preview, Images Array
}

// Sample draws images and hands show every event; an error that show returns ends it. Begins anew where the stream breaks.
func (s *Scorer) Sample(ctx context.Context, q SampleQuery, show func(SampleEvent) error) error {
	request := &scorev1.SampleRequest{Model: q.Model, Sampler: q.Sampler, Seed: q.Seed, PreviewEvery: q.PreviewEvery}
	if q.Prompt != "" {
		request.Conditioning = &scorev1.Conditioning{Condition: &scorev1.Conditioning_Prompt{Prompt: q.Prompt}}
	}
	if q.Count > 0 {
		request.Count = &q.Count
	}
	if q.Steps > 0 {
		request.Steps = &q.Steps
	}
	if q.GuidanceScale != 0 {
		request.GuidanceScale = &q.GuidanceScale
	}
	return s.calls.stream(ctx, func(ctx context.Context) (func() (bool, error), error) {
		stream, err := s.client.Sample(ctx, request)
		if err != nil {
			return nil, err
		}
		return func() (bool, error) {
			message, err := stream.Recv()
			if err != nil {
				return false, err
			}
			event, last := SampleEvent{}, message.GetResult() != nil
			if last {
				event.Images, err = decode(message.GetResult().Images)
			} else {
				event.Step, event.Steps = message.GetProgress().Step, message.GetProgress().Steps
				event.Preview, err = optional(message.GetProgress().Preview)
			}
			if err == nil {
				err = show(event)
			}
			if err != nil {
				return false, callerError{err}
			}
			return last, nil
		}, nil
	})
}

func (q Query) request() (*scorev1.ScoreRequest, error) {
	images := q.Images
	if len(images.Shape) == 3 {
		images.Shape = append([]int{1}, images.Shape...)
	}
	tensor, err := encode(images, "images")
	if err != nil {
		return nil, err
	}
	if len(q.Prompts) > 0 && len(q.Handles) > 0 {
		return nil, fmt.Errorf("prompts must be empty where handles are set, but has %d entries", len(q.Prompts))
	}
	r := &scorev1.ScoreRequest{
		Model: q.Model, Images: tensor, Sigmas: q.Sigmas, ClampDenoised: q.ClampDenoised, Deterministic: q.Deterministic, EncodeImages: q.EncodeImages,
		Outputs: &scorev1.ScoreOutputs{Gradient: true, Score: q.WantScore, Denoised: q.WantDenoised},
	}
	for _, prompt := range q.Prompts {
		r.Conditionings = append(r.Conditionings, q.conditioning(&scorev1.Conditioning{Condition: &scorev1.Conditioning_Prompt{Prompt: prompt}}))
	}
	for _, handle := range q.Handles {
		r.Conditionings = append(r.Conditionings, q.conditioning(&scorev1.Conditioning{Condition: &scorev1.Conditioning_PromptHandle{PromptHandle: handle}}))
	}
	if q.GuidanceScale != 0 {
		r.GuidanceScale = &q.GuidanceScale
	}
	if q.Direct {
		r.Estimator = &scorev1.ScoreRequest_Direct{Direct: &scorev1.DirectEstimator{}}
		return r, nil
	}
	estimator := &scorev1.PerturbAndAverageEstimator{Seed: q.Seed, Iteration: q.Iteration}
	if q.Draws > 0 {
		estimator.Draws = &q.Draws
	}
	r.Estimator = &scorev1.ScoreRequest_PerturbAndAverage{PerturbAndAverage: estimator}
	return r, nil
}

func (q Query) conditioning(c *scorev1.Conditioning) *scorev1.Conditioning {
	if q.NegativePrompt != "" {
		c.NegativeCondition = &scorev1.Conditioning_NegativePrompt{NegativePrompt: q.NegativePrompt}
	}
	return c
}

func toScores(answer *scorev1.ScoreResponse, single bool) (*Scores, error) {
	s := &Scores{
		Sigmas: answer.Sigmas, Deterministic: answer.Deterministic, Rows: answer.Timing.GetRows(),
		QueueSeconds: answer.Timing.GetQueueSeconds(), ComputeSeconds: answer.Timing.GetComputeSeconds(),
	}
	for _, output := range []struct {
		array  *Array
		tensor *tensorv1.Tensor
	}{{&s.Gradient, answer.Gradient}, {&s.Score, answer.Score}, {&s.Denoised, answer.Denoised}} {
		array, err := optional(output.tensor)
		if err != nil {
			return nil, err
		}
		if single && len(array.Shape) == 4 {
			array.Shape = array.Shape[1:]
		}
		*output.array = array
	}
	return s, nil
}

func optional(t *tensorv1.Tensor) (Array, error) {
	if t == nil {
		return Array{}, nil
	}
	return decode(t)
}
