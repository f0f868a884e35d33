namespace Sjc.ScoreServer.Batching;

/// <summary>What one tenant gets of the device.</summary>
/// <param name="Weight">Rows in proportion to other tenants' weights while all of them wait, at least 1.</param>
/// <param name="CapacityRows">Rows that it may have in the queue.</param>
internal readonly record struct TenantShare(int Weight, int CapacityRows);
