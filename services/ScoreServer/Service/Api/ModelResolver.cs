using Grpc.Core;
using Sjc.Contracts.Errors;
using Sjc.ScoreServer.Models;

namespace Sjc.ScoreServer.Api;

/// <summary>From a model's name in a request to the model, loading it where needed.</summary>
internal sealed class ModelResolver(ModelCatalogue catalogue)
{
    /// <summary>The model that a request's field names.</summary>
    /// <exception cref="InvalidRequestException">There is none of that name.</exception>
    public Task<LoadedModel> ResolveAsync(string name, CancellationToken cancellationToken)
    {
        ServedModel model = catalogue.Find(name) ?? throw new InvalidRequestException(
            "model", $"be one of {catalogue.KnownNames}", name.Length == 0 ? "empty" : name);
        return model.GetAsync().WaitAsync(cancellationToken);
    }

    /// <summary>The model that a call is about.</summary>
    /// <exception cref="RpcException">NOT_FOUND: there is none of that name.</exception>
    public Task<LoadedModel> GetAsync(string name, CancellationToken cancellationToken)
    {
        ServedModel model = catalogue.Find(name) ?? throw RpcErrors.NotFound(
            "MODEL_UNKNOWN", $"name must be one of {catalogue.KnownNames}, but is {(name.Length == 0 ? "empty" : name)}.").ToRpcException();
        return model.GetAsync().WaitAsync(cancellationToken);
    }
}
