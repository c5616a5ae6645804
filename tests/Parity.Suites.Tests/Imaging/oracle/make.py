#!/usr/bin/python3
"""Makes the pictures and the expected results beside this file. Run with Debian 12's Python: python3-opencv 4.6, libturbojpeg0.

pictures/*          encoded pictures, synthesised here
decoded.txt         file, width, height, sha256 of cv2.imread(file, IMREAD_COLOR), or "fault" for a damaged file
resized.txt         from width, height, to width, height, sha256 of cv2.resize(INTER_LINEAR) of noise(width, height)
warped.txt          picture width, height, box x, y, width, height, padding, input width, height, sha256 of cv2.warpAffine(INTER_LINEAR) of noise(width, height)
                    by HRNet's affine of a box
letterboxed.txt     kind, from width, height, to width, height, sha256 of the float32 tensor NCHW, and what leads back to the picture
"""
import ctypes, hashlib, os, struct, zlib
import cv2
import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
PICTURES = os.path.join(HERE, "pictures")


def sha(array):
    return hashlib.sha256(np.ascontiguousarray(array).tobytes()).hexdigest()


def noise(width, height):
    """Byte i is the top byte of i * 2654435761 mod 2^32, which the tests compute too."""
    i = np.arange(width * height * 3, dtype=np.uint64)
    return ((i * 2654435761 % 2**32) >> 24).astype(np.uint8).reshape(height, width, 3)


