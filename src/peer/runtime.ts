/** What ONNX Runtime's packages for browsers and for Node have in common. */
export type Runtime = Pick<typeof import("onnxruntime-web"), "InferenceSession" | "Tensor">;
