// Builds dist/: the command line as one CommonJS file, Graphviz as another, the library as one ES module, the licences of
// what is bundled, and with --types the library's declarations. Everything is made in a folder aside and moved into place, so that a
// running program, or a second build, never sees half a file.
import { createHash } from "node:crypto";
import { existsSync, realpathSync } from "node:fs";
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build as bundle, transform } from "esbuild";
import { kernelsPlugin } from "./build-wasm.mjs";
import { link } from "./chunks.mjs";
import { lanesPlugin } from "./lanes-plugin.mjs";
import { pagePlugin } from "./page-plugin.mjs";
import { startup } from "./startup-plugin.mjs";

const projectRoot = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/** Graphviz is larger than everything else, and needed for pictures only: a file of its own, which others never read. */
const graphvizFile = "graphviz.cjs";
const graphvizApart = {
  name: "graphviz",
  setup(build) {
    build.onResolve({ filter: /^@viz-js\/viz$/ }, () => ({ path: `./${graphvizFile}`, external: true }));
  },
};

async function bundleAll(root, aside) {
  const { version } = JSON.parse(await readFile(path.join(root, "package.json"), "utf8"));
  const common = {
    absWorkingDir: root,
    bundle: true,
    minify: true,
    charset: "ascii",
    platform: "node",
    target: "node20",
    legalComments: "none",
    // The types' root is the whole project; without this esbuild would read its other settings as well.
    tsconfigRaw: { compilerOptions: { target: "ES2022", verbatimModuleSyntax: true } },
    define: { AUTOGRAD_VERSION: JSON.stringify(version) },
    metafile: true,
    write: false,
    logLevel: "warning",
  };
  const [program, library, graphviz] = await Promise.all([
    bundle({
      ...common,
      entryPoints: ["src/cli/main.ts"],
      outdir: aside,
      format: "esm",
      splitting: true,
      // Its names have to be unlike until the chunks are linked.
      minify: false,
      minifySyntax: true,
      plugins: [
        startup,
        lanesPlugin(root),
        kernelsPlugin(root, { isCompressed: true }),
        pagePlugin(root),
        graphvizApart,
      ],
      // The launcher runs the bundle as a script, where a file knows itself by its path.
      define: { ...common.define, "import.meta.url": "__filename" },
    }),
    bundle({
      ...common,
      entryPoints: ["src/index.ts"],
      outfile: path.join(aside, "index.js"),
      format: "esm",
      plugins: [lanesPlugin(root), kernelsPlugin(root)],
      // Readable stack traces for those who build on it; it has no start-up to speed up.
      minifyIdentifiers: false,
    }),
    bundle({
      ...common,
      stdin: { contents: 'export { instance } from "@viz-js/viz";', resolveDir: root },
      outfile: path.join(aside, graphvizFile),
      format: "cjs",
      // A byte of its WebAssembly is a character, and would be four as an escape.
      charset: "utf8",
      define: { "import.meta.url": "__filename" },
    }),
  ]);
  const linked = link(program.outputFiles, "main.js");
  const { code: minified } = await transform(linked, { minify: true, charset: "ascii", target: "node20" });
  const code = asciiOnly(minified);
  const hash = createHash("sha256").update(code).digest("hex").slice(0, 16);
  // The launcher keeps V8's compiled form under this hash.
  await writeFile(path.join(aside, "cli.cjs"), `//${hash}\n${code}`);
  await writeFile(path.join(aside, "index.js"), library.outputFiles[0].text);
  await writeFile(path.join(aside, graphvizFile), graphviz.outputFiles[0].text);
  const notices = await thirdPartyNotices(root, [program.metafile, library.metafile, graphviz.metafile]);
  await writeFile(path.join(aside, "THIRD-PARTY-LICENSES.txt"), notices);
}

/**
 * esbuild escapes strings, but not regular expressions; the launcher reads the bundle byte by byte. An escape of each
 * UTF-16 unit means the same in both.
 */
