import { describe, expect, it } from "vitest";
import { isaRows, isaVerdict } from "./isa.ts";
import { MARK } from "./isa-parse.ts";

const facts = {
  label: "matvec/int4-g32/uniform-l32-s1",
  peer: false,
  family: "dequant",
  bits: 4,
  activationBits: 32,
  sparse: false,
  unitWeights: 16,
  tokens: 1,
  lanes: 32,
};

/** A loop over units that loads, with a loop inside it that multiplies four times a turn. */
const code = `
BB0:
	s_mov_b64 s[0:1], exec                ; be80047e
BB1:
	s_cbranch_scc1 BB4                    ; bf85026f
	buffer_load_dwordx4 v[4:7], v3, s[20:23], 0 offen ; e0381000
	buffer_load_dwordx2 v[8:9], v3, s[24:27], 0 offen ; e0341000
	v_lshlrev_b32_e32 v3, 4, v3           ; 34040484
BB2:
	s_cbranch_scc1 BB3                    ; bf850001
	s_waitcnt vmcnt(0)                    ; bf8c3f70
	v_and_b32_e32 v5, s14, v4             ; 360a180e
	v_cvt_f32_ubyte0_e32 v6, v5           ; 7e322318
	v_mul_f32_e32 v1, s23, v6             ; 100a0a17
	v_fmac_f32_e32 v1, s22, v6            ; 560a3416
	v_fmac_f32_e32 v1, s21, v6            ; 560a3415
	v_fma_f32 v2, s6, -v8, v1             ; d54b0005
	s_branch BB2                          ; bf820000
BB3:
	s_branch BB1                          ; bf820000
BB4:
	s_endpgm                              ; bf810000
`;

function dump(label: object, machineCode: string, spilled = 0): string {
  return `${MARK}${JSON.stringify(label)}
shader: MESA_SHADER_COMPUTE
disasm:${machineCode}

Compute Shader:
*** SHADER STATS ***
SGPRs: 128
VGPRs: 40
Spilled SGPRs: 0
Spilled VGPRs: ${spilled}
Code size: 2660
LDS size: 512
Scratch size: 0
Subgroups per SIMD: 24
Pre-Sched SGPRs: 29
********************
`;
}

describe("isaRows", () => {
  it("counts the loop that multiplies and its share of the loops around it", () => {
    const [row] = isaRows(dump(facts, code));
    // Six vector instructions for four products, and one more for each unit of 16.
    expect(row?.vector).toBeCloseTo(6 / 4 + 1 / 16);
    // Two branches for four products, two more for 16.
    expect(row?.scalar).toBeCloseTo(2 / 4 + 2 / 16);
    expect(row?.loads).toEqual([16, 8]);
  });

  it("counts kept weights of 2:4, which are multiplied twice", () => {
    const [row] = isaRows(dump({ ...facts, sparse: true }, code));
    expect(row?.vector).toBeCloseTo(6 / 2 + 1 / 16);
  });

  it("reads the statistics", () => {
    const [row] = isaRows(`Warning: something\n${dump(facts, code)}${MARK}\n`);
    expect(row).toMatchObject({
      vgprs: 40,
      sgprs: 29,
      spills: 0,
      ldsBytes: 512,
      waves: 24,
      waveSize: 64,
    });
  });

  it("keeps the shader that multiplies most of those behind one mark", () => {
    const copying = dump(facts, "\nBB0:\n\ts_endpgm ; bf810000\n").replace(/^.*\n/, "");
    expect(isaRows(dump(facts, code) + copying).map(({ vector }) => vector)).toEqual([
      6 / 4 + 1 / 16,
    ]);
  });

  it("leaves out what no mark stands before", () => {
    expect(isaRows(dump(facts, code).replace(/^.*\n/, ""))).toEqual([]);
  });
});

describe("isaVerdict", () => {
  it("names kernels that spill", () => {
    expect(isaVerdict(isaRows(dump(facts, code)))).toContain("No spills: yes");
    expect(isaVerdict(isaRows(dump(facts, code, 3)))).toContain(`No spills: no, ${facts.label}.`);
  });
});
