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

    /// <summary>Without the label of the meter's name, which every line has.</summary>
    private static string Unscoped(string text) => text.Replace("otel_scope_name=\"Sjc.ScoreServer\",", "", StringComparison.Ordinal);

    private static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
