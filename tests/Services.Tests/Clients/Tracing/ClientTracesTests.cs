using System.Diagnostics;
using Google.Rpc;
using Microsoft.Extensions.Time.Testing;
using Sjc.Client;
using Sjc.Contracts.Score.V1;
using Sjc.Services.Tests.FieldOptimizer.Scoring;
using Sjc.Services.Tests.ScoreServer.Hosting;

namespace Sjc.Services.Tests.Clients.Tracing;

/// <summary>The spans of the C# client, and of servers that it asks.</summary>
[Collection(RecordedSpans.Collection)]
public sealed class ClientTracesTests
{
    private const string ScoreStream = "sjc.score.v1.ScoreService/ScoreStream";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ScoreAsync_TwoCallersOnOneStream_AreTwoTracesDownToTheNetwork()
    {
        using RecordedSpans spans = new();
        Activity[] callers = new Activity[2];
        await using (ScoreServerHost host = await ScoreServerHost.StartAsync([TinyPictures.Factory]))
        await using (ScorerClient client = PatientClient.Of(host.Application.Urls.First()))
        {
            for (int i = 0; i < callers.Length; i++)
            {
                using Activity caller = callers[i] = RecordedSpans.Begin("caller");
                caller.TraceStateString = $"vendor={i}";
                await client.ScoreAsync(Requests.Score(TinyPictures.Kind), Token);
            }
        }

        foreach (Activity caller in callers)
        {
            Activity request = await spans.SingleAsync(caller.TraceId, "ScoreStream");
            Activity attempt = await spans.SingleAsync(caller.TraceId, ScoreStream);
            Activity score = await spans.SingleAsync(caller.TraceId, "score");
            Activity network = await spans.SingleAsync(caller.TraceId, "network");
            Assert.Equal([caller.SpanId, request.SpanId, attempt.SpanId, score.SpanId], [request.ParentSpanId, attempt.ParentSpanId, score.ParentSpanId, network.ParentSpanId]);
            Assert.Equal((ActivityKind.Internal, ActivityKind.Client, ActivityKind.Server), (request.Kind, attempt.Kind, score.Kind));

            Assert.Equal(caller.TraceStateString, score.TraceStateString);

            // Beside the wait nothing else: the one stream on which both came, which has ended by now, is of neither trace.
            Assert.Equal(5, spans.Of(caller.TraceId).Count);
        }
    }

    [Fact]
    public async Task ScoreAsync_Attempt_HasTheAttributesOfRpc()
    {
        using RecordedSpans spans = new();
        await using FakeScorer scorer = await FakeScorer.StartNewAsync();
        await using ScorerClient client = PatientClient.Of($"{scorer.Address}");
        using Activity caller = RecordedSpans.Begin("caller");

        await client.ScoreAsync(TwoPictures.Request(1), Token);

        Activity attempt = await spans.SingleAsync(caller.TraceId, ScoreStream);
        Assert.Equal(
            new Dictionary<string, object?>
            {
                ["rpc.system.name"] = "grpc",
                ["rpc.method"] = ScoreStream,
                ["rpc.response.status_code"] = "OK",
                ["server.address"] = "127.0.0.1",
                ["server.port"] = scorer.Address.Port,
                ["sjc.attempt"] = 1,
            },
            attempt.TagObjects.ToDictionary());
        Assert.Equal(ActivityStatusCode.Unset, attempt.Status);
        Assert.Equal([attempt.Id!], scorer.Behavior.Traceparents);
    }

    [Fact]
    public async Task ScoreAsync_AskedAgain_IsOneRequestOfSeveralAttempts()
    {
        using RecordedSpans spans = new();
        await using FakeScorer scorer = await FakeScorer.StartNewAsync();
        scorer.Behavior.Refuse = (number, _) => number <= 2 ? new Status { Code = (int)Code.ResourceExhausted, Message = "busy" } : null;
        await using ScorerClient client = PatientClient.Of($"{scorer.Address}");
        using Activity caller = RecordedSpans.Begin("caller");

        await client.ScoreAsync(TwoPictures.Request(1), Token);

        Activity request = await spans.SingleAsync(caller.TraceId, "ScoreStream");
        Activity[] attempts = [.. spans.Of(caller.TraceId).Where(span => span.OperationName == ScoreStream)];
        Assert.All(attempts, attempt => Assert.Equal(request.SpanId, attempt.ParentSpanId));
        Assert.Equal(["RESOURCE_EXHAUSTED", "RESOURCE_EXHAUSTED", "OK"], attempts.Select(attempt => attempt.GetTagItem("rpc.response.status_code")));
        Assert.Equal([1, 2, 3], attempts.Select(attempt => attempt.GetTagItem("sjc.attempt")));
        Assert.Equal((ActivityStatusCode.Error, "busy"), (attempts[0].Status, attempts[0].StatusDescription));
        Assert.Equal((ActivityStatusCode.Unset, "OK"), (request.Status, request.GetTagItem("rpc.response.status_code")));
        Assert.Equal(attempts.Select(attempt => attempt.Id!), scorer.Behavior.Traceparents);
    }

