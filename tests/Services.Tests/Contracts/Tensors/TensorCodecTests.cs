using Google.Protobuf;
using Sjc.Contracts.Errors;
using Sjc.Contracts.Tensor.V1;
using Sjc.Contracts.Tensors;
using Sjc.Numerics;

namespace Sjc.Services.Tests.Contracts.Tensors;

public sealed class TensorCodecTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(7)] // shorter than a vector
    [InlineData(3 * 32 * 32)]
    public void Decode_EncodedFloats_GivesSameBits(int count)
    {
        float[] values = RandomValues(count);

        Tensor tensor = TensorCodec.Encode(values, [1, count]);

        Assert.Equal(4 * count, tensor.Data.Length);
        Assert.Equal(values, TensorCodec.Decode(tensor));
    }

    [Fact]
    public void Decode_EncodedHalves_GivesRoundedValues()
    {
        float[] values = RandomValues(100);

        float[] decoded = TensorCodec.Decode(TensorCodec.Encode(values, [4, 25], DataType.F16));

        Assert.Equal(values.Select(value => (float)(Half)value), decoded);
    }

    [Fact]
    public void Encode_One_IsLittleEndian()
    {
        Assert.Equal([0x00, 0x00, 0x80, 0x3f], TensorCodec.Encode([1f], [1]).Data.ToByteArray());
        Assert.Equal([0x00, 0x3c], TensorCodec.Encode([1f], [1], DataType.F16).Data.ToByteArray());
    }

    [Theory]
    [InlineData(float.NaN, DataType.F32)]
    [InlineData(float.PositiveInfinity, DataType.F32)]
    [InlineData(65536f, DataType.F16)]
    [InlineData(-65536f, DataType.F16)]
    public void Encode_ValueOutsideType_Throws(float value, DataType type)
    {
        float[] values = new float[33];
        values[20] = value;

        Assert.False(TensorCodec.CanEncode(values, type));
        Assert.Throws<ArgumentException>(() => TensorCodec.Encode(values, [33], type));
    }

    [Fact]
    public void Encode_ShapeOfOtherSize_Throws()
    {
        Assert.Throws<ArgumentException>(() => TensorCodec.Encode(new float[5], [2, 3]));
        Assert.Throws<ArgumentException>(() => TensorCodec.Encode([], [0]));
    }

    [Theory]
    [InlineData("t.shape must be [n, 2], but is [3].", DataType.F32, new uint[] { 3 }, 12)]
    [InlineData("t.shape must be [n, 2], but is [0, 2].", DataType.F32, new uint[] { 0, 2 }, 0)]
    [InlineData("t.shape must be [n, 2], but is [1, 3].", DataType.F32, new uint[] { 1, 3 }, 12)]
    [InlineData("t.data must be 16 bytes long for its shape and type, but is 15 bytes long.", DataType.F32, new uint[] { 2, 2 }, 15)]
    [InlineData("t.data must be 8 bytes long for its shape and type, but is 16 bytes long.", DataType.F16, new uint[] { 2, 2 }, 16)]
    [InlineData("t.data_type must be DATA_TYPE_F32 or DATA_TYPE_F16, but is 0.", DataType.Unspecified, new uint[] { 2, 2 }, 16)]
    [InlineData("t.shape must hold at most 64 elements, but is [4294967295, 2].", DataType.F32, new uint[] { uint.MaxValue, 2 }, 16)]
    public void TryDecode_BrokenTensor_NamesFault(string expected, DataType type, uint[] shape, int bytes)
    {
        Tensor tensor = new() { DataType = type, Shape = { shape }, Data = ByteString.CopyFrom(new byte[bytes]) };
        FieldViolations violations = new();

        Assert.False(TensorCodec.TryDecode(tensor, "t", [TensorCodec.AnyExtent, 2], violations, out float[] values, maxElements: 64));

        Assert.Equal([expected], violations.Items.Select(violation => violation.Description));
        Assert.Empty(values);
    }

    [Theory]
    [InlineData(DataType.F32, new byte[] { 0, 0, 0xc0, 0x7f }, "NaN")]
    [InlineData(DataType.F32, new byte[] { 0, 0, 0x80, 0xff }, "-Infinity")]
    [InlineData(DataType.F16, new byte[] { 0, 0x7c }, "Infinity")]
    public void TryDecode_ValueNotFinite_NamesElement(DataType type, byte[] element, string name)
    {
        byte[] data = [.. new byte[40 * element.Length], .. element];
        Tensor tensor = new() { DataType = type, Shape = { 41 }, Data = ByteString.CopyFrom(data) };

        InvalidRequestException error = Assert.Throws<InvalidRequestException>(() => TensorCodec.Decode(tensor, "images"));

        Assert.Equal([new FieldViolation("images.data", $"images.data must be finite, but is {name} at element 40.")], error.Violations);
    }

    [Fact]
    public void TryDecode_Missing_NamesShape()
    {
        FieldViolations violations = new();

        Assert.False(TensorCodec.TryDecode(null, "images", [TensorCodec.AnyExtent, 3, 8, 8], violations, out _));

        Assert.Equal("images must be a tensor of shape [n, 3, 8, 8], but is missing.", violations.Items[0].Description);
    }

    private static float[] RandomValues(int count)
    {
        float[] values = new float[count];
        new RandomKey(3, RandomStream.Pictures).FillNormal(values);
        return values;
    }
}
