using System.Globalization;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using Serilog;
using Serilog.Events;
using Sjc.Client;
using Sjc.Client.Tracing;
using Sjc.FieldOptimizer.Api;
using Sjc.FieldOptimizer.Jobs;
using Sjc.FieldOptimizer.Scoring;
using Sjc.FieldOptimizer.Telemetry;
using Sjc.Telemetry;

namespace Sjc.FieldOptimizer;

/// <summary>The field optimizer, as a program of its own or inside another one: FieldService, gRPC health and, in Development, reflection.</summary>
public static class FieldOptimizerApplication
{
    private const string DefaultUrl = "http://localhost:5202";
    private const string LogTemplate = "{Timestamp:HH:mm:ss.fff} {Level:u3} {SourceContext} {Message:lj}{NewLine}{Exception}";

    /// <summary>A server that listens after <c>StartAsync</c>; it takes up its stored jobs before that.</summary>
    /// <param name="args">Configuration, such as <c>--Scorer:Address=http://localhost:5201 --Optimizer:StoreFolder=runs/jobs</c>.</param>
    /// <param name="hosting">Where it listens and what it logs.</param>
    public static WebApplication Build(string[] args, FieldOptimizerHosting? hosting = null) => Build(args, hosting ?? new FieldOptimizerHosting(), _ => { });

    /// <summary>Where a started server listens, with the port that it was given.</summary>
    public static Uri Address(this WebApplication application) =>
        new(application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    internal static WebApplication Build(string[] args, FieldOptimizerHosting hosting, Action<IServiceCollection> configureServices)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions
        {
            Args = ["--hostBuilder:reloadConfigOnChange=false", .. args],
            ContentRootPath = AppContext.BaseDirectory,
            ApplicationName = "Sjc.FieldOptimizer",
        });
        AddLogging(builder, hosting);
        AddListening(builder, hosting);
        AddOptions(builder);
        AddServices(builder.Services);
        AddTelemetry(builder);
        configureServices(builder.Services);

        WebApplication application = builder.Build();
        // Unary calls and server streams for callers without gRPC: browsers, curl.
        application.UseGrpcWeb(new GrpcWebOptions { DefaultEnabled = true });
        application.MapGrpcService<FieldGrpcService>();
        application.MapGrpcHealthChecksService();
        if (application.Environment.IsDevelopment())
        {
            application.MapGrpcReflectionService();
        }

        return application;
    }

    // Standard output belongs to the program; logs go to standard error.
    private static void AddLogging(WebApplicationBuilder builder, FieldOptimizerHosting hosting)
    {
        LogEventLevel console = hosting.Quiet ? LogEventLevel.Warning : LogEventLevel.Information;
        LogEventLevel least = hosting.LogFile is null ? console : LogEventLevel.Information;
        builder.Services.AddSerilog((_, logging) =>
        {
            logging
                .MinimumLevel.Is(least)
                .MinimumLevel.Override("Microsoft", LogEventLevel.Warning)
                .MinimumLevel.Override("Microsoft.Hosting.Lifetime", least)
                .MinimumLevel.Override("Grpc", LogEventLevel.Warning)
                // Whoever starts the host gets the exception, and says it in a line.
                .Filter.ByExcluding(logged => logged.MessageTemplate.Text == "Hosting failed to start")
                .ReadFrom.Configuration(builder.Configuration)
                .WriteTo.Console(console, LogTemplate, CultureInfo.InvariantCulture, standardErrorFromLevel: LogEventLevel.Verbose);
            if (hosting.LogFile is not null)
            {
                logging.WriteTo.File(hosting.LogFile, outputTemplate: LogTemplate, formatProvider: CultureInfo.InvariantCulture);
            }
        });
    }

    private static void AddListening(WebApplicationBuilder builder, FieldOptimizerHosting hosting)
    {
        if (hosting.Url is not null)
        {
            builder.WebHost.UseUrls(hosting.Url);
        }
        else if (string.IsNullOrEmpty(builder.Configuration[WebHostDefaults.ServerUrlsKey]))
        {
            builder.WebHost.UseUrls(DefaultUrl);
        }

        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ConfigureEndpointDefaults(endpoint => endpoint.Protocols = HttpProtocols.Http2));
        if (hosting.Lifetime is not null)
        {
            builder.Services.AddSingleton(hosting.Lifetime);
        }
    }

    private static void AddOptions(WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<OptimizerOptions>().BindConfiguration(OptimizerOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddOptions<ServiceClientOptions>().BindConfiguration(ScorerOptionsValidation.Section).ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<ServiceClientOptions>, ScorerOptionsValidation>();
        builder.Services.AddOptions<OtlpOptions>().BindConfiguration(OtlpOptions.Section).ValidateDataAnnotations().ValidateOnStart();

        // Jobs write their checkpoints within their own limit, after open calls were ended.
        builder.Services.AddOptions<HostOptions>().Configure<IOptions<OptimizerOptions>>(
            (host, optimizer) => host.ShutdownTimeout = optimizer.Value.StopTimeout + TimeSpan.FromSeconds(5));
    }

    private static void AddTelemetry(WebApplicationBuilder builder)
    {
        // One that is no address is refused on start, like all settings.
        OtlpOptions options = builder.Configuration.GetSection(OtlpOptions.Section).Get<OtlpOptions>() ?? new OtlpOptions();
        if (options.TryGetCollector(out _))
        {
            builder.Services.AddTelemetry("sjc-field-optimizer").SendTraces(options, FieldOptimizerTraces.SourceName, ClientTraces.SourceName, "Microsoft.AspNetCore");
        }
    }

    private static void AddServices(IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(provider => new JobStore(
            provider.GetRequiredService<IOptions<OptimizerOptions>>().Value.StoreFolder, provider.GetRequiredService<ILogger<JobStore>>()));
        services.AddSingleton(provider => new ScorerClient(
            provider.GetRequiredService<IOptions<ServiceClientOptions>>().Value, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<ScorerClient>>()));
        services.AddSingleton<LatentDecoder>();
        services.AddSingleton<JobRenderer>();
        services.AddSingleton<JobRunner>();
        services.AddSingleton<JobCatalog>();
        services.AddSingleton<JobFields>();
        services.AddHostedService<EffectiveOptionsLog>();
        services.AddHostedService<JobHost>();

        services.AddSingleton<JobCreation>();
        services.AddSingleton<RenderSlots>();
        services.AddSingleton<FieldPictures>();
        services.AddSingleton<ViewRendering>();
        services.AddSingleton<AssetExport>();
        services.AddGrpc(grpc => grpc.Interceptors.Add<StatusInterceptor>());
        services.AddGrpcReflection();
        services.AddGrpcHealthChecks(health => health.Services.Map("sjc.field.v1.FieldService", _ => true)).AddCheck("jobs", () => HealthCheckResult.Healthy());
    }
}