    [Fact]
    public async Task ScoreAsync_Hedged_BothAttemptsAreOfTheOneRequest()
    {
        using RecordedSpans spans = new();
        FakeTimeProvider time = new();
        await using FakeScorer left = await FakeScorer.StartNewAsync();
        await using FakeScorer right = await FakeScorer.StartNewAsync();
        TaskCompletionSource first = new(TaskCreationOptions.RunContinuationsAsynchronously);
        left.Behavior.Hold = right.Behavior.Hold = _ => first.TrySetResult() ? Task.Delay(Timeout.Infinite, Token) : Task.CompletedTask;
        await using ScorerClient client = PatientClient.Of($"{left.Address},{right.Address}", time, TimeSpan.FromMilliseconds(10));
        using Activity caller = RecordedSpans.Begin("caller");

        Task<ScoreResponse> answer = client.ScoreAsync(TwoPictures.Request(1), Token);
        await first.Task.WaitAsync(Token);
        await Eventually.HoldsAsync(() => left.Behavior.Requests + right.Behavior.Requests >= 2, () => time.Advance(TimeSpan.FromMilliseconds(1)));
        await answer;

        Activity request = await spans.SingleAsync(caller.TraceId, "ScoreStream");
        await Eventually.HoldsAsync(() => spans.Of(caller.TraceId).Count == 3);
        Activity[] attempts = [.. spans.Of(caller.TraceId).Where(span => span.OperationName == ScoreStream).OrderBy(span => span.GetTagItem("sjc.attempt"))];
        Assert.Equal([request.SpanId, request.SpanId], attempts.Select(attempt => attempt.ParentSpanId));
        Assert.Equal(["CANCELLED", "OK"], attempts.Select(attempt => attempt.GetTagItem("rpc.response.status_code")));
        Assert.Equal(new[] { left.Address.Port, right.Address.Port }.Order(), attempts.Select(attempt => (int)attempt.GetTagItem("server.port")!).Order());
        Assert.Equal(attempts.Select(attempt => attempt.Id).Order(), left.Behavior.Traceparents.Concat(right.Behavior.Traceparents).Order());
    }

    [Fact]
    public async Task ScoreAsync_Refused_IsAnErrorOfBoth()
    {
        using RecordedSpans spans = new();
        await using FakeScorer scorer = await FakeScorer.StartNewAsync();
        scorer.Behavior.Refuse = (_, _) => new Status { Code = (int)Code.InvalidArgument, Message = "images must be nicer, but is not." };
        await using ScorerClient client = PatientClient.Of($"{scorer.Address}");
        using Activity caller = RecordedSpans.Begin("caller");

        await Assert.ThrowsAsync<ServiceRefusedException>(() => client.ScoreAsync(TwoPictures.Request(1), Token));

        foreach (string name in (string[])["ScoreStream", ScoreStream])
        {
            Activity span = await spans.SingleAsync(caller.TraceId, name);
            Assert.Equal((ActivityStatusCode.Error, "INVALID_ARGUMENT"), (span.Status, span.GetTagItem("error.type")));
            Assert.Contains("images must be nicer", span.StatusDescription, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task ScoreAsync_NobodyListens_NamesTheCallersOwnSpan()
    {
        await using FakeScorer scorer = await FakeScorer.StartNewAsync();
        await using ScorerClient client = PatientClient.Of($"{scorer.Address}");
        using (Activity caller = RecordedSpans.Begin("caller"))
        {
            await client.ScoreAsync(TwoPictures.Request(1), Token);
            Assert.Equal([$"00-{caller.TraceId}-{caller.SpanId}-00"], scorer.Behavior.Traceparents);
        }

        Activity.Current = null;
        await client.ScoreAsync(TwoPictures.Request(2), Token);
        Assert.Equal("", scorer.Behavior.Traceparents.Last());
    }

    [Fact]
    public async Task GetModelAsync_UnaryCall_HangsFromTheAttempt() => await TraceAsync("GetModel", client => client.GetModelAsync(TinyPictures.Kind, Token));

    [Fact]
    public async Task SampleAsync_Stream_IsOneRequestAndTheLoopKeepsItsOwnSpan()
    {
        (Activity request, Activity attempt) = await TraceAsync("Sample", async client =>
        {
            Activity caller = Activity.Current!;
            await foreach (SampleResponse _ in client.SampleAsync(new SampleRequest { Model = TinyPictures.Kind, Steps = 3 }, Token))
            {
                Assert.Same(caller, Activity.Current);
            }
        });

        Assert.Equal(["OK", "OK"], new[] { request, attempt }.Select(span => span.GetTagItem("rpc.response.status_code")));
    }

    /// <summary>The spans of a call that a server answers: its own hangs from the attempt, that one from the request, and the request from its caller.</summary>
    private static async Task<(Activity Request, Activity Attempt)> TraceAsync(string method, Func<ScorerClient, Task> ask)
    {
        using RecordedSpans spans = new();
        await using ScoreServerHost host = await ScoreServerHost.StartAsync([TinyPictures.Factory]);
        await using ScorerClient client = PatientClient.Of(host.Application.Urls.First());
        using Activity caller = RecordedSpans.Begin("caller");

        await ask(client);

        Activity request = await spans.SingleAsync(caller.TraceId, method);
        Activity attempt = await spans.SingleAsync(caller.TraceId, $"sjc.score.v1.ScoreService/{method}");
        Activity call = await spans.SingleAsync(caller.TraceId, RecordedSpans.Call);
        Assert.Equal([caller.SpanId, request.SpanId, attempt.SpanId], [request.ParentSpanId, attempt.ParentSpanId, call.ParentSpanId]);
        return (request, attempt);
    }
}
