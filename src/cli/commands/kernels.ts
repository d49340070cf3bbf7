import { InvalidArgumentError, Option } from "commander";
import { benchKernels, type KernelOp, type KernelRow } from "../../engine/kernel-bench.ts";
import { UserError } from "../../lib/assert.ts";
import { openNodeGpu } from "../adapters.ts";
import type { AddCommand, Context } from "../context.ts";
import { adapterName, digits, json, percent } from "../format.ts";
import { type AdapterOptions, list, option, withAdapter } from "../options.ts";
import { type ComparedRow, PEERS, type PeerName, timePeer } from "../peer.ts";
import { roofFacts, roofsOf } from "../roofs.ts";
import { type Column, table } from "../table.ts";

interface Shape {
  m: number;
  n: number;
  k: number;
}

/** As written: without a number of inputs, each op takes its usual one. */
type WantedShape = Omit<Shape, "m"> & { m?: number };

interface KernelsOptions extends AdapterOptions {
  ops: KernelOp[];
  formats: string[];
  shapes: WantedShape[];
  peer?: PeerName;
  json?: true;
}

/** Inputs of an op when a shape does not say: one token, or a piece of a prompt. */
const USUAL_M: Readonly<Record<KernelOp, number>> = { matvec: 1, matmul: 64 };
const MAX_SIDE = 65536;
const SHAPES_HELP = "outputs x inputs, or tokens x outputs x inputs, as in 64x768x256";

export const addKernels: AddCommand = (program, context) => {
  withAdapter(program.command("kernels"))
    .description("measure single kernels")
    .addOption(option("--ops <list>", "operations, commas between", ops, "matvec,matmul"))
    .addOption(option("--formats <list>", "weight formats", list, "f16,int8-g32,int4-g32"))
    .addOption(option("--shapes <list>", SHAPES_HELP, shapes, "1024x1024"))
    .addOption(new Option("--peer <name>", "measure these kernels as well").choices(PEERS))
    .option("--json", "print one JSON document")
    .action((options: KernelsOptions) => kernels(context, options));
};

/** Commander's parser for --shapes. */
function shapes(text: string): WantedShape[] {
  return list(text).map((shape) => {
    const sides = shape.split("x").map(Number);
    const fits = sides.every((side) => Number.isInteger(side) && side >= 1 && side <= MAX_SIDE);
    const [k, n, m] = sides.toReversed();
    if (!fits || k === undefined || n === undefined || sides.length > 3) {
      throw new InvalidArgumentError(`"${shape}" is no shape; one is 1024x1024 or 64x1024x1024.`);
    }
    return m === undefined ? { n, k } : { m, n, k };
  });
}

function ops(text: string): KernelOp[] {
  return list(text).map((name) => {
    if (name !== "matvec" && name !== "matmul") {
      throw new InvalidArgumentError(`There is no op "${name}", only matvec and matmul.`);
    }
    return name;
  });
}

/** What an op is measured on: a shape of one token is matvec's, a longer one matmul's. */
function shapesOf(op: KernelOp, wanted: readonly WantedShape[], alone: boolean): Shape[] {
  return wanted.flatMap(({ m, n, k }) => {
    const given = m ?? USUAL_M[op];
    const fits = op === "matvec" ? given === 1 : given > 1 || alone;
    if (!fits && alone) {
      throw new UserError(`matvec takes one token, so not the shape ${given}x${n}x${k}.`);
    }
    return fits ? [{ m: given, n, k }] : [];
  });
}

async function kernels(context: Context, options: KernelsOptions): Promise<void> {
  const { terminal, signal, fail } = context;
  const { formats } = options;
  const wanted = options.ops.map((op) => ({
    ops: [op],
    shapes: shapesOf(op, options.shapes, options.ops.length === 1),
  }));
  const onRow = ({ op, format, shape }: KernelRow): void =>
    terminal.progress({ phase: "measure", fraction: null, note: `${op} ${format} ${shape}` });
  const rows: KernelRow[] = [];
  const first = await openNodeGpu(options.adapter);
  // The document is rows alone, so the adapter is named beside it.
  terminal.note(`Measuring on ${adapterName(first)}.`);
  for (const note of first.notes) terminal.note(note);
  const roofs = await roofsOf(context, first);
  for (const [what, rate] of roofs ? roofFacts(roofs) : []) terminal.note(`Roof: ${what} ${rate}`);
  for (const { ops, shapes } of wanted) {
    if (shapes.length === 0) continue;
    // A new one each time: an adapter makes one device only.
    const adapter = await openNodeGpu(options.adapter);
    const request = { ops, formats, shapes, adapter, onRow, signal, ...(roofs && { roofs }) };
    rows.push(...(await benchKernels(request)));
  }
  const compared = options.peer ? await timePeer(options.peer, rows, signal) : rows;
  if (rows.some(({ error }) => error !== undefined)) fail();
  terminal.out(options.json ? json(compared) : page(compared));
}

function page(rows: readonly ComparedRow[]): string {
  const peer = rows.find((row) => row.peer)?.peer?.name;
  const cells = rows
    .filter(({ error }) => error === undefined)
    .map((row) => [
      row.op,
      row.format,
      row.shape,
      row.variant,
      digits(row.ms),
      percent(row.spread),
      digits(row.gbPerSecond),
      digits(row.gflops),
      row.roof ? digits(100 * row.roof.share) : "-",
      row.roof?.bound ?? "-",
      String(row.samples),
      ...(row.peer ? [digits(row.peer.ms), digits(row.peer.ms / row.ms)] : []),
    ]);
  const errors = rows.flatMap(({ op, shape, error }) =>
    error === undefined ? [] : [`Wrong here, so not measured: ${op} ${shape}, ${error}\n`],
  );
  return table([...COLUMNS, ...(peer ? peerColumns(peer) : [])], cells) + errors.join("");
}

const COLUMNS: readonly Column[] = [
  { title: "op" },
  { title: "format" },
  { title: "shape" },
  { title: "variant" },
  { title: "ms", align: "right" },
  { title: "spread", align: "right" },
  { title: "GB/s", align: "right" },
  { title: "GFLOP/s", align: "right" },
  { title: "% of roof", align: "right" },
  { title: "bound" },
  { title: "samples", align: "right" },
];

function peerColumns(peer: string): Column[] {
  return [
    { title: `${peer} ms`, align: "right" },
    { title: "times as fast", align: "right" },
  ];
}
