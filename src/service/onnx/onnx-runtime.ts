/** ONNX Runtime's module. */
type OnnxRuntime = typeof import('onnxruntime-node');

let loading: Promise<OnnxRuntime> | undefined;

/**
 * ONNX Runtime, loaded once. Its JavaScript part makes float16 tensors of `Float16Array` where the engine has that (Node 24), which
 * its native part does not know: it is kept from seeing it, so that float16 is carried as bits everywhere.
 */
export function onnxRuntime(): Promise<OnnxRuntime> {
  loading ??= import('onnxruntime-node').then((runtime) => {
    const own = Object.getOwnPropertyDescriptor(globalThis, 'Float16Array');
    if (own?.configurable) {
      Reflect.deleteProperty(globalThis, 'Float16Array');
      // It looks for the class once, with the first tensor.
      new runtime.Tensor('float16', new Uint16Array(0), [0]);
      Object.defineProperty(globalThis, 'Float16Array', own);
    }
    return runtime;
  });
  return loading;
}