function asciiOnly(code) {
  return code.replace(
    /[^\0-\x7f]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** The licence text of every package of which a line is in a bundle. */
async function thirdPartyNotices(root, metafiles) {
  const folders = new Set();
  for (const { outputs } of metafiles)
    for (const { inputs } of Object.values(outputs))
      for (const [input, { bytesInOutput }] of Object.entries(inputs)) {
        const folder = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0];
        if (folder !== undefined && bytesInOutput > 0) folders.add(folder);
      }
  const notices = await Promise.all([...folders].sort().map((folder) => notice(path.resolve(root, folder))));
  const preface =
    "autograd contains the packages below, in part, minified, and with changes that shorten their start-up\n" +
    "(scripts/startup-plugin.mjs). Their licences:\n";
  return [preface, ...notices].join(`\n${"-".repeat(80)}\n\n`);
}

async function notice(folder) {
  const { name, version, license } = JSON.parse(await readFile(path.join(folder, "package.json"), "utf8"));
  const file = (await readdir(folder)).find((entry) => /^licen[cs]e/i.test(entry));
  // Some packages come without one; their repository has it.
  const ours = path.join(import.meta.dirname, "notices", `${name.replace("/", "-")}.txt`);
  if (file === undefined && !existsSync(ours))
    throw new Error(`${name} ${version} has no licence file to reproduce`);
  const from = file === undefined ? ours : path.join(folder, file);
  const text = (await readFile(from, "utf8")).replace(/\r\n/g, "\n").trim();
  return `${name} ${version} (${license})\n\n${text}\n`;
}

/** Declarations of what src/index.ts shows, and of nothing else. */
async function writeTypes(root, aside) {
  const all = path.join(aside, "all-types");
  const { default: ts } = await import("typescript");
  const config = ts.getParsedCommandLineOfConfigFile(
    path.join(root, "tsconfig.build.json"),
    { outDir: all, noEmitOnError: true },
    { ...ts.sys, onUnRecoverableConfigFileDiagnostic: report },
  );
  const program = ts.createProgram(config.fileNames, config.options);
  const problems = [...ts.getPreEmitDiagnostics(program), ...program.emit().diagnostics];
  if (problems.length > 0) {
    for (const problem of problems) report(problem);
    throw new Error("the declarations could not be written");
  }
  function report(problem) {
    process.stderr.write(ts.formatDiagnostic(problem, ts.createCompilerHost({})));
  }

  // tsc writes a declaration for every file it has read, the parser's with its library's types among them. A user of
  // the package installs no such library, so only what the public face refers to is shipped.
  const shipped = new Set();
  const pending = [path.join(all, "src", "index.d.ts")];
  for (let file = pending.pop(); file !== undefined; file = pending.pop()) {
    if (shipped.has(file)) continue;
    shipped.add(file);
    const text = await readFile(file, "utf8");
    const { importedFiles, typeReferenceDirectives } = ts.preProcessFile(text);
    for (const { fileName } of [...importedFiles, ...typeReferenceDirectives]) {
      if (!fileName.startsWith("."))
        throw new Error(
          `${path.relative(all, file)} shows types of ${fileName}, which users of autograd do not have`,
        );
      pending.push(path.resolve(path.dirname(file), fileName.replace(/\.js$/, ".d.ts")));
    }
  }
  for (const file of shipped) await cp(file, path.join(aside, "types", path.relative(all, file)));
  await rm(all, { recursive: true });
}

export async function build({ root = projectRoot, types = false } = {}) {
  const dist = path.join(root, "dist");
  await mkdir(dist, { recursive: true });
  const aside = await mkdtemp(path.join(dist, ".build-"));
  try {
    await bundleAll(root, aside);
    if (types) await writeTypes(root, aside);
    // scripts/setup.mjs stamps what it has built. This build may come from other sources, or be interrupted.
    await rm(path.join(dist, ".stamp"), { force: true });
    for (const entry of await readdir(aside)) await moveOver(path.join(aside, entry), path.join(dist, entry));
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
}

/** A rename replaces a file in one step; a folder has to make room first. */
async function moveOver(from, to) {
  if (existsSync(to) && path.extname(to) === "") await rm(to, { recursive: true });
  await rename(from, to);
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url))
  await build({ types: process.argv.includes("--types") });
