// Public data beside the checkout (../shared/data), which are no part of the project.
import { existsSync, readFileSync } from "node:fs";

const folder = new URL("../../shared/data/adbench/", import.meta.url);

/** Rows that say so where the data are absent; otherwise what `rows` gives for a reader of their files. */
export async function withPublished(name, rows) {
  if (!existsSync(folder))
    return [{ name, absent: "the data are not in ../shared/data beside the checkout" }];
  return rows((file) => JSON.parse(readFileSync(new URL(`${file}.json`, folder), "utf8")));
}
