using k8s;
using k8s.Models;
using Sjc.Cli.Options;
using YamlDotNet.RepresentationModel;

namespace Sjc.Services.Tests.Deploy;

/// <summary>The manifests, read strictly: every field must be one that Kubernetes has, and agree with the code and with one another.</summary>
public sealed class KubernetesTests
{
    private const string Base = "kubernetes/base";
    private const int MetricsPort = 5211;

    private static readonly List<object> Objects =
    [
        .. DeployFiles.ReadYaml($"{Base}/kustomization.yaml").At("resources").Texts().SelectMany(file => KubernetesYaml.LoadAllFromString(DeployFiles.Read($"{Base}/{file}"), strict: true)),
    ];

    public static TheoryData<string, int, string> Workloads => new()
    {
        { "score-server", ServiceAddress.DefaultScorerPort, "sjc.score.v1.ScoreService" },
        { "field-optimizer", ServiceAddress.DefaultOptimizerPort, "sjc.field.v1.FieldService" },
    };

    [Fact]
    public void Manifests_Strict_HaveTheirKinds()
    {
        Assert.Equal(
            ["Deployment", "HorizontalPodAutoscaler", "Namespace", "NetworkPolicy", "PodDisruptionBudget", "Service", "StatefulSet"],
            Objects.Select(item => ((IKubernetesObject)item).Kind).Distinct().Order());
        Assert.Equal(Objects.Count, Objects.Cast<IKubernetesObject<V1ObjectMeta>>().Select(item => $"{item.Kind}/{item.Metadata.Name}").Distinct().Count());
    }

    [Theory]
    [MemberData(nameof(Workloads))]
    public void Workload_PortsAndProbes_AreTheCodes(string name, int port, string healthService)
    {
        V1Container container = Assert.Single(Pod(name).Spec.Containers);

        Assert.Equal(port, container.Ports.Single(item => item.Name == "grpc").ContainerPort);
        foreach (V1Probe probe in new[] { container.StartupProbe, container.ReadinessProbe })
        {
            Assert.Equal((port, healthService), (probe.Grpc.Port, probe.Grpc.Service));
        }

        Assert.Equal("grpc", container.LivenessProbe.TcpSocket.Port.Value);
        V1ServicePort service = Assert.Single(Get<V1Service>(name).Spec.Ports);
        Assert.Equal((port, "grpc"), (service.Port, service.TargetPort.Value));
        Assert.Equal("None", Get<V1Service>(name).Spec.ClusterIP);
    }

    [Theory]
    [MemberData(nameof(Workloads))]
    public void Workload_Selectors_FindItsPods(string name, int port, string healthService)
    {
        Assert.NotEmpty(healthService);
        IDictionary<string, string> labels = Pod(name).Metadata.Labels;
        IDictionary<string, string>[] selectors =
        [
            Get<V1Service>(name).Spec.Selector,
            Get<V1PodDisruptionBudget>(name).Spec.Selector.MatchLabels,
            Get<V1NetworkPolicy>(name).Spec.PodSelector.MatchLabels,
            name == "score-server" ? Get<V1Deployment>(name).Spec.Selector.MatchLabels : Get<V1StatefulSet>(name).Spec.Selector.MatchLabels,
        ];

        Assert.All(selectors, selector => Assert.All(selector, pair => Assert.Equal(pair.Value, labels[pair.Key])));
        Assert.Contains(Get<V1NetworkPolicy>(name).Spec.Ingress, rule => rule.Ports.Any(item => item.Port.Value == $"{port}"));
    }

    [Theory]
    [MemberData(nameof(Workloads))]
    public void Workload_Security_IsRestricted(string name, int port, string healthService)
    {
        Assert.True(port > 0 && healthService.Length > 0);
        V1PodSpec pod = Pod(name).Spec;
        V1SecurityContext security = pod.Containers[0].SecurityContext;

        Assert.True(pod.SecurityContext.RunAsNonRoot);
        Assert.True(pod.SecurityContext.RunAsUser > 0);
        Assert.Equal("RuntimeDefault", pod.SecurityContext.SeccompProfile.Type);
        Assert.False(pod.AutomountServiceAccountToken);
        Assert.True(security.ReadOnlyRootFilesystem);
        Assert.False(security.AllowPrivilegeEscalation);
        Assert.Equal(["ALL"], security.Capabilities.Drop);
        Assert.All(pod.Containers[0].VolumeMounts, mount => Assert.Contains(
            mount.Name, pod.Volumes.Select(volume => volume.Name).Concat(name == "field-optimizer" ? Get<V1StatefulSet>(name).Spec.VolumeClaimTemplates.Select(claim => claim.Metadata.Name) : [])));
        Assert.True(pod.TerminationGracePeriodSeconds > 35);
    }

    [Theory]
    [MemberData(nameof(Workloads))]
    public void Workload_Environment_NamesSettingsOfTheService(string name, int port, string healthService)
    {
        Assert.True(port > 0 && healthService.Length > 0);
        Assert.All(Pod(name).Spec.Containers[0].Env, variable => SettingNames.RequireKnown(name, variable.Name));
    }

    [Fact]
    public void ScoreServer_Gpu_IsAskedFor() => Assert.Equal("1", Pod("score-server").Spec.Containers[0].Resources.Limits["nvidia.com/gpu"].ToString());

