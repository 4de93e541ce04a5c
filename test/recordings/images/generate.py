"""Writes images.json: small images of every kind, and what Pillow makes of them: convert('RGB') and convert('L') after exif_transpose.

    pip install pillow==13.0.0 numpy
    python test/recordings/images/generate.py
"""
import base64
import io
import json
import os

import numpy as np
from PIL import Image, ImageOps

rng = np.random.default_rng(3)
W, H = 8, 6
smooth = np.stack(np.meshgrid(np.linspace(0, 255, W), np.linspace(255, 0, H)), -1)
colour = np.dstack([smooth, np.full((H, W), 90)]).astype(np.uint8)
alpha = rng.integers(0, 256, (H, W), np.uint8)
alpha[0, 0] = 0
images = {}


def keep(name, image, kind, tolerance, **options):
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    keep_bytes(name, stream.getvalue(), tolerance)


def keep_bytes(name, content, tolerance):
    seen = ImageOps.exif_transpose(Image.open(io.BytesIO(content)))
    images[name] = {
        "file": base64.b64encode(content).decode(),
        "width": seen.width,
        "height": seen.height,
        "rgb": base64.b64encode(np.asarray(seen.convert("RGB")).tobytes()).decode(),
        "grey": base64.b64encode(np.asarray(seen.convert("RGB").convert("L")).tobytes()).decode(),
        "tolerance": tolerance,
    }


rgb = Image.fromarray(colour)
keep("png", rgb, "PNG", 0)
keep("png with alpha", Image.fromarray(np.dstack([colour, alpha])), "PNG", 0)
keep("grey png with alpha", Image.fromarray(np.dstack([colour[:, :, 0], alpha])), "PNG", 0)
keep("palette png", rgb.quantize(16), "PNG", 0)
keep("palette png with a transparent colour", rgb.quantize(16), "PNG", 0, transparency=3)
keep("grey png", rgb.convert("L"), "PNG", 0)
keep("bilevel png", rgb.convert("1"), "PNG", 0)
keep("jpeg", rgb, "JPEG", 6, quality=95)
keep("grey jpeg", rgb.convert("L"), "JPEG", 4, quality=95)
exif = Image.Exif()
for turn in (3, 6, 8):
    exif[0x0112] = turn
    keep(f"jpeg turned by EXIF {turn}", rgb, "JPEG", 6, quality=95, exif=exif)
keep("cmyk jpeg", rgb.convert("CMYK"), "JPEG", 8, quality=95)
keep("gif", rgb.quantize(16), "GIF", 0)
keep("webp with alpha", Image.fromarray(np.dstack([colour, alpha])), "WEBP", 0, lossless=True, exact=True)
keep("tiff", rgb, "TIFF", 0)
keep("bmp", rgb, "BMP", 0)
keep("bmp with palette", rgb.quantize(16), "BMP", 0)
keep("bilevel bmp", rgb.convert("1"), "BMP", 0)
keep("grey bmp", rgb.convert("L"), "BMP", 0)
keep("bmp of 32 bits", Image.fromarray(np.dstack([colour, alpha])), "BMP", 0)
path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "images.json")
with open(path, "w", encoding="utf-8") as file:
    json.dump(images, file, indent=1)
    file.write("\n")
print(len(images), "images,", os.path.getsize(path), "bytes")
