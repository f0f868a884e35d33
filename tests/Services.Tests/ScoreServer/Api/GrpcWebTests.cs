using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Headers;
using Google.Protobuf;
using Sjc.Contracts.Score.V1;
using Sjc.ScoreServer;
using Sjc.Services.Tests.ScoreServer.Hosting;

namespace Sjc.Services.Tests.ScoreServer.Api;

/// <summary>gRPC-Web by plain HTTP: what curl and browsers send and get.</summary>
public sealed class GrpcWebTests : IAsyncLifetime
{
    private const byte TrailerFlag = 0x80;
    private ScoreServerHost host = null!;
    private HttpClient http = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        host = await ScoreServerHost.StartAsync([TinyPictures.Factory]);
        http = new HttpClient { BaseAddress = host.Application.Address(), DefaultRequestVersion = HttpVersion.Version20, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await host.DisposeAsync();
    }

    [Theory]
    [InlineData("application/grpc-web")]
    [InlineData("application/grpc-web-text")]
    public async Task Unary_GrpcWeb_AnswersAsGrpcDoes(string type)
    {
        (List<byte[]> messages, string trailers) = await CallAsync("sjc.score.v1.ScoreService/ListModels", new ListModelsRequest(), type);

        Assert.Equal(await host.Client.ListModelsAsync(new ListModelsRequest(), cancellationToken: Token), ListModelsResponse.Parser.ParseFrom(Assert.Single(messages)));
        Assert.Contains("grpc-status: 0", trailers, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ServerStream_GrpcWeb_SendsEveryMessage()
    {
        string model = (await host.Client.ListModelsAsync(new ListModelsRequest(), cancellationToken: Token)).Models[0].Name;

        (List<byte[]> messages, string trailers) = await CallAsync("sjc.score.v1.ScoreService/Sample", new SampleRequest { Model = model, Steps = 3 }, "application/grpc-web-text");

        Assert.True(messages.Count > 1);
        Assert.Equal(SampleResponse.EventOneofCase.Result, SampleResponse.Parser.ParseFrom(messages[^1]).EventCase);
        Assert.Contains("grpc-status: 0", trailers, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unary_Refused_SaysWhyInItsHeaders()
    {
        using HttpResponseMessage response = await SendAsync("sjc.score.v1.ScoreService/GetModel", new GetModelRequest { Name = "unknown" }, "application/grpc-web");
        (_, string trailers) = Split(await response.Content.ReadAsByteArrayAsync(Token));

        string status = response.Headers.TryGetValues("grpc-status", out IEnumerable<string>? values) ? $"grpc-status: {values.Single()}" : trailers;
        Assert.Contains("grpc-status: 5", status, StringComparison.Ordinal);
    }

    private async Task<(List<byte[]> Messages, string Trailers)> CallAsync(string method, IMessage request, string type)
    {
        using HttpResponseMessage response = await SendAsync(method, request, type);
        byte[] body = await response.Content.ReadAsByteArrayAsync(Token);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(type, response.Content.Headers.ContentType!.MediaType);
        return Split(type.EndsWith("-text", StringComparison.Ordinal) ? FromBase64Chunks(System.Text.Encoding.ASCII.GetString(body)) : body);
    }

    private async Task<HttpResponseMessage> SendAsync(string method, IMessage request, string type)
    {
        byte[] frame = new byte[5 + request.CalculateSize()];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), frame.Length - 5);
        request.WriteTo(frame.AsSpan(5));
        using HttpRequestMessage message = new(HttpMethod.Post, method)
        {
            Content = type.EndsWith("-text", StringComparison.Ordinal) ? new StringContent(Convert.ToBase64String(frame)) : new ByteArrayContent(frame),
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        message.Content.Headers.ContentType = new MediaTypeHeaderValue(type);
        message.Headers.Accept.ParseAdd(type);
        return await http.SendAsync(message, Token);
    }

    /// <summary>Every part that was flushed is base64 of its own, with its own padding.</summary>
    private static byte[] FromBase64Chunks(string text)
    {
        List<byte> bytes = [];
        for (int i = 0; i < text.Length; i += 4)
        {
            bytes.AddRange(Convert.FromBase64String(text.Substring(i, 4)));
        }

        return [.. bytes];
    }

    private static (List<byte[]> Messages, string Trailers) Split(byte[] body)
    {
        List<byte[]> messages = [];
        string trailers = "";
        for (int i = 0; i < body.Length;)
        {
            int length = BinaryPrimitives.ReadInt32BigEndian(body.AsSpan(i + 1));
            byte[] content = body[(i + 5)..(i + 5 + length)];
            if (body[i] == TrailerFlag)
            {
                trailers = System.Text.Encoding.ASCII.GetString(content);
            }
            else
            {
                messages.Add(content);
            }

            i += 5 + length;
        }

        return (messages, trailers);
    }
}
