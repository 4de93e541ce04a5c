"""Writes text.json: small tokenizers trained here, and what Python's tokenizers make of texts, pairs, long ones and short ones with them.

    pip install tokenizers==0.23.3
    python test/recordings/service/text.py
"""
import json
import os

import tokenizers
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors, trainers

CORPUS = [
    "The quick brown fox jumps over the lazy dog.", "A good film, and a very good cast!", "It was bad; really, really bad.",
    "Über die Brücke läuft ein Hund.", "What is the capital of France? Paris is the capital.", "the the the film film dog",
] * 4
TEXTS = [
    "a good film", "", "The QUICK brown fox", "Über-good, naïve fox... 42 times!", "dog 犬 🐕 film",
    "a very good film and a really really bad film over the lazy dog",
]
PAIRS = [
    ("What is the capital?", "Paris is the capital of France"), ("good", ""), ("", "bad dog"),
    ("a very good film and a really really bad film", "the fox"), ("the fox", "a very good film and a really really bad film"),
    ("the quick brown fox jumps over", "the lazy dog and the quick fox"),
]


def wordpiece():
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.train_from_iterator(CORPUS, trainers.WordPieceTrainer(
        vocab_size=120, show_progress=False, special_tokens=["[PAD]", "[UNK]", "[CLS]", "[SEP]"]))
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", 2), ("[SEP]", 3)])
    return tokenizer


def bert():
    tokenizer = wordpiece()
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    return tokenizer


def byte_level(post):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.train_from_iterator(CORPUS, trainers.BpeTrainer(
        vocab_size=330, show_progress=False, special_tokens=["<s>", "<pad>", "</s>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet()))
    tokenizer.post_processor = post
    return tokenizer


def unigram():
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.NFKC()
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.train_from_iterator(CORPUS, trainers.UnigramTrainer(
        vocab_size=90, show_progress=False, special_tokens=["<pad>", "</s>", "<unk>"], unk_token="<unk>"))
    tokenizer.post_processor = processors.TemplateProcessing(
        single="$A </s>", pair="$A </s> $B </s>", special_tokens=[("</s>", 1)])
    return tokenizer


KINDS = {
    "WordPiece, template": wordpiece(),
    "WordPiece, BertProcessing": bert(),
    "BPE of bytes, RobertaProcessing": byte_level(processors.RobertaProcessing(("</s>", 2), ("<s>", 0))),
    "BPE of bytes, a sequence of post-processors": byte_level(processors.Sequence([
        processors.ByteLevel(), processors.TemplateProcessing(
            single="<s> $A", pair="<s> $A <s>:1 $B:1", special_tokens=[("<s>", 0)])])),
    "BPE of bytes, without a post-processor": byte_level(processors.ByteLevel()),
    "Unigram, template": unigram(),
}
SETTINGS = {
    "as it is": {},
    "at most 9": {"truncation": dict(max_length=9)},
    "at most 8 from the left": {"truncation": dict(max_length=8, direction="left", stride=1)},
    "the second is cut to 14": {"truncation": dict(max_length=14, strategy="only_second")},
    "the first is cut to 12": {"truncation": dict(max_length=12, strategy="only_first")},
    "filled to 40": {"padding": dict(length=40, pad_id=1, pad_type_id=0, pad_token="<pad>")},
    "at most 10, filled from the left to multiples of 8": {
        "truncation": dict(max_length=10), "padding": dict(direction="left", pad_to_multiple_of=8, pad_id=1, pad_type_id=1)},
}


def plain(encoding):
    return {"ids": encoding.ids, "mask": encoding.attention_mask, "typeIds": encoding.type_ids}


def one(tokenizer, texts):
    try:
        return plain(tokenizer.encode(*texts))
    except Exception:
        return None


cases = []
for kind, tokenizer in KINDS.items():
    for name, setting in SETTINGS.items():
        tokenizer.no_truncation()
        tokenizer.no_padding()
        if "truncation" in setting:
            tokenizer.enable_truncation(**setting["truncation"])
        if "padding" in setting:
            tokenizer.enable_padding(**setting["padding"])
        file = json.loads(tokenizer.to_str())
        cases.append({
            "kind": kind,
            "name": name,
            "truncation": file["truncation"],
            "padding": file["padding"],
            "texts": [{"text": text, "encoding": one(tokenizer, [text])} for text in TEXTS],
            "pairs": [{"text": a, "pair": b, "encoding": one(tokenizer, [a, b])} for a, b in PAIRS],
            "batch": [plain(e) for e in tokenizer.encode_batch(TEXTS[:4])] if "padding" in setting else None,
        })
    tokenizer.no_truncation()
    tokenizer.no_padding()
recorded = {
    "versions": {"tokenizers": tokenizers.__version__},
    "files": {kind: json.loads(tokenizer.to_str()) for kind, tokenizer in KINDS.items()},
    "cases": cases,
}
path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "text.json")
with open(path, "w", encoding="utf-8") as file:
    json.dump(recorded, file, ensure_ascii=False, separators=(",", ":"))
    file.write("\n")
print(len(cases), "cases,", os.path.getsize(path), "bytes")
