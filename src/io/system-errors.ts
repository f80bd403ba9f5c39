import { getSystemErrorMap } from "node:util";

/** The code and the wording of an error of the operating system; no code if the error is something else. */
export function systemReason(error: unknown): { code: string | undefined; reason: string } {
  if (!(error instanceof Error)) return { code: undefined, reason: String(error) };
  const { code, errno } = error as NodeJS.ErrnoException;
  const known = errno === undefined ? undefined : getSystemErrorMap().get(errno);
  if (known !== undefined) return { code: known[0], reason: known[1] };
  return { code: typeof code === "string" ? code : undefined, reason: error.message };
}
