import { readFileSync } from "node:fs";
import { argv } from "node:process";
import { pathToFileURL } from "node:url";

/**
 * Makes a module of converters a command, `node MODULE NAME FILE…`: reads the files (JSON where the name says so, text
 * otherwise), and writes as JSON what the converter of that name gives for them.
 */
export function command(module, converters) {
  if (argv[1] === undefined || module !== pathToFileURL(argv[1]).href) return;
  const [, , name, ...files] = argv;
  const convert = new Map(Object.entries(converters)).get(name);
  if (convert === undefined || files.length !== convert.length) {
    const usages = Object.entries(converters).map(
      ([known, { length }]) => `${known}${" FILE".repeat(length)}`,
    );
    process.stderr.write(`usage: node bench/${module.split("/").at(-1)} ${usages.join(" | ")}\n`);
    process.exitCode = 2;
    return;
  }
  const contents = files.map((file) => {
    const text = readFileSync(file, "utf8");
    return file.endsWith(".json") ? JSON.parse(text) : text;
  });
  process.stdout.write(`${JSON.stringify(convert(...contents))}\n`);
}
