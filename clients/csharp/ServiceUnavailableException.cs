namespace Sjc.Client;

/// <summary>A service has not answered for as long as it is waited for.</summary>
public sealed class ServiceUnavailableException(string message, Exception innerException) : Exception(message, innerException);
