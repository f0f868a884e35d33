using Google.Rpc;
using Grpc.Core;
using Sjc.Contracts.Errors;
using Status = Google.Rpc.Status;

namespace Sjc.Services.Tests.Contracts.Errors;

public sealed class RpcErrorsTests
{
    [Fact]
    public void FromException_InvalidRequest_CarriesEveryViolation()
    {
        FieldViolations violations = new();
        violations.Add("sigmas[0]", "be finite", double.NaN);
        violations.Require(false, "model", "be known", "");
        violations.Require(true, "prompt", "be short", "long");
        InvalidRequestException exception = Assert.Throws<InvalidRequestException>(violations.ThrowIfAny);

        Status status = RpcErrors.FromException(exception).ToRpcException().GetRpcStatus()!;

        Assert.Equal((int)Code.InvalidArgument, status.Code);
        Assert.Equal("sigmas[0] must be finite, but is NaN. model must be known, but is empty.", status.Message);
        Assert.Equal(["sigmas[0]", "model"], status.GetDetail<BadRequest>().FieldViolations.Select(violation => violation.Field));
    }

    [Fact]
    public void FromException_RpcException_KeepsStatusAndDetails()
    {
        RpcException exception = RpcErrors.ResourceExhausted("The queue is full.", TimeSpan.FromMilliseconds(250)).ToRpcException();

        Status status = RpcErrors.FromException(exception);

        Assert.Equal((int)Code.ResourceExhausted, status.Code);
        Assert.Equal(TimeSpan.FromMilliseconds(250), status.GetDetail<RetryInfo>().RetryDelay.ToTimeSpan());
        Assert.Equal(status, status.ToScoreStatus().ToRpcStatus());
    }

    [Fact]
    public void FromException_Unexpected_HidesItsMessage()
    {
        Status status = RpcErrors.FromException(new InvalidOperationException("secret"));

        Assert.Equal((int)Code.Internal, status.Code);
        Assert.DoesNotContain("secret", status.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Add_ManyViolations_KeepsFirst()
    {
        FieldViolations violations = new();
        for (int i = 0; i < 1000; i++)
        {
            violations.Add($"sigmas[{i}]", "be finite", double.NaN);
        }

        Assert.Equal(FieldViolations.Capacity, violations.Items.Count);
    }
}
