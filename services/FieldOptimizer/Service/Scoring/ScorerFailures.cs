namespace Sjc.FieldOptimizer.Scoring;

/// <summary>The scorer refuses a request for good, in its own words: asking again would not help.</summary>
internal sealed class ScorerRefusedException(string message, Exception? innerException = null) : Exception(message, innerException);

/// <summary>The scorer has not answered for as long as it is waited for.</summary>
internal sealed class ScorerUnavailableException(string message, Exception innerException) : Exception(message, innerException);
