using Google.Rpc;
using Grpc.Core;
using Microsoft.Extensions.Time.Testing;
using Sjc.Client;
using Sjc.Client.Resilience;
using Sjc.Contracts.Errors;
using Sjc.Contracts.Score.V1;
using Sjc.Contracts.Tensors;
using Sjc.Services.Tests.FieldOptimizer.Scoring;

namespace Sjc.Services.Tests.Clients;

public sealed class ScorerClientTests : IAsyncLifetime
{
    private static readonly TimeSpan LongAttempt = TimeSpan.FromHours(12);
    private FakeScorer scorer = null!;
    private ScorerClient client = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        scorer = await FakeScorer.StartNewAsync();
        client = Client(TimeProvider.System);
    }

    public async ValueTask DisposeAsync()
    {
        await client.DisposeAsync();
        await scorer.DisposeAsync();
    }

    [Fact]
    public async Task GetModelAsync_NoName_IsTheFirst() => Assert.Equal("dots", (await client.GetModelAsync("", Token)).Name);

    [Fact]
    public async Task GetModelAsync_UnknownName_IsRefused()
    {
        ServiceRefusedException refusal = await Assert.ThrowsAsync<ServiceRefusedException>(() => client.GetModelAsync("cats", Token));

        Assert.Equal(StatusCode.NotFound, Assert.IsType<RpcException>(refusal.InnerException).StatusCode);
    }

    [Fact]
    public async Task ScoreAsync_Request_GetsItsAnswer()
    {
        ScoreResponse response = await client.ScoreAsync(TwoPictures.Request(1), Token);

        Assert.Equal(TwoPictures.Score(TwoPictures.Request(1)), response);
    }

    [Fact]
    public async Task ScoreAsync_AnswersOvertakeEachOther_EachGetsItsOwn()
    {
        TaskCompletionSource first = new(TaskCreationOptions.RunContinuationsAsynchronously);
        scorer.Behavior.Hold = number => number == 1 ? first.Task : Task.CompletedTask;

        Task<ScoreResponse> held = client.ScoreAsync(TwoPictures.Request(1), Token);
        ScoreResponse second = await client.ScoreAsync(TwoPictures.Request(2), Token);
        Assert.False(held.IsCompleted);
        first.SetResult();

        Assert.Equal(TwoPictures.Score(TwoPictures.Request(2)), second);
        Assert.Equal(TwoPictures.Score(TwoPictures.Request(1)), await held);
    }

    [Theory]
    [InlineData(Code.Unavailable)]
    [InlineData(Code.Internal)]
    [InlineData(Code.ResourceExhausted)]
    [InlineData(Code.Aborted)]
    [InlineData(Code.Cancelled)]
    [InlineData(Code.DeadlineExceeded)]
    public async Task ScoreAsync_FailsForAWhile_IsAskedAgain(Code code)
    {
        scorer.Behavior.Refuse = (number, _) => number <= 2 ? new Google.Rpc.Status { Code = (int)code, Message = "busy" } : null;

        Assert.Equal(TwoPictures.Score(TwoPictures.Request(1)), await client.ScoreAsync(TwoPictures.Request(1), Token));
        Assert.Equal(3, scorer.Behavior.Requests);
    }

    [Theory]
    [InlineData(Code.InvalidArgument)]
    [InlineData(Code.NotFound)]
    [InlineData(Code.FailedPrecondition)]
    [InlineData(Code.Unimplemented)]
    public async Task ScoreAsync_RefusedForGood_FailsAtOnceInTheScorersWords(Code code)
    {
        scorer.Behavior.Refuse = (_, _) => new Google.Rpc.Status { Code = (int)code, Message = "images must be nicer, but is not." };

        ServiceRefusedException refusal = await Assert.ThrowsAsync<ServiceRefusedException>(() => client.ScoreAsync(TwoPictures.Request(1), Token));

        Assert.Contains("images must be nicer, but is not.", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(1, scorer.Behavior.Requests);
    }

    [Fact]
    public async Task ScoreAsync_StreamBreaks_IsAskedOnANewOne()
    {
        scorer.Behavior.Break = number => number == 2 ? new Grpc.Core.Status(StatusCode.Unavailable, "draining") : null;

        await client.ScoreAsync(TwoPictures.Request(1), Token);

        Assert.Equal(TwoPictures.Score(TwoPictures.Request(2)), await client.ScoreAsync(TwoPictures.Request(2), Token));
        Assert.Equal(3, scorer.Behavior.Requests);
    }

    [Fact]
    public async Task ScoreAsync_ScorerDiesAndComesBack_IsAnswered()
    {
        TaskCompletionSource reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource never = new(TaskCreationOptions.RunContinuationsAsynchronously);
        scorer.Behavior.Hold = _ =>
        {
            reached.TrySetResult();
            return never.Task;
        };
        Task<ScoreResponse> answer = client.ScoreAsync(TwoPictures.Request(1), Token);
        await reached.Task.WaitAsync(Token);

        await scorer.DieAsync();
        scorer.Behavior.Hold = null;
        await scorer.StartAsync();

        Assert.Equal(TwoPictures.Score(TwoPictures.Request(1)), await answer);
    }

    [Fact]
    public async Task ScoreAsync_NoScorerForTooLong_GivesUpAndSaysWhy()
    {
        await scorer.DieAsync();
        await using ScorerClient impatient = Client(TimeProvider.System, giveUpAfter: TimeSpan.FromMilliseconds(300));

        ServiceUnavailableException failure = await Assert.ThrowsAsync<ServiceUnavailableException>(() => impatient.ScoreAsync(TwoPictures.Request(1), Token));

        Assert.Contains("no answer for 0.3 s (Unavailable", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ScoreAsync_NoAnswerInTime_IsAskedAgain()
    {
        FakeTimeProvider time = new();
        await using ScorerClient patient = Client(time, giveUpAfter: 2 * LongAttempt, attemptTimeout: LongAttempt);
        TaskCompletionSource first = new(TaskCreationOptions.RunContinuationsAsynchronously);
        scorer.Behavior.Hold = number =>
        {
            first.TrySetResult();
            return number == 1 ? Task.Delay(Timeout.Infinite, Token) : Task.CompletedTask;
        };
        Task<ScoreResponse> answer = patient.ScoreAsync(TwoPictures.Request(1), Token);
        await first.Task.WaitAsync(Token);

        time.Advance(LongAttempt);

        // The pause before the second attempt is timed as well; steps are small so that this attempt does not end before it reaches the scorer.
        await Eventually.HoldsAsync(() => scorer.Behavior.Requests >= 2, () => time.Advance(TimeSpan.FromMilliseconds(1)));

        Assert.Equal(TwoPictures.Score(TwoPictures.Request(1)), await answer);
    }

    [Fact]
    public async Task ScoreAsync_Cancelled_TellsTheScorerAndKeepsTheStream()
    {
        TaskCompletionSource reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        scorer.Behavior.Hold = number =>
        {
            reached.TrySetResult();
            return number == 1 ? Task.Delay(Timeout.Infinite, Token) : Task.CompletedTask;
        };
        using CancellationTokenSource cancel = new();
        Task<ScoreResponse> answer = client.ScoreAsync(TwoPictures.Request(1), cancel.Token);
        await reached.Task.WaitAsync(Token);

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer);
        Assert.Equal(TwoPictures.Score(TwoPictures.Request(2)), await client.ScoreAsync(TwoPictures.Request(2), Token));
        Assert.Equal([1ul], scorer.Behavior.Cancelled);
    }

    [Fact]
    public async Task ScoreAsync_MoreThanTheScorerTakes_IsRefusedBeforeItTravels()
    {
        scorer.Behavior.Model = scorer.Behavior.Model.Clone();
        scorer.Behavior.Model.MaxMessageBytes = 100_000;
        ScoreRequest request = TwoPictures.Request(1);
        request.Images = TensorCodec.Encode(new float[150 * 3 * 8 * 8], [150, 3, 8, 8]);

        ServiceRefusedException refusal = await Assert.ThrowsAsync<ServiceRefusedException>(() => client.ScoreAsync(request, Token));

        Assert.Equal(StatusCode.InvalidArgument, refusal.StatusCode);
        Assert.StartsWith("The request must have at most 100000 bytes, but has 115", refusal.Detail, StringComparison.Ordinal);
        Assert.Equal(0, scorer.Behavior.Requests);
    }

    [Fact]
    public void RequestedDelay_RetryInfo_IsTaken()
    {
        RpcException exception = RpcErrors.ResourceExhausted("full", TimeSpan.FromSeconds(2.5)).ToRpcException();

        Assert.Equal(TimeSpan.FromSeconds(2.5), TransientFaults.RequestedDelay(exception));
        Assert.Null(TransientFaults.RequestedDelay(new IOException()));
    }

    private ScorerClient Client(TimeProvider time, TimeSpan? giveUpAfter = null, TimeSpan? attemptTimeout = null) => new(
        new ServiceClientOptions
        {
            Address = scorer.Address.ToString(),
            GiveUpAfter = giveUpAfter ?? TimeSpan.FromMinutes(2),
            AttemptTimeout = attemptTimeout ?? TimeSpan.FromSeconds(30),
            RetryDelay = TimeSpan.FromMilliseconds(10),
            MaxRetryDelay = TimeSpan.FromMilliseconds(50),
        },
        time);
}
