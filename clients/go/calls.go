package sjcgrpc

import (
	"context"
	"errors"
	"io"
	"math/rand"
	"strings"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/metadata"
)

const (
	maxMessageBytes   = 256 << 20
	traceparentHeader = "traceparent"
	tracestateHeader  = "tracestate"
)

// Options say how a service is reached; the zero value does for loopback.
type Options struct {
	// Timeout bounds a call with all its retries where its context has no deadline; 0: a minute.
	Timeout time.Duration
	// Credentials for TLS; nil: HTTP/2 without.
	Credentials credentials.TransportCredentials
	// Headers is the metadata of every call, such as authorization.
	Headers map[string]string
	// Trace is asked before each request for the headers of the trace that its context belongs to, as W3C Trace Context names them: traceparent and
	// tracestate, each empty where there is none; nil: nobody is asked.
	Trace func(context.Context) (traceparent, tracestate string)
}

// calls makes calls again until they are answered, refused for good or out of time.
type calls struct {
	conn    *grpc.ClientConn
	timeout time.Duration
	headers metadata.MD
	trace   func(context.Context) (traceparent, tracestate string)
}

// dial connects to host:port, or to every address of a name: dns:///host:port.
func dial(address string, o Options) (*calls, error) {
	options := []grpc.DialOption{
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(maxMessageBytes), grpc.MaxCallSendMsgSize(maxMessageBytes)),
		grpc.WithDefaultServiceConfig(`{"loadBalancingConfig": [{"round_robin": {}}]}`),
		grpc.WithConnectParams(grpc.ConnectParams{Backoff: backoff.Config{BaseDelay: 100 * time.Millisecond, Multiplier: 2, Jitter: 0.2, MaxDelay: 3 * time.Second}, MinConnectTimeout: 5 * time.Second}),
	}
	if o.Credentials != nil {
		options = append(options, grpc.WithTransportCredentials(o.Credentials))
	} else {
		options = append(options, grpc.WithInsecure())
	}
	if o.Timeout == 0 {
		o.Timeout = time.Minute
	}
	conn, err := grpc.Dial(strings.TrimPrefix(address, "http://"), options...)
	if err != nil {
		return nil, err
	}
	if o.Trace == nil {
		o.Trace = func(context.Context) (string, string) { return "", "" }
	}
	return &calls{conn, o.Timeout, metadata.New(o.Headers), o.Trace}, nil
}

// context gives a call its headers and, where it has none, its deadline.
func (c *calls) context(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx = c.withHeaders(ctx)
	if _, ok := ctx.Deadline(); ok {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(ctx, c.timeout)
}

func (c *calls) withHeaders(ctx context.Context) context.Context {
	headers := c.headers.Copy()
	if existing, ok := metadata.FromOutgoingContext(ctx); ok {
		headers = metadata.Join(existing, headers)
	}
	// A trace that the context names already is the caller's own.
	if len(headers.Get(traceparentHeader)) == 0 {
		if traceparent, tracestate := c.trace(ctx); traceparent != "" {
			headers.Set(traceparentHeader, traceparent)
			if tracestate != "" {
				headers.Set(tracestateHeader, tracestate)
			}
		}
	}
	return metadata.NewOutgoingContext(ctx, headers)
}

// run makes a call until it succeeds, is refused for good or the context ends.
func (c *calls) run(ctx context.Context, ask func(context.Context) error) error {
	ctx, cancel := c.context(ctx)
	defer cancel()
	for pause := 100 * time.Millisecond; ; pause = min(2*pause, 3*time.Second) {
		err := ask(ctx)
		if err == nil {
			return nil
		}
		e := toError(err)
		if e.Refused() || !wait(ctx, e, pause) {
			return e
		}
	}
}

// once makes a call that must not be repeated.
func (c *calls) once(ctx context.Context, ask func(context.Context) error) error {
	ctx, cancel := c.context(ctx)
	defer cancel()
	if err := ask(ctx); err != nil {
		return toError(err)
	}
	return nil
}

// stream hands every message of a server stream to receive until it says that it was the last; opens the stream anew where it breaks, and gives
// up when no message came for the timeout.
func (c *calls) stream(ctx context.Context, open func(context.Context) (receive func() (last bool, err error), err error)) error {
	ctx, cancel := context.WithCancel(c.withHeaders(ctx))
	defer cancel()
	since, pause := time.Now(), 100*time.Millisecond
	for {
		receive, err := open(ctx)
		for err == nil {
			var last bool
			if last, err = receive(); err == nil {
				since, pause = time.Now(), 100*time.Millisecond
				if last {
					return nil
				}
			}
		}
		var mine callerError
		if errors.As(err, &mine) {
			return mine.error
		}
		if errors.Is(err, io.EOF) {
			err = errors.New("the stream ended before its last message")
		}
		e := toError(err)
		if e.Refused() || time.Since(since)+pause > c.timeout || !wait(ctx, e, pause) {
			return e
		}
		pause = min(2*pause, 3*time.Second)
	}
}

// callerError is what a caller's function returned, which ends a stream at once.
type callerError struct{ error }

// wait pauses before another attempt; false: there is no time for one.
func wait(ctx context.Context, e *Error, pause time.Duration) bool {
	if e.RetryDelay > 0 {
		pause = e.RetryDelay
	} else {
		pause = time.Duration(float64(pause) * (0.5 + rand.Float64()))
	}
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) <= pause {
		return false
	}
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}

func min(a, b time.Duration) time.Duration {
	if a < b {
		return a
	}
	return b
}
