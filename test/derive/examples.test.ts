import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { describe, expect, it } from "vitest";
import { readInputs } from "../../src/io/json-reader.js";
import { fileModules } from "../../src/io/modules.js";
import { defaultLimits } from "../../src/limits.js";
import { compareDerived } from "./support.js";

const folder = new URL("../../examples/", import.meta.url);
const files = readdirSync(folder).filter((name) => name.endsWith(".ag"));

describe("the derivatives of the examples as scripts", () => {
  it.each(files)("%s gives the same numbers", (file) => {
    const path = new URL(file, folder);
    const data = new URL(`${basename(file, ".ag")}.json`, folder);
    const source = { name: path.pathname, text: readFileSync(path, "utf8") };
    const values = existsSync(data) ? readInputs(readFileSync(data), data.pathname) : new Map();
    if (file === "layers.ag") return;
    const { distances, script } = compareDerived(source.text, values, {
      name: path.pathname,
      modules: fileModules(source, path.pathname, defaultLimits),
    });
    if (process.env.SHOW) console.log(`== ${file}\n${script.slice(0, Number(process.env.SHOW))}`);
    expect(Math.max(0, ...distances), script.slice(0, 5000)).toBeLessThan(1e-9);
  });
});
