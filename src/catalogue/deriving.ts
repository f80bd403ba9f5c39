import { count, type Wording } from "./wording.js";

/** What there is to say of derivatives as formulas. */
export const deriving = {
  "derive-long": (p: { count: number }) => ({
    message: `the derivatives take ${count(p.count, "definition")} beside their own`,
    hint: "`--of` and `--wrt` choose some of them",
    warning: true,
  }),
} as const satisfies Record<string, (parameters: never) => Wording>;
