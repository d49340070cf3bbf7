import { InvalidArgumentError, Option } from "commander";
import { version } from "../../../package.json";
import { benchKernels } from "../../engine/kernel-bench.ts";
import type { KernelOp, KernelRow, KernelShape } from "../../engine/protocol.ts";
import { kernelsToCsv } from "../../lab/kernels-file.ts";
import { UserError } from "../../lib/assert.ts";
import { parseShape, type WrittenShape } from "../../lib/kernel-shape.ts";
import { openNodeGpu } from "../adapters.ts";
import type { AddCommand, Context } from "../context.ts";
import { adapterName, digits, json, percent } from "../format.ts";
import {
  checkCopy,
  type OneKernel,
  readCopy,
  sourceOf,
  verdictText,
  writeSource,
} from "../kernel-copy.ts";
import { type AdapterOptions, list, option, withAdapter } from "../options.ts";
import { type ComparedRow, PEERS, type PeerName, timePeer } from "../peer.ts";
import { roofFacts, roofsOf } from "../roofs.ts";
import { type Column, table } from "../table.ts";

interface KernelsOptions extends AdapterOptions {
  ops: KernelOp[];
  formats: string[];
  /** Without a number of tokens, each op takes its usual one. */
  shapes: WrittenShape[];
  variant?: string;
  wgsl?: string | true;
  check?: string;
  peer?: PeerName;
  json?: true;
  csv?: true;
}

/** Inputs of an op when a shape does not say: one token, or a piece of a prompt. */
const USUAL_M: Readonly<Record<KernelOp, number>> = { matvec: 1, matmul: 64 };
const SHAPES_HELP = "outputs x inputs, or tokens x outputs x inputs, as in 64x768x256";

export const addKernels: AddCommand = (program, context) => {
  withAdapter(program.command("kernels"))
    .description("measure single kernels")
    .addOption(option("--ops <list>", "operations, commas between", ops, "matvec,matmul"))
    .addOption(option("--formats <list>", "weight formats", list, "f16,int8-g32,int4-g32"))
    .addOption(option("--shapes <list>", SHAPES_HELP, shapes, "1024x1024"))
    .addOption(new Option("--peer <name>", "measure these kernels as well").choices(PEERS))
    .option("--variant <id>", "the variant that --wgsl and --check mean")
    .addOption(
      new Option("--wgsl [file]", "print or write a kernel's assembled WGSL").conflicts([
        "check",
        "csv",
        "peer",
      ]),
    )
    .addOption(
      new Option(
        "--check <file>",
        "compile a changed copy of a kernel's WGSL, hold it against the CPU, time it beside the original",
      ).conflicts("peer"),
    )
    .option("--json", "print one JSON document")
    .addOption(new Option("--csv", "print comma-separated values").conflicts("json"))
    .action((options: KernelsOptions) => kernels(context, options));
};

/** Commander's parser for --shapes. */
function shapes(text: string): WrittenShape[] {
  return list(text).map((shape) => {
    const parsed = parseShape(shape);
    if (parsed) return parsed;
    throw new InvalidArgumentError(`"${shape}" is no shape; one is 1024x1024 or 64x1024x1024.`);
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
function shapesOf(op: KernelOp, wanted: readonly WrittenShape[], alone: boolean): KernelShape[] {
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
  if (options.wgsl !== undefined) return await showSource(context, options, options.wgsl);
  if (options.check !== undefined) return await check(context, options, options.check);
  const { terminal, fail } = context;
  const wanted = options.ops.map((op) => ({
    ops: [op],
    shapes: shapesOf(op, options.shapes, options.ops.length === 1),
  }));
  const rows = await measure(context, options, wanted);
  const compared = options.peer ? await timePeer(options.peer, rows, context.signal) : rows;
  if (rows.some(({ error }) => error !== undefined)) fail();
  if (options.csv) terminal.out(await csv(options, rows));
  else terminal.out(options.json ? json(compared) : page(compared));
}

async function measure(
  context: Context,
  options: KernelsOptions,
  wanted: readonly { readonly ops: readonly KernelOp[]; readonly shapes: readonly KernelShape[] }[],
): Promise<KernelRow[]> {
  const { terminal, signal } = context;
  const { formats } = options;
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
  return rows;
}

/** What --wgsl and --check are about. */
function oneKernel({ ops, formats, shapes, variant }: KernelsOptions): OneKernel {
  const [op, format] = [ops[0], formats[0]];
  const [shape] = op ? shapesOf(op, shapes, true) : [];
  if (!op || !format || !shape || ops.length > 1 || formats.length > 1 || shapes.length > 1) {
    throw new UserError(
      "This is about one kernel: name one op and one format, as in --ops matvec --formats int4-g32.",
    );
  }
  return { op, format, shape, variant };
}

async function showSource(
  { terminal }: Context,
  options: KernelsOptions,
  file: string | true,
): Promise<void> {
  const source = await sourceOf(options.adapter, oneKernel(options));
  if (file !== true) writeSource(file, source);
  const { code, ...rest } = source;
  const written = file === true ? { code } : { file };
  if (options.json) terminal.out(json({ ...rest, ...written }));
  else if (file === true) terminal.out(code);
  else terminal.note(`${file}: ${source.label}, SHA-256 ${source.sha256}`);
}

async function check(context: Context, options: KernelsOptions, file: string): Promise<void> {
  const { terminal, fail } = context;
  const verdict = await checkCopy(context, options.adapter, oneKernel(options), readCopy(file));
  const { copy, rows, ...rest } = verdict;
  if (!verdict.ok) fail();
  if (options.csv) {
    terminal.help(verdictText(file, verdict));
    terminal.out(await csv(options, rows));
  } else if (options.json) {
    const { label: kernel, sha256 } = copy;
    terminal.out(json({ kernel, sha256, ...rest, rows }));
  } else {
    terminal.out(verdictText(file, verdict));
    if (rows.length > 0) terminal.out(`\n${page(rows)}`);
  }
}

async function csv({ adapter }: KernelsOptions, rows: readonly KernelRow[]): Promise<string> {
  return kernelsToCsv({
    appVersion: version,
    agent: `Node ${process.version} on ${process.platform} ${process.arch}`,
    time: new Date().toISOString(),
    adapter: await openNodeGpu(adapter),
    roofs: null,
    rows,
  });
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
