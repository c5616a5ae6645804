using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Parity.Engine.Comparing;

/// <summary>
/// The inner loops of <see cref="QuantizationAccumulator"/> for one channel: squares and squared errors in sixteen lanes (i mod 16), range, clipping, and
/// the fine bin of every element. Scalar and vector code give the same bits; NaN and infinity reach a squared error and no memory.
/// </summary>
internal unsafe ref struct QuantizationLanes
{
    public const int BlockElements = 2048;

    /// <summary>Counting in turn in four tables keeps an increment from waiting for the last one of the same bin.</summary>
    private const int Tables = 4;

    private fixed double _rounding[16];
    private fixed double _clipping[16];
    private fixed double _squares[16];
    private fixed float _min[16];
    private fixed float _max[16];
    private readonly float _scale, _zeroPoint, _low, _high;
    private readonly int _binsPerCode;
    private readonly Span<uint> _tables;
    private readonly int _bins;

    /// <param name="binsPerCode">1 or 8.</param>
    /// <param name="tables">Zeroed counts, <see cref="TableLength"/> of them.</param>
    public QuantizationLanes(QuantizationGrid grid, int channel, int binsPerCode, Span<uint> tables)
    {
        (_scale, _zeroPoint, _low, _high) = (grid.Scales[channel], grid.ZeroPoints[channel], grid.Low, grid.High);
        (_binsPerCode, _bins) = (binsPerCode, grid.Codes * binsPerCode);
        _tables = tables;
        for (int i = 0; i < 16; i++)
            (_min[i], _max[i]) = (float.PositiveInfinity, float.NegativeInfinity);
    }

    public static int TableLength(int bins) => bins * Tables;

    public long ClippedLow { get; private set; }

    public long ClippedHigh { get; private set; }

    public double Rounding
    {
        get { fixed (double* lanes = _rounding) return TensorLanes.Join(lanes); }
    }

    public double Clipping
    {
        get { fixed (double* lanes = _clipping) return TensorLanes.Join(lanes); }
    }

    /// <summary>Sum of the values' squares.</summary>
    public double Squares
    {
        get { fixed (double* lanes = _squares) return TensorLanes.Join(lanes); }
    }

    public double Min
    {
        get { float min = float.PositiveInfinity; for (int i = 0; i < 16; i++) min = Math.Min(min, _min[i]); return min; }
    }

    public double Max
    {
        get { float max = float.NegativeInfinity; for (int i = 0; i < 16; i++) max = Math.Max(max, _max[i]); return max; }
    }

    /// <summary>Adds a whole channel; called once.</summary>
    public void Add(ReadOnlySpan<float> values, VectorWidth width)
    {
        ushort* bins = stackalloc ushort[BlockElements];
        int whole = values.Length & ~15;
        fixed (float* x = values)
        {
            for (int start = 0; start < values.Length;)
            {
                bool isTail = start == whole;
                int count = isTail ? values.Length - whole : Math.Min(BlockElements, whole - start);
                if (isTail || width == VectorWidth.Scalar)
                    AddScalar(x + start, count, bins);
                else
                    AddVector(x + start, count, bins);
                Count(bins, count);
                start += count;
            }
        }
    }

    /// <summary>Elements of a fine bin, clipped ones among those of the outermost bins.</summary>
    public readonly long InBin(int bin)
    {
        long sum = 0;
        for (int table = 0; table < Tables; table++)
            sum += _tables[(table * _bins) + bin];
        return sum;
    }

    private readonly void Count(ushort* bins, int count)
    {
        int i = 0;
        fixed (uint* t0 = _tables)
        {
            uint* t1 = t0 + _bins, t2 = t1 + _bins, t3 = t2 + _bins;
            for (; i <= count - 4; i += 4)
            {
                ulong four = Unsafe.ReadUnaligned<ulong>(bins + i);
                t0[(ushort)four]++;
                t1[(ushort)(four >> 16)]++;
                t2[(ushort)(four >> 32)]++;
                t3[four >> 48]++;
            }
            for (; i < count; i++)
                t0[bins[i]]++;
        }
    }

    private void AddScalar(float* x, int count, ushort* bins)
    {
        for (int i = 0; i < count; i++)
        {
            float value = x[i], quotient = value / _scale, rounded = MathF.Round(quotient), code = rounded + _zeroPoint;
            float kept = code > _low ? code : _low;
            kept = kept < _high ? kept : _high;
            double error = (double)value - ((kept - _zeroPoint) * _scale);
            bool below = code < _low, above = code > _high;
            int lane = i & 15;
            if (code == kept)
                _rounding[lane] = Math.FusedMultiplyAdd(error, error, _rounding[lane]);
            else
                _clipping[lane] = Math.FusedMultiplyAdd(error, error, _clipping[lane]);
            _squares[lane] = Math.FusedMultiplyAdd(value, value, _squares[lane]);
            if (value < _min[lane])
                _min[lane] = value;
            if (value > _max[lane])
                _max[lane] = value;
            ClippedLow += below ? 1 : 0;
            ClippedHigh += above ? 1 : 0;
            int part = _binsPerCode == 1 || below ? 0
                : above ? _binsPerCode - 1
                : code == kept ? Math.Min((int)((quotient - rounded + 0.5f) * _binsPerCode), _binsPerCode - 1)
                : 0;
            bins[i] = (ushort)(((int)(kept - _low) * _binsPerCode) + part);
        }
    }

    private void AddVector(float* x, int count, ushort* bins)
    {
        var scale = Vector256.Create(_scale);
        var zeroPoint = Vector256.Create(_zeroPoint);
        var low = Vector256.Create(_low);
        var high = Vector256.Create(_high);
        var half = Vector256.Create(0.5f);
        var perCode = Vector256.Create(_binsPerCode);
        var perCodeFloat = Vector256.Create((float)_binsPerCode);
        var lastPart = Vector256.Create(_binsPerCode - 1);
        var lastBin = Vector256.Create((uint)_bins - 1);
        for (int lane = 0; lane < 16; lane += 8)
        {
            var rounding0 = Load(ref _rounding[lane]); var rounding1 = Load(ref _rounding[lane + 4]);
            var clipping0 = Load(ref _clipping[lane]); var clipping1 = Load(ref _clipping[lane + 4]);
            var squares0 = Load(ref _squares[lane]); var squares1 = Load(ref _squares[lane + 4]);
            var min = Vector256.LoadUnsafe(ref _min[lane]); var max = Vector256.LoadUnsafe(ref _max[lane]);
            for (int i = lane; i < count; i += 16)
            {
                if (lane == 0 && Sse.IsSupported)
                    Sse.Prefetch0(x + i + BlockElements);
                var value = Vector256.Load(x + i);
                min = Vector256.MinNative(min, value);
                max = Vector256.MaxNative(max, value);
                var quotient = value / scale;
                var rounded = Vector256.Round(quotient);
                var code = rounded + zeroPoint;
                var kept = Vector256.MinNative(Vector256.MaxNative(code, low), high);
                var (value0, value1) = Vector256.Widen(value);
                squares0 = Vector256.FusedMultiplyAdd(value0, value0, squares0);
                squares1 = Vector256.FusedMultiplyAdd(value1, value1, squares1);
                var (real0, real1) = Vector256.Widen((kept - zeroPoint) * scale);
                var error0 = value0 - real0; var error1 = value1 - real1;
                var part = Vector256.Min(Vector256.ConvertToInt32Native((quotient - rounded + half) * perCodeFloat), lastPart);
                var clipped = ~Vector256.Equals(code, kept).AsInt32();
                if (clipped == Vector256<int>.Zero)
                {
                    rounding0 = Vector256.FusedMultiplyAdd(error0, error0, rounding0);
                    rounding1 = Vector256.FusedMultiplyAdd(error1, error1, rounding1);
                }
                else
                {
                    var below = Vector256.LessThan(code, low); var above = Vector256.GreaterThan(code, high);
                    ClippedLow += BitOperations.PopCount(below.ExtractMostSignificantBits());
                    ClippedHigh += BitOperations.PopCount(above.ExtractMostSignificantBits());
                    var (mask0, mask1) = Vector256.Widen(clipped);
                    rounding0 = Vector256.ConditionalSelect(mask0.AsDouble(), rounding0, Vector256.FusedMultiplyAdd(error0, error0, rounding0));
                    rounding1 = Vector256.ConditionalSelect(mask1.AsDouble(), rounding1, Vector256.FusedMultiplyAdd(error1, error1, rounding1));
                    clipping0 = Vector256.ConditionalSelect(mask0.AsDouble(), Vector256.FusedMultiplyAdd(error0, error0, clipping0), clipping0);
                    clipping1 = Vector256.ConditionalSelect(mask1.AsDouble(), Vector256.FusedMultiplyAdd(error1, error1, clipping1), clipping1);
                    part = Vector256.ConditionalSelect(clipped, above.AsInt32() & lastPart, part);
                }
                var bin = (Vector256.ConvertToInt32Native(kept - low) * perCode) + part;
                // A NaN converts to any integer: this bound is what keeps the counting within its tables.
                var bounded = Vector256.Min(bin.AsUInt32(), lastBin);
                Vector128.Narrow(bounded.GetLower(), bounded.GetUpper()).Store(bins + i);
            }
            rounding0.StoreUnsafe(ref _rounding[lane]); rounding1.StoreUnsafe(ref _rounding[lane + 4]);
            clipping0.StoreUnsafe(ref _clipping[lane]); clipping1.StoreUnsafe(ref _clipping[lane + 4]);
            squares0.StoreUnsafe(ref _squares[lane]); squares1.StoreUnsafe(ref _squares[lane + 4]);
            min.StoreUnsafe(ref _min[lane]); max.StoreUnsafe(ref _max[lane]);
        }
    }

    private static Vector256<double> Load(ref double lane) => Vector256.LoadUnsafe(ref lane);
}
