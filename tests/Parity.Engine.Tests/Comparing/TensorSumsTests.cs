using System.Numerics;
using FsCheck;
using FsCheck.Fluent;
using Parity.Core;
using Parity.Engine.Comparing;

namespace Parity.Engine.Tests.Comparing;

public sealed class TensorSumsTests
{
    public static TheoryData<int> Lengths => [0, 1, 15, 16, 17, 31, 33, 2047, 2048, 2049, 4096 + 5, 100_003];

    [Fact]
    public void Sums_of_three_elements_are_those_worked_by_hand()
    {
        TensorSums sums = TensorSums.Of([1, 2, 3], [1, 2.5f, 1]);
        sums.Should().Be(new TensorSums(3, 14, 8.25, 9, 4.25, 1.5, 2, 2, 1, 0, 0));
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public void Every_instruction_set_gives_the_same_bits(int length)
    {
        var (r, q) = Pair(length, seed: length + 1);
        TensorSums scalar = TensorSums.Of(r, q, VectorWidth.Scalar);
        foreach (VectorWidth width in VectorWidths.Supported)
            TensorSums.Of(r, q, width).Should().Be(scalar, $"{width} must not change a result");
    }

    [Fact]
    public void Every_instruction_set_gives_the_same_bits_on_millions_of_elements()
    {
        const int length = 3_000_001; // `Parity.Benchmarks -- comparing --lanes` does 10^8
        var (r, q) = Pair(length, seed: 7);
        TensorSums[] sums = [.. VectorWidths.Supported.Select(width => TensorSums.Of(r, q, width))];
        sums.Should().AllBeEquivalentTo(sums[0]);
        sums[0].Count.Should().Be(length);
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public void Element_i_goes_to_lane_i_mod_16_and_lanes_join_in_halves(int length)
    {
        var (r, q) = Pair(length, seed: length + 2);
        var lanes = new double[16];
        for (int i = 0; i < length; i++)
            lanes[i % 16] += (double)r[i] * q[i];
        double[] eight = [.. Enumerable.Range(0, 8).Select(i => lanes[i] + lanes[i + 8])];
        double[] four = [.. Enumerable.Range(0, 4).Select(i => eight[i] + eight[i + 4])];
        TensorSums.Of(r, q).Products.Should().Be(four[0] + four[2] + (four[1] + four[3]));
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public void Sums_agree_with_exact_rational_arithmetic(int length)
    {
        length = Math.Min(length, 3000);
        var (r, q) = Pair(length, seed: length + 3);
        BigInteger rr = 0, qq = 0, rq = 0, dd = 0, d = 0, max = 0, magnitudes = 0, products = 0;
        for (int i = 0; i < length; i++)
        {
            BigInteger x = Exact(r[i]), y = Exact(q[i]), difference = x - y;
            rr += x * x;
            qq += y * y;
            rq += x * y;
            products += BigInteger.Abs(x * y);
            dd += difference * difference;
            d += difference;
            magnitudes += BigInteger.Abs(difference);
            max = BigInteger.Max(max, BigInteger.Abs(difference));
        }
        TensorSums sums = TensorSums.Of(r, q);
        const double tolerance = 1e-13; // 3,000 / 16 additions of half an ulp each, and the rounding of the differences
        double square = Math.Pow(2, -2 * FractionBits), one = Math.Pow(2, -FractionBits);
        sums.ReferenceSquares.Should().BeApproximately((double)rr * square, tolerance * (double)rr * square);
        sums.TargetSquares.Should().BeApproximately((double)qq * square, tolerance * (double)qq * square);
        sums.Products.Should().BeApproximately((double)rq * square, tolerance * (double)products * square);
        sums.DifferenceSquares.Should().BeApproximately((double)dd * square, tolerance * (double)dd * square);
        sums.Differences.Should().BeApproximately((double)d * one, tolerance * (double)magnitudes * one);
        sums.MaxAbs.Should().BeApproximately((double)max * one, 1e-15 * (double)max * one);
    }

    [Fact]
    public void Products_are_exact_where_the_terms_fit_a_double()
    {
        float[] r = [16777215, 1, -16777215], q = [16777213, 3, 16777215];
        TensorSums sums = TensorSums.Of(r, q);
        sums.ReferenceSquares.Should().Be((2 * 281474943156225.0) + 1);
        sums.Products.Should().Be((16777215.0 * 16777213) + 3 - (16777215.0 * 16777215));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(2500)]
    [InlineData(4999)]
    public void The_first_of_several_greatest_differences_is_named(int index)
    {
        var r = new float[5000];
        var q = new float[5000];
        q[index] = -2;
        r[4999] = 2;
        foreach (VectorWidth width in VectorWidths.Supported)
        {
            TensorSums sums = TensorSums.Of(r, q, width);
            (sums.MaxAbs, sums.MaxAbsIndex).Should().Be(index == 4999 ? (4, 4999) : (2, index));
        }
    }

    [Fact]
    public void Zeros_of_either_sign_are_equal()
    {
        TensorSums.Of([0, 5, 1], [-0f, 5, 2]).EqualCount.Should().Be(2);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(40)]
    [InlineData(5000)]
    public void Non_finite_elements_are_counted_on_each_side(int length)
    {
        float[] r = new float[length], q = new float[length];
        r[0] = float.NaN;
        r[length - 1] = float.NegativeInfinity;
        q[length - 1] = float.NegativeInfinity;
        foreach (VectorWidth width in VectorWidths.Supported)
        {
            TensorSums sums = TensorSums.Of(r, q, width);
            (sums.IsFinite, sums.ReferenceNonFinite, sums.TargetNonFinite).Should().Be((false, 2, 1));
        }
    }

    [Fact]
    public void The_greatest_floats_are_finite_in_every_sum()
    {
        float[] r = [.. Enumerable.Repeat(float.MaxValue, 100)], q = [.. r.Select(value => -value)];
        TensorDivergence divergence = TensorSums.Of(r, q).ToDivergence();
        (divergence.State, divergence.Cosine, divergence.MaxAbs).Should().Be((DivergenceState.Compared, -1, 2 * (double)float.MaxValue));
    }

    [Fact]
    public void The_smallest_difference_is_not_taken_for_equality()
    {
        TensorSums sums = TensorSums.Of([float.Epsilon, 0], [0, 0]);
        sums.DifferenceSquares.Should().BeGreaterThan(0);
        sums.ToDivergence().State.Should().Be(DivergenceState.Compared);
    }

    [Fact]
    public void Tensors_of_different_length_are_refused()
    {
        ((Action)(() => TensorSums.Of([1], [1, 2]))).Should().Throw<ArgumentException>();
    }

    [Fact]
    public void Swapping_the_sides_swaps_the_squares_and_turns_the_bias_round()
    {
        Prop.ForAll<NormalFloat[], NormalFloat[]>((a, b) =>
        {
            var (r, q) = Cut(a, b);
            TensorSums there = TensorSums.Of(r, q), back = TensorSums.Of(q, r);
            return back == there with
            {
                ReferenceSquares = there.TargetSquares, TargetSquares = there.ReferenceSquares, Differences = back.Differences,
            } && back.Differences == -there.Differences;
        }).Check(Seeded);
    }

    [Fact]
    public void Scaling_both_sides_by_a_power_of_two_changes_no_ratio()
    {
        Prop.ForAll<NormalFloat[], NormalFloat[]>((a, b) =>
        {
            var (r, q) = Cut(a, b);
            float[] r8 = [.. r.Select(value => value * 8)], q8 = [.. q.Select(value => value * 8)];
            TensorDivergence plain = TensorSums.Of(r, q).ToDivergence(), scaled = TensorSums.Of(r8, q8).ToDivergence();
            return (plain.State, plain.Cosine, plain.SqnrDb, plain.Nmse, plain.MaxAbs * 8, plain.MeanError * 8, plain.Mse * 64)
                == (scaled.State, scaled.Cosine, scaled.SqnrDb, scaled.Nmse, scaled.MaxAbs, scaled.MeanError, scaled.Mse);
        }).Check(Seeded);
    }

    private static readonly Config Seeded = Config.QuickThrowOnFailure.WithReplay(20, 21);

    private const int FractionBits = 60;

    private static BigInteger Exact(float value) => (BigInteger)Math.ScaleB(value, FractionBits);

    /// <summary>Bits of both sides kept within 1e6 so that a factor of 8 is exact.</summary>
    private static (float[] R, float[] Q) Cut(NormalFloat[] a, NormalFloat[] b)
    {
        float[] Floats(NormalFloat[] values) => [.. values.Take(Math.Min(a.Length, b.Length)).Select(value => (float)Math.IEEERemainder(value.Get, 1e6))];
        return (Floats(a), Floats(b));
    }

    /// <summary>Magnitudes from 2^-20 to 2^20, so that the order of additions shows; a third of the pairs equal,
    /// a third so unlike that the square of the difference has more bits than a double.</summary>
    private static (float[] R, float[] Q) Pair(int length, int seed)
    {
        var random = new Random(seed);
        float[] r = new float[length], q = new float[length];
        for (int i = 0; i < length; i++)
        {
            r[i] = Value();
            q[i] = (i % 3) switch { 0 => r[i], 1 => Value(), _ => r[i] * (1 + ((random.NextSingle() - 0.5f) * 0.1f)) };
        }
        return (r, q);
        float Value() => (random.NextSingle() - 0.5f) * (1 << random.Next(20)) / (1 << random.Next(20));
    }
}
