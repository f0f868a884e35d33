using System.Globalization;
using System.Numerics;
using System.Text;

namespace Sjc.Diffusion.Checkpoints.Pickles;

/// <summary>Reads one pickle, of protocols 0 to 5, into dictionaries, lists, numbers, strings and tensor references. Objects of other classes become
/// placeholders; nothing is imported or called.</summary>
/// <remarks>Iterative, so that nesting costs no stack; the number of operations bounds what is allocated.
/// Operations: https://github.com/python/cpython/blob/main/Lib/pickletools.py.</remarks>
/// <param name="name">The file's name, for messages.</param>
/// <param name="data">Begins with the pickle.</param>
/// <param name="persistent">Gives the object of a persistent id, which is how torch's pickles name storages.</param>
internal ref struct Unpickler(string name, ReadOnlySpan<byte> data, Func<object?, object?> persistent)
{
    /// <summary>A full training state of Stable Diffusion has about 200 000.</summary>
    private const int MaxOperations = 4_000_000;
    private const int MaxIntegerBytes = 1024;

    private readonly List<object?> stack = [];
    private readonly Stack<int> marks = new();
    private readonly Dictionary<long, object?> memo = [];
    private PickleStream stream = new(name, data);

    /// <summary>Bytes read so far; after <see cref="Load"/> the pickle's length.</summary>
    public readonly int Position => stream.Position;

    /// <summary>Reads up to the end of the pickle.</summary>
    /// <returns>Null, <see cref="bool"/>, <see cref="long"/>, <see cref="BigInteger"/>, <see cref="double"/>, <see cref="string"/>, byte array, <see cref="PickleList"/>,
    /// <see cref="PickleDictionary"/>, <see cref="PickleTensor"/>, <see cref="PickleGlobal"/> or <see cref="PickleObject"/>.</returns>
    /// <exception cref="InvalidDataException">The bytes are no pickle, or one that acts on the machine.</exception>
    public object? Load()
    {
        for (int count = 0; count < MaxOperations; count++)
        {
            char operation = (char)stream.Byte();
            if (operation == '.')
            {
                return Pop();
            }

            if (!(TryNumber(operation) || TryText(operation) || TryContainer(operation) || TryStack(operation) || TryObject(operation)))
            {
                throw new InvalidDataException($"{name} must hold known pickle operations, but has 0x{(int)operation:X2} at byte {stream.Position - 1} of its pickle.");
            }
        }

        throw new InvalidDataException($"{name} must have a pickle of at most {MaxOperations} operations, but has more.");
    }

    private bool TryNumber(char operation)
    {
        object? value;
        switch (operation)
        {
            case 'N': value = null; break;
            case '\x88': value = true; break;
            case '\x89': value = false; break;
            case 'K': value = (long)stream.Byte(); break;
            case 'M': value = (long)stream.UInt16(); break;
            case 'J': value = (long)stream.Int32(); break;
            case 'G': value = stream.Double(); break;
            case '\x8a': value = Integer(stream.Byte()); break;
            case '\x8b': value = Integer(stream.Length32()); break;
            case 'I': value = stream.Line() is var text && text is "00" or "01" ? text == "01" : (object)Integer(text); break;
            case 'L': value = Integer(stream.Line().TrimEnd('L')); break;
            case 'F': value = double.TryParse(stream.Line(), CultureInfo.InvariantCulture, out double real) ? real : throw Malformed("a number"); break;
            default: return false;
        }

        stack.Add(value is BigInteger integer && integer >= long.MinValue && integer <= long.MaxValue ? (long)integer : value);
        return true;
    }

    private bool TryText(char operation)
    {
        object value;
        switch (operation)
        {
            case 'X': value = stream.Text(stream.Length32()); break;
            case '\x8c': value = stream.Text(stream.Byte()); break;
            case '\x8d': value = stream.Text(stream.Length64()); break;
            case 'T': value = Encoding.Latin1.GetString(stream.Bytes(stream.Length32())); break;
            case 'U': value = Encoding.Latin1.GetString(stream.Bytes(stream.Byte())); break;
            case 'B': value = stream.Bytes(stream.Length32()).ToArray(); break;
            case 'C': value = stream.Bytes(stream.Byte()).ToArray(); break;
            case '\x8e' or '\x96': value = stream.Bytes(stream.Length64()).ToArray(); break;
            case 'V': value = stream.EscapedLine(); break;
            case 'S': value = stream.Line().Trim('\'', '"'); break;
            default: return false;
        }

        stack.Add(value);
        return true;
    }

    private bool TryContainer(char operation)
    {
        switch (operation)
        {
            case ']' or ')' or '\x8f': stack.Add(new PickleList([])); break;
            case 'l' or 't' or '\x91': stack.Add(new PickleList(PopToMark())); break;
            case '\x85': stack.Add(new PickleList(Pop(1))); break;
            case '\x86': stack.Add(new PickleList(Pop(2))); break;
            case '\x87': stack.Add(new PickleList(Pop(3))); break;
            case '}': stack.Add(new PickleDictionary()); break;
            case 'd': Pairs(PopToMark(), NewDictionary()); break;
            case 's': Pairs(Pop(2), Top()); break;
            case 'u': Pairs(PopToMark(), Top()); break;
            case 'a': Items(Pop(1), Top()); break;
            case 'e' or '\x90': Items(PopToMark(), Top()); break;
            default: return false;
        }

        return true;
    }

    private bool TryStack(char operation)
    {
        switch (operation)
        {
            case '\x80': stream.Byte(); break; // the protocol's number: the operations tell for themselves
            case '\x95': stream.Length64(); break; // a frame's length
            case '(': marks.Push(stack.Count); break;
            case '0': PopOrMark(); break;
            case '1': PopToMark(); break;
            case '2': stack.Add(Top()); break;
            case 'q': memo[stream.Byte()] = Top(); break;
            case 'r': memo[stream.Length32()] = Top(); break;
            case 'p': memo[Index(stream.Line())] = Top(); break;
            case '\x94': memo[memo.Count] = Top(); break;
            case 'h': Recall(stream.Byte()); break;
            case 'j': Recall(stream.Length32()); break;
            case 'g': Recall(Index(stream.Line())); break;
            default: return false;
        }

        return true;
    }

    private bool TryObject(char operation)
    {
        switch (operation)
        {
            case 'c':
                string module = stream.Line();
                stack.Add(PickleGlobals.Name(name, module, stream.Line()));
                break;
            case '\x93':
                object?[] names = Pop(2);
                stack.Add(names is [string moduleName, string globalName] ? PickleGlobals.Name(name, moduleName, globalName) : throw Malformed("a module and a name"));
                break;
            case 'R' or '\x81': Call(Pop(2)); break;
            case '\x92': Call(Pop(3)[..2]); break;
            case 'o':
                object?[] made = PopToMark();
                Call([made.FirstOrDefault(), new PickleList(made.Skip(1))]);
                break;
            case 'i':
                string className = stream.Line();
                Call([PickleGlobals.Name(name, className, stream.Line()), new PickleList(PopToMark())]);
                break;
            case 'b': Pop(1); break; // state set on an object: attributes of dictionaries and placeholders say nothing of tensors
            case 'Q': stack.Add(persistent(Pop())); break;
            case 'P': stack.Add(persistent(stream.Line())); break;
            default: return false;
        }

        return true;
    }

    private readonly void Call(object?[] callableAndArguments) => stack.Add(callableAndArguments switch
    {
        [PickleGlobal global, PickleList arguments] => PickleGlobals.Call(name, global, arguments),
        [PickleObject inert, _] => inert,
        _ => throw Malformed("a class or function and its arguments"),
    });

    private readonly PickleDictionary NewDictionary()
    {
        PickleDictionary dictionary = new();
        stack.Add(dictionary);
        return dictionary;
    }

    private readonly void Pairs(object?[] items, object? target)
    {
        if (items.Length % 2 != 0 || target is not (PickleDictionary or PickleObject))
        {
            throw Malformed("keys and values for a dictionary");
        }

        for (int i = 0; target is PickleDictionary dictionary && i < items.Length; i += 2)
        {
            dictionary.Set(items[i], items[i + 1]);
        }
    }

    private readonly void Items(object?[] items, object? target)
    {
        if (target is PickleList list)
        {
            list.Add(items);
        }
        else if (target is not PickleObject)
        {
            throw Malformed("items for a list");
        }
    }

    private void Recall(long index) => stack.Add(memo.TryGetValue(index, out object? value) ? value : throw Malformed($"an object {index} made before"));

    private readonly object? Top() => stack.Count > Floor() ? stack[^1] : throw Malformed("an operand");

    private readonly object? Pop() => Pop(1)[0];

    private readonly object?[] Pop(int count)
    {
        if (stack.Count - count < Floor())
        {
            throw Malformed("operands");
        }

        object?[] items = [.. stack[^count..]];
        stack.RemoveRange(stack.Count - count, count);
        return items;
    }

    private readonly object?[] PopToMark()
    {
        if (!marks.TryPop(out int mark))
        {
            throw Malformed("a mark");
        }

        object?[] items = [.. stack[mark..]];
        stack.RemoveRange(mark, stack.Count - mark);
        return items;
    }

    private readonly void PopOrMark()
    {
        if (marks.TryPeek(out int mark) && mark == stack.Count)
        {
            marks.Pop();
        }
        else
        {
            Pop(1);
        }
    }

    private readonly int Floor() => marks.TryPeek(out int mark) ? mark : 0;

    private BigInteger Integer(long byteCount)
    {
        if (byteCount > MaxIntegerBytes)
        {
            throw Malformed($"integers of at most {MaxIntegerBytes} bytes");
        }

        return new BigInteger(stream.Bytes(byteCount));
    }

    private readonly BigInteger Integer(string text) => text.Length <= MaxIntegerBytes && BigInteger.TryParse(text, CultureInfo.InvariantCulture, out BigInteger value) ? value : throw Malformed("an integer");

    private readonly long Index(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long index) ? index : throw Malformed("an index");

    private readonly InvalidDataException Malformed(string what) => new($"{name} must have {what} at byte {stream.Position} of its pickle, but has none.");
}
