using Grpc.Core;
using Sjc.Contracts.Errors;
using Sjc.ScoreServer.Models;

namespace Sjc.ScoreServer.Api;

/// <summary>From a model's name in a request to the model, loading it where needed.</summary>
internal sealed class ModelResolver(ModelCatalogue catalogue)
{
    /// <summary>The model that a request's field names, for as long as the request is worked on.</summary>
    /// <exception cref="InvalidRequestException">There is none of that name.</exception>
    /// <exception cref="RpcException">FAILED_PRECONDITION: an operator has unloaded it, or it cannot be loaded.</exception>
    public Task<ModelUse> ResolveAsync(string name, CancellationToken cancellationToken)
    {
        ServedModel model = catalogue.Find(name) ?? throw new InvalidRequestException(
            "model", $"be one of {catalogue.KnownNames}", name.Length == 0 ? "empty" : name);
        return UseAsync(model, cancellationToken);
    }

    /// <summary>The model that a call is about.</summary>
    /// <exception cref="RpcException">NOT_FOUND: there is none of that name; FAILED_PRECONDITION as above.</exception>
    public Task<ModelUse> GetAsync(string name, CancellationToken cancellationToken)
    {
        ServedModel model = catalogue.Find(name) ?? throw RpcErrors.NotFound(
            "MODEL_UNKNOWN", $"name must be one of {catalogue.KnownNames}, but is {(name.Length == 0 ? "empty" : name)}.").ToRpcException();
        return UseAsync(model, cancellationToken);
    }

    private static async Task<ModelUse> UseAsync(ServedModel model, CancellationToken cancellationToken)
    {
        try
        {
            return await model.UseAsync(cancellationToken);
        }
        catch (ModelUnloadedException exception)
        {
            throw RpcErrors.FailedPrecondition("MODEL_UNLOADED", exception.Message).ToRpcException();
        }
        catch (Exception exception) when (model.State == ModelState.Failed && exception is not OperationCanceledException)
        {
            // The catalogue has logged why, which may name paths.
            throw RpcErrors.FailedPrecondition("LOAD_FAILED", $"{model.Options.Name} must be loadable, but is not; the server's log says why.").ToRpcException();
        }
    }
}
