/** The generator that checks use: it has a seed, so that failures repeat. */
export { randomSource } from "../../src/check/directions.js";
