import { readText } from "./bytes/source.ts";
import { damaged, isObject, parseObject, show } from "./json.ts";
import type { ModelFiles } from "./model-files.ts";
import { openSafetensors } from "./safetensors.ts";
import type { WeightsFile } from "./weights-file.ts";

const maxShards = 1000;

/** Weights in several files, in order of their names, checked against the index that lists them. */
export async function openShards(
  files: ModelFiles,
  indexName: string,
  signal?: AbortSignal,
): Promise<WeightsFile[]> {
  const index = await readText(files.open(indexName), signal);
  const map = parseObject(index).weight_map;
  if (!isObject(map))
    throw damaged(`${indexName}: weight_map is ${show(map)}, not a list of files`);
  const names = new Set<string>();
  for (const [tensor, file] of Object.entries(map)) names.add(shardName(tensor, file, indexName));
  if (names.size === 0 || names.size > maxShards) {
    throw damaged(`${indexName}: weight_map names ${names.size} files, not 1 to ${maxShards}`);
  }
  const shards: WeightsFile[] = [];
  const seen = new Map<string, string>();
  for (const name of [...names].sort()) {
    const shard = await openSafetensors(files.open(name), signal);
    shards.push(shard);
    for (const tensor of shard.tensors.keys()) {
      const other = seen.get(tensor);
      if (other !== undefined)
        throw damaged(`${name}: tensor ${show(tensor)} stands in ${other} as well`);
      seen.set(tensor, name);
    }
  }
  for (const [tensor, file] of Object.entries(map)) {
    if (seen.get(tensor) !== file)
      throw damaged(
        `${String(file)}: tensor ${show(tensor)} is missing, but ${indexName} lists it`,
      );
  }
  return shards;
}

/** A name in the same folder: an index must not lead anywhere else. */
function shardName(tensor: string, file: unknown, indexName: string): string {
  if (typeof file !== "string" || !/^[\w.-]+\.safetensors$/.test(file)) {
    throw damaged(
      `${indexName}: tensor ${show(tensor)} is said to be in ${show(file)}, no name of a safetensors file`,
    );
  }
  return file;
}
