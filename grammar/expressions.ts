import {
  EmbeddedActionsParser,
  type IParserErrorMessageProvider,
  type IToken,
  type ParserMethod,
} from "chevrotain";
import { fault, type Source, type Span } from "../src/diagnostics.js";
import type * as ast from "./ast.js";
import { identifier, nameOf, number, spanOf, string } from "./literals.js";
import { Climber } from "./precedence.js";
import * as t from "./tokens.js";

/** What an error message needs of Chevrotain: the token or the rule that was expected. `problems.ts` words it. */
const expectations: IParserErrorMessageProvider = {
  buildMismatchTokenMessage: ({ expected }) => expected.name,
  buildNotAllInputParsedMessage: () => "end",
  buildNoViableAltMessage: ({ ruleName }) => ruleName,
  buildEarlyExitMessage: ({ ruleName }) => ruleName,
};

/** A grammar rule that takes no arguments. */
export type Rule<Value> = ParserMethod<[], Value>;

/** A lambda's parameters or an `if`'s branch, before the expression that they take. */
type Head =
  | { readonly start: number; readonly parameters: readonly ast.Identifier[] }
  | { readonly start: number; readonly condition: ast.Expression; readonly consequent: ast.Expression };

type Definition = ast.Definition | ast.FunctionDefinition;

interface Slice {
  readonly stop?: ast.Expression;
  readonly step?: ast.Expression;
}

const tokens = Object.fromEntries(t.vocabulary.map((type) => [type.name, type]));

const nowhere: Source = { name: "", text: "" };

/**
 * The grammar of expressions, over tokens laid out by `layout.ts`: one token of lookahead.
 * The actions build the tree as they go; an error that the grammar cannot express is thrown as a `Fault`.
 */
export abstract class ExpressionParser extends EmbeddedActionsParser {
  /** The text that spans refer to. */
  source: Source = nowhere;

  constructor(validate: boolean) {
    super(tokens, {
      maxLookahead: 1,
      recoveryEnabled: false,
      skipValidations: !validate,
      errorMessageProvider: expectations,
    });
  }

  /** Lambdas and `else` branches go on to the end, so they are a loop here and not a recursion. */
  readonly expression: Rule<ast.Expression> = this.RULE("expression", () => {
    let heads: Head[] | undefined;
    this.MANY(() => {
      heads ??= [];
      heads.push(this.SUBRULE(this.head));
    });
    let climber: Climber | undefined;
    this.MANY2(() => {
      climber ??= new Climber(this.source);
      climber.prefix(this.OR([{ ALT: () => this.CONSUME(t.Minus) }, { ALT: () => this.CONSUME(t.Not) }]));
    });
    let value = this.SUBRULE(this.operand);
    climber?.operand(value);
    this.MANY3(() => {
      const infix = this.OR2([
        { ALT: () => this.CONSUME(t.Operator) },
        { ALT: () => this.CONSUME2(t.Minus) },
      ]);
      if (climber === undefined) {
        climber = new Climber(this.source);
        climber.operand(value);
      }
      const chain = climber;
      this.ACTION(() => chain.infix(infix));
      this.MANY4(() => {
        const prefix = this.OR3([{ ALT: () => this.CONSUME3(t.Minus) }, { ALT: () => this.CONSUME2(t.Not) }]);
        this.ACTION(() => chain.prefix(prefix));
      });
      chain.operand(this.SUBRULE2(this.operand));
    });
    if (climber !== undefined && !this.RECORDING_PHASE) value = climber.finish();
    return heads === undefined || this.RECORDING_PHASE ? value : this.#behead(heads, value);
  });

  readonly head: Rule<Head> = this.RULE("head", () =>
    this.OR<Head>([
      {
        ALT: () => {
          const parameter = this.CONSUME(t.ParameterName);
          this.CONSUME(t.Arrow);
          return { start: parameter.startOffset, parameters: [identifier(this.source, parameter)] };
        },
      },
      {
        ALT: () => {
          const { startOffset: start } = this.CONSUME(t.ParametersOpen);
          const parameters = this.SUBRULE(this.names);
          this.CONSUME(t.RParen);
          this.CONSUME2(t.Arrow);
          return { start, parameters };
        },
      },
      {
        ALT: () => {
          const { startOffset: start } = this.CONSUME(t.If);
          const condition = this.SUBRULE(this.expression);
          this.CONSUME(t.Then);
          const consequent = this.SUBRULE2(this.expression);
          this.CONSUME(t.Else);
          return { start, condition, consequent };
        },
      },
    ]),
  );

