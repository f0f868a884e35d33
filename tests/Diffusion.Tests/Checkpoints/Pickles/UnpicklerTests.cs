using System.Numerics;
using System.Text;
using Sjc.Diffusion.Checkpoints.Pickles;

namespace Sjc.Diffusion.Tests.Checkpoints.Pickles;

public sealed class UnpicklerTests
{
    /// <summary>What CPython's pickle.dumps wrote for one dictionary in protocols 0 to 5.</summary>
    [Theory]
    [InlineData(
        "KGRwMApWYQpwMQpJMQpzVmIKcDIKSS0yCnNWYmlnCnAzCkwxMTgwNTkxNjIwNzE3NDExMzAzNDI0TApzVmYKcDQKRjAuNQpzVnMKcDUKVnRleHQg6QpwNgpzVnQKcDcKSTAxCnNWbgpwOApOc1ZsCn" +
        "A5CihscDEwCkkxCmFJMgphKGxwMTEKSTMKYWFzVnR1CnAxMgooSTEKSTIKSTMKSTQKdHAxMwpzVmsKcDE0CkkzMDAKc1ZtCnAxNQpJNzAwMDAKc1ZuZWcKcDE2CkwtMTA5OTUxMTYyNzc3NkwKc1Zl" +
        "CnAxNwoodHNWc2V0CnAxOApjX19idWlsdGluX18Kc2V0CnAxOQooKGxwMjAKSTUKYXRwMjEKUnAyMgpzVm9kCnAyMwpjY29sbGVjdGlvbnMKT3JkZXJlZERpY3QKcDI0Cih0UnAyNQpWcApwMjYKST" +
        "EKc1ZxCnAyNwpJMgpzc1ZmcwpwMjgKY19fYnVpbHRpbl9fCmZyb3plbnNldApwMjkKKChscDMwCkk3CmF0cDMxClJwMzIKc1ZzYW1lCnAzMwpnMTAKcy4=")]
    [InlineData(
        "fXEAKFgBAAAAYXEBSwFYAQAAAGJxAkr+////WAMAAABiaWdxA0wxMTgwNTkxNjIwNzE3NDExMzAzNDI0TApYAQAAAGZxBEc/4AAAAAAAAFgBAAAAc3EFWAcAAAB0ZXh0IMOpcQZYAQAAAHRxB0kwMQ" +
        "pYAQAAAG5xCE5YAQAAAGxxCV1xCihLAUsCXXELSwNhZVgCAAAAdHVxDChLAUsCSwNLBHRxDVgBAAAAa3EOTSwBWAEAAABtcQ9KcBEBAFgDAAAAbmVncRBMLTEwOTk1MTE2Mjc3NzZMClgBAAAAZXER" +
        "KVgDAAAAc2V0cRJjX19idWlsdGluX18Kc2V0CnETKF1xFEsFYXRxFVJxFlgCAAAAb2RxF2Njb2xsZWN0aW9ucwpPcmRlcmVkRGljdApxGClScRkoWAEAAABwcRpLAVgBAAAAcXEbSwJ1WAIAAABmc3" +
        "EcY19fYnVpbHRpbl9fCmZyb3plbnNldApxHShdcR5LB2F0cR9ScSBYBAAAAHNhbWVxIWgKdS4=")]
    [InlineData(
        "gAJ9cQAoWAEAAABhcQFLAVgBAAAAYnECSv7///9YAwAAAGJpZ3EDigkAAAAAAAAAAEBYAQAAAGZxBEc/4AAAAAAAAFgBAAAAc3EFWAcAAAB0ZXh0IMOpcQZYAQAAAHRxB4hYAQAAAG5xCE5YAQAAAG" +
        "xxCV1xCihLAUsCXXELSwNhZVgCAAAAdHVxDChLAUsCSwNLBHRxDVgBAAAAa3EOTSwBWAEAAABtcQ9KcBEBAFgDAAAAbmVncRCKBgAAAAAA/1gBAAAAZXERKVgDAAAAc2V0cRJjX19idWlsdGluX18K" +
        "c2V0CnETXXEUSwVhhXEVUnEWWAIAAABvZHEXY2NvbGxlY3Rpb25zCk9yZGVyZWREaWN0CnEYKVJxGShYAQAAAHBxGksBWAEAAABxcRtLAnVYAgAAAGZzcRxjX19idWlsdGluX18KZnJvemVuc2V0Cn" +
        "EdXXEeSwdhhXEfUnEgWAQAAABzYW1lcSFoCnUu")]
    [InlineData(
        "gAN9cQAoWAEAAABhcQFLAVgBAAAAYnECSv7///9YAwAAAGJpZ3EDigkAAAAAAAAAAEBYAQAAAGZxBEc/4AAAAAAAAFgBAAAAc3EFWAcAAAB0ZXh0IMOpcQZYAQAAAHRxB4hYAQAAAG5xCE5YAQAAAG" +
        "xxCV1xCihLAUsCXXELSwNhZVgCAAAAdHVxDChLAUsCSwNLBHRxDVgBAAAAa3EOTSwBWAEAAABtcQ9KcBEBAFgDAAAAbmVncRCKBgAAAAAA/1gBAAAAZXERKVgDAAAAc2V0cRJjYnVpbHRpbnMKc2V0" +
        "CnETXXEUSwVhhXEVUnEWWAIAAABvZHEXY2NvbGxlY3Rpb25zCk9yZGVyZWREaWN0CnEYKVJxGShYAQAAAHBxGksBWAEAAABxcRtLAnVYAgAAAGZzcRxjYnVpbHRpbnMKZnJvemVuc2V0CnEdXXEeSw" +
        "dhhXEfUnEgWAQAAABzYW1lcSFoCnUu")]
    [InlineData(
        "gASV4QAAAAAAAAB9lCiMAWGUSwGMAWKUSv7///+MA2JpZ5SKCQAAAAAAAAAAQIwBZpRHP+AAAAAAAACMAXOUjAd0ZXh0IMOplIwBdJSIjAFulE6MAWyUXZQoSwFLAl2USwNhZYwCdHWUKEsBSwJLA0" +
        "sEdJSMAWuUTSwBjAFtlEpwEQEAjANuZWeUigYAAAAAAP+MAWWUKYwDc2V0lI+UKEsFkIwCb2SUjAtjb2xsZWN0aW9uc5SMC09yZGVyZWREaWN0lJOUKVKUKIwBcJRLAYwBcZRLAnWMAmZzlChLB5GU" +
        "jARzYW1llGgKdS4=")]
    [InlineData(
        "gAWV4QAAAAAAAAB9lCiMAWGUSwGMAWKUSv7///+MA2JpZ5SKCQAAAAAAAAAAQIwBZpRHP+AAAAAAAACMAXOUjAd0ZXh0IMOplIwBdJSIjAFulE6MAWyUXZQoSwFLAl2USwNhZYwCdHWUKEsBSwJLA0" +
        "sEdJSMAWuUTSwBjAFtlEpwEQEAjANuZWeUigYAAAAAAP+MAWWUKYwDc2V0lI+UKEsFkIwCb2SUjAtjb2xsZWN0aW9uc5SMC09yZGVyZWREaWN0lJOUKVKUKIwBcJRLAYwBcZRLAnWMAmZzlChLB5GU" +
        "jARzYW1llGgKdS4=")]
    public void Load_EveryProtocol_GivesThePlainTree(string pickle)
    {
        PickleDictionary tree = Assert.IsType<PickleDictionary>(Load(Convert.FromBase64String(pickle)));
        Assert.Equal(["a", "b", "big", "f", "s", "t", "n", "l", "tu", "k", "m", "neg", "e", "set", "od", "fs", "same"], tree.Names);
        Assert.Equal([1L, -2L, BigInteger.Pow(2, 70), 0.5, "text é", true, null], tree.Names.Take(7).Select(name => tree[name]));
        PickleList list = Assert.IsType<PickleList>(tree["l"]);
        Assert.Equal([1L, 2L], list.Take(2));
        Assert.Equal([3L], Assert.IsType<PickleList>(list[2]));
        Assert.Same(list, tree["same"]);
        Assert.Equal([1L, 2L, 3L, 4L], Assert.IsType<PickleList>(tree["tu"]));
        Assert.Equal([300L, 70_000L, -(1L << 40)], new[] { "k", "m", "neg" }.Select(name => tree[name]));
        Assert.Empty(Assert.IsType<PickleList>(tree["e"]));
        Assert.Equal([5L], Assert.IsType<PickleList>(tree["set"]));
        Assert.Equal([7L], Assert.IsType<PickleList>(tree["fs"]));
        PickleDictionary ordered = Assert.IsType<PickleDictionary>(tree["od"]);
        Assert.Equal([1L, 2L], ordered.Names.Select(name => ordered[name]));
    }

