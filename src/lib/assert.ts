/** Bad input from outside the program; the message is one sentence that a user can act on. */
export class UserError extends Error {
  override name = "UserError";
}

/** States what the program itself guarantees; a failure is a bug here, not bad input. */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(message);
}
