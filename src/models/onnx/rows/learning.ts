import type { Operation, OperatorRule } from './operation.js';
import { type Extent, shaped } from './value.js';

/** A table of features, one row for each sample: only its first axis may hold the rows. */
function table(operation: Operation): Extent | undefined {
  const dims = operation.dims();
  const rows = operation.rows();
  return dims?.length === 2 && (rows === undefined || rows === 0) && operation.isFixedFrom(1) ? dims[0] : undefined;
}

const scaled: OperatorRule = (operation) => (table(operation) === undefined ? undefined : shaped(operation.dims()));

const columns =
  (width: (operation: Operation) => number | undefined): OperatorRule =>
  (operation) => {
    const rows = table(operation);
    return rows === undefined ? undefined : shaped([rows, width(operation)]);
  };

const classified: OperatorRule = (operation) => {
  const rows = table(operation);
  return rows === undefined ? undefined : [shaped([rows]), shaped([rows, undefined])];
};

/** A map of probabilities for each sample. */
const zipped: OperatorRule = (operation) => {
  const rows = table(operation);
  return rows === undefined ? undefined : shaped([rows]);
};

const joined: OperatorRule = (operation) => {
  const isApart = operation.inputs.every((value, index) => value?.dims?.length === 2 && operation.rows(index) === 0);
  return isApart ? shaped(['rows', undefined]) : undefined;
};

const encoded: OperatorRule = (operation) => {
  const dims = operation.dims();
  return dims ? shaped([...dims, undefined]) : undefined;
};

const all = (names: string, rule: OperatorRule): [string, OperatorRule][] =>
  names.split(/\s+/).map((name) => [name, rule]);

/** Operators of classic machine learning: each sample on its own. */
export const LEARNING: Readonly<Record<string, OperatorRule>> = Object.fromEntries([
  ...all('ai.onnx.ml:Scaler ai.onnx.ml:Normalizer ai.onnx.ml:Imputer ai.onnx.ml:Binarizer', scaled),
  ...all('ai.onnx.ml:LinearClassifier ai.onnx.ml:SVMClassifier ai.onnx.ml:TreeEnsembleClassifier', classified),
  ['ai.onnx.ml:LinearRegressor', columns((operation) => operation.int('targets', 1))],
  ['ai.onnx.ml:TreeEnsembleRegressor', columns((operation) => operation.int('n_targets'))],
  ['ai.onnx.ml:SVMRegressor', columns(() => 1)],
  ['ai.onnx.ml:ArrayFeatureExtractor', columns(() => undefined)],
  ['TfIdfVectorizer', columns(() => undefined)],
  ['ai.onnx.ml:FeatureVectorizer', joined],
  ['ai.onnx.ml:OneHotEncoder', encoded],
  ['ai.onnx.ml:ZipMap', zipped],
]);