    [Theory]
    [InlineData("]q\x00.", typeof(PickleList))]
    [InlineData("(K\x01K\x021].", typeof(PickleList))] // a mark and what lies on it dropped
    [InlineData("(0].", typeof(PickleList))] // a mark alone dropped
    [InlineData("]2a.", typeof(PickleList))] // a list within itself
    [InlineData("(c__main__\nThing\nK\x01o.", typeof(PickleObject))]
    [InlineData("(K\x01i__main__\nThing\n.", typeof(PickleObject))]
    [InlineData("c__main__\nThing\n)\x81}b.", typeof(PickleObject))]
    [InlineData("c__main__\nThing\n)}\x92.", typeof(PickleObject))]
    [InlineData("c__main__\nmake\n)R(K\x01K\x02u(K\u0003e.", typeof(PickleObject))] // items and elements given to a placeholder
    [InlineData("c__main__\nThing\n.", typeof(PickleGlobal))]
    [InlineData("ccollections\nOrderedDict\n)R}b.", typeof(PickleDictionary))]
    [InlineData("cbuiltins\nset\n]\x85R.", typeof(PickleList))]
    [InlineData("\x8d\x03\0\0\0\0\0\0\0xyz.", typeof(string))]
    [InlineData("U\x03xyz.", typeof(string))]
    [InlineData("S'xyz'\n.", typeof(string))]
    [InlineData("\x8e\x03\0\0\0\0\0\0\0xyz.", typeof(byte[]))]
    public void Load_KnownOperations_GiveAnObjectOfTheType(string pickle, Type type) => Assert.IsType(type, Load(Encoding.Latin1.GetBytes(pickle)));