  readonly operand: Rule<ast.Expression> = this.RULE("operand", () => {
    const start = this.LA(1).startOffset;
    let value = this.OR<ast.Expression>([
      { ALT: () => this.readName(this.CONSUME(t.Name)) },
      { ALT: () => this.readNumber(this.CONSUME(t.NumberToken)) },
      { ALT: () => this.SUBRULE(this.parenthesised) },
      { ALT: () => this.SUBRULE(this.list) },
      { ALT: () => this.SUBRULE(this.block) },
      { ALT: () => this.readString(this.CONSUME(t.Text)) },
      { ALT: () => (this.CONSUME(t.Folded) as t.FoldedToken).expression },
    ]);
    this.MANY(() => {
      const operand = value;
      value = this.OR2<ast.Expression>([
        {
          ALT: () => {
            const args = this.SUBRULE(this.args);
            return { kind: "call", callee: operand, args, span: this.spanFrom(start) };
          },
        },
        {
          ALT: () => {
            const subscripts = this.SUBRULE(this.subscripts);
            return { kind: "index", operand, subscripts, span: this.spanFrom(start) };
          },
        },
        {
          ALT: () => {
            this.CONSUME(t.Transpose);
            return { kind: "transpose", operand, span: this.spanFrom(start) };
          },
        },
      ]);
      this.ACTION(() => this.#refuseNumberCall(value));
    });
    return value;
  });

  readonly parenthesised: Rule<ast.Expression> = this.RULE("parenthesised", (): ast.Expression => {
    const { startOffset } = this.CONSUME(t.LParen);
    const first = this.SUBRULE(this.expression);
    let elements: ast.Expression[] | undefined;
    this.MANY(() => {
      this.CONSUME(t.Comma);
      elements ??= [first];
      elements.push(this.SUBRULE2(this.expression));
    });
    this.OPTION(() => {
      this.CONSUME(t.TrailingComma);
      elements ??= [first];
    });
    this.CONSUME(t.RParen);
    const span = this.spanFrom(startOffset);
    // the parentheses are no node of their own, but messages point at them too
    return elements === undefined ? { ...first, span } : { kind: "tuple", elements, span };
  });

  readonly args: Rule<ast.Argument[]> = this.RULE("args", () => {
    const args: ast.Argument[] = [];
    this.CONSUME(t.LParen);
    this.MANY_SEP({
      SEP: t.Comma,
      DEF: () => {
        const keyword = this.OPTION(() => {
          const name = this.CONSUME(t.AssignedName);
          this.CONSUME(t.Equals);
          return identifier(this.source, name);
        });
        const value = this.SUBRULE(this.expression);
        args.push(keyword === undefined ? { value } : { keyword, value });
      },
    });
    this.OPTION2(() => this.CONSUME(t.TrailingComma));
    this.CONSUME(t.RParen);
    return args;
  });

  readonly list: Rule<ast.ListExpression> = this.RULE("list", (): ast.ListExpression => {
    const elements: ast.Expression[] = [];
    const { startOffset } = this.CONSUME(t.LBracket);
    this.MANY_SEP({
      SEP: t.Comma,
      DEF: () => {
        elements.push(this.SUBRULE(this.expression));
      },
    });
    this.OPTION(() => this.CONSUME(t.TrailingComma));
    this.CONSUME(t.RBracket);
    return { kind: "list", elements, span: this.spanFrom(startOffset) };
  });

  readonly subscripts: Rule<ast.Subscript[]> = this.RULE("subscripts", () => {
    const subscripts: ast.Subscript[] = [];
    this.CONSUME(t.LBracket);
    this.AT_LEAST_ONE_SEP({
      SEP: t.Comma,
      DEF: () => {
        subscripts.push(this.SUBRULE(this.subscript));
      },
    });
    this.OPTION(() => this.CONSUME(t.TrailingComma));
    this.CONSUME(t.RBracket);
    return subscripts;
  });

  readonly subscript: Rule<ast.Subscript> = this.RULE("subscript", () => {
    const { startOffset } = this.LA(1);
    return this.OR<ast.Subscript>([
      {
        ALT: () => ({ kind: "ellipsis", span: spanOf(this.source, this.CONSUME(t.Ellipsis)) }),
      },
      {
        ALT: () => {
          const slice = this.SUBRULE(this.slice);
          return { kind: "slice", ...slice, span: this.spanFrom(startOffset) };
        },
      },
      {
        ALT: () => {
          const index = this.SUBRULE(this.expression);
          const slice = this.OPTION(() => this.SUBRULE2(this.slice));
          const span = this.spanFrom(startOffset);
          return slice === undefined
            ? { kind: "at", index, span }
            : { kind: "slice", start: index, ...slice, span };
        },
      },
    ]);
  });

  readonly slice: Rule<Slice> = this.RULE("slice", () => {
    this.CONSUME(t.Colon);
    const stop = this.OPTION(() => this.SUBRULE(this.expression));
    const step = this.OPTION2(() => {
      this.CONSUME2(t.Colon);
      return this.OPTION3(() => this.SUBRULE2(this.expression));
    });
    return { ...(stop === undefined ? {} : { stop }), ...(step === undefined ? {} : { step }) };
  });

  readonly block: Rule<ast.BlockExpression> = this.RULE("block", (): ast.BlockExpression => {
    const statements: Definition[] = [];
    const { startOffset } = this.CONSUME(t.LBrace);
    this.MANY(() => {
      statements.push(this.SUBRULE(this.definition));
      this.CONSUME(t.Newline);
    });
    const value = this.SUBRULE(this.expression);
    this.CONSUME(t.RBrace);
    return { kind: "block", statements, value, span: this.spanFrom(startOffset) };
  });

  readonly definition: Rule<Definition> = this.RULE("definition", () =>
    this.OR<Definition>([
      {
        ALT: () => {
          const target = identifier(this.source, this.CONSUME(t.AssignedName));
          this.CONSUME(t.Equals);
          const value = this.SUBRULE(this.expression);
          const span = this.spanFrom(target.span.start);
          return { kind: "definition", targets: [target], tuple: false, value, span };
        },
      },
      {
        ALT: () => {
          const name = identifier(this.source, this.CONSUME(t.FunctionName));
          this.CONSUME(t.LParen);
          const parameters = this.SUBRULE(this.names);
          this.CONSUME(t.RParen);
          this.CONSUME2(t.Equals);
          const body = this.SUBRULE2(this.expression);
          return { kind: "function", name, parameters, body, span: this.spanFrom(name.span.start) };
        },
      },
      {
        ALT: () => {
          const { startOffset } = this.CONSUME(t.TargetsOpen);
          const targets = this.SUBRULE2(this.names);
          const tuple = targets.length > 1 || this.LA(0).tokenType === t.TrailingComma;
          this.CONSUME2(t.RParen);
          this.CONSUME3(t.Equals);
          const value = this.SUBRULE3(this.expression);
          return { kind: "definition", targets, tuple, value, span: this.spanFrom(startOffset) };
        },
      },
    ]),
  );

  readonly names: Rule<ast.Identifier[]> = this.RULE("names", () => {
    const names: ast.Identifier[] = [];
    this.AT_LEAST_ONE_SEP({
      SEP: t.Comma,
      DEF: () => {
        names.push(identifier(this.source, this.CONSUME(t.Name)));
      },
    });
    this.OPTION(() => this.CONSUME(t.TrailingComma));
    return names;
  });

  /** From `start` to the end of the last token read. */
  protected spanFrom(start: number): Span {
    return { source: this.source, start, end: t.endOf(this.LA(0)) };
  }

  protected readName(token: IToken): ast.NameExpression {
    return { kind: "name", name: nameOf(token), span: spanOf(this.source, token) };
  }

  protected readNumber(token: IToken): ast.NumberLiteral {
    return this.ACTION(() => number(this.source, token));
  }

  protected readString(token: IToken): ast.StringLiteral {
    return this.ACTION(() => string(this.source, token));
  }

  #refuseNumberCall(value: ast.Expression): void {
    if (value.kind !== "call" || value.callee.kind !== "number") return;
    const { text } = this.source;
    const { start, end } = value.callee.span;
    const right = text.slice(end, value.span.end).replace(/\s+/g, " ").trim();
    throw fault("syntax-adjacent", { left: text.slice(start, end), right, call: false }, value.span);
  }

  /** Wraps a value into the heads that stand before it, innermost last. */
  #behead(heads: readonly Head[], value: ast.Expression): ast.Expression {
    return heads.reduceRight<ast.Expression>((inner, head) => {
      const span = { source: this.source, start: head.start, end: inner.span.end };
      if ("parameters" in head) return { kind: "lambda", parameters: head.parameters, body: inner, span };
      return { kind: "if", condition: head.condition, consequent: head.consequent, alternate: inner, span };
    }, value);
  }
}
