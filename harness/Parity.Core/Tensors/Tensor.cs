using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Parity.Core;

/// <summary>
/// A dense row-major tensor that owns its memory. Storage is the .NET array of the element type
/// (<see cref="Half"/> for Float16, <see cref="ushort"/> for BFloat16).
/// </summary>
public sealed class Tensor
{
    private readonly Array _data;

    private Tensor(ElementType type, ImmutableArray<int> shape, Array data, Dequantization? dequantization = null)
    {
        Type = type;
        Shape = shape;
        _data = data;
        Dequantization = dequantization;
    }

    public ElementType Type { get; }

    /// <summary>Extent of each dimension, outermost first; empty for a scalar.</summary>
    public ImmutableArray<int> Shape { get; }

    /// <summary>What real values the elements, codes of a quantizer, stand for; null where they are what they say.</summary>
    public Dequantization? Dequantization { get; }

    /// <summary>Number of elements.</summary>
    public int Count => _data.Length;

    /// <summary>Wraps <paramref name="data"/> without copying it.</summary>
    /// <exception cref="ArgumentException">The shape's product is not the array's length.</exception>
    public static Tensor Create<T>(T[] data, params ReadOnlySpan<int> shape) where T : unmanaged =>
        Create(TypeOf<T>(), data, shape);

    /// <summary>As <see cref="Create{T}(T[], ReadOnlySpan{int})"/> for types that share a storage type (BFloat16 as ushort).</summary>
    public static Tensor Create<T>(ElementType type, T[] data, params ReadOnlySpan<int> shape) where T : unmanaged
    {
        long count = 1;
        foreach (int extent in shape)
            count = checked(count * extent);
        if (count != data.Length)
            throw new ArgumentException($"shape [{string.Join(',', shape.ToArray())}] has {count} elements, the data {data.Length}");
        if (SizeOf(type) != Unsafe.SizeOf<T>())
            throw new ArgumentException($"{type} elements are not stored as {typeof(T).Name}");
        return new Tensor(type, [.. shape], data);
    }

    /// <summary>The same memory in another shape.</summary>
    /// <exception cref="ArgumentException">It has another number of elements.</exception>
    public Tensor WithShape(ImmutableArray<int> shape) => shape.Aggregate(1L, (n, extent) => n * extent) == Count
        ? new Tensor(Type, shape, _data, Dequantization)
        : throw new ArgumentException($"{this} does not fit shape [{string.Join(',', shape)}]");

    /// <summary>The same memory, as codes of a quantizer.</summary>
    /// <exception cref="ArgumentException">The elements cannot be codes.</exception>
    public Tensor AsCodes(Dequantization dequantization) => Dequantization.Reads(Type)
        ? new Tensor(Type, Shape, _data, dequantization)
        : throw new ArgumentException($"{this} holds no quantized codes");

    /// <summary>Whether <see cref="ReadReals"/> can read it: float32, float16, or codes with their dequantization.</summary>
    public bool HoldsReals => Dequantization is not null || Type is ElementType.Float32 or ElementType.Float16;

    /// <summary>The real values of the elements from <paramref name="start"/> on, as many as <paramref name="values"/> takes.</summary>
    /// <exception cref="InvalidOperationException">See <see cref="HoldsReals"/>.</exception>
    public void ReadReals(int start, Span<float> values)
    {
        if (Dequantization is { } dequantization)
        {
            dequantization.Read(this, start, values);
            return;
        }
        switch (Type)
        {
            case ElementType.Float32:
                Span<float>().Slice(start, values.Length).CopyTo(values);
                break;
            case ElementType.Float16:
                ReadOnlySpan<Half> halves = Span<Half>().Slice(start, values.Length);
                for (int i = 0; i < values.Length; i++)
                    values[i] = (float)halves[i];
                break;
            default:
                throw new InvalidOperationException($"{this} holds no real values");
        }
    }

