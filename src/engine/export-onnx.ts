import { buildGraph } from "../peer/graph.ts";
import { formatOf, tableFormat } from "../quant/setting.ts";
import type { Engine } from "./protocol.ts";
import { readSetting } from "./read-setting.ts";
import type { Session } from "./session.ts";

/** The model under a setting as an ONNX graph, with the codes and scales that our kernels read. */
export function exportOnnx(
  session: Session,
  ...[text, output, attention]: Parameters<Engine["exportOnnx"]>
): Uint8Array {
  const { config, master } = session.loaded;
  const { setting } = readSetting(session.loaded, text);
  const weights = {
    matrix: (...[layer, name]: Parameters<typeof master.matrix>) =>
      session.tensor(layer, name, formatOf(setting, layer, name)),
    table: (name: "embedding" | "head") =>
      session.tensor("table", name, tableFormat(setting, name)),
    bias: (...place: Parameters<typeof master.bias>) => master.bias(...place),
    norm: (...place: Parameters<typeof master.norm>) => master.norm(...place),
    finalNorm: master.finalNorm,
  };
  return buildGraph(config, setting, weights, { output, attention });
}
