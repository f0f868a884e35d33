using System.Collections;
using System.Reflection;
using Sjc.Client;
using Sjc.FieldOptimizer.Jobs;
using Sjc.ScoreServer.Api;
using Sjc.ScoreServer.Models;
using Sjc.Telemetry;

namespace Sjc.Services.Tests.Deploy;

/// <summary>Whether an environment variable such as Optimizer__StoreFolder names a setting that a service has.</summary>
internal static class SettingNames
{
    /// <summary>Names that are no settings of the services': the host's, the runtime's and the manifests' own.</summary>
    private static readonly HashSet<string> Others = ["ASPNETCORE_URLS", "ASPNETCORE_HTTP_PORTS", "DOTNET_EnableDiagnostics", "NVIDIA_VISIBLE_DEVICES", "NVIDIA_DRIVER_CAPABILITIES", "SJC_SCORER_KEY"];

    private static readonly Dictionary<string, Type> Optimizer = new() { ["Optimizer"] = typeof(OptimizerOptions), ["Scorer"] = typeof(ServiceClientOptions), ["Telemetry"] = typeof(OtlpOptions) };

    /// <summary>Passes if the service knows the setting.</summary>
    /// <param name="service">score-server or field-optimizer.</param>
    /// <param name="variable">The environment variable.</param>
    public static void RequireKnown(string service, string variable)
    {
        if (Others.Contains(variable))
        {
            return;
        }

        string[] path = variable.Split("__");
        Type? type = service == "field-optimizer" ? Optimizer.GetValueOrDefault(path[0]) : ScorerSection(path[0]);
        foreach (string name in path[1..])
        {
            type = type is null ? null : Member(type, name);
        }

        Assert.True(type is not null, $"{variable} must name a setting of {service}, but does not.");
    }

    /// <summary>The scorer's options: those at the configuration's root, or the record whose section has the name.</summary>
    private static Type? ScorerSection(string name) =>
        Member(typeof(CatalogueOptions), name)
        ?? typeof(ApiOptions).Assembly.GetTypes().SingleOrDefault(type => type.GetField("Section", BindingFlags.Public | BindingFlags.Static | BindingFlags.FlattenHierarchy)?.GetRawConstantValue() as string == name);

    private static Type? Member(Type type, string name)
    {
        if (type.IsAssignableTo(typeof(IDictionary)) || (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IDictionary<,>)))
        {
            return type.GetGenericArguments()[1];
        }

        return type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IList<>)
            ? int.TryParse(name, out _) ? type.GetGenericArguments()[0] : null
            : type.GetProperty(name)?.PropertyType;
    }
}
