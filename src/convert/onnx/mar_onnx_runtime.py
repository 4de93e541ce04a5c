"""Runs an ONNX model in MLServer, by the Open Inference Protocol (V2). Written by `mar convert --to mlserver`."""

import asyncio
from functools import partial

import numpy
import onnxruntime
from mlserver import MLModel
from mlserver.errors import InferenceError
from mlserver.types import InferenceRequest, InferenceResponse, MetadataTensor, Parameters, ResponseOutput
from mlserver.utils import get_model_uri

_DTYPES = {
    "BOOL": numpy.bool_,
    "UINT8": numpy.uint8,
    "UINT16": numpy.uint16,
    "UINT32": numpy.uint32,
    "UINT64": numpy.uint64,
    "INT8": numpy.int8,
    "INT16": numpy.int16,
    "INT32": numpy.int32,
    "INT64": numpy.int64,
    "FP16": numpy.float16,
    "FP32": numpy.float32,
    "FP64": numpy.float64,
    "BYTES": numpy.object_,
}
_DATATYPES = {
    "tensor(bool)": "BOOL",
    "tensor(uint8)": "UINT8",
    "tensor(uint16)": "UINT16",
    "tensor(uint32)": "UINT32",
    "tensor(uint64)": "UINT64",
    "tensor(int8)": "INT8",
    "tensor(int16)": "INT16",
    "tensor(int32)": "INT32",
    "tensor(int64)": "INT64",
    "tensor(float16)": "FP16",
    "tensor(float)": "FP32",
    "tensor(double)": "FP64",
    "tensor(string)": "BYTES",
}


class OnnxModel(MLModel):
    """One ONNX file; `parameters.extra` may have `threads` and `providers` of ONNX Runtime."""

    async def load(self):
        path = await get_model_uri(self.settings, wellknown_filenames=["model.onnx"])
        extra = (self.settings.parameters.extra if self.settings.parameters else None) or {}
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = int(extra.get("threads", 0))
        providers = extra.get("providers") or ["CPUExecutionProvider"]
        self._session = onnxruntime.InferenceSession(path, sess_options=options, providers=providers)
        self._inputs = {value.name: value for value in self._session.get_inputs()}
        self._outputs = {v.name: v for v in self._session.get_outputs() if v.type in _DATATYPES}
        self.inputs = [_metadata(value) for value in self._inputs.values()]
        self.outputs = [_metadata(value) for value in self._outputs.values()]
        return True

    async def predict(self, payload: InferenceRequest) -> InferenceResponse:
        feed = self._feed(payload.inputs)
        names = [output.name for output in payload.outputs or []] or list(self._outputs)
        for name in names:
            if name not in self._outputs:
                raise InferenceError(f"the model has no output '{name}'; it has {', '.join(self._outputs)}")
        run = partial(self._session.run, names, feed)
        try:
            arrays = await asyncio.get_running_loop().run_in_executor(None, run)
        except onnxruntime.capi.onnxruntime_pybind11_state.InvalidArgument as error:
            raise InferenceError(str(error)) from error
        outputs = [_encode(self._outputs[name], array) for name, array in zip(names, arrays)]
        return InferenceResponse(id=payload.id, model_name=self.name, model_version=self.version, outputs=outputs)

    def _feed(self, tensors):
        feed = {}
        for tensor in tensors:
            value = self._inputs.get(tensor.name)
            if value is None:
                raise InferenceError(f"the model has no input '{tensor.name}'; it has {', '.join(self._inputs)}")
            if tensor.name in feed:
                raise InferenceError(f"the input '{tensor.name}' came twice")
            feed[tensor.name] = _decode(tensor, value)
        missing = [name for name in self._inputs if name not in feed]
        if missing:
            raise InferenceError(f"the input '{missing[0]}' is missing")
        return feed


def _axes(value):
    return [extent if isinstance(extent, int) else -1 for extent in value.shape]


def _metadata(value):
    return MetadataTensor(name=value.name, datatype=_DATATYPES[value.type], shape=_axes(value))


def _decode(tensor, value):
    """The array that the model takes; InferenceError, which the client gets as 400, for everything else."""
    datatype = _DATATYPES[value.type]
    given = getattr(tensor.datatype, "value", tensor.datatype)
    axes = _axes(value)
    shape = list(tensor.shape)
    if given != datatype:
        raise InferenceError(f"the input '{tensor.name}' is {given}; the model takes {datatype}")
    fits = len(shape) == len(axes) and all(want in (-1, have) and have >= 0 for have, want in zip(shape, axes))
    if not fits:
        raise InferenceError(f"the input '{tensor.name}' has the shape {shape}; the model takes {axes}")
    flat = _elements(getattr(tensor.data, "root", tensor.data), datatype, tensor.name)
    if flat.size != int(numpy.prod(shape, dtype=numpy.int64)):
        raise InferenceError(f"the input '{tensor.name}' has {flat.size} elements; its shape {shape} has others")
    return flat.reshape(shape)


def _elements(data, datatype, name):
    """Elements in a row, exactly as they came: what the type cannot hold is refused, never rounded to something else."""
    dtype = _DTYPES[datatype]
    if datatype == "BYTES":
        return numpy.array([_text(one, name) for one in _flatten(data)], dtype=dtype)
    if isinstance(data, (bytes, bytearray)):
        if len(data) % numpy.dtype(dtype).itemsize:
            raise InferenceError(f"the input '{name}' has {len(data)} bytes, which are no whole elements of {datatype}")
        return numpy.frombuffer(data, dtype=numpy.dtype(dtype).newbyteorder("<")).astype(dtype)
    refused = InferenceError(f"the input '{name}' holds what is not {datatype}")
    flat = list(_flatten(data))
    kinds = {type(one) for one in flat}
    if datatype == "BOOL":
        if not kinds <= {bool} and not (kinds <= {bool, int} and all(one in (0, 1) for one in flat)):
            raise refused
        return numpy.array(flat, dtype=dtype)
    if not kinds <= ({int, float} if datatype.startswith("FP") else {int}):
        raise refused
    try:
        with numpy.errstate(over="ignore"):
            array = numpy.array(flat, dtype=dtype)
    except (OverflowError, ValueError) as error:
        raise refused from error
    if datatype.startswith("FP") and not numpy.isfinite(array).all():
        if numpy.isfinite(numpy.array(flat, dtype=numpy.float64)).sum() != numpy.isfinite(array).sum():
            raise refused
    return array


def _flatten(data):
    if isinstance(data, numpy.ndarray):
        data = data.tolist()
    if not isinstance(data, list):
        yield data
        return
    for one in data:
        yield from _flatten(one) if isinstance(one, list) else (one,)


def _text(one, name):
    try:
        return one.decode("utf-8") if isinstance(one, bytes) else _only_text(one)
    except (UnicodeDecodeError, TypeError) as error:
        raise InferenceError(f"the input '{name}' holds what is not text in UTF-8") from error


def _only_text(one):
    if isinstance(one, str):
        return one
    raise TypeError("not a text")


def _encode(value, array):
    datatype = _DATATYPES[value.type]
    array = numpy.asarray(array)
    flat = array.flatten().tolist()
    is_text = datatype == "BYTES"
    data = [str(one).encode("utf-8") for one in flat] if is_text else flat
    kind = Parameters(content_type="str" if is_text else "np")
    return ResponseOutput(name=value.name, datatype=datatype, shape=list(array.shape), data=data, parameters=kind)
