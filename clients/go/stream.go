package sjcgrpc

import (
	"context"
	"errors"
	"io"

	spb "google.golang.org/genproto/googleapis/rpc/status"
	scorev1 "sjcgrpc/gen/sjc/score/v1"
)

// ScoreAll asks for the scores of every query over one stream, with at most inFlight waiting at once, and hands them to receive in their order.
// The first refusal, an error of receive or the end of the context ends it and cancels what is in flight.
func (s *Scorer) ScoreAll(ctx context.Context, queries []Query, inFlight int, receive func(index int, scores *Scores) error) error {
	if inFlight < 1 {
		inFlight = 8
	}
	// Cancelling the stream's context ends both of its directions, whichever way this function is left.
	ctx, cancel := context.WithCancel(s.calls.withHeaders(ctx))
	defer cancel()
	stream, err := s.client.ScoreStream(ctx)
	if err != nil {
		return toError(err)
	}
	early := map[uint64]*scorev1.ScoreStreamResponse{}
	sent := 0
	for turn := range queries {
		for ; sent < len(queries) && sent-turn < inFlight; sent++ {
			request, err := queries[sent].request()
			if err != nil {
				return err
			}
			message := &scorev1.ScoreStreamRequest{Id: uint64(sent), Action: &scorev1.ScoreStreamRequest_Request{Request: request}}
			if message.Traceparent = queries[sent].Traceparent; message.Traceparent == "" {
				message.Traceparent, message.Tracestate = s.calls.trace(ctx)
			}
			if timeout := queries[sent].Timeout; timeout != 0 {
				seconds := timeout.Seconds()
				message.TimeoutSeconds = &seconds
			}
			// An EOF says that the stream broke; receiving says why.
			if err := stream.Send(message); err != nil && !errors.Is(err, io.EOF) {
				return toError(err)
			}
		}
		for early[uint64(turn)] == nil {
			message, err := stream.Recv()
			if err != nil {
				return toError(err)
			}
			early[message.Id] = message
		}
		message := early[uint64(turn)]
		delete(early, uint64(turn))
		if message.GetResponse() == nil {
			failure := message.GetStatus()
			return fromProto(&spb.Status{Code: failure.GetCode(), Message: failure.GetMessage(), Details: failure.GetDetails()})
		}
		scores, err := toScores(message.GetResponse(), len(queries[turn].Images.Shape) == 3)
		if err != nil {
			return err
		}
		if err := receive(turn, scores); err != nil {
			return err
		}
	}
	return nil
}
