using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using Sjc.Diffusion;

namespace Sjc.ScoreServer.Models;

/// <summary>Encoded prompts by content-addressed handle, bounded in number and bytes; the least recently used goes first.</summary>
internal sealed class PromptCache(IOptions<CatalogueOptions> options)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, LinkedListNode<Entry>> _entries = new(StringComparer.Ordinal);
    private readonly LinkedList<Entry> _recent = [];
    private long _bytes;

    private long _hits;
    private long _misses;

    /// <summary>Encodings held.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _entries.Count;
            }
        }
    }

    /// <summary>Look-ups that found an encoding.</summary>
    public long Hits => Interlocked.Read(ref _hits);

    /// <summary>Look-ups that found none.</summary>
    public long Misses => Interlocked.Read(ref _misses);

    /// <summary>SHA-256 of the model's name, a zero byte and the prompt, lower-case hex.</summary>
    public static string HandleOf(string model, string prompt) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{model}\0{prompt}")));

    /// <summary>The encoding of a prompt, made now if it is not held.</summary>
    /// <exception cref="ArgumentException">The model refuses the prompt.</exception>
    public (string Handle, PromptEncoding Encoding) Encode(LoadedModel model, string prompt)
    {
        string handle = HandleOf(model.Name, prompt);
        if (!TryGet(model, handle, out PromptEncoding? encoding))
        {
            encoding = BriefThread.Run(() => model.Denoiser.EncodePrompt(prompt));
            Add(new Entry(handle, model, encoding));
        }

        return (handle, encoding);
    }

    /// <summary>The encoding that a handle of this model names.</summary>
    public bool TryGet(LoadedModel model, string handle, [NotNullWhen(true)] out PromptEncoding? encoding)
    {
        lock (_gate)
        {
            if (_entries.TryGetValue(handle, out LinkedListNode<Entry>? node) && ReferenceEquals(node.Value.Model, model))
            {
                _recent.Remove(node);
                _recent.AddFirst(node);
                encoding = node.Value.Encoding;
                Interlocked.Increment(ref _hits);
                return true;
            }
        }

        Interlocked.Increment(ref _misses);
        encoding = null;
        return false;
    }

    /// <summary>Drops every encoding of a model that is being unloaded.</summary>
    public void Forget(LoadedModel model)
    {
        lock (_gate)
        {
            foreach (Entry entry in _recent.Where(entry => ReferenceEquals(entry.Model, model)).ToArray())
            {
                Remove(entry.Handle);
            }
        }
    }

    private void Add(Entry entry)
    {
        lock (_gate)
        {
            Remove(entry.Handle);
            _entries[entry.Handle] = _recent.AddFirst(entry);
            _bytes += entry.ByteCount;
            while (_recent.Count > options.Value.PromptCacheEntries || _bytes > options.Value.PromptCacheBytes)
            {
                Remove(_recent.Last!.Value.Handle);
            }
        }
    }

    private void Remove(string handle)
    {
        if (_entries.Remove(handle, out LinkedListNode<Entry>? node))
        {
            _recent.Remove(node);
            _bytes -= node.Value.ByteCount;
        }
    }

    private sealed record Entry(string Handle, LoadedModel Model, PromptEncoding Encoding)
    {
        /// <summary>Of the handle, the list's node and the dictionary's entry, about.</summary>
        private const int Overhead = 512;

        public long ByteCount { get; } = Overhead + Encoding.Condition.ByteCount;
    }
}