    [Theory]
    [InlineData("")]
    [InlineData("K")]
    [InlineData("K\x01")]
    [InlineData(".")] // nothing to return
    [InlineData("a.")]
    [InlineData("K\x01K\u0002a.")] // an item for a number
    [InlineData("K\x01K\x02K\x03s.")]
    [InlineData("}(K\x01u.")] // a key without a value
    [InlineData("u.")] // no mark
    [InlineData("](a.")]
    [InlineData("h\x05.")] // never stored
    [InlineData("K\x01)R.")] // calling a number
    [InlineData("c__main__\nThing\nK\x01R.")] // arguments that are none
    [InlineData("\x82\x01.")] // the extension registry
    [InlineData("\x97.")] // out-of-band buffers
    [InlineData("\xff.")]
    [InlineData("Ixyz\n.")]
    [InlineData("Lxyz\n.")]
    [InlineData("gxyz\n.")]
    [InlineData("X\xff\xff\xff\xffxyz.")]
    [InlineData("\x8d\xff\xff\xff\xff\xff\xff\xff\xffxyz.")]
    [InlineData("\x8b\xff\xff\xff\x7fxyz.")]
    [InlineData("ctorch._utils\n_rebuild_tensor_v2\n(K\x01K\x02K\x03tR.")]
    [InlineData("ctorch._utils\n_rebuild_parameter\n)R.")]
    public void Load_NoPickle_IsRefused(string pickle) => Assert.Throws<InvalidDataException>(() => Load(Encoding.Latin1.GetBytes(pickle)));

    [Theory]
    [InlineData("os", "system")]
    [InlineData("posix", "system")]
    [InlineData("nt", "system")]
    [InlineData("subprocess", "Popen")]
    [InlineData("builtins", "eval")]
    [InlineData("__builtin__", "getattr")]
    [InlineData("os.path", "join")]
    [InlineData("importlib", "import_module")]
    public void Load_FunctionThatActsOnTheMachine_IsRefusedByNameInAnyForm(string module, string name)
    {
        string[] pickles = [$"c{module}\n{name}\n.", $"U{(char)module.Length}{module}U{(char)name.Length}{name}\x93.", $"(i{module}\n{name}\n."];
        foreach (string pickle in pickles)
        {
            Assert.Contains($"{module}.{name}", Assert.Throws<InvalidDataException>(() => Load(Encoding.Latin1.GetBytes(pickle))).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Load_MoreOperationsThanAnyCheckpointHas_IsRefused()
    {
        byte[] pickle = new byte[5_000_000];
        pickle.AsSpan().Fill((byte)'N');
        Assert.Contains("operations", Assert.Throws<InvalidDataException>(() => Load(pickle)).Message, StringComparison.Ordinal);
    }

    private static object? Load(byte[] pickle) => new Unpickler("test.pkl", pickle, _ => null).Load();
}
