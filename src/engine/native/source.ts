import { Fault } from "../../diagnostics.js";
import type { NativeBlas } from "./blas.js";
import { type BlasChoice, openBlas } from "./open.js";

/** Gives the BLAS that was chosen, and opens it once, when it is first asked for. */
export type BlasSource = () => NativeBlas | undefined;

/**
 * A library that was named is opened at once, so that a `Fault` tells what is wrong with it even where nothing would use
 * it; what `auto` means is found out when something needs it.
 */
export function blasSource(choice: BlasChoice): BlasSource {
  let opened: { readonly library: NativeBlas | undefined } | undefined;
  const open = () => {
    const { library, problem } = openBlas(choice);
    if (problem !== undefined) throw new Fault([problem]);
    return { library };
  };
  if (choice !== "auto") opened = open();
  return () => {
    opened ??= open();
    return opened.library;
  };
}
