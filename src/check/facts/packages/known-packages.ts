import { normalizedName } from '#conventions/requirement-line.js';

/** Variants of a distribution that bring the same modules. */
const VARIANT =
  /-(?:cpu|gpu|nightly|weekly|headless|contrib|contrib-headless|simd|rocm|cu\d+|cuda\w*|directml|openvino|silicon|macos|intel|aarch64|metal|neuron\w*|qnn|training|migraphx|webgpu|ft|binary|aws)(?=-|$)/g;

/** Modules that servers and models import, and the distributions that bring them: their own names unless said. */
const OWNERS = new Map(
  `numpy torch torchvision torchaudio pandas scipy transformers tokenizers safetensors onnx onnxruntime tensorflow keras jax xgboost
    lightgbm catboost PIL=pillow yaml=pyyaml sklearn=scikit-learn cv2=opencv-python grpc=grpcio dateutil=python-dateutil
    mms=multi-model-server ts=torchserve sagemaker_inference=sagemaker-inference requests urllib3 certifi idna packaging pip
    setuptools pkg_resources=setuptools wheel six psutil joblib threadpoolctl filelock fsspec huggingface_hub=huggingface-hub tqdm
    typing_extensions=typing-extensions attr=attrs click flask jinja2 cryptography pydantic boto3 botocore`
    .split(/\s+/)
    .map((words) => {
      const [module = '', owner = normalizedName(module)] = words.split('=');
      return [module, owner];
    }),
);

/** Whether a module has the name of one that another distribution brings. */
export function foreignModule(module: string, distribution: string): boolean {
  const owner = OWNERS.get(module);
  return owner !== undefined && plain(distribution) !== plain(owner);
}

/** `opencv-contrib-python-headless` and `onnxruntime-gpu` without what tells them apart; `tf-nightly` is TensorFlow. */
const plain = (name: string): string =>
  name.replace(/^(?:tf|intel-tensorflow)(?=-|$)/, 'tensorflow').replace(VARIANT, '');

/** Whether a distribution is known to consist of native code on every platform. */
export const nativeBy = (distribution: string): boolean =>
  /^(?:numpy|torch|torchvision|torchaudio|scipy|pandas|pillow|onnxruntime|tensorflow|psutil|opencv-python|cryptography|grpcio|pyarrow|xgboost|lightgbm|scikit-learn|tokenizers|safetensors)$/.test(
    plain(distribution),
  );
