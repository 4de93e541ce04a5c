"""
On PYTHONPATH of both servers: torchvision as PyPI has it is built for CUDA, its operators do not load beside a CPU's torch, and its import
fails for want of them. They are declared here before it is imported; nothing that the tests run calls them.
"""
import importlib.abc
import sys


class _Declare(importlib.abc.MetaPathFinder):
    library = None

    def find_spec(self, name, path=None, target=None):
        if name == "torchvision" and _Declare.library is None:
            import torch

            _Declare.library = torch.library.Library("torchvision", "DEF")
            for operator in ("nms", "qnms"):
                _Declare.library.define(operator + "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
        return None


sys.meta_path.insert(0, _Declare())
