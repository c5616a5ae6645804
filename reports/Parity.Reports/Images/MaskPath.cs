using System.Text;
using Parity.Core;

namespace Parity.Reports.Images;

/// <summary>A run-length mask as an SVG path: one bar a row and run.</summary>
internal static class MaskPath
{
    public static string Of(MaskShape mask)
    {
        var path = new StringBuilder();
        long position = 0;
        for (int run = 0; run < mask.Rle.Length; run++)
        {
            long end = position + mask.Rle[run];
            while (run % 2 == 1 && position < end)
            {
                long x = position % mask.Width;
                long length = Math.Min(end - position, mask.Width - x);
                path.Append('M').Append(NumberText.Digits(x)).Append(' ').Append(NumberText.Digits(position / mask.Width))
                    .Append('h').Append(NumberText.Digits(length)).Append("v1h-").Append(NumberText.Digits(length)).Append('z');
                position += length;
            }
            position = end;
        }
        return path.ToString();
    }
}
