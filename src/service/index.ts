/** What handler authors import from `model-archiver/service`. */
export type { DeviceContext } from '#device/context.js';
export type { Manifest } from '#manifest/manifest.js';
export { Context, type ModelContext, type SystemProperties } from './context.js';
export { imageBytes } from './image/image-bytes.js';
export type { ImageOptions } from './image/image-options.js';
export { imageSize, imageTensor } from './image/image-tensor.js';
export { type Inputs, type InputValue, type Json, mainInput } from './inputs.js';
export type { Metrics } from './metrics.js';
export type { OnnxSession, ValueMetadata } from './onnx/onnx-session.js';
export { OnnxService } from './onnx-service.js';
export { PredictionError } from './prediction-error.js';
export { readLabels } from './read-labels.js';
export { type ModelService, type Results, Service } from './service.js';
export { softmax } from './softmax.js';
export type { FloatTensor, TensorLike, Tensors } from './tensor.js';
export { type ClassProbability, topK } from './top-k.js';
