package tests

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"os"
	"strings"
	"testing"
	"time"

	"sjcgrpc"
)

type caller struct{ trace, span string }

func newCaller() caller {
	bytes := make([]byte, 24)
	if _, err := rand.Read(bytes); err != nil {
		panic(err)
	}
	return caller{hex.EncodeToString(bytes[:16]), hex.EncodeToString(bytes[16:])}
}

func (c caller) parent() string { return "00-" + c.trace + "-" + c.span + "-01" }

type span struct{ id, parent string }

// spansOf gives what the server told its collector of a trace, by name, once the network's span is there and one below
// the caller's: a call's span ends last.
func spansOf(t *testing.T, c caller) map[string]span {
	t.Helper()
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		file, err := os.ReadFile(os.Getenv("SJC_TRACES"))
		if err != nil {
			t.Fatal(err)
		}
		found := map[string]span{}
		begun := false
		for _, line := range strings.Split(string(file), "\n") {
			if words := strings.Fields(line); len(words) >= 5 && words[0] == c.trace {
				found[words[4]] = span{words[1], words[2]}
				begun = begun || words[2] == c.span
			}
		}
		if found["score"].id != "" && found["queue"].id != "" && found["network"].id != "" && begun {
			return found
		}
	}
	t.Fatalf("the trace %s must reach from %s to the network, but does not", c.trace, c.span)
	return nil
}

func requireParent(t *testing.T, c caller) {
	t.Helper()
	found := spansOf(t, c)
	score := found["score"]
	if found["network"].parent != score.id {
		t.Fatalf("the network's parent must be the score's span %s, but is %s", score.id, found["network"].parent)
	}
	// Of a unary call the server's span of the call stands between.
	for _, above := range found {
		if score.parent == c.span || (above.id == score.parent && above.parent == c.span) {
			return
		}
	}
	t.Fatalf("the score's parent must be %s, but is %s", c.span, score.parent)
}

func TestTraces_OfEachQuery_ReachTheNetwork(t *testing.T) {
	scorer, shape := newScorer(t)
	callers := []caller{newCaller(), newCaller(), newCaller(), newCaller()}
	q := query(shape)
	q.Traceparent = callers[0].parent()
	mustScore(t, scorer, q)

	type key struct{}
	asked := 0
	hooked, err := sjcgrpc.NewScorer(os.Getenv("SJC_SCORER"), sjcgrpc.Options{Timeout: 2 * time.Minute, Trace: func(ctx context.Context) (string, string) {
		asked++
		return ctx.Value(key{}).(caller).parent(), "vendor=value"
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer hooked.Close()
	queries := []sjcgrpc.Query{query(shape), query(shape), query(shape)}
	queries[0].Traceparent, queries[1].Traceparent = callers[1].parent(), callers[2].parent()
	ctx := context.WithValue(background, key{}, callers[3])
	if err := hooked.ScoreAll(ctx, queries, 2, func(int, *sjcgrpc.Scores) error { return nil }); err != nil {
		t.Fatal(err)
	}
	if asked != 2 {
		t.Fatalf("the trace must be asked for once for the stream and once for its third query, but is %d times", asked)
	}
	for _, c := range callers {
		requireParent(t, c)
	}
}
