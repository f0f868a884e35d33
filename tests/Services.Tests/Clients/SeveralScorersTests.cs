using System.Collections.Concurrent;
using Google.Rpc;
using Grpc.Health.V1;
using Microsoft.Extensions.Time.Testing;
using Sjc.Client;
using Sjc.Contracts.Score.V1;
using Sjc.Services.Tests.FieldOptimizer.Scoring;

namespace Sjc.Services.Tests.Clients;

/// <summary>One client of two scorers, of which one dies, hesitates or is not ready.</summary>
public sealed class SeveralScorersTests : IAsyncLifetime
{
    private FakeScorer left = null!;
    private FakeScorer right = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        left = await FakeScorer.StartNewAsync();
        right = await FakeScorer.StartNewAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await left.DisposeAsync();
        await right.DisposeAsync();
    }

    [Fact]
    public async Task ScoreAsync_ManyAtOnce_AreSharedByBoth()
    {
        TaskCompletionSource bothBusy = new(TaskCreationOptions.RunContinuationsAsynchronously);
        left.Behavior.Hold = right.Behavior.Hold = _ => bothBusy.Task;
        await using ScorerClient client = Client();
        Task<ScoreResponse>[] answers = [.. Enumerable.Range(0, 8).Select(seed => client.ScoreAsync(TwoPictures.Request((ulong)seed), Token))];
        await Eventually.HoldsAsync(() => left.Behavior.Requests + right.Behavior.Requests >= 8);

        bothBusy.SetResult();
        ScoreResponse[] responses = await Task.WhenAll(answers);

        Assert.Equal((4, 4), (left.Behavior.Requests, right.Behavior.Requests));
        Assert.Equal(Enumerable.Range(0, 8).Select(seed => TwoPictures.Score(TwoPictures.Request((ulong)seed))), responses);
    }

    [Fact]
    public async Task ScoreAsync_OneDies_TheOtherAnswersAll()
    {
        TaskCompletionSource reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        left.Behavior.Hold = _ =>
        {
            reached.TrySetResult();
            return Task.Delay(Timeout.Infinite, Token);
        };
        await using ScorerClient client = Client();
        Task<ScoreResponse>[] answers = [.. Enumerable.Range(0, 4).Select(seed => client.ScoreAsync(TwoPictures.Request((ulong)seed), Token))];
        await reached.Task.WaitAsync(Token);

        await left.DieAsync();

        Assert.Equal(Enumerable.Range(0, 4).Select(seed => TwoPictures.Score(TwoPictures.Request((ulong)seed))), await Task.WhenAll(answers));
        Assert.True(right.Behavior.Requests >= 4);
    }

    [Fact]
    public async Task ScoreAsync_TheDeadOneComesBack_IsAskedAgain()
    {
        left.Behavior.Health = right.Behavior.Health = HealthCheckResponse.Types.ServingStatus.Serving;
        await using ScorerClient client = Client();
        await left.DieAsync();
        for (ulong seed = 0; seed < 4; seed++)
        {
            Assert.Equal(TwoPictures.Score(TwoPictures.Request(seed)), await client.ScoreAsync(TwoPictures.Request(seed), Token));
        }

        await left.StartAsync();

        // Its health is asked for once a second.
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(Token);
        patience.CancelAfter(TimeSpan.FromMinutes(2));
        for (ulong seed = 4; left.Behavior.Requests == 0; seed++)
        {
            Assert.Equal(TwoPictures.Score(TwoPictures.Request(seed)), await client.ScoreAsync(TwoPictures.Request(seed), patience.Token));
        }
    }

    [Fact]
    public async Task ScoreAsync_OneIsFull_TheOtherIsAskedAtOnce()
    {
        // A pause of an hour, as the full one asks for, would outlast the test.
        left.Behavior.Refuse = (_, _) => Sjc.Contracts.Errors.RpcErrors.ResourceExhausted("full", TimeSpan.FromHours(1));
        await using ScorerClient client = Client();
        for (ulong seed = 0; seed < 6; seed++)
        {
            Assert.Equal(TwoPictures.Score(TwoPictures.Request(seed)), await client.ScoreAsync(TwoPictures.Request(seed), Token));
        }

        Assert.Equal((1, 6), (left.Behavior.Requests, right.Behavior.Requests));
    }

    [Fact]
    public async Task ScoreAsync_OneIsNotServing_IsNotAsked()
    {
        left.Behavior.Health = HealthCheckResponse.Types.ServingStatus.NotServing;
        right.Behavior.Health = HealthCheckResponse.Types.ServingStatus.Serving;
        await using ScorerClient client = Client();
        await left.Behavior.HealthTold.Task.WaitAsync(Token);
        await right.Behavior.HealthTold.Task.WaitAsync(Token);

        // Until the news has arrived the left one may be asked; then no more.
        int quiet = 0;
        for (ulong seed = 0; quiet < 10; seed++)
        {
            int before = left.Behavior.Requests;
            await client.ScoreAsync(TwoPictures.Request(seed), Token);
            quiet = left.Behavior.Requests == before ? quiet + 1 : 0;
        }

        Assert.True(right.Behavior.Requests >= 10);
    }

    [Fact]
    public async Task ScoreAsync_HedgedAndTheFirstHesitates_TheSecondAnswersAndTheFirstIsCancelled()
    {
        FakeTimeProvider time = new();
        ConcurrentQueue<FakeScorer> asked = new();
        TaskCompletionSource first = new(TaskCreationOptions.RunContinuationsAsynchronously);
        left.Behavior.Hold = _ => HoldFirst(left);
        right.Behavior.Hold = _ => HoldFirst(right);
        await using ScorerClient client = Client(time, TimeSpan.FromMilliseconds(10));
        Task<ScoreResponse> answer = client.ScoreAsync(TwoPictures.Request(1), Token);
        await first.Task.WaitAsync(Token);

        // The first request may reach its scorer before the wait for the second begins.
        await Eventually.HoldsAsync(() => left.Behavior.Requests + right.Behavior.Requests >= 2, () => time.Advance(TimeSpan.FromMilliseconds(1)));

        Assert.Equal(TwoPictures.Score(TwoPictures.Request(1)), await answer);
        FakeScorer[] both = [.. asked];
        Assert.Equal(2, both.Distinct().Count());
        await Eventually.HoldsAsync(() => !both[0].Behavior.Cancelled.IsEmpty);

        Assert.Empty(both[1].Behavior.Cancelled);

        Task HoldFirst(FakeScorer scorer)
        {
            asked.Enqueue(scorer);
            return first.TrySetResult() ? Task.Delay(Timeout.Infinite, Token) : Task.CompletedTask;
        }
    }

    [Fact]
    public async Task ScoreAsync_Hedged_ARefusalIsFinal()
    {
        left.Behavior.Refuse = right.Behavior.Refuse = (_, _) => new Status { Code = (int)Code.InvalidArgument, Message = "images must be nicer, but is not." };
        await using ScorerClient client = Client(hedgeAfter: TimeSpan.FromHours(1));

        ServiceRefusedException refusal = await Assert.ThrowsAsync<ServiceRefusedException>(() => client.ScoreAsync(TwoPictures.Request(1), Token));

        Assert.Equal("images must be nicer, but is not.", refusal.Detail);
        Assert.Equal(1, left.Behavior.Requests + right.Behavior.Requests);
    }

    [Fact]
    public async Task ScoreManyAsync_Requests_AnswersKeepTheirOrder()
    {
        TaskCompletionSource second = new(TaskCreationOptions.RunContinuationsAsynchronously);
        left.Behavior.Hold = number => number == 1 ? second.Task : Release();
        await using ScorerClient client = Client();
        List<ScoreResponse> answers = [];
        await foreach (ScoreResponse answer in client.ScoreManyAsync(Requests(20), inFlight: 6, Token))
        {
            answers.Add(answer);
        }

        Assert.Equal(Enumerable.Range(0, 20).Select(seed => TwoPictures.Score(TwoPictures.Request((ulong)seed))), answers);

        // The left one's first answer comes after its second.
        Task Release()
        {
            second.TrySetResult();
            return Task.CompletedTask;
        }
    }

    [Fact]
    public async Task ScoreManyAsync_LoopIsLeft_CancelsWhatIsInFlight()
    {
        left.Behavior.HoldRequest = right.Behavior.HoldRequest = request => request.PerturbAndAverage.Seed > 0;
        await using ScorerClient client = Client();
        await foreach (ScoreResponse _ in client.ScoreManyAsync(Requests(20), inFlight: 4, Token))
        {
            break;
        }

        // All but the answered one.
        await Eventually.HoldsAsync(() =>
            left.Behavior.Cancelled.Count + right.Behavior.Cancelled.Count >= left.Behavior.Requests + right.Behavior.Requests - 1);

        Assert.True(left.Behavior.Requests + right.Behavior.Requests <= 4);
    }

    [Fact]
    public void Constructor_BadOption_SaysWhich()
    {
        ArgumentException exception = Assert.Throws<ArgumentException>(() => new ScorerClient(new ServiceClientOptions { HedgeAfter = TimeSpan.Zero }));

        Assert.StartsWith("HedgeAfter must be in [10 ms, 24 h], but is 00:00:00.", exception.Message, StringComparison.Ordinal);
    }

    private ScorerClient Client(TimeProvider? time = null, TimeSpan? hedgeAfter = null) => PatientClient.Of($"{left.Address},{right.Address}", time, hedgeAfter);

    private static async IAsyncEnumerable<ScoreRequest> Requests(int count)
    {
        for (int seed = 0; seed < count; seed++)
        {
            await Task.Yield();
            yield return TwoPictures.Request((ulong)seed);
        }
    }
}
