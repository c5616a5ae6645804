using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Parity.Core;
using Parity.Suites.Imaging;

namespace Parity.Suites.Preprocessing;

/// <summary>
/// Resizes and pads in bytes as the reference codes do, then converts. Oracles: YOLOX's preproc and Ultralytics' LetterBox with OpenCV 4.6, bit for bit.
/// Thread-safe.
/// </summary>
public sealed class PicturePreprocessor(PreprocessingPlan plan) : IPreprocessor
{
    public InputContract Contract => plan.Contract;

    /// <summary>A tensor [1,3,height,width] or [1,height,width,3] of the contract's size.</summary>
    /// <exception cref="FaultException">The contract asks for a type or a normalisation that cannot be given.</exception>
    public PreparedInput Prepare(Picture picture, InputContract contract, PictureRegion? region = null)
    {
        Check(contract);
        (byte[] bgr, Placement placement) = Place(picture, contract, region);
        Tensor tensor = contract.Type switch
        {
            ElementType.UInt8 => Convert(bgr, contract, PixelTable.UInt8()),
            ElementType.Float16 => Convert(bgr, contract, PixelTable.Float16(contract)),
            _ => Convert(bgr, contract, PixelTable.Float32(contract)),
        };
        return new PreparedInput(tensor, placement);
    }

    private (byte[] Bgr, Placement Placement) Place(Picture picture, InputContract contract, PictureRegion? region)
    {
        if (region is not null)
        {
            Placement placement = RegionGeometry.Of(region, picture.Width, picture.Height, contract.Width, contract.Height);
            return (AffineWarp.Upright(picture, placement), placement);
        }
        var geometry = PictureGeometry.Of(plan.Resize, picture.Width, picture.Height, contract.Width, contract.Height);
        return (Place(picture, geometry, contract.Width, contract.Height), geometry.Placement);
    }

    private byte[] Place(Picture picture, PictureGeometry geometry, int width, int height)
    {
        var bgr = GC.AllocateUninitializedArray<byte>(checked(width * height * 3));
        int stride = width * 3;
        if (geometry.Left < 0 || geometry.Top < 0)
        {
            Picture covering = BilinearResize.Resize(picture, geometry.ResizedWidth, geometry.ResizedHeight);
            for (int y = 0; y < height; y++)
                covering.Bgr.AsSpan(3 * ((y - geometry.Top) * covering.Width - geometry.Left), stride).CopyTo(bgr.AsSpan(y * stride));
            return bgr;
        }
        int bottom = geometry.Top + geometry.ResizedHeight;
        int leftBytes = geometry.Left * 3, rightBytes = leftBytes + geometry.ResizedWidth * 3;
        bgr.AsSpan(0, geometry.Top * stride).Fill(plan.Pad);
        bgr.AsSpan(bottom * stride).Fill(plan.Pad);
        for (int y = geometry.Top; y < bottom; y++)
        {
            bgr.AsSpan(y * stride, leftBytes).Fill(plan.Pad);
            bgr.AsSpan(y * stride + rightBytes, stride - rightBytes).Fill(plan.Pad);
        }
        BilinearResize.Into(picture, geometry.ResizedWidth, geometry.ResizedHeight, bgr.AsSpan(geometry.Top * stride + leftBytes), stride);
        return bgr;
    }

    private static Tensor Convert<T>(byte[] bgr, InputContract contract, T[] table) where T : unmanaged
    {
        var values = GC.AllocateUninitializedArray<T>(bgr.Length);
        int pixels = bgr.Length / 3;
        bool planes = contract.Layout == TensorLayout.Nchw;
        for (int c = 0; c < 3; c++)
        {
            // One channel at a time keeps its 256 entries and a single output stream in the first cache.
            int from = contract.Color == ColorOrder.Rgb ? 2 - c : c;
            ref byte pixel = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(bgr), from);
            ref T entry = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(table), c * 256);
            ref T value = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(values), planes ? c * pixels : c);
            if (planes)
            {
                for (nint i = 0; i < pixels; i++)
                    Unsafe.Add(ref value, i) = Unsafe.Add(ref entry, (nint)Unsafe.Add(ref pixel, 3 * i));
            }
            else
            {
                for (nint i = 0; i < pixels; i++)
                    Unsafe.Add(ref value, 3 * i) = Unsafe.Add(ref entry, (nint)Unsafe.Add(ref pixel, 3 * i));
            }
        }
        return planes ? Tensor.Create(values, 1, 3, contract.Height, contract.Width) : Tensor.Create(values, 1, contract.Height, contract.Width, 3);
    }

    private static void Check(InputContract contract)
    {
        var faults = new FaultList();
        if (contract.Type is not (ElementType.Float32 or ElementType.Float16 or ElementType.UInt8))
            faults.Add($"pictures cannot be prepared as {contract.Type}", "input contract", "Let the session take Float32, Float16 or UInt8 and convert further itself.");
        if (contract.Width <= 0 || contract.Height <= 0)
            faults.Add($"the input is {contract.Width} x {contract.Height} pixels", "input contract", "Give the input a fixed size: the suite's preprocessing.size.");
        if (contract.Mean.Length != 3 || contract.Std.Length != 3)
            faults.Add($"{contract.Mean.Length} means and {contract.Std.Length} standard deviations", "input contract", "Give three of each, one a channel.");
        else if (!float.IsNormal((float)contract.Scale) || contract.Mean.Any(m => !float.IsFinite((float)m)) || contract.Std.Any(s => !float.IsNormal((float)s)))
            faults.Add("scale, mean or std is not a finite number, or would divide by 0", "input contract", "Correct the suite's preprocessing.");
        else if (contract.Type == ElementType.UInt8 && (contract.Scale != 1 || contract.Mean.Any(m => m != 0) || contract.Std.Any(s => s != 1)))
            faults.Add("UInt8 takes the pixels as they are, but the contract scales them", "input contract", "Set scale 1, mean 0 and std 1, or take Float32.");
        faults.ThrowIfAny();
    }
}
