namespace Parity.Suites.Coco;

/// <summary>What of an object is compared.</summary>
public enum CocoShape { Box, Mask, Keypoints }