    [Fact]
    public void ScoreServer_Metrics_AreReachedByMonitoring()
    {
        Assert.Equal($"{MetricsPort}", Pod("score-server").Metadata.Annotations["prometheus.io/port"]);
        Assert.Equal(MetricsPort, Pod("score-server").Spec.Containers[0].Ports.Single(item => item.Name == "metrics").ContainerPort);
        Assert.Contains(Get<V1NetworkPolicy>("score-server").Spec.Ingress, rule => rule.Ports.Any(item => item.Port.Value == $"{MetricsPort}"));
    }

    [Fact]
    public void ScoreServer_KeysHashes_AreAFileOfTheSecretThatTheReadmeMakes()
    {
        V1PodSpec pod = Pod("score-server").Spec;
        string file = pod.Containers[0].Env.Single(variable => variable.Name == "Security__ApiKeyFile").Value;
        V1VolumeMount mount = pod.Containers[0].VolumeMounts.Single(item => file == $"{item.MountPath}/{Path.GetFileName(file)}");
        V1SecretVolumeSource secret = pod.Volumes.Single(volume => volume.Name == mount.Name).Secret;

        // The key itself is the optimizer's alone; a subPath would never change.
        Assert.Equal((true, null), (mount.ReadOnlyProperty, mount.SubPath));
        V1KeyToPath hashes = Assert.Single(secret.Items);
        Assert.Equal(Path.GetFileName(file), hashes.Path);
        V1SecretKeySelector key = Pod("field-optimizer").Spec.Containers[0].Env.Select(variable => variable.ValueFrom?.SecretKeyRef).OfType<V1SecretKeySelector>().Single();
        Assert.Equal(secret.SecretName, key.Name);
        string made = DeployFiles.Read("README.md").Split('\n').Single(line => line.Contains($"create secret generic {secret.SecretName} ", StringComparison.Ordinal));
        Assert.Contains($"--from-literal={key.Key}=\"$key\"", made, StringComparison.Ordinal);
        Assert.Contains($"--from-literal={hashes.Key}=\"$(printf %s \"$key\" | sha256sum | cut -d ' ' -f 1) field-optimizer\"", made, StringComparison.Ordinal);
    }

    [Fact]
    public void FieldOptimizer_ReachesTheScorer_ByItsHeadlessService()
    {
        V1Container container = Pod("field-optimizer").Spec.Containers[0];
        Assert.Equal($"dns:///score-server:{ServiceAddress.DefaultScorerPort}", container.Env.Single(variable => variable.Name == "Scorer__Address").Value);
        Assert.Contains(Get<V1NetworkPolicy>("field-optimizer").Spec.Egress, rule => rule.Ports.Any(item => item.Port.Value == $"{ServiceAddress.DefaultScorerPort}"));
        string folder = container.Env.Single(variable => variable.Name == "Optimizer__StoreFolder").Value;
        Assert.StartsWith(container.VolumeMounts.Single(mount => mount.Name == "jobs").MountPath + "/", folder, StringComparison.Ordinal);
    }

    [Fact]
    public void Autoscaler_ScalesTheScorer_ByItsQueue()
    {
        V2HorizontalPodAutoscalerSpec spec = Get<V2HorizontalPodAutoscaler>("score-server").Spec;
        Assert.Equal(("Deployment", "score-server"), (spec.ScaleTargetRef.Kind, spec.ScaleTargetRef.Name));
        Assert.Equal("sjc_score_queue_age_seconds", Assert.Single(spec.Metrics).Pods.Metric.Name);
        Assert.True(spec.MinReplicas > Get<V1PodDisruptionBudget>("score-server").Spec.MinAvailable.Value switch { string text => int.Parse(text), null => 0 });
    }

    [Fact]
    public void CpuOverlay_PatchesWhatTheBaseHas()
    {
        const string overlay = "kubernetes/overlays/cpu";
        YamlMappingNode kustomization = DeployFiles.ReadYaml($"{overlay}/kustomization.yaml");
        Assert.All(kustomization.At("resources").Texts(), folder => Assert.True(File.Exists(DeployFiles.PathOf($"{overlay}/{folder}/kustomization.yaml"))));
        YamlNode patch = Assert.Single(Assert.IsType<YamlSequenceNode>(kustomization.At("patches")));
        YamlNode target = DeployFiles.ParseAll(DeployFiles.Read($"{Base}/score-server.yaml")).Single(
            item => item.At("kind").Text() == patch.At("target", "kind").Text() && item.At("metadata", "name").Text() == patch.At("target", "name").Text());

        foreach (YamlNode operation in (YamlSequenceNode)Assert.Single(DeployFiles.ParseAll(patch.At("patch").Text())))
        {
            // A JSON pointer (RFC 6901) to what the base has.
            string[] steps = [.. operation.At("path").Text().Split('/').Skip(1).Select(step => step.Replace("~1", "/", StringComparison.Ordinal))];
            YamlNode? found = steps.Aggregate((YamlNode?)target, (node, step) => node is YamlSequenceNode list ? list[int.Parse(step)] : node.At(step));
            Assert.NotNull(found);
            if (operation.At("op").Text() == "test")
            {
                Assert.Equal(operation.At("value").Text(), found.Text());
            }
        }
    }

    private static V1PodTemplateSpec Pod(string name) => name == "score-server" ? Get<V1Deployment>(name).Spec.Template : Get<V1StatefulSet>(name).Spec.Template;

    private static T Get<T>(string name)
        where T : IKubernetesObject<V1ObjectMeta> => Objects.OfType<T>().Single(item => item.Metadata.Name == name);
}
