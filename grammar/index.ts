export type * from "./ast.js";
export { type ParseOptions, parse, parseExpression } from "./parse.js";
export { print, printExpression, printStatement } from "./print.js";
