using Sjc.Diffusion.Checkpoints.Pickles;

namespace Sjc.Diffusion.Checkpoints;

/// <summary>A model's files, opened but not loaded: names and shapes of tensors, the object tree of a pickle, configurations, and the caller's flags.
/// A path is either one weights file or a folder with a sub-folder for each network.</summary>
public sealed class CheckpointProbe : IDisposable
{
    private const string ConfigFlag = "config";
    private const string MemoryFlag = "memory";
    private const string VariantFlag = "variant";
    private const string ConfigFile = "config.json";
    private static readonly string[] ConfigExtensions = [".json", ".yaml", ".yml"];

    private readonly IReadOnlyDictionary<string, string> flags;
    private readonly HashSet<string> usedFlags = new(StringComparer.Ordinal);
    private readonly List<CheckpointProbe> others = [];
    private readonly Dictionary<string, WeightFile> parts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ModelConfig?> configs = new(StringComparer.Ordinal);

    private CheckpointProbe(string path, IReadOnlyDictionary<string, string> flags)
    {
        FullPath = path;
        this.flags = flags;
        IsFolder = Directory.Exists(path);
    }

    /// <summary>Where the file or folder is.</summary>
    public string FullPath { get; }

    /// <summary>What messages call it.</summary>
    public string Name => Path.GetFileName(Path.TrimEndingDirectorySeparator(FullPath));

    /// <summary>Whether the path is a folder.</summary>
    public bool IsFolder { get; }

    /// <summary>The folder of the files: the path itself, or where the file lies.</summary>
    public string Folder => IsFolder ? FullPath : Path.GetDirectoryName(FullPath)!;

    /// <summary>The tensors of a single file, of a pickle those of its weights ("state_dict" and the like, or the whole); null for a folder that has its weights in
    /// sub-folders. A folder with one network's weights directly inside is read as that network.</summary>
    public ITensorStore? Weights => IsFolder ? OpenPart("") : parts[""].Store;

    /// <summary>The pickle of a single file; null for other formats and folders. Use <see cref="PickleStore"/> for others of its tensors.</summary>
    public PickleFile? Pickle => parts.GetValueOrDefault("")?.Pickle;

    /// <summary>The configuration of a single file or network: that of the flag <c>config=PATH</c>, else NAME.json, NAME.yaml or NAME.yml beside NAME.*, else config.json,
    /// config.yaml or config.yml in the folder; null where there is none.</summary>
    public ModelConfig? Config
    {
        get
        {
            if (Flag(ConfigFlag) is { } path)
            {
                return ModelConfig.Read(Path.GetFullPath(path), Path.GetFileName(path));
            }

            IEnumerable<string> candidates = ConfigExtensions.Select(extension => Path.ChangeExtension(ConfigFile, extension));
            return (IsFolder ? candidates : ConfigExtensions.Select(extension => Path.ChangeExtension(Name, extension)).Concat(candidates))
                .Select(PartConfig).FirstOrDefault(config => config is not null);
        }
    }

    /// <summary>Whether weights may stay in the pages of their files: the flag <c>memory</c> is not "copied".</summary>
    private bool InPlace => Flag(MemoryFlag, "mapped", "copied") != "copied";

    /// <summary>What a message says it holds.</summary>
    internal string Contents
    {
        get
        {
            if (!IsFolder)
            {
                return parts[""].Store.Tensors.Keys.Order(StringComparer.Ordinal).ToArray() is { Length: > 0 } names ? $"{names.Length} tensors such as {string.Join(", ", names.Take(3))}" : "no tensors";
            }

            string[] classes = [.. PartFolders().Prepend("").Select(ClassName).Where(name => !string.IsNullOrEmpty(name)).Distinct()!];
            return classes.Length > 0 ? string.Join(", ", classes) : "no model_index.json and no weights";
        }
    }

    /// <summary>Opens a file or folder.</summary>
    /// <exception cref="InvalidDataException">The file is no checkpoint, or a damaged one.</exception>
    /// <exception cref="FileNotFoundException">Nothing is there.</exception>
    public static CheckpointProbe Open(ModelLoadOptions options)
    {
        string path = Path.GetFullPath(options.Path);
        if (!File.Exists(path) && !Directory.Exists(path))
        {
            throw new FileNotFoundException($"{nameof(options.Path)} must name a checkpoint's file or folder, but nothing is at {path}.", path);
        }

        TorchRuntime.Initialize();
        CheckpointProbe probe = new(path, options.Flags);
        if (!probe.IsFolder)
        {
            probe.parts[""] = WeightFile.Open(path, probe.InPlace);
        }

        return probe;
    }

