// The arrows of the house: text → tokens → AST → graph → derivative graph → plan → values → report. A folder imports
// what lies before it on that line, never what lies behind. `npm run arrows` checks it.

/** Small files that every room may use; they import no room themselves. */
const base =
  "src/((diagnostics|catalogue|tensor|limits|results|check-results|trace-results|derive-results|why-results)\\.ts$|catalogue/)";

/** Each room: what it may import besides itself, and why no more. */
const rooms = {
  grammar: {
    path: "^grammar/",
    may: ["^src/((diagnostics|catalogue)\\.ts$|catalogue/)"],
    comment:
      "The written language stands alone: it turns text into a tree and back, and says where an error is.",
  },
  base: {
    path: `^${base}`,
    may: [],
    comment: "Everything may import these files, so they import no folder.",
  },
  graph: {
    path: "^src/graph/",
    may: [`^${base}`],
    comment: "The graph knows nodes, shapes and order, but no operation: an op is added without touching it.",
  },
  ops: {
    path: "^src/ops/",
    may: ["^src/graph/", `^${base}`],
    comment: "An op states its shape rule and its derivatives; it does not know who computes it.",
  },
  lower: {
    path: "^src/lower/",
    may: ["^grammar/", "^src/(graph|ops)/", `^${base}`],
    comment:
      "AST to graph: the only place where the language and the graph meet. It neither derives nor computes.",
  },
  autodiff: {
    path: "^src/autodiff/",
    may: ["^src/(graph|ops)/", `^${base}`],
    comment: "Graph to derivative graph: nodes in, nodes out; no text and no numbers.",
  },
  rewrite: {
    path: "^src/rewrite/",
    may: ["^src/(graph|ops)/", `^${base}`],
    comment: "Graph to simpler graph: it treats a derivative as any other graph, and computes nothing.",
  },
  engine: {
    path: "^src/engine/",
    may: ["^src/(graph|ops)/", `^${base}`],
    comment:
      "Graph to values: a derivative is a graph like any other, so the engine knows neither text nor calculus.",
  },
  precise: {
    path: "^src/precise/",
    may: ["^src/(engine|graph|ops)/", `^${base}`],
    comment:
      "Graph to values in double-double arithmetic: of the engine it may use what is exact, layouts and random numbers.",
  },
  io: {
    path: "^src/io/",
    may: [`^${base}`],
    comment: "Readers and writers know tensors and places in a text, not what is computed with them.",
  },
  report: {
    path: "^src/report/",
    may: [`^${base}`],
    comment: "A report is a pure function of results.",
  },
  program: {
    path: "^src/(index\\.ts$|program/)",
    may: [
      "^grammar/",
      "^src/(graph|ops|lower|autodiff|rewrite|engine|precise|check|fit|export)/",
      `^${base}`,
    ],
    comment:
      "The library compiles and runs; it neither reads files, nor prints, nor knows that there is a command line.",
  },
  formula: {
    path: "^src/formula/",
    may: ["^grammar/", "^src/(graph|ops)/", `^${base}`],
    comment: "Graph back to text: how each operation is written in the language; it changes no node.",
  },
  derive: {
    path: "^src/derive/",
    may: ["^grammar/", "^src/(formula|graph|ops|lower|autodiff|rewrite|program)/", `^${base}`],
    comment:
      "Derivatives as scripts: it compiles, differentiates, rewrites for reading and writes; values are not its business.",
  },
  // These work on compiled programs.
  tools: {
    path: "^src/(check|fit|export)/",
    may: ["^src/(graph|ops|autodiff|rewrite|engine|precise|check|fit|export|program)/", `^${base}`],
    comment:
      "Checking, fitting and exporting use the graph and the engine; files and printing are the command line's.",
  },
  explain: {
    path: "^src/explain/",
    may: [
      "^grammar/",
      "^src/(graph|ops|lower|autodiff|rewrite|engine|precise|program|formula|derive)/",
      `^${base}`,
    ],
    comment:
      "Showing how values and derivatives come about needs the graph and the journal of its making; text is the reports'.",
  },
  cli: {
    path: "^src/cli/",
    may: ["^grammar/", "^src/(index\\.ts$|(program|check|fit|export|derive|explain|io|report)/)", `^${base}`],
    comment:
      "A command is glue: options in, the library's functions called, a report out. The rooms behind stay hidden.",
  },
};

/** A library lives in one room, so that it can be replaced there. */
const libraries = [
  ["chevrotain", "^grammar/", "Parsing is the grammar's business."],
  ["commander", "^src/cli/", "Arguments are the command line's business."],
  ["chalk", "^src/report/", "Colour is the reports' business."],
  ["cli-table3", "^src/report/", "The layout of tables is the reports' business."],
  ["fastest-levenshtein", "^src/lower/", "Suggestions for misspelt names are made where names are resolved."],
];

const roomRules = Object.entries(rooms).map(([name, { path, may, comment }]) => ({
  name: `room-${name}`,
  comment,
  severity: "error",
  from: { path },
  to: { path: "^(src|grammar)/", pathNot: [path, ...may] },
}));

const libraryRules = libraries.map(([library, room, comment]) => ({
  name: `only-there-${library}`,
  comment,
  severity: "error",
  from: { pathNot: room },
  to: { path: `(^|/)node_modules/${library}/` },
}));

/** @type {import("dependency-cruiser").IConfiguration} */
module.exports = {
  forbidden: [
    ...roomRules,
    ...libraryRules,
    {
      name: "files-in-io-and-cli",
      comment:
        "The rest works on text and tensors in memory: testable without a disk, and usable in a browser.",
      severity: "error",
      from: { pathNot: "^src/(io|cli)/" },
      to: { path: "^(node:)?fs(/promises)?$" },
    },
    {
      name: "nothing-imports-cli",
      comment: "The command line is the last link of the chain.",
      severity: "error",
      from: { pathNot: "^src/cli/" },
      to: { path: "^src/cli/" },
    },
    {
      name: "no-other-library",
      comment: "Everything imported is bundled into the program: each library is a deliberate choice.",
      severity: "error",
      from: {},
      to: {
        path: "(^|/)node_modules/",
        pathNot: `(^|/)node_modules/(${libraries.map(([name]) => name).join("|")})/`,
      },
    },
    {
      name: "no-tests-in-the-program",
      comment: "What is shipped does not lean on tests, benchmarks or scripts.",
      severity: "error",
      from: { path: "^(src|grammar)/" },
      to: { path: "^(test|bench|scripts)/" },
    },
    {
      name: "no-cycles",
      comment:
        "Two files that import each other are one file, and neither can be understood or tested alone.",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    {
      name: "no-orphans",
      comment: "A file that nothing imports and that imports nothing is forgotten, or its import is.",
      severity: "error",
      // Those of the compiled interpreter stand in the place of others when it is compiled.
      from: { orphan: true, pathNot: "\\.d\\.ts$|^src/engine/wasm/" },
      to: {},
    },
    {
      name: "no-broken-imports",
      comment: "An import that cannot be resolved would slip past the rules above.",
      severity: "error",
      from: {},
      // What scripts/build-wasm.mjs makes when it compiles the kernels.
      to: { couldNotResolve: true, pathNot: "^\\./(dispatch|wasm/kernels\\.wasm)$" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    // Types are arrows too.
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "node", "default", "types"],
    },
  },
};
