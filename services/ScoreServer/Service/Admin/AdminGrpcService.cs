using Grpc.Core;
using Microsoft.Extensions.Options;
using Sjc.Contracts.Admin.V1;
using Sjc.Contracts.Errors;
using Sjc.ScoreServer.Models;
using ModelState = Sjc.ScoreServer.Models.ModelState;
using WireState = Sjc.Contracts.Admin.V1.ModelState;

namespace Sjc.ScoreServer.Admin;

/// <summary>AdminService of sjc.admin.v1; the contract says what each call does.</summary>
internal sealed class AdminGrpcService(ModelCatalogue catalogue) : AdminService.AdminServiceBase
{
    /// <inheritdoc/>
    public override Task<ListModelsResponse> ListModels(ListModelsRequest request, ServerCallContext context) =>
        Task.FromResult(new ListModelsResponse { Models = { catalogue.Models.Select(ToStatus) }, ResidentBytes = (ulong)Environment.WorkingSet });

    /// <inheritdoc/>
    public override async Task<LoadModelResponse> LoadModel(LoadModelRequest request, ServerCallContext context)
    {
        ServedModel model = request.Settings is null ? Find(request.Name) : Add(request);
        try
        {
            await model.LoadAsync(context.CancellationToken);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            throw RpcErrors.FailedPrecondition("LOAD_FAILED", $"{request.Name} must be loadable, but is not: {exception.Message}").ToRpcException();
        }

        return new LoadModelResponse { Model = ToStatus(model) };
    }

    /// <inheritdoc/>
    public override async Task<UnloadModelResponse> UnloadModel(UnloadModelRequest request, ServerCallContext context)
    {
        ServedModel model = Find(request.Name);
        await model.UnloadAsync().WaitAsync(context.CancellationToken);
        return new UnloadModelResponse { Model = ToStatus(model) };
    }

    private ServedModel Find(string name) => catalogue.Find(name)
        ?? throw RpcErrors.NotFound("MODEL_UNKNOWN", $"name must be one of {catalogue.KnownNames}, but is {(name.Length == 0 ? "empty" : name)}.").ToRpcException();

    private ServedModel Add(LoadModelRequest request)
    {
        ModelSettings settings = request.Settings;
        ModelOptions options = new()
        {
            Name = request.Name,
            Kind = settings.Kind,
            Path = settings.Path,
            Device = settings.Device.Length > 0 ? settings.Device : "cpu",
            DataType = settings.DataType,
            Flags = new Dictionary<string, string>(settings.Flags),
        };
        FieldViolations violations = new();
        violations.Require(request.Name.Length > 0, "name", "be set", "empty");
        foreach (string fault in options.Faults())
        {
            violations.Add(new FieldViolation("settings", fault));
        }

        violations.ThrowIfAny();
        try
        {
            return catalogue.Add(options)
                ?? throw RpcErrors.AlreadyExists("MODEL_KNOWN", $"name must be a new one, but {request.Name} is a model with other settings.").ToRpcException();
        }
        catch (OptionsValidationException exception)
        {
            throw new InvalidRequestException([new FieldViolation("settings.kind", string.Join(' ', exception.Failures))]);
        }
    }

    private static ModelStatus ToStatus(ServedModel model)
    {
        ModelSettings settings = new() { Kind = model.Options.Kind, Path = model.Options.Path, Device = model.Options.Device, DataType = model.Options.DataType };
        settings.Flags.Add(model.Options.Flags);
        return new ModelStatus
        {
            Name = model.Options.Name,
            State = model.State switch
            {
                ModelState.Waiting => WireState.Waiting,
                ModelState.Loading => WireState.Loading,
                ModelState.Ready => WireState.Ready,
                ModelState.Unloading => WireState.Unloading,
                ModelState.Unloaded => WireState.Unloaded,
                _ => WireState.Failed,
            },
            Settings = settings,
            WeightBytes = (ulong)(model.Loaded?.WeightBytes ?? 0),
            LoadSeconds = model.LoadTime.TotalSeconds,
            Uses = (uint)model.Uses,
            Error = model.Error,
        };
    }
}
