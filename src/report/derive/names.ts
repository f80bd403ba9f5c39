import type { Derived } from "../../derive-results.js";

/** `∂w/∂x`, `∂²w/∂x∂y`. */
export const derivativeName = ({ output, by }: Pick<Derived, "output" | "by">): string =>
  by.length === 1 ? `∂${output}/∂${by[0]}` : `∂²${output}/${by.map((one) => `∂${one}`).join("")}`;
