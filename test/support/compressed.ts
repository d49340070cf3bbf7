import type { LoadedModel } from "../../src/model/files.ts";
import type { MatrixName, ModelWeights } from "../../src/model/weights.ts";
import { matrixShape } from "../../src/model/weights.ts";
import { dequantizeTensor, quantizeTensor } from "../../src/quant/quantize.ts";
import { formatOf, type Setting, tableFormat } from "../../src/quant/setting.ts";

/** What a setting makes of a model's weights, as float32. */
export function compressedWeights({ config, master }: LoadedModel, setting: Setting): ModelWeights {
  const matrices = new Map<string, Float32Array>();
  const matrix = (layer: number, name: MatrixName): Float32Array => {
    const key = `${layer}.${name}`;
    const known = matrices.get(key);
    if (known) return known;
    const [rows, cols] = matrixShape(config, name);
    const made = dequantizeTensor(
      quantizeTensor(master.matrix(layer, name), rows, cols, formatOf(setting, layer, name)),
    );
    matrices.set(key, made);
    return made;
  };
  const table = (values: Float32Array): Float32Array =>
    dequantizeTensor(
      quantizeTensor(values, config.vocabSize, config.hiddenSize, tableFormat(setting, "head")),
    );
  const embedding = table(master.embedding);
  return { ...master, matrix, embedding, head: config.tiedHead ? embedding : table(master.head) };
}