    /// <summary>The real values as float32; itself where it is that already.</summary>
    /// <exception cref="InvalidOperationException">See <see cref="HoldsReals"/>.</exception>
    public Tensor ToFloat32()
    {
        if (Type == ElementType.Float32)
            return this;
        var values = GC.AllocateUninitializedArray<float>(Count);
        ReadReals(0, values);
        return Create(values, Shape.AsSpan());
    }

    /// <summary>A tensor over pinned memory of undefined content, for a runtime or a stream to write to by <see cref="Fill"/>.</summary>
    public static Tensor Allocate(ElementType type, params ReadOnlySpan<int> shape) => type switch
    {
        ElementType.Float32 => Allocate<float>(type, shape),
        ElementType.Float64 => Allocate<double>(type, shape),
        ElementType.Float16 => Allocate<Half>(type, shape),
        ElementType.BFloat16 => Allocate<ushort>(type, shape),
        ElementType.Int8 => Allocate<sbyte>(type, shape),
        ElementType.UInt8 => Allocate<byte>(type, shape),
        ElementType.Int16 => Allocate<short>(type, shape),
        ElementType.UInt16 => Allocate<ushort>(type, shape),
        ElementType.Int32 => Allocate<int>(type, shape),
        ElementType.UInt32 => Allocate<uint>(type, shape),
        ElementType.Int64 => Allocate<long>(type, shape),
        ElementType.UInt64 => Allocate<ulong>(type, shape),
        ElementType.Bool => Allocate<bool>(type, shape),
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, null),
    };

    /// <summary>The content of a fresh tensor, before anyone else sees it.</summary>
    public static Span<byte> Fill(Tensor allocated)
    {
        ReadOnlySpan<byte> bytes = allocated.Bytes();
        return MemoryMarshal.CreateSpan(ref MemoryMarshal.GetReference(bytes), bytes.Length);
    }

    /// <summary>The elements. Valid as long as the tensor lives; do not keep it beyond a synchronous method.</summary>
    /// <exception cref="InvalidCastException">The tensor holds another type.</exception>
    public ReadOnlySpan<T> Span<T>() where T : unmanaged => (T[])_data;

    /// <summary>The storage array itself, for native calls that pin it.</summary>
    public Array Storage => _data;

    /// <summary>The raw little-endian bytes.</summary>
    public ReadOnlySpan<byte> Bytes() =>
        MemoryMarshal.CreateReadOnlySpan(ref MemoryMarshal.GetArrayDataReference(_data), _data.Length * SizeOf(Type));

    public override string ToString() => $"{Type} [{string.Join(',', Shape)}]";

    /// <summary>Bytes of one element.</summary>
    public static int SizeOf(ElementType type) => type switch
    {
        ElementType.Int8 or ElementType.UInt8 or ElementType.Bool => 1,
        ElementType.Float16 or ElementType.BFloat16 or ElementType.Int16 or ElementType.UInt16 => 2,
        ElementType.Float32 or ElementType.Int32 or ElementType.UInt32 => 4,
        _ => 8,
    };

    private static Tensor Allocate<T>(ElementType type, ReadOnlySpan<int> shape) where T : unmanaged
    {
        int count = 1;
        foreach (int extent in shape)
            count = checked(count * extent);
        return Create(type, GC.AllocateUninitializedArray<T>(count, pinned: true), shape);
    }

    private static ElementType TypeOf<T>() where T : unmanaged => default(T) switch
    {
        float => ElementType.Float32,
        double => ElementType.Float64,
        Half => ElementType.Float16,
        sbyte => ElementType.Int8,
        byte => ElementType.UInt8,
        short => ElementType.Int16,
        ushort => ElementType.UInt16,
        int => ElementType.Int32,
        uint => ElementType.UInt32,
        long => ElementType.Int64,
        ulong => ElementType.UInt64,
        bool => ElementType.Bool,
        _ => throw new ArgumentException($"{typeof(T).Name} is no tensor element type"),
    };
}
