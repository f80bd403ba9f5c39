import { fault } from "../src/diagnostics.js";
import type * as ast from "./ast.js";
import { ExpressionParser, type Rule } from "./expressions.js";
import { choices } from "./generated/lookahead.js";
import { identifier } from "./literals.js";
import { installChoices, type ParserInternals } from "./lookahead.js";
import * as t from "./tokens.js";

interface Tolerance {
  readonly within?: ast.Expression;
  readonly relative?: ast.Expression;
}

/**
 * How a parser is set up. `quick` starts from choices worked out beforehand and can parse valid text only;
 * `thorough` analyses the grammar first and can say what it expected; `validated` also looks for mistakes in it.
 */
export type Setup = "quick" | "thorough" | "validated";

/** The grammar of statements. */
export class StatementParser extends ExpressionParser {
  constructor(setup: Setup) {
    super(setup === "validated");
    if (setup === "quick") installChoices(internals(this), choices);
    else this.performSelfAnalysis();
  }

  readonly statement: Rule<ast.Statement> = this.RULE("statement", () =>
    this.OR<ast.Statement>([
      { ALT: () => this.SUBRULE(this.definition) },
      { ALT: () => this.SUBRULE(this.declaration) },
      { ALT: () => this.SUBRULE(this.output) },
      { ALT: () => this.SUBRULE(this.assertion) },
      { ALT: () => this.SUBRULE(this.importation) },
      { ALT: () => this.SUBRULE(this.derivative) },
    ]),
  );

  readonly declaration: Rule<ast.Declaration> = this.RULE("declaration", (): ast.Declaration => {
    const role = this.CONSUME(t.Role);
    const name = identifier(this.source, this.CONSUME(t.Name));
    const shape = this.OPTION(() => {
      this.CONSUME(t.Colon);
      return this.SUBRULE(this.shape);
    });
    const domain = this.OPTION2(() => {
      this.CONSUME(t.In);
      return this.SUBRULE(this.interval);
    });
    const value = this.OPTION3(() => {
      this.CONSUME(t.Equals);
      return this.SUBRULE(this.expression);
    });
    if (role.image === "const" && value === undefined) {
      throw fault("syntax-const", { name: name.name }, this.spanFrom(role.startOffset));
    }
    return {
      kind: "declaration",
      role: role.image as ast.Role,
      name,
      ...(shape === undefined ? {} : { shape }),
      ...(domain === undefined ? {} : { domain }),
      ...(value === undefined ? {} : { value }),
      span: this.spanFrom(role.startOffset),
    };
  });

  readonly shape: Rule<(ast.NumberLiteral | ast.NameExpression)[]> = this.RULE("shape", () => {
    const sizes: (ast.NumberLiteral | ast.NameExpression)[] = [];
    this.CONSUME(t.LBracket);
    this.MANY_SEP({
      SEP: t.Comma,
      DEF: () => {
        const size = this.OR<ast.NumberLiteral | ast.NameExpression>([
          { ALT: () => this.readNumber(this.CONSUME(t.NumberToken)) },
          { ALT: () => this.readName(this.CONSUME(t.Name)) },
        ]);
        sizes.push(size);
      },
    });
    this.OPTION(() => this.CONSUME(t.TrailingComma));
    this.CONSUME(t.RBracket);
    return sizes;
  });

  readonly interval: Rule<ast.Interval> = this.RULE("interval", () => {
    const open = this.OR([{ ALT: () => this.CONSUME(t.LParen) }, { ALT: () => this.CONSUME(t.LBracket) }]);
    const low = this.SUBRULE(this.expression);
    this.CONSUME(t.Comma);
    const high = this.SUBRULE2(this.expression);
    const close = this.OR2([{ ALT: () => this.CONSUME(t.RParen) }, { ALT: () => this.CONSUME(t.RBracket) }]);
    return {
      low,
      high,
      lowClosed: open.tokenType === t.LBracket,
      highClosed: close.tokenType === t.RBracket,
      span: this.spanFrom(open.startOffset),
    };
  });

  readonly output: Rule<ast.OutputStatement> = this.RULE("output", (): ast.OutputStatement => {
    const { startOffset } = this.CONSUME(t.Output);
    const names = this.SUBRULE(this.names);
    return { kind: "output", names, span: this.spanFrom(startOffset) };
  });

  readonly assertion: Rule<ast.AssertStatement> = this.RULE("assertion", (): ast.AssertStatement => {
    const { startOffset } = this.CONSUME(t.Assert);
    const condition = this.SUBRULE(this.expression);
    let tolerance: Tolerance = {};
    this.MANY(() => {
      const found = this.SUBRULE(this.tolerance);
      const repeated = (found.within && tolerance.within) ?? (found.relative && tolerance.relative);
      if (repeated !== undefined) throw fault("syntax-repeated-tolerance", {}, repeated.span);
      tolerance = { ...tolerance, ...found };
    });
    return { kind: "assert", condition, ...tolerance, span: this.spanFrom(startOffset) };
  });

  readonly tolerance: Rule<Tolerance> = this.RULE("tolerance", () =>
    this.OR<Tolerance>([
      {
        ALT: () => {
          this.CONSUME(t.Within);
          return { within: this.SUBRULE(this.expression) };
        },
      },
      {
        ALT: () => {
          this.CONSUME(t.Relative);
          return { relative: this.SUBRULE2(this.expression) };
        },
      },
    ]),
  );

  readonly importation: Rule<ast.ImportStatement> = this.RULE("importation", (): ast.ImportStatement => {
    const { startOffset } = this.CONSUME(t.Import);
    const path = this.readString(this.CONSUME(t.Text));
    return { kind: "import", path, span: this.spanFrom(startOffset) };
  });

  readonly derivative: Rule<ast.DerivativeStatement> = this.RULE(
    "derivative",
    (): ast.DerivativeStatement => {
      const { startOffset } = this.CONSUME(t.Derivative);
      const name = identifier(this.source, this.CONSUME(t.Name));
      this.CONSUME(t.LParen);
      const parameters = this.SUBRULE(this.names);
      this.CONSUME(t.Semicolon);
      const tangents = this.SUBRULE2(this.names);
      this.CONSUME(t.RParen);
      this.CONSUME(t.Equals);
      const body = this.SUBRULE(this.expression);
      return { kind: "derivative", name, parameters, tangents, body, span: this.spanFrom(startOffset) };
    },
  );
}

/** The parser with the members that Chevrotain's types leave out. */
export const internals = (parser: StatementParser): ParserInternals => parser as unknown as ParserInternals;
