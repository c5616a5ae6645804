namespace Parity.Core;

/// <summary>Encodes pictures for a report; decoding belongs to the dataset.</summary>
public interface IPictureCodec
{
    /// <summary>A baseline JPEG no larger than <paramref name="longestSide"/> pixels; smaller pictures keep their size.</summary>
    byte[] EncodeJpeg(Picture picture, int longestSide, int qualityPercent);
}
