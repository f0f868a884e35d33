using Sjc.Cli.Options;
using YamlDotNet.RepresentationModel;

namespace Sjc.Services.Tests.Deploy;

/// <summary>What can be said of the compose file without Docker: names, ports and paths are the code's and one another's.</summary>
public sealed class ComposeTests
{
    private const string Collector = "compose/otel-collector.yaml";

    private static readonly YamlMappingNode Services = Assert.IsType<YamlMappingNode>(DeployFiles.ReadYaml("compose/compose.yaml").At("services"));

    private static IEnumerable<KeyValuePair<YamlNode, YamlNode>> Built => Services.Children.Where(pair => pair.Value.At("build") is not null);

    [Fact]
    public void Compose_Services_AreBuiltFromTheDockerfilesAndHardened()
    {
        Assert.Equal(
            ["field-optimizer-1", "field-optimizer-2", "grafana", "jaeger", "otel-collector", "prometheus", "score-server"], Services.Children.Keys.Select(key => key.Text()).Order());
        Assert.Equal(3, Built.Count());
        foreach ((YamlNode key, YamlNode service) in Built)
        {
            string name = key.Text().StartsWith("score", StringComparison.Ordinal) ? "score-server" : "field-optimizer";
            Assert.Equal($"deploy/docker/{name}.Dockerfile", service.At("build", "dockerfile").Text());
            Assert.Equal("../..", service.At("build", "context").Text());
            Assert.Equal("true", service.At("read_only").Text());
            Assert.Equal(["ALL"], service.At("cap_drop").Texts());
            int port = name == "score-server" ? ServiceAddress.DefaultScorerPort : ServiceAddress.DefaultOptimizerPort;
            Assert.Matches($"^127\\.0\\.0\\.1:[0-9]+:{port}$", Assert.Single(service.At("ports").Texts()));
            Assert.All(Environment(service).Children.Keys, variable => SettingNames.RequireKnown(name, variable.Text()));
            if (name == "field-optimizer")
            {
                RequireService(Environment(service).At("Scorer__Address").Text(), ServiceAddress.DefaultScorerPort);
            }
        }
    }

    [Fact]
    public void Compose_Ports_AreOpenToThisMachineAloneAndDiffer()
    {
        string[][] ports = [.. Services.Children.Values.SelectMany(service => service.At("ports").Texts()).Select(port => port.Split(':'))];
        Assert.All(ports, parts => Assert.Equal((3, "127.0.0.1"), (parts.Length, parts[0])));
        Assert.Equal(ports.Length, ports.Select(parts => parts[1]).Distinct().Count());
    }

    [Fact]
    public void Compose_MountedFiles_Exist()
    {
        string[] mounted = [.. Services.Children.Values.SelectMany(service => service.At("volumes").Texts()).Where(volume => volume.StartsWith('.')).Select(volume => volume.Split(':')[0])];
        Assert.Equal(4, mounted.Length);
        Assert.All(mounted, path => Assert.True(Path.Exists(DeployFiles.PathOf($"compose/{path}")), path));
        Assert.Equal(["score-server:5211"], ((YamlSequenceNode)DeployFiles.ReadYaml("compose/prometheus.yml").At("scrape_configs")!)[0].At("static_configs") is YamlSequenceNode targets ? targets[0].At("targets").Texts() : []);
    }

    [Fact]
    public void Compose_BuiltServices_SendTheirTracesToTheCollector()
    {
        YamlMappingNode collector = DeployFiles.ReadYaml(Collector);
        int port = PortOf(collector.At("receivers", "otlp", "protocols", "grpc", "endpoint").Text());
        Assert.Contains(Services.At("otel-collector", "volumes").Texts(), volume => volume.StartsWith($"./{Path.GetFileName(Collector)}:", StringComparison.Ordinal));
        foreach ((_, YamlNode service) in Built)
        {
            string endpoint = Environment(service).At("Telemetry__OtlpEndpoint").Text();
            Assert.Equal("otel-collector", RequireService(endpoint, port));
            Assert.InRange(double.Parse(Environment(service).At("Telemetry__TraceRatio").Text(), null), 0.001, 1);
        }
    }

    /// <summary>The scorer sends metrics to where it sends traces: without a pipeline for them, each sending would fail.</summary>
    [Fact]
    public void Collector_Pipelines_TakeTracesAndMetricsThroughKnownParts()
    {
        YamlMappingNode collector = DeployFiles.ReadYaml(Collector);
        YamlMappingNode pipelines = Assert.IsType<YamlMappingNode>(collector.At("service", "pipelines"));
        Assert.Equal(["metrics", "traces"], pipelines.Children.Keys.Select(key => key.Text()).Order());
        foreach ((_, YamlNode pipeline) in pipelines.Children)
        {
            foreach (string kind in (string[])["receivers", "processors", "exporters"])
            {
                Assert.All(pipeline.At(kind).Texts(), part => Assert.NotNull(collector.At(kind, part)));
            }

            Assert.Equal(["otlp"], pipeline.At("receivers").Texts());
            Assert.Single(pipeline.At("exporters").Texts());
        }

        string exporter = Assert.Single(pipelines.At("traces", "exporters").Texts());
        Assert.Equal("jaeger", RequireService($"http://{collector.At("exporters", exporter, "endpoint").Text()}", 4317));
    }

    [Theory]
    [InlineData("prometheus", "prometheus")]
    [InlineData("jaeger", "jaeger")]
    public void Grafana_DataSource_IsAServiceAtThePortThatItOpens(string file, string service)
    {
        YamlNode source = Assert.Single((YamlSequenceNode)DeployFiles.ReadYaml($"compose/grafana/provisioning/datasources/{file}.yaml").At("datasources")!);
        Assert.Equal((service, service), (source.At("type").Text(), source.At("uid").Text()));
        int open = PortOf(Assert.Single(Services.At(service, "ports").Texts()));
        Assert.Equal(service, RequireService(source.At("url").Text(), open));
    }

    private static YamlMappingNode Environment(YamlNode service) => (YamlMappingNode?)service.At("environment") ?? [];

    private static int PortOf(string address) => int.Parse(address[(address.LastIndexOf(':') + 1)..], null);

    /// <summary>The service that an address names, which there must be.</summary>
    private static string RequireService(string address, int port)
    {
        Uri uri = new(address);
        Assert.Equal(("http", port), (uri.Scheme, uri.Port));
        Assert.NotNull(Services.At(uri.Host));
        return uri.Host;
    }
}