def scene(width, height):
    """Smooth colour, edges and fine texture, so that chroma upsampling and the DCT have something to do."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float64)
    b = 127 + 120 * np.sin(x / 7 + y / 31)
    g = 255 * ((x // 9 + y // 5) % 2)
    r = 255 * x / width * (0.5 + 0.5 * np.cos(y / 3))
    return np.clip(np.stack([b, g, r], 2), 0, 255).astype(np.uint8)


def write(name, data):
    with open(os.path.join(PICTURES, name), "wb") as file:
        file.write(data)


# ---- JPEG, by TurboJPEG's C interface: cv2 4.6 cannot choose the chroma subsampling, nor write CMYK

TJ = ctypes.CDLL("libturbojpeg.so.0")
TJ.tjInitCompress.restype = ctypes.c_void_p
BGR, GREY, CMYK = 1, 6, 11
S444, S422, S420, SGREY, S440, S411 = range(6)
PROGRESSIVE = 16384


def jpeg(pixels, pixel_format, subsampling, flags=0, environment=None):
    os.environ.update(environment or {})
    height, width = pixels.shape[:2]
    handle = ctypes.c_void_p(TJ.tjInitCompress())
    out, size = ctypes.POINTER(ctypes.c_ubyte)(), ctypes.c_ulong(0)
    pixels = np.ascontiguousarray(pixels)
    rc = TJ.tjCompress2(handle, pixels.ctypes.data_as(ctypes.c_void_p), width, 0, height, pixel_format,
                        ctypes.byref(out), ctypes.byref(size), subsampling, 80, flags)
    assert rc == 0
    for key in environment or {}:
        del os.environ[key]
    return ctypes.string_at(out, size.value)


def app1(data, body):
    return data[:2] + b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body + data[2:]


def tiff(orientation, little=True):
    e = "<" if little else ">"
    entries = struct.pack(e + "HHII", 0x0128, 3, 1, 2 if little else 2 << 16)
    entries += struct.pack(e + "HHIHH", 0x0112, 3, 1, orientation, 0)
    return (b"II" if little else b"MM") + struct.pack(e + "HIH", 42, 8, 2) + entries + struct.pack(e + "I", 0)


def make_jpegs():
    picture = scene(61, 45)
    for name, subsampling in dict(s444=S444, s422=S422, s420=S420, s440=S440, s411=S411).items():
        write(f"baseline_{name}.jpg", jpeg(picture, BGR, subsampling))
    write("progressive.jpg", jpeg(picture, BGR, S420, PROGRESSIVE))
    write("progressive_s444.jpg", jpeg(picture, BGR, S444, PROGRESSIVE))
    write("restarts.jpg", jpeg(picture, BGR, S420, 0, {"TJ_RESTART": "1"}))
    write("arithmetic.jpg", jpeg(picture, BGR, S420, 0, {"TJ_ARITHMETIC": "1"}))
    write("grey.jpg", jpeg(picture, BGR, SGREY))
    write("one_pixel.jpg", jpeg(picture[:1, :1], BGR, S420))
    write("wide.jpg", jpeg(scene(333, 3), BGR, S420))
    four = np.concatenate([picture, 255 - picture[:, ::-1, :1] // 2], 2)
    ycck = jpeg(four, CMYK, S444)
    write("ycck.jpg", ycck)
    adobe = ycck.index(b"Adobe")
    assert ycck[adobe + 11] == 2
    write("cmyk.jpg", ycck[:adobe + 11] + b"\0" + ycck[adobe + 12:])

    small = jpeg(scene(29, 18), BGR, S420)
    for orientation in range(0, 10):
        write(f"exif_{orientation}.jpg", app1(small, b"Exif\0\0" + tiff(orientation)))
    write("exif_6_big_endian.jpg", app1(small, b"Exif\0\0" + tiff(6, little=False)))
    xmp = b"http://ns.adobe.com/xap/1.0/\0<x/>"
    write("exif_6_behind_xmp.jpg", app1(app1(small, b"Exif\0\0" + tiff(6)), xmp))
    write("exif_6_before_xmp.jpg", app1(app1(small, xmp), b"Exif\0\0" + tiff(6)))
    write("exif_cut.jpg", app1(small, b"Exif\0\0" + tiff(6)[:20]))
    # A thumbnail in the EXIF segment has its own end-of-image marker and frame header.
    write("exif_thumbnail.jpg", app1(jpeg(picture, BGR, S420), b"Exif\0\0" + tiff(1) + small))

    whole = jpeg(picture, BGR, S420)
    write("trailing_bytes.jpg", whole + b"\0\1\2\3")
    write("extraneous_bytes.jpg", whole[:-2] + b"\0\0\0" + whole[-2:])
    write("fault_truncated.jpg", whole[:len(whole) // 2])
    write("fault_truncated_at_end.jpg", whole[:-2])
    write("fault_truncated_then_end.jpg", whole[:len(whole) // 2] + b"\xff\xd9")
    progressive = jpeg(picture, BGR, S420, PROGRESSIVE)
    write("fault_truncated_progressive.jpg", progressive[:len(progressive) // 2])
    write("fault_truncated_header.jpg", whole[:60])
    write("fault_thumbnail_only.jpg", app1(whole[:60], b"Exif\0\0" + tiff(1) + small))


# ---- PNG, written out here so that every filter, depth and interlacing occurs

def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def paeth(a, b, c):
    p = a + b - c
    pa, pb, pc = abs(p - a), abs(p - b), abs(p - c)
    return a if pa <= pb and pa <= pc else b if pb <= pc else c


def filtered(rows, distance):
    """Filters 0 to 4 by turns."""
    out, above = b"", None
    for y, row in enumerate(rows):
        above = above or bytes(len(row))
        kind = y % 5
        out += bytes([kind])
        for i, v in enumerate(row):
            a = row[i - distance] if i >= distance else 0
            b = above[i]
            c = above[i - distance] if i >= distance else 0
            out += bytes([(v - [0, a, b, (a + b) // 2, paeth(a, b, c)][kind]) & 255])
        above = row
    return out


def packed(samples, depth):
    """Samples [width, channels] of a row to bytes."""
    if depth == 16:
        return samples.astype(">u2").tobytes()
    bits = "".join(format(v, f"0{depth}b") for v in samples.reshape(-1))
    bits += "0" * (-len(bits) % 8)
    return bytes(int(bits[i:i + 8], 2) for i in range(0, len(bits), 8))


PASSES = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]


def png(samples, depth, colour, interlaced=False, extra=b"", idat_bytes=100, cut=None):
    height, width, channels = samples.shape
    distance = max(1, channels * depth // 8)
    raw = b""
    for x, y, dx, dy in PASSES if interlaced else [(0, 0, 1, 1)]:
        part = samples[y::dy, x::dx]
        if part.size:
            raw += filtered([packed(row, depth) for row in part], distance)
    body = zlib.compress(raw[:cut])
    data = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlaced)) + extra
    for at in range(0, len(body), idat_bytes):
        data += chunk(b"IDAT", body[at:at + idat_bytes])
    return data + chunk(b"IEND", b"")


def make_pngs():
    width, height = 19, 13
    wide = np.random.default_rng(7).integers(0, 65536, (height, width, 4))
    wide[:6] = np.arange(width)[None, :, None] * 3000 % 65536
    colours = dict(grey=(0, 1, (1, 2, 4, 8, 16)), rgb=(2, 3, (8, 16)), palette=(3, 1, (1, 2, 4, 8)), greyalpha=(4, 2, (8, 16)), rgbalpha=(6, 4, (8, 16)))
    rgb = np.random.default_rng(8).integers(0, 256, 768).astype(np.uint8)
    for name, (colour, channels, depths) in colours.items():
        for depth in depths:
            samples = wide[:, :, :channels] >> (16 - depth)
            extra = chunk(b"PLTE", rgb[:3 * 2 ** depth].tobytes()) if colour == 3 else b""
            write(f"{name}_{depth}.png", png(samples, depth, colour, False, extra))
            write(f"{name}_{depth}_interlaced.png", png(samples, depth, colour, True, extra))
    eight = wide >> 8
    write("palette_transparent.png", png(eight[:, :, :1], 8, 3, False, chunk(b"PLTE", rgb.tobytes()) + chunk(b"tRNS", bytes(range(256)))))
    write("palette_short.png", png(eight[:, :, :1], 8, 3, False, chunk(b"PLTE", rgb[:300].tobytes())))
    write("rgb_transparent.png", png(eight[:, :, :3], 8, 2, False, chunk(b"tRNS", struct.pack(">HHH", *eight[0, 0, :3]))))
    write("grey_transparent.png", png(eight[:, :, :1], 8, 0, False, chunk(b"tRNS", struct.pack(">H", eight[0, 0, 0]))))
    write("rgbalpha_gamma_background.png", png(eight, 8, 6, False, chunk(b"gAMA", struct.pack(">I", 100000)) + chunk(b"bKGD", struct.pack(">HHH", 9, 99, 200))))
    write("rgb_srgb_sbit.png", png(eight[:, :, :3], 8, 2, False, chunk(b"sRGB", b"\0") + chunk(b"sBIT", b"\5\6\5")))
    write("one_pixel.png", png(eight[:1, :1, :3], 8, 2, True))
    write("exif_6.png", png(eight[:, :, :3], 8, 2, False, chunk(b"eXIf", tiff(6))))
    write("one_idat.png", png(eight[:, :, :3], 8, 2, False, b"", 1 << 20))
    whole = png(eight[:, :, :3], 8, 2)
    write("fault_truncated.png", whole[:len(whole) // 2])
    write("fault_no_end.png", whole[:-12])
    write("fault_checksum.png", whole[:120] + bytes([whole[120] ^ 1]) + whole[121:])
    write("fault_rows_missing.png", png(eight[:, :, :3], 8, 2, cut=300))
    write("fault_no_palette.png", png(eight[:, :, :1], 8, 3))
    write("fault_huge.png", whole[:16] + chunk(b"IHDR", struct.pack(">IIBBBBB", 30000, 30000, 8, 2, 0, 0, 0))[4 + 4:] + whole[33:])


def expect_decoded():
    lines = []
    for name in sorted(os.listdir(PICTURES)):
        if name.startswith("fault_"):
            lines.append(f"{name} fault")
            continue
        picture = cv2.imread(os.path.join(PICTURES, name), cv2.IMREAD_COLOR)
        assert picture is not None, name
        lines.append(f"{name} {picture.shape[1]} {picture.shape[0]} {sha(picture)}")
    return lines


def expect_resized():
    sizes = [(640, 480, 416, 312), (640, 427, 416, 277), (480, 640, 312, 416), (64, 48, 32, 24), (64, 48, 32, 25), (65, 49, 32, 24), (64, 48, 16, 12),
             (64, 48, 128, 96), (64, 48, 127, 97), (33, 21, 33, 50), (33, 21, 70, 21), (33, 21, 33, 21), (1, 1, 7, 5), (1, 9, 4, 4), (9, 1, 4, 4),
             (2, 2, 1, 1), (3, 3, 1, 1), (2, 1, 1, 1), (5, 7, 1, 30), (7, 5, 30, 1), (100, 100, 3, 3), (3, 3, 100, 100), (17, 13, 18, 14), (18, 14, 17, 13),
             (1000, 7, 333, 3), (7, 1000, 3, 333), (500, 375, 352, 352), (250, 125, 640, 320), (4, 4, 2, 2), (6, 4, 3, 1), (101, 67, 32, 32), (29, 31, 224, 224)]
    return [f"{w} {h} {tw} {th} {sha(cv2.resize(noise(w, h), (tw, th), interpolation=cv2.INTER_LINEAR))}" for w, h, tw, th in sizes]


def letterbox_yolox(img, input_size):
    """As YOLOX 0.3, yolox/data/data_augment.py, preproc."""
    padded = np.ones((input_size[0], input_size[1], 3), dtype=np.uint8) * 114
    r = min(input_size[0] / img.shape[0], input_size[1] / img.shape[1])
    resized = cv2.resize(img, (int(img.shape[1] * r), int(img.shape[0] * r)), interpolation=cv2.INTER_LINEAR).astype(np.uint8)
    padded[: int(img.shape[0] * r), : int(img.shape[1] * r)] = resized
    return np.ascontiguousarray(padded.transpose(2, 0, 1), dtype=np.float32), (r, 0, 0)


def letterbox_ultralytics(img, new_shape):
    """As Ultralytics 8, data/augment.py, LetterBox(auto=False, scaleup=True, center=True), then RGB, NCHW and / 255."""
    shape = img.shape[:2]
    r = min(new_shape[0] / shape[0], new_shape[1] / shape[1])
    unpadded = round(shape[1] * r), round(shape[0] * r)
    dw, dh = (new_shape[1] - unpadded[0]) / 2, (new_shape[0] - unpadded[1]) / 2
    if shape[::-1] != unpadded:
        img = cv2.resize(img, unpadded, interpolation=cv2.INTER_LINEAR)
    top, bottom = round(dh - 0.1), round(dh + 0.1)
    left, right = round(dw - 0.1), round(dw + 0.1)
    img = cv2.copyMakeBorder(img, top, bottom, left, right, cv2.BORDER_CONSTANT, value=(114, 114, 114))
    tensor = np.ascontiguousarray(img[..., ::-1].transpose(2, 0, 1)).astype(np.float32) / np.float32(255)
    return tensor, (r, left, top)


def imagenet_stretched(img, size):
    """RGB, stretched, NHWC, (v * (1/255) - mean) / std in float32."""
    width = img.shape[1]
    img = cv2.resize(img, (size[1], size[0]), interpolation=cv2.INTER_LINEAR)[..., ::-1].astype(np.float32)
    mean, std = np.float32([0.485, 0.456, 0.406]), np.float32([0.229, 0.224, 0.225])
    return (img * np.float32(1 / 255) - mean) / std, (size[1] / width, 0, 0)


def imagenet_cropped(img, size):
    """As torchvision's Resize (int(size * long / short)) and CenterCrop (round half even), with cv2's interpolation; uint8 NHWC BGR."""
    h, w = img.shape[:2]
    (th, tw) = size
    rw, rh = (tw, int(tw * h / w)) if tw * h >= th * w else (int(th * w / h), th)
    img = cv2.resize(img, (rw, rh), interpolation=cv2.INTER_LINEAR)
    top, left = round((rh - th) / 2), round((rw - tw) / 2)
    return img[top:top + th, left:left + tw], (rw / w, -left, -top)


def expect_letterboxed():
    sizes = [(640, 480, 416, 416), (480, 640, 416, 416), (427, 640, 416, 416), (640, 425, 416, 416), (333, 500, 640, 384), (100, 75, 160, 160),
             (416, 416, 416, 416), (832, 832, 416, 416), (612, 613, 352, 352), (50, 41, 64, 96), (31, 64, 64, 64)]
    kinds = dict(yolox=letterbox_yolox, ultralytics=letterbox_ultralytics, stretched=imagenet_stretched, cropped=imagenet_cropped)
    lines = []
    for kind, function in kinds.items():
        for w, h, tw, th in sizes:
            tensor, (scale, left, top) = function(noise(w, h), (th, tw))
            lines.append(f"{kind} {w} {h} {tw} {th} {sha(tensor)} {scale!r} {left} {top}")
    return lines


def affine_of_box(x, y, w, h, padding, width, height):
    """HRNet: _xywh2cs of lib/dataset/coco.py and get_affine_transform of lib/utils/transforms.py, without rotation, shift and flip."""
    centre = np.array([x + w * 0.5, y + h * 0.5], np.float32)
    aspect = width / height
    if w > aspect * h:
        h = w / aspect
    elif w < aspect * h:
        w = h * aspect
    across = (np.array([w / 200, h / 200], np.float32) * padding * 200.0)[0]
    source, target = np.zeros((3, 2), np.float32), np.zeros((3, 2), np.float32)
    source[:2] = centre, centre + [0, across * -0.5]
    target[:2] = [width * 0.5, height * 0.5], [width * 0.5, height * 0.5 - width * 0.5]
    for points in (source, target):
        direct = points[0] - points[1]
        points[2] = points[1] + np.array([-direct[1], direct[0]], np.float32)
    return cv2.getAffineTransform(source, target)


def expect_warped():
    lines = []
    for case in ((160, 120, 20, 10, 60, 80, 1.25, 48, 64), (160, 120, 100, 60, 90, 80, 1.25, 48, 64), (61, 45, 0, 0, 61, 45, 1.25, 192, 256),
                 (200, 150, -10, -20, 30.3, 77.1, 1.25, 96, 128), (97, 131, 13.75, 40.25, 25.125, 12.5, 1.0, 64, 64), (300, 200, 5, 5, 290, 190, 1.25, 48, 64)):
        image = cv2.warpAffine(noise(*case[:2]), affine_of_box(*case[2:]), case[-2:], flags=cv2.INTER_LINEAR)
        lines.append(" ".join(map(str, case)) + f" {sha(image)}")
    return lines


def save(name, lines):
    with open(os.path.join(HERE, name), "w") as file:
        file.write("\n".join(lines) + "\n")


os.makedirs(PICTURES, exist_ok=True)
for old in os.listdir(PICTURES):
    os.remove(os.path.join(PICTURES, old))
make_jpegs()
make_pngs()
save("decoded.txt", expect_decoded())
save("resized.txt", expect_resized())
save("letterboxed.txt", expect_letterboxed())
save("warped.txt", expect_warped())
