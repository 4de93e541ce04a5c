"""Writes fit.json: how images lie in a model's input and what Pillow and numpy make of them, letterboxed, cropped and normalised.

    pip install pillow==13.0.0 numpy==2.4.6
    python test/recordings/service/fit.py
"""
import base64
import io
import json
import math
import os

import numpy as np
import PIL
from PIL import Image

FILL = 114


def picture(width, height):
    y, x = np.mgrid[0:height, 0:width]
    waves = [127 + 100 * np.sin(x / 9 + y / 17), 127 + 100 * np.cos(x / 13), 255 * y / height]
    return Image.fromarray(np.dstack(waves).round().astype(np.uint8))


def nearest(value):
    return math.floor(value + 0.5)


def letterbox(image, width, height, centre):
    scale = min(width / image.width, height / image.height)
    inner = (nearest(image.width * scale), nearest(image.height * scale))
    left, top = ((width - inner[0]) // 2, (height - inner[1]) // 2) if centre else (0, 0)
    canvas = Image.new("RGB", (width, height), (FILL,) * 3)
    canvas.paste(image.resize(inner, Image.BICUBIC), (left, top))
    return np.asarray(canvas), inner, left, top


def inside(image, width, height, multiple):
    scale = min(width / image.width, height / image.height)
    inner = [max(multiple, nearest(side * scale / multiple) * multiple) for side in image.size]
    return np.asarray(image.resize(inner, Image.BICUBIC)), inner, 0, 0


def open_width(image, most, height, multiple):
    inner = (min(most, math.ceil(height * image.width / image.height)), height)
    full = math.ceil(inner[0] / multiple) * multiple
    canvas = Image.new("RGB", (full, height), (FILL,) * 3)
    canvas.paste(image.resize(inner, Image.BICUBIC), (0, 0))
    return np.asarray(canvas), inner, 0, 0


def crop(image, width, height):
    scale = max(width / image.width, height / image.height)
    inner = (nearest(image.width * scale), nearest(image.height * scale))
    left, top = math.ceil((inner[0] - width) / 2), math.ceil((inner[1] - height) / 2)
    whole = image.resize(inner, Image.BICUBIC)
    return np.asarray(whole.crop((left, top, left + width, top + height))), inner, -left, -top


def tensor(pixels, options):
    values = pixels.astype(np.float32)
    if options.get("channels") == "BGR":
        values = values[:, :, ::-1]
    mean = np.asarray(options.get("mean", 0), np.float32)
    scale = np.asarray(options.get("scale", 1), np.float32)
    values = (values - mean) / scale
    return (values if options.get("layout") == "NHWC" else values.transpose(2, 0, 1))[None]


cases = []


def record(name, size, options):
    image = picture(*size)
    stream = io.BytesIO()
    image.save(stream, "PNG")
    region = options.get("region", [0, 0, *size])
    x1, y1 = math.floor(region[0]), math.floor(region[1])
    x2, y2 = min(size[0], math.ceil(region[2])), min(size[1], math.ceil(region[3]))
    part = image.crop((x1, y1, x2, y2))
    width, height = options["size"]["width"], options["size"]["height"]
    fit = options["fit"]
    if fit == "letterbox":
        pixels, inner, left, top = letterbox(part, width, height, options.get("anchor") != "top-left")
    elif fit == "crop":
        pixels, inner, left, top = crop(part, width, height)
    elif fit == "inside":
        pixels, inner, left, top = inside(part, width, height, options.get("multipleOf", 1))
    elif fit == "open-width":
        pixels, inner, left, top = open_width(part, width, height, options.get("multipleOf", 1))
    else:
        pixels, inner, left, top = np.asarray(part.resize((width, height), Image.BICUBIC)), (width, height), 0, 0
    found = tensor(pixels, options)
    scales = [inner[0] / part.width, inner[1] / part.height]
    cases.append({
        "name": name,
        "file": base64.b64encode(stream.getvalue()).decode(),
        "options": options,
        "dims": list(found.shape),
        "data": base64.b64encode(found.astype("<f4").tobytes()).decode(),
        # What is enlarged is resampled as by Pillow; libvips, which reduces, rounds its steps elsewhere.
        "tolerance": (1.01 if max(scales) > 1 else 2.01) / float(np.min(options.get("scale", 1))),
        "placement": {
            "image": {"width": size[0], "height": size[1]},
            "scaleX": scales[0],
            "scaleY": scales[1],
            "left": left - x1 * scales[0],
            "top": top - y1 * scales[1],
        },
    })


square = {"width": 32, "height": 32}
record("letterbox of a wide image", (61, 40), {"fit": "letterbox", "size": square})
record("letterbox of a high image", (30, 51), {"fit": "letterbox", "size": square, "scale": 255})
record("letterbox at the top left, blue first", (61, 40),
       {"fit": "letterbox", "size": square, "anchor": "top-left", "channels": "BGR", "layout": "NHWC"})
record("letterbox of a small image", (12, 9), {"fit": "letterbox", "size": square})
record("letterbox of a region", (61, 40),
       {"fit": "letterbox", "size": {"width": 20, "height": 24}, "region": [10.4, 3.7, 50.2, 99]})
record("inside", (61, 40), {"fit": "inside", "size": square, "multipleOf": 8, "mean": [1, 2, 3], "scale": [4, 5, 6]})
record("open width", (60, 20), {"fit": "open-width", "size": {"width": 100, "height": 12}, "multipleOf": 16})
record("open width, squeezed", (60, 10), {"fit": "open-width", "size": {"width": 40, "height": 12}})
record("stretch of a region", (61, 40), {"fit": "stretch", "size": {"width": 10, "height": 14}, "region": [5, 6, 35, 26]})
record("crop of a small image", (13, 9), {"fit": "crop", "size": {"width": 24, "height": 30}})
record("crop of a region", (61, 40), {"fit": "crop", "size": {"width": 20, "height": 31}, "region": [20, 10, 40, 25]})
record("stretch of a small image", (12, 40), {"fit": "stretch", "size": {"width": 20, "height": 30}})
path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "fit.json")
with open(path, "w", encoding="utf-8") as file:
    json.dump({"versions": {"pillow": PIL.__version__, "numpy": np.__version__}, "cases": cases}, file, indent=1)
    file.write("\n")
print(len(cases), "cases,", os.path.getsize(path), "bytes")
