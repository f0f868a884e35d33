using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Serilog;
using Serilog.Events;
using Sjc.ScoreServer.Admin;
using Sjc.ScoreServer.Api;
using Sjc.ScoreServer.Batching;
using Sjc.ScoreServer.Models;
using Sjc.ScoreServer.Security;
using Sjc.ScoreServer.Telemetry;

namespace Sjc.ScoreServer;

/// <summary>The score server, as a program of its own or inside another one.</summary>
public static class ScoreServerApplication
{
    private const string DefaultUrl = "http://localhost:5201";
    private const string LogTemplate = "{Timestamp:HH:mm:ss.fff} {Level:u3} {SourceContext} {Message:lj}{NewLine}{Exception}";

    /// <summary>Of every kind of model; without state.</summary>
    private static readonly IModelFactory[] Factories = [new ShapesModelFactory(), new ExactModelFactory(), new CheckpointModelFactory()];

    /// <summary>How long a stopping server may take to answer what it has accepted.</summary>
    private static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(30);

    /// <summary>A server that listens after <c>StartAsync</c> and is ready after <see cref="WaitUntilReadyAsync"/>.</summary>
    /// <param name="args">Configuration, such as <c>--Models:0:Name=cats --Models:0:Kind=exact --Models:0:Path=cats/ --Batching:MaxBatchRows=8</c>.</param>
    /// <param name="hosting">Where it listens and what it logs.</param>
    /// <exception cref="OptionsValidationException">A setting is out of range; <c>StartAsync</c> throws it as well.</exception>
    public static WebApplication Build(string[] args, ScoreServerHosting? hosting = null) => Build(args, hosting ?? new ScoreServerHosting(), _ => { });

    /// <summary>Name, kind and one line for people of the models that a server holds unless it is configured otherwise, in their order.</summary>
    public static IReadOnlyList<(string Name, string Kind, string Summary)> ShippedModels =>
        [.. CatalogueOptions.Shipped.Select(model => (model.Name, model.Kind, Factories.Single(factory => factory.Kind == model.Kind).Summary))];

    /// <summary>Ends when the models of the start are loaded and warm.</summary>
    /// <exception cref="InvalidDataException">A model's data are not what they should be; other exceptions likewise say why a model cannot be loaded.</exception>
    public static Task WaitUntilReadyAsync(this WebApplication application, CancellationToken cancellationToken = default) =>
        application.Services.GetServices<IHostedService>().OfType<ModelLoader>().Single().Loaded.WaitAsync(cancellationToken);

    /// <summary>Where a started server listens, with the port that it was given.</summary>
    public static Uri Address(this WebApplication application) =>
        new(application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    internal static WebApplication Build(string[] args, ScoreServerHosting hosting, Action<IServiceCollection> configureServices)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions
        {
            Args = ["--hostBuilder:reloadConfigOnChange=false", .. args],
            ContentRootPath = AppContext.BaseDirectory,
            ApplicationName = "Sjc.ScoreServer",
        });
        AddLogging(builder, hosting);
        AddListening(builder, hosting);
        AddServices(builder);
        configureServices(builder.Services);

        WebApplication application = builder.Build();
        TelemetryExport.Map(application, Read<TelemetryOptions>(builder, TelemetryOptions.Section).MetricsPort);
        application.UseMiddleware<ResetGuard>();
        // Unary calls and server streams for callers without gRPC: browsers, curl, health checks of proxies.
        application.UseGrpcWeb(new GrpcWebOptions { DefaultEnabled = true });
        application.MapGrpcService<ScoreGrpcService>();
        application.MapGrpcService<HealthGrpcService>();
        if (application.Environment.IsDevelopment())
        {
            application.MapGrpcReflectionService();
        }

