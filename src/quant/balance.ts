import { asymmetric } from "./int.ts";
import type { FormatRow } from "./types.ts";

/** Codes 0 to 4 with a zero point: 2-bit codes and a fifth, so that the levels about zero are as many on both sides. */
const w2s: FormatRow = {
  ...asymmetric(3, 4),
  id: "w2s",
  family: "balance",
  idea: "integers",
  sparse: false,
  label: "W2*",
  sentence:
    "Five levels in place of the four that two bits have, so that 0 can stand in the middle: from 0 to 4 times one scale " +
    "per group, less a zero point; kept as three bit planes, the third of which is set for level 4 alone.",
  paper: "ABQ-LLM, AAAI 2025 (arXiv 2408.08554)",
};

export const balanceRows: readonly FormatRow[] = [w2s];
