// Makes one file of the modules that esbuild has split a program into. What is loaded on demand stands in a function of its
// own, so that V8 has nothing to read of it, compile or keep until then.
import path from "node:path";
import ts from "typescript";

const pairs = (elements) =>
  elements.map(({ name, propertyName }) => ({ outer: (propertyName ?? name).text, inner: name.text }));

/** The names that a module assigns to anywhere after their declaration. */
function assigned(source) {
  const names = new Set();
  const isAssignment = ({ kind }) =>
    kind >= ts.SyntaxKind.FirstAssignment && kind <= ts.SyntaxKind.LastAssignment;
  const isStep = ({ operator }) =>
    operator === ts.SyntaxKind.PlusPlusToken || operator === ts.SyntaxKind.MinusMinusToken;
  const collect = (target) => {
    if (ts.isIdentifier(target)) names.add(target.text);
    else if (ts.isArrayLiteralExpression(target) || ts.isObjectLiteralExpression(target))
      ts.forEachChild(target, collect);
    else if (ts.isPropertyAssignment(target)) collect(target.initializer);
    else if (ts.isShorthandPropertyAssignment(target)) collect(target.name);
    else if (ts.isSpreadElement(target) || ts.isSpreadAssignment(target)) collect(target.expression);
    else if (ts.isBinaryExpression(target)) collect(target.left);
  };
  const visit = (node) => {
    if (ts.isBinaryExpression(node) && isAssignment(node.operatorToken)) collect(node.left);
    else if ((ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node)) && isStep(node))
      collect(node.operand);
    else if ((ts.isForOfStatement(node) || ts.isForInStatement(node)) && ts.isExpression(node.initializer))
      collect(node.initializer);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return names;
}

/** An import as a statement that asks for what it needs. `ask` words the request for a module. */
function importing({ importClause: clause, moduleSpecifier }, ask) {
  const request = ask(moduleSpecifier.text);
  if (clause === undefined) return `${request};`;
  // Only the modules of Node are imported as a whole, and they are their own default.
  const whole = clause.name?.text;
  const bindings = clause.namedBindings;
  if (whole !== undefined && bindings === undefined) return `const ${whole} = ${request};`;
  if (whole !== undefined || !ts.isNamedImports(bindings))
    throw new Error(`unexpected import: ${clause.getText()}`);
  const names = pairs(bindings.elements).map(({ outer, inner }) => `${outer}: ${inner}`);
  return `const { ${names.join(", ")} } = ${request};`;
}

/** The text of a module as the body of a function that returns its exports. */
function body(text, ask) {
  const source = ts.createSourceFile("chunk.js", text, ts.ScriptTarget.ES2022, true, ts.ScriptKind.JS);
  const edits = [];
  const replace = (node, by) => edits.push({ start: node.getStart(), end: node.getEnd(), by });
  const exported = [];
  for (const statement of source.statements) {
    if (ts.isImportDeclaration(statement)) replace(statement, importing(statement, ask));
    else if (ts.isExportDeclaration(statement) && statement.moduleSpecifier === undefined) {
      exported.push(...pairs(statement.exportClause.elements));
      replace(statement, "");
    } else if (
      ts.isExportAssignment(statement) ||
      ts.getCombinedModifierFlags(statement) & ts.ModifierFlags.Export
    )
      throw new Error(`unexpected export: ${statement.getText().slice(0, 80)}`);
  }
  const visit = (node) => {
    if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
      replace(node, `Promise.resolve().then(() => ${ask(node.arguments[0].text)})`);
    ts.forEachChild(node, visit);
  };
  visit(source);
  // Who imports gets the value that a name has at the end, not the variable. esbuild gives no two variables one name.
  const changing = assigned(source);
  for (const { outer } of exported)
    if (changing.has(outer))
      throw new Error(`another chunk imports ${outer}, to which something is assigned`);
  edits.sort((a, b) => b.start - a.start);
  const rest = edits.reduce((all, { start, end, by }) => all.slice(0, start) + by + all.slice(end), text);
  return `${rest}\nreturn { ${exported.map(({ outer, inner }) => `${inner}: ${outer}`).join(", ")} };`;
}

/** The function that gives a chunk; no name in the chunks is like it. */
const giver = "$chunk$";

/** A CommonJS module out of esbuild's output files, of which the one named `entry` is the program. */
export function link(files, entry) {
  const numbers = new Map(files.map(({ path: file }, number) => [`./${path.basename(file)}`, number]));
  const ask = (specifier) => {
    if (numbers.has(specifier)) return `${giver}(${numbers.get(specifier)})`;
    if (specifier.startsWith("node:")) return `require("${specifier}")`;
    // A file of the build that stands beside this one; the launcher's `require` looks beside the launcher.
    if (/^\.\/[\w-]+\.cjs$/.test(specifier)) return `require(__dirname + "${specifier.slice(1)}")`;
    throw new Error(`nothing is known of ${specifier}, which a chunk imports`);
  };
  if (files.some(({ text }) => text.includes(giver)))
    throw new Error(`a chunk uses the name ${giver} itself`);
  const chunks = files.map(({ text }) => `() => {\n${body(text, ask)}\n}`);
  return `"use strict";
const loaded = [];
const ${giver} = (number) => (loaded[number] ??= chunks[number]());
const chunks = [${chunks.join(",\n")}];
module.exports = ${giver}(${numbers.get(`./${entry}`)});
`;
}