        return application;
    }

    private static void AddLogging(WebApplicationBuilder builder, ScoreServerHosting hosting)
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
                // What is left to it are messages that are no protobuf; our interceptor logs our own failures.
                .MinimumLevel.Override("Grpc.AspNetCore.Server.ServerCallHandler", LogEventLevel.Fatal)
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

    private static void AddListening(WebApplicationBuilder builder, ScoreServerHosting hosting)
    {
        ApiOptions api = Read<ApiOptions>(builder, ApiOptions.Section);
        SecurityOptions security = Read<SecurityOptions>(builder, SecurityOptions.Section);
        TelemetryOptions telemetry = Read<TelemetryOptions>(builder, TelemetryOptions.Section);
        string configured = builder.Configuration[WebHostDefaults.ServerUrlsKey] is { Length: > 0 } urls ? urls : DefaultUrl;
        builder.WebHost.UseUrls([.. (hosting.Url ?? configured).Split(';'), .. telemetry.MetricsUrl.Length > 0 ? [telemetry.MetricsUrl] : Array.Empty<string>()]);
        builder.WebHost.UseKestrelHttpsConfiguration();

        // A connection's frames are read and written by the thread that its socket wakes: nothing of ours blocks there.
        builder.WebHost.UseSockets(sockets => sockets.UnsafePreferInlineScheduling = true);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.ConfigureEndpointDefaults(endpoint =>
                endpoint.Protocols = endpoint.IPEndPoint?.Port is { } port && port == telemetry.MetricsPort ? HttpProtocols.Http1 : HttpProtocols.Http2);
            kestrel.ConfigureHttpsDefaults(https => ServerCertificates.Configure(
                https,
                security,
                kestrel.ApplicationServices.GetRequiredService<TimeProvider>(),
                kestrel.ApplicationServices.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(ServerCertificates))));
            kestrel.Limits.MaxConcurrentConnections = api.MaxConnections;
            kestrel.Limits.Http2.MaxStreamsPerConnection = api.MaxCallsPerConnection;
            kestrel.Limits.Http2.KeepAlivePingDelay = api.KeepAlive;
            kestrel.Limits.Http2.KeepAlivePingTimeout = api.KeepAlive;
        });
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = DrainTime + api.DrainDelay);
        if (hosting.Lifetime is not null)
        {
            builder.Services.AddSingleton(hosting.Lifetime);
        }
    }

    /// <summary>Options that the host is built by; they are validated, like all, on start.</summary>
    private static TOptions Read<TOptions>(WebApplicationBuilder builder, string section)
        where TOptions : class, new() => builder.Configuration.GetSection(section).Get<TOptions>() ?? new TOptions();

    private static void AddServices(WebApplicationBuilder builder)
    {
        IServiceCollection services = builder.Services;
        AddValidated<CatalogueOptions>(services, builder.Configuration);
        AddValidated<BatchingOptions>(services, builder.Configuration.GetSection(BatchingOptions.Section));
        AddValidated<TenantsOptions>(services, builder.Configuration);
        AddValidated<AdminOptions>(services, builder.Configuration.GetSection(AdminOptions.Section));
        AddValidated<ApiOptions>(services, builder.Configuration.GetSection(ApiOptions.Section));
        AddValidated<SecurityOptions>(services, builder.Configuration.GetSection(SecurityOptions.Section));
        AddValidated<TelemetryOptions>(services, builder.Configuration.GetSection(TelemetryOptions.Section));

        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<ScoreServerMetrics>();
        services.AddSingleton<DeviceThreads>();
        foreach (IModelFactory factory in Factories)
        {
            services.AddSingleton(factory);
        }

        services.AddSingleton<ModelCatalogue>();
        services.AddSingleton<PromptCache>();
        services.AddHostedService<EffectiveOptionsLog>();
        services.AddHostedService<ModelLoader>();
        services.AddSingleton<BatchClock>();
        services.AddSingleton<TenantShares>();
        services.AddSingleton<RowIndependence>();
        services.AddSingleton<AdminHost>();
        services.AddHostedService(provider => provider.GetRequiredService<AdminHost>());
        services.AddSingleton<Batcher>();
        services.AddHostedService<StateMetrics>();
        services.AddHostedService<QueueMetrics>();
        TelemetryExport.Add(services, Read<TelemetryOptions>(builder, TelemetryOptions.Section));
        AddApi(services);
    }

    private static void AddApi(IServiceCollection services)
    {
        services.AddSingleton<Authenticator>();
        services.AddHostedService<ExposureWarning>();
        services.AddSingleton<Drain>();
        services.AddHostedService(provider => provider.GetRequiredService<Drain>());
        services.AddSingleton<RequestRates>();
        services.AddSingleton<Admission>();
        services.AddSingleton<ResetGuard>();
        services.AddSingleton<ModelResolver>();
        services.AddSingleton<ConditionReader>();
        services.AddSingleton<ScoreRequestReader>();
        services.AddSingleton<LatentCoding>();
        services.AddSingleton<EncodedScoring>();
        services.AddSingleton<ScoreEvaluator>();
        services.AddSingleton<SampleRequestReader>();
        services.AddSingleton<SampleRunner>();
        services.AddSingleton<SampleSlots>();
        services.AddSingleton<CallerInterceptor>();
        services.AddGrpc(grpc =>
        {
            grpc.Interceptors.Add<CallMetricsInterceptor>();
            grpc.Interceptors.Add<StatusInterceptor>();
            grpc.Interceptors.Add<CallerInterceptor>();
        });
        services.AddOptions<Grpc.AspNetCore.Server.GrpcServiceOptions>().Configure<IOptions<ApiOptions>>((grpc, api) =>
        {
            grpc.MaxReceiveMessageSize = api.Value.MaxMessageBytes;
            grpc.MaxSendMessageSize = null;
        });
        services.AddGrpcReflection();
    }

    private static void AddValidated<TOptions>(IServiceCollection services, IConfiguration configuration)
        where TOptions : class =>
        services.AddOptions<TOptions>().Bind(configuration).ValidateDataAnnotations().ValidateOnStart();
}
