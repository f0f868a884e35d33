using System.Net;
using System.Net.Sockets;
using Grpc.Core;
using Sjc.Contracts.Score.V1;
using Sjc.Services.Tests.ScoreServer.Hosting;

namespace Sjc.Services.Tests.ScoreServer.Telemetry;

public sealed class MetricsTests
{
    private const string Kind = "metered";
    private const string Tenant = "metered-tenant";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Metrics_AfterRequests_HoldEveryFigure()
    {
        int port = FreePort();
        await using ScoreServerHost host = await ScoreServerHost.StartAsync([new TestFactory(Kind, TinyPictures.Create)], $"--Telemetry:MetricsUrl=http://127.0.0.1:{port}", $"--Tenants:0:Name={Tenant}");
        ScoreRequest guided = Requests.Score(Kind);
        guided.GuidanceScale = 2;
        await host.Client.ScoreAsync(guided, new Metadata { { "sjc-tenant", Tenant } }, cancellationToken: Cancellation);
        await Assert.ThrowsAsync<RpcException>(async () => await host.Client.ScoreAsync(Requests.Score("none"), cancellationToken: Cancellation));
        using AsyncDuplexStreamingCall<ScoreStreamRequest, ScoreStreamResponse> call = host.Client.ScoreStream(cancellationToken: Cancellation);
        await call.SendAsync(1, Requests.Score(Kind));
        await call.ReadAsync();

        using HttpClient http = new();
        string text = await http.GetStringAsync(new Uri($"http://127.0.0.1:{port}/metrics"), Cancellation);
        using HttpResponseMessage other = await http.GetAsync(new Uri($"http://127.0.0.1:{port}/"), Cancellation);

        // Other tests' servers count in this process as well; what has this test's names is its own.
        foreach (string line in (string[])
        [
            $"sjc_score_rows_total{{kind=\"guided\",model=\"{Kind}\"}} 2", $"sjc_score_rows_total{{kind=\"unguided\",model=\"{Kind}\"}} 1", $"sjc_score_tenant_rows_total{{tenant=\"{Tenant}\"}} 2",
            $"sjc_score_batches_total{{end=\"drained\",model=\"{Kind}\"}} 2", $"sjc_score_model_ready{{model=\"{Kind}\"}} 1",
            "sjc_score_requests_total{call=\"unary\",code=\"Ok\"}", "sjc_score_requests_total{call=\"unary\",code=\"InvalidArgument\"}", "sjc_score_tenant_rows_total{tenant=\"anonymous\"}",
        ])
        {
            Assert.Contains(line, Unscoped(text), StringComparison.Ordinal);
        }

        foreach (string name in (string[])
        [
            "sjc_score_request_duration_seconds_bucket", "sjc_score_queue_duration_seconds_bucket", "sjc_score_batch_transfer_duration_seconds_bucket", "sjc_score_batch_compute_duration_seconds_bucket",
            "sjc_score_batch_rows_bucket", "sjc_score_padding_rows_total", "sjc_score_queue_rows", "sjc_score_queue_age_seconds", "sjc_score_streams", "sjc_score_model_load_duration_seconds",
            "sjc_score_device_memory_used_bytes",
        ])
        {
            Assert.Contains(name, text, StringComparison.Ordinal);
        }

        Assert.Equal(HttpStatusCode.NotFound, other.StatusCode);
    }

    [Fact]
    public async Task Metrics_BeforeAnyRequest_HoldWhatAnAutoscalerAsksFor()
    {
        int port = FreePort();
        await using ScoreServerHost host = await ScoreServerHost.StartAsync([new TestFactory("unasked", TinyPictures.Create)], $"--Telemetry:MetricsUrl=http://127.0.0.1:{port}");

        using HttpClient http = new();
        string text = Unscoped(await http.GetStringAsync(new Uri($"http://127.0.0.1:{port}/metrics"), Cancellation));

        Assert.Contains("sjc_score_queue_age_seconds{device=\"cpu\"} ", text, StringComparison.Ordinal);
        Assert.Contains("sjc_score_queue_rows{device=\"cpu\"} ", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task MetricsPort_CallOfTheService_IsNotAnswered()
    {
        int port = FreePort();
        await using ScoreServerHost host = await ScoreServerHost.StartAsync([TinyPictures.Factory], $"--Telemetry:MetricsUrl=http://127.0.0.1:{port}");
        using HttpClient http = new();
        using StringContent call = new("AAAAAAA=", null, "application/grpc-web-text");

        using HttpResponseMessage answer = await http.PostAsync(new Uri($"http://127.0.0.1:{port}/sjc.score.v1.ScoreService/ListModels"), call, Cancellation);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Fact]
    public async Task Calls_OtherThanScores_AreCountedByNameAndCode()
    {
        await using ScoreServerHost host = await ScoreServerHost.StartAsync([TinyPictures.Factory]);
        using MetricLog log = new(host, "sjc.score.requests");

        await host.Client.EncodePromptsAsync(new EncodePromptsRequest { Model = TinyPictures.Kind, Prompts = { "a red car" } }, cancellationToken: Cancellation);
        await Assert.ThrowsAsync<RpcException>(async () => await host.Client.GetModelAsync(new GetModelRequest { Name = "none" }, cancellationToken: Cancellation));
        using AsyncServerStreamingCall<SampleResponse> sample = host.Client.Sample(new SampleRequest { Model = TinyPictures.Kind, Steps = 2 }, cancellationToken: Cancellation);
        while (await sample.ResponseStream.MoveNext(Cancellation))
        {
        }

        // A call is counted after its answer is written.
        await Eventually.HoldsAsync(() => log.Tags.Length == 3);
        Assert.Equal(["call=encode-prompts code=Ok", "call=get-model code=NotFound", "call=sample code=Ok"], log.Tags.Order());
    }

    [Fact]
    public async Task Score_DeadlineWhileItRuns_IsCountedAsDeadlineExceeded()
    {
        using DeviceGate gate = new();
        await using ScoreServerHost host = await ScoreServerHost.StartAsync([gate.Factory]);
        using MetricLog log = new(host, "sjc.score.requests");
        await host.Client.ScoreAsync(Requests.Score(DeviceGate.Kind), cancellationToken: Cancellation); // the connection is there
        gate.Close();

        AsyncUnaryCall<ScoreResponse> late = host.Client.ScoreAsync(Requests.Score(DeviceGate.Kind), deadline: DateTime.UtcNow.AddSeconds(2), cancellationToken: Cancellation);
        await gate.PassBegunAsync();
        await Assert.ThrowsAsync<RpcException>(async () => await late);
        await Eventually.HoldsAsync(() => log.Tags.Length == 2);
        gate.Open();

        Assert.Equal("call=unary code=DeadlineExceeded", log.Tags[1]);
    }

    /// <summary>Without the label of the meter's name, which every line has.</summary>
    private static string Unscoped(string text) => text.Replace("otel_scope_name=\"Sjc.ScoreServer\",", "", StringComparison.Ordinal);

    private static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