    /// <summary>A flag of the caller; null where it is not given. Flags that nobody asks for are refused in the end.</summary>
    public string? Flag(string name)
    {
        usedFlags.Add(name);
        return flags.GetValueOrDefault(name);
    }

    /// <summary>A flag with a fixed set of values.</summary>
    /// <returns>One of <paramref name="values"/>; null where it is not given.</returns>
    /// <exception cref="ArgumentException">It has another value.</exception>
    public string? Flag(string name, params ReadOnlySpan<string> values) => Flag(name) is not { } value || values.Contains(value)
        ? flags.GetValueOrDefault(name)
        : throw new ArgumentException($"{name} must be one of {string.Join(", ", values.ToArray())}, but is {value}.", name);

    /// <summary>Whether a sub-folder holds weights.</summary>
    /// <param name="part">Such as "unet"; empty for the folder itself.</param>
    public bool HasPart(string part) => IsFolder && WeightFiles.Exist(Path.Combine(FullPath, part));

    /// <summary>The tensors of a sub-folder: one file, or shards with an index, in the variant of the flag <c>variant</c>. The probe disposes them.</summary>
    /// <param name="part">Such as "unet"; empty for the folder itself.</param>
    /// <returns>Null where the folder holds no weights.</returns>
    /// <exception cref="InvalidDataException">They are damaged, or a shard is missing.</exception>
    public ITensorStore? OpenPart(string part)
    {
        if (!parts.TryGetValue(part, out WeightFile? file) && HasPart(part))
        {
            parts[part] = file = WeightFiles.Open(Path.Combine(FullPath, part), part.Length > 0 ? part : Name, Flag(VariantFlag), InPlace);
        }

        return file?.Store;
    }

    /// <summary>A configuration file of the folder.</summary>
    /// <param name="path">Such as "unet/config.json" or "model_index.json".</param>
    /// <returns>Null where there is none.</returns>
    /// <exception cref="InvalidDataException">It is neither a JSON object nor a YAML mapping.</exception>
    public ModelConfig? PartConfig(string path)
    {
        if (!configs.TryGetValue(path, out ModelConfig? config))
        {
            string full = Path.Combine(Folder, path);
            configs[path] = config = File.Exists(full) ? ModelConfig.Read(full, path) : null;
        }

        return config;
    }

    /// <summary>Reads everything of a folder that can be read without loading, so that a damaged file is named before an unknown kind is.</summary>
    internal void RequireSound()
    {
        foreach (string part in IsFolder ? PartFolders().Prepend("") : [])
        {
            ClassName(part);
            OpenPart(part);
        }
    }

    /// <summary>Another file or folder that a flag names, such as an autoencoder; this probe disposes it.</summary>
    /// <exception cref="InvalidDataException">The file is no checkpoint, or a damaged one.</exception>
    /// <exception cref="FileNotFoundException">Nothing is there.</exception>
    public CheckpointProbe OpenOther(string path)
    {
        CheckpointProbe other = Open(new ModelLoadOptions { Path = path, Flags = flags.Where(flag => flag.Key == MemoryFlag).ToDictionary() });
        others.Add(other);
        return other;
    }

    /// <summary>Refuses flags that nobody asked for.</summary>
    internal void RequireNoUnusedFlags()
    {
        if (flags.Keys.FirstOrDefault(flag => !usedFlags.Contains(flag)) is { } unused)
        {
            throw new ArgumentException($"{unused} must be a flag that this model has, but it has {(usedFlags.Count > 0 ? string.Join(", ", usedFlags.Order(StringComparer.Ordinal)) : "none")}.", unused);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (WeightFile file in parts.Values)
        {
            file.Dispose();
        }

        foreach (CheckpointProbe other in others)
        {
            other.Dispose();
        }
    }

    private IEnumerable<string> PartFolders() => Directory.EnumerateDirectories(FullPath).Select(folder => Path.GetFileName(folder)).Order(StringComparer.Ordinal);

    private string? ClassName(string part)
    {
        ModelConfig? config = PartConfig(part.Length > 0 ? $"{part}/{ConfigFile}" : ConfigFile) ?? (part.Length > 0 ? null : PartConfig("model_index.json"));
        return config is null ? null : config.Text("_class_name", config.Texts("architectures") is [string first, ..] ? first : "");
    }
}
