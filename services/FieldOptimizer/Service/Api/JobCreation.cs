using System.Text.RegularExpressions;
using Grpc.Core;
using Sjc.Client;
using Sjc.Contracts.Errors;
using Sjc.Contracts.Field.V1;
using Sjc.Contracts.Score.V1;
using Sjc.FieldOptimizer.Jobs;

namespace Sjc.FieldOptimizer.Api;

/// <summary>New jobs: checks the request, asks the scorer for its model and fills in the spec.</summary>
internal sealed partial class JobCreation(JobCatalog catalog, ScorerClient scorer)
{
    private static readonly TimeSpan FullRetryDelay = TimeSpan.FromSeconds(30);

    /// <summary>The new job, or the one that the same request made before.</summary>
    /// <exception cref="InvalidRequestException">The request breaks a rule.</exception>
    /// <exception cref="RpcException">The request id made another job, or there is no room.</exception>
    public async Task<LiveJob> CreateAsync(CreateJobRequest request, CancellationToken cancellationToken)
    {
        FieldViolations violations = new();
        violations.Require(request.RequestId.Length == 0 || RequestIdForm().IsMatch(request.RequestId), "request_id", "be 1 to 64 of [A-Za-z0-9_.-]", request.RequestId);
        violations.Require(request.Spec is not null, "spec", "be set", null);
        violations.ThrowIfAny();

        JobSpec requested = request.Spec!;
        if (request.RequestId.Length > 0 && catalog.FindByRequestId(request.RequestId) is { } existing)
        {
            // Needs no scorer, which may be away by now.
            return existing.Now.Record.RequestedSpec.Equals(requested) ? existing : throw Conflict(request.RequestId);
        }

        Model model = await FindModelAsync(requested.Model, cancellationToken);
        if (requested.Score is { ThroughEncoder: true })
        {
            violations.Require(model.PixelShape.Count == 3, "spec.score.through_encoder", $"be unset for {model.Name}, which has no autoencoder", true);
            violations.ThrowIfAny();
            model = EncodedModel.Of(model);
        }

        JobSpec resolved = SpecResolver.Resolve(requested, model);
        SpecValidator.Check(resolved, model, violations);
        violations.ThrowIfAny();
        await CheckPromptsAsync(resolved, model, cancellationToken);
        return catalog.Create(request.RequestId, requested, resolved, model, out LiveJob? job) switch
        {
            CreateOutcome.Conflict => throw Conflict(request.RequestId),
            CreateOutcome.Full => throw RpcErrors.ResourceExhausted("The server keeps no more jobs; delete some.", FullRetryDelay).ToRpcException(),
            _ => job!,
        };
    }

    private async Task<Model> FindModelAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            return await scorer.GetModelAsync(name, cancellationToken);
        }
        catch (ServiceRefusedException exception) when (exception.StatusCode is StatusCode.NotFound or StatusCode.InvalidArgument)
        {
            throw new InvalidRequestException("spec.model", "be a model of the scorer", $"'{name}'");
        }
        catch (ServiceRefusedException exception)
        {
            throw RpcErrors.FailedPrecondition("SCORER_REFUSED", exception.Message).ToRpcException();
        }
    }

    /// <summary>Finds out now, rather than in the first iteration, that the model does not take the prompt.</summary>
    private async Task CheckPromptsAsync(JobSpec spec, Model model, CancellationToken cancellationToken)
    {
        if (model.Conditioning != ConditioningKind.Prompt)
        {
            return;
        }

        try
        {
            await scorer.EncodePromptsAsync(model.Name, SpecOptions.LongestPrompts(spec, model), cancellationToken);
        }
        catch (ServiceRefusedException exception) when (exception.StatusCode == StatusCode.InvalidArgument)
        {
            throw new InvalidRequestException([new FieldViolation("spec.prompt", exception.Detail)]);
        }
    }

    private static RpcException Conflict(string requestId) =>
        RpcErrors.AlreadyExists("REQUEST_ID_USED", $"request_id {requestId} made a job of another spec before.").ToRpcException();

    [GeneratedRegex("^[A-Za-z0-9_.-]{1,64}$", RegexOptions.CultureInvariant)]
    private static partial Regex RequestIdForm();
}
