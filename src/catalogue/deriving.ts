import { count, type Wording } from "./wording.js";

/** What there is to say of derivatives as formulas. */
export const deriving = {
  "derive-long": (p: { count: number }) => ({
    message: `the derivatives take ${count(p.count, "definition")} beside their own`,
    hint: "`--of` and `--wrt` choose some of them",
    warning: true,
  }),
  "derive-nothing": (p: { lacking: string }) => ({
    message: `there is nothing to derive: the script has no ${p.lacking}`,
    hint: "a derivative is of a definition by a name with a value: `x = 2` and `w = x^2` make `dw_dx`",
    warning: true,
  }),
} as const satisfies Record<string, (parameters: never) => Wording>;
