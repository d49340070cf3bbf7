import { expect, it } from "vitest";
import { sha256Hex } from "../../src/lib/sha256.ts";

const ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

it("agrees with FIPS 180-2", async () => {
  expect(await sha256Hex("abc")).toBe(ABC);
  expect(await sha256Hex(new Uint8Array(0))).toBe(
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  );
});

it("hashes a view's own bytes, in shared memory too", async () => {
  const bytes = new TextEncoder().encode("xabcx");
  expect(await sha256Hex(bytes.subarray(1, 4))).toBe(ABC);
  const shared = new Uint8Array(new SharedArrayBuffer(3));
  shared.set(bytes.subarray(1, 4));
  expect(await sha256Hex(shared)).toBe(ABC);
});
