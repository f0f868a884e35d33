namespace Sjc.Diffusion.Checkpoints.Pickles;

/// <summary>What a pickle may name, and what comes of calling it: the allow-list. Nothing here runs code of the pickle's choice.</summary>
internal static class PickleGlobals
{
    /// <summary>Modules whose functions act on the machine: a checkpoint that names one is refused wherever it does.</summary>
    private static readonly HashSet<string> ActingModules = new(StringComparer.Ordinal)
    {
        "os", "posix", "nt", "subprocess", "sys", "shutil", "socket", "pty", "runpy", "importlib", "ctypes", "code", "codeop", "commands", "pdb", "bdb", "timeit",
        "webbrowser", "asyncio", "multiprocessing", "threading", "tempfile", "pathlib", "platform", "pip", "pydoc", "marshal", "types", "operator", "functools", "builtins", "__builtin__",
    };

    private static readonly HashSet<string> HarmlessNames = new(StringComparer.Ordinal)
    {
        "set", "frozenset", "list", "dict", "tuple", "int", "long", "float", "complex", "bool", "str", "unicode", "bytes", "bytearray", "object", "slice", "range", "xrange",
        "PosixPath", "WindowsPath", "PurePosixPath", "PureWindowsPath", "Path", "SimpleNamespace", "partial",
    };

    /// <summary>The name of a global.</summary>
    /// <exception cref="InvalidDataException">It is a function that acts on the machine.</exception>
    public static PickleGlobal Name(string file, string module, string name)
    {
        string root = module.Split('.')[0];
        return ActingModules.Contains(root) && !HarmlessNames.Contains(name)
            ? throw Refusal(file, $"{module}.{name}")
            : new PickleGlobal($"{module}.{name}");
    }

    /// <summary>What a refusal says.</summary>
    public static InvalidDataException Refusal(string place, string global) =>
        new($"{place} must name tensors, storages and plain containers alone, but names {global}: a checkpoint may not call code.");

    /// <summary>What a call gives: a tensor or container for the allow-list, a placeholder for anything else.</summary>
    /// <exception cref="InvalidDataException">The arguments of a call on the list are not what they should be.</exception>
    public static object? Call(string file, PickleGlobal global, PickleList arguments)
    {
        switch (global.FullName)
        {
            case "collections.OrderedDict" or "collections.defaultdict" or "builtins.dict" or "__builtin__.dict":
                return Dictionary(arguments);
            case "builtins.list" or "builtins.tuple" or "builtins.set" or "builtins.frozenset" or "__builtin__.list" or "__builtin__.tuple" or "__builtin__.set" or "__builtin__.frozenset" or "torch.Size":
                return arguments is [PickleList items] ? new PickleList(items) : new PickleList([]);
            case "torch._utils._rebuild_tensor" or "torch._utils._rebuild_tensor_v2" or "torch._utils._rebuild_tensor_v3":
                return Tensor(file, global, arguments);
            case "torch._utils._rebuild_parameter" or "torch._utils._rebuild_parameter_with_state" or "torch.nn.parameter.Parameter":
                return arguments is [PickleTensor tensor, ..] ? tensor : throw Malformed(file, global);
            default:
                return new PickleObject(global);
        }
    }

    private static PickleDictionary Dictionary(PickleList arguments)
    {
        PickleDictionary dictionary = new();
        foreach (PickleList pair in arguments.OfType<PickleList>().SelectMany(pairs => pairs).OfType<PickleList>())
        {
            if (pair is [object key, var value])
            {
                dictionary.Set(key, value);
            }
        }

        return dictionary;
    }

    private static PickleTensor Tensor(string file, PickleGlobal global, PickleList arguments)
    {
        if (arguments is not [PickleStorage storage, long offset, PickleList shape, PickleList strides, ..] || shape.Count != strides.Count)
        {
            throw Malformed(file, global);
        }

        // The third version names the type apart from an untyped storage: (storage, offset, shape, strides, requires_grad, hooks, dtype, …).
        bool isTyped = global.FullName.EndsWith("_v3", StringComparison.Ordinal);
        TorchSharp.torch.ScalarType? dataType = isTyped ? TypeNamed((arguments.ElementAtOrDefault(6) as PickleGlobal)?.FullName) : storage.DataType;
        return new PickleTensor(storage, dataType, offset, Extents(file, global, shape), Extents(file, global, strides));
    }

    private static long[] Extents(string file, PickleGlobal global, PickleList values) => [.. values.Select(value => value is long extent ? extent : throw Malformed(file, global))];

    private static TorchSharp.torch.ScalarType? TypeNamed(string? name) => name switch
    {
        "torch.float64" => TorchSharp.torch.ScalarType.Float64,
        "torch.float32" => TorchSharp.torch.ScalarType.Float32,
        "torch.float16" => TorchSharp.torch.ScalarType.Float16,
        "torch.bfloat16" => TorchSharp.torch.ScalarType.BFloat16,
        "torch.int64" => TorchSharp.torch.ScalarType.Int64,
        "torch.int32" => TorchSharp.torch.ScalarType.Int32,
        "torch.int16" => TorchSharp.torch.ScalarType.Int16,
        "torch.int8" => TorchSharp.torch.ScalarType.Int8,
        "torch.uint8" => TorchSharp.torch.ScalarType.Byte,
        "torch.bool" => TorchSharp.torch.ScalarType.Bool,
        _ => null,
    };

    private static InvalidDataException Malformed(string file, PickleGlobal global) =>
        new($"{file} must call {global.FullName} with the arguments that torch gives it, but has others.");
}
