package tests

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"sjcgrpc"
)

func TestScoreAll_ManyQueries_AnswersInOrder(t *testing.T) {
	scorer, shape := newScorer(t)
	queries := make([]sjcgrpc.Query, 9)
	for i := range queries {
		queries[i] = query(shape)
		queries[i].Images, queries[i].Seed = image(float64(i), shape...), uint64(i)
	}
	next := 0
	err := scorer.ScoreAll(background, queries, 4, func(index int, scores *sjcgrpc.Scores) error {
		if index != next || !reflect.DeepEqual(scores.Gradient, mustScore(t, scorer, queries[index]).Gradient) {
			t.Fatalf("answer %d must be that of query %d", index, next)
		}
		next++
		return nil
	})
	if err != nil || next != len(queries) {
		t.Fatalf("all queries must be answered, but %d are: %v", next, err)
	}
}

func TestScoreAll_RefusedQuery_HasDetails(t *testing.T) {
	scorer, shape := newScorer(t)
	queries := []sjcgrpc.Query{query(shape), query(shape)}
	queries[1].Sigmas = []float64{-1}
	answers := 0
	err := scorer.ScoreAll(background, queries, 2, func(int, *sjcgrpc.Scores) error { answers++; return nil })
	if e := failure(t, err, codes.InvalidArgument); answers != 1 || !strings.HasPrefix(e.Violations[0].Field, "sigmas") {
		t.Fatalf("the second query must be refused for its sigmas, but %d were answered: %v", answers, e.Violations)
	}
}

func TestScoreAll_CallersError_EndsIt(t *testing.T) {
	scorer, shape := newScorer(t)
	mine := errors.New("mine")
	if err := scorer.ScoreAll(background, []sjcgrpc.Query{query(shape), query(shape)}, 2, func(int, *sjcgrpc.Scores) error { return mine }); err != mine {
		t.Fatalf("error must be the caller's, but is %v", err)
	}
}

func TestScoreAll_TimeoutOfAQuery_IsDeadlineExceeded(t *testing.T) {
	scorer, shape := newScorer(t)
	q := query(append([]int{64}, shape...))
	q.Draws = 4
	ignore := func(int, *sjcgrpc.Scores) error { return nil }
	q.Timeout = time.Millisecond
	failure(t, scorer.ScoreAll(background, []sjcgrpc.Query{q}, 1, ignore), codes.DeadlineExceeded)
	q.Timeout = time.Minute
	if err := scorer.ScoreAll(background, []sjcgrpc.Query{q}, 1, ignore); err != nil {
		t.Fatal(err)
	}
}
