using System.CommandLine;
using Sjc.Client.Endpoints;

namespace Sjc.Cli.Options;

/// <summary>Where a running service is.</summary>
internal static class ServiceAddress
{
    /// <summary>Where <c>sjc score-server</c> listens unless told otherwise.</summary>
    public const int DefaultScorerPort = 5201;

    /// <summary>Where <c>sjc field-optimizer</c> listens unless told otherwise.</summary>
    public const int DefaultOptimizerPort = 5202;

    /// <summary>Where operators reach a score server by convention: it has an admin port when <c>--Admin:Port</c> gives it one.</summary>
    public const int DefaultAdminPort = 5203;

    /// <summary><c>--scorer</c>; null where it is not given.</summary>
    public static Option<Uri?> Scorer(string without) => Create("--scorer", $"Address of a running score server, such as http://localhost:{DefaultScorerPort} {without}.");

    /// <summary><c>--scorer</c> where it may be several; null where it is not given.</summary>
    public static Option<string?> Scorers(string without) => new("--scorer")
    {
        Description = $"Addresses of running score servers with commas between them, or dns:///HOST:PORT for every address of a name {without}.",
        HelpName = "ADDRESSES",
        CustomParser = result =>
        {
            string text = result.Tokens[0].Value;
            if (EndpointAddress.TryParseList(text, out _))
            {
                return text;
            }

            result.AddError($"--scorer must be http, https or dns addresses with commas between them, but is {text}.");
            return null;
        },
    };

    /// <summary><c>--optimizer</c>; null where it is not given.</summary>
    public static Option<Uri?> Optimizer(string without) => Create("--optimizer", $"Address of a running field optimizer, such as http://localhost:{DefaultOptimizerPort} {without}.");

    /// <summary>What a server takes for <c>--listen</c>; null where it is not given.</summary>
    /// <remarks>"localhost" is two addresses, IPv4's and IPv6's, on which no one port can be asked to be any free one.</remarks>
    public static string? ListenUrl(Uri? address) =>
        address is { Host: "localhost", Port: 0 } ? $"{address.Scheme}://127.0.0.1:0" : address?.GetLeftPart(UriPartial.Authority);

    /// <summary>An address with or without its scheme.</summary>
    public static bool TryParse(string text, out Uri? address) =>
        Uri.TryCreate(text.Contains("://", StringComparison.Ordinal) ? text : $"http://{text}", UriKind.Absolute, out address)
        && address.Scheme is "http" or "https"
        && address.Host.Length > 0;

    /// <summary>An option whose value is an address; null where it is not given.</summary>
    public static Option<Uri?> Create(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "ADDRESS",
        CustomParser = result =>
        {
            string text = result.Tokens[0].Value;
            if (TryParse(text, out Uri? address))
            {
                return address;
            }

            result.AddError($"{name} must be an http or https address, but is {text}.");
            return null;
        },
    };
}
