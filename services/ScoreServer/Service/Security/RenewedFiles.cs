namespace Sjc.ScoreServer.Security;

/// <summary>What files say, read again when they change: keys and certificates are renewed while a server runs.</summary>
/// <remarks>Their text is compared, since the times of files behind symbolic links, as Kubernetes mounts secrets, tell nothing.</remarks>
/// <param name="paths">The files.</param>
/// <param name="parse">Makes of their texts, in order, what is wanted; where it throws, or a file cannot be read, the former one stays.</param>
/// <param name="time">Of the pause between two looks.</param>
/// <param name="logger">Is told of changes.</param>
internal sealed partial class RenewedFiles<T>(IReadOnlyList<string> paths, Func<IReadOnlyList<string>, T> parse, TimeProvider time, ILogger logger)
    where T : class
{
    /// <summary>Pause between two looks at the files.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    private readonly string _names = string.Join(", ", paths);
    private readonly Lock _gate = new();
    private string[] _texts = [];
    private T? _value;
    private long _looked;

    /// <summary>What the files say now, or said at most <see cref="Pause"/> ago.</summary>
    /// <exception cref="IOException">They could never be read; so do other exceptions of reading and parsing say why.</exception>
    public T Value
    {
        get
        {
            lock (_gate)
            {
                if (_value is null)
                {
                    Read();
                }
                else if (time.GetElapsedTime(_looked) >= Pause)
                {
                    Renew();
                }

                return _value!;
            }
        }
    }

    private void Renew()
    {
        try
        {
            Read();
        }
#pragma warning disable CA1031 // A file that is being written must not stop the server; what it said before holds.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            LogKept(exception, _names);
        }
    }

    private void Read()
    {
        _looked = time.GetTimestamp();
        string[] texts = [.. paths.Select(File.ReadAllText)];
        if (!texts.SequenceEqual(_texts))
        {
            bool isNew = _value is not null;
            _value = parse(texts);
            _texts = texts;
            if (isNew)
            {
                LogRenewed(_names);
            }
        }
    }

    [LoggerMessage(EventId = 410, Level = LogLevel.Information, Message = "{Files} changed, and is in use.")]
    private partial void LogRenewed(string files);

    [LoggerMessage(EventId = 411, Level = LogLevel.Error, Message = "{Files} cannot be read; what it said before stays in use.")]
    private partial void LogKept(Exception exception, string files);
}
