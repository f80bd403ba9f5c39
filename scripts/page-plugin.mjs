// The script and the style sheet of the interactive page: bundled from src/page, and given to the program as text.
import { createHash } from "node:crypto";
import path from "node:path";
import { build } from "esbuild";

const common = { bundle: true, minify: true, write: false, logLevel: "warning" };

/** The module `page.bundle`. */
export async function pageModule(root) {
  const [script, style] = await Promise.all([
    build({
      ...common,
      absWorkingDir: root,
      entryPoints: ["src/page/main.ts"],
      format: "iife",
      target: "es2022",
      charset: "ascii",
      legalComments: "none",
      tsconfigRaw: { compilerOptions: { target: "ES2022" } },
    }),
    build({ ...common, absWorkingDir: root, entryPoints: ["src/page/page.css"] }),
  ]);
  // An element ends at its tag, wherever it stands.
  const text = script.outputFiles[0].text.trim().replace(/<(?=\/script|script|!--)/gi, "\\x3c");
  const hash = createHash("sha256").update(text).digest("base64");
  return `export const script = ${JSON.stringify(text)};
export const scriptHash = ${JSON.stringify(hash)};
export const style = ${JSON.stringify(style.outputFiles[0].text.trim())};`;
}

/** For esbuild: `page.bundle`, wherever it is imported. */
export const pagePlugin = (root) => ({
  name: "page",
  setup(build) {
    build.onResolve({ filter: /\/page\.bundle$/ }, () => ({ path: "page.bundle", namespace: "page" }));
    build.onLoad({ filter: /.*/, namespace: "page" }, async () => ({
      contents: await pageModule(root),
      loader: "js",
      resolveDir: path.join(root, "src"),
    }));
  },
});
