package sjcgrpc

import (
	"context"
	"errors"
	"fmt"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	spb "google.golang.org/genproto/googleapis/rpc/status"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// Violation is one fault of a request (google.rpc.BadRequest).
type Violation struct {
	Field, Description string
}

// Error is a call that failed, with the google.rpc details that the service sent.
type Error struct {
	Code codes.Code
	// Message is in the service's own words.
	Message string
	// Violations names every fault of the request.
	Violations []Violation
	// Reason is machine-readable (google.rpc.ErrorInfo), such as HANDLE_UNKNOWN, or empty.
	Reason string
	// RetryDelay says when to try again; 0 where the service does not.
	RetryDelay time.Duration
}

func (e *Error) Error() string { return fmt.Sprintf("%s (%s)", e.Message, e.Code) }

// Refused says whether the service refuses the request for good, so that asking again would not help.
func (e *Error) Refused() bool {
	switch e.Code {
	case codes.Unavailable, codes.DeadlineExceeded, codes.Aborted, codes.Canceled, codes.Internal, codes.Unknown:
		return false
	case codes.ResourceExhausted:
		// A service that is full says when to come back; gRPC itself does not, of a message that is too large.
		return e.RetryDelay == 0
	}
	return true
}

// Unwrap makes errors.Is(err, context.Canceled) and errors.Is(err, context.DeadlineExceeded) true where they should be.
func (e *Error) Unwrap() error {
	switch e.Code {
	case codes.Canceled:
		return context.Canceled
	case codes.DeadlineExceeded:
		return context.DeadlineExceeded
	}
	return nil
}

// IsRefused says whether err is a refusal for good.
func IsRefused(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.Refused()
}

func toError(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return fromStatus(status.FromContextError(err))
	}
	return fromStatus(status.Convert(err))
}

func fromStatus(s *status.Status) *Error {
	e := &Error{Code: s.Code(), Message: s.Message()}
	for _, detail := range s.Details() {
		switch d := detail.(type) {
		case *errdetails.BadRequest:
			for _, v := range d.FieldViolations {
				e.Violations = append(e.Violations, Violation{v.Field, v.Description})
			}
		case *errdetails.ErrorInfo:
			e.Reason = d.Reason
		case *errdetails.RetryInfo:
			e.RetryDelay = time.Duration(d.RetryDelay.GetSeconds())*time.Second + time.Duration(d.RetryDelay.GetNanos())
		}
	}
	return e
}

// fromProto makes an error of a status that a stream's answer holds.
func fromProto(s *spb.Status) *Error { return fromStatus(status.FromProto(s)) }
