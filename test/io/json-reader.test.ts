import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Fault, locate } from "../../src/diagnostics.js";
import { readInputs, readValue } from "../../src/io/json-reader.js";
import type { Tensor } from "../../src/tensor.js";

const encode = (text: string) => new TextEncoder().encode(text);
const read = (text: string) => readInputs(encode(text), "in.json");
const faultOf = (bytes: Uint8Array): Fault => {
  try {
    readInputs(bytes, "in.json");
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
};

/** `line:col message | marked text | hint` of the first diagnostic. */
function complaint(input: string | Uint8Array): string {
  const [diagnostic] = faultOf(typeof input === "string" ? encode(input) : input).diagnostics;
  const { span, message } = diagnostic;
  if (span === undefined) return message;
  const { line, column } = locate(span.source, span.start);
  return `${line}:${column} ${message} | ${span.source.text.slice(span.start, span.end)}`;
}

/** The tensor as nested arrays, as JSON.parse would give it. */
function nested({ shape, data }: Tensor): unknown {
  const build = (axis: number, start: number, size: number): unknown => {
    if (axis === shape.length) return data[start];
    const step = shape[axis] === 0 ? 0 : size / shape[axis];
    return Array.from({ length: shape[axis] }, (_, i) => build(axis + 1, start + i * step, step));
  };
  return build(0, 0, data.length);
}

describe("values", () => {
  test.each([
    ['{"x": 3}', [], [3]],
    ['{"x":[1,2,3]}', [3], [1, 2, 3]],
    ['{"x": [ [1 , 2] ,\n\t[3,4],\r\n[5,6] ] }', [3, 2], [1, 2, 3, 4, 5, 6]],
    ['{"x": []}', [0], []],
    ['{"x": [[],[]]}', [2, 0], []],
    ['{"x": [[[]],[[]]]}', [2, 1, 0], []],
    ['{"x": [[[1,2]],[[3,4]]]}', [2, 1, 2], [1, 2, 3, 4]],
    ['{"x": [-0, 0.0, -0.0e5]}', [3], [-0, 0, -0]],
    ['{"x": ["NaN", "Infinity", 1, "-Infinity"]}', [4], [Number.NaN, Infinity, 1, -Infinity]],
    ['{"x": "\\u004eaN"}', [], [Number.NaN]],
    ['\ufeff{"x": 1}', [], [1]],
    [
      '{"x": [5e-324, 1.7976931348623157e308, 1e-400, 2.2250738585072011e-308]}',
      [4],
      [5e-324, Number.MAX_VALUE, 0, 2.225073858507201e-308],
    ],
    [
      '{"x": [9007199254740992, -9007199254740992, 1152921504606846976, 9007199254740993.0]}',
      [4],
      [2 ** 53, -(2 ** 53), 2 ** 60, 2 ** 53],
    ],
  ])("%s", (text, shape, data) => {
    const x = read(text).get("x")!;
    expect(x.shape).toEqual(shape);
    expect([...x.data]).toEqual(data);
  });

  test("names are unescaped, normalised, and never object keys", () => {
    const values = read(
      '{"__proto__": 1, "\\u03c3": 2, "\\ud83d\\ude00": 3, "e\\u0301": 4, "": 5, "a\\"\\\\\\/\\n": 6}',
    );
    expect([...values.keys()]).toEqual(["__proto__", "σ", "😀", "\u00e9", "", 'a"\\/\n']);
    expect([...values.values()].map((v) => v.data[0])).toEqual([1, 2, 3, 4, 5, 6]);
    expect(read("{}").size).toBe(0);
    expect(read(" { } \n").size).toBe(0);
  });

  test("rank 32 is read", () => {
    expect(read(`{"x":${"[".repeat(32)}7${"]".repeat(32)}}`).get("x")!.shape).toEqual(Array(32).fill(1));
  });

  test("a value alone", () => {
    expect(readValue(encode(" [1, 2] "), "--set", "x").shape).toEqual([2]);
    expect(() => readValue(encode("1 2"), "--set", "x")).toThrow("nothing after the value");
    expect(() => readValue(encode(" "), "--set", "x")).toThrow("empty");
  });

  test("the bytes may be a part of a larger buffer", () => {
    const larger = encode('###{"x": [12345678901234567890.5]}###');
    expect(readInputs(larger.subarray(3, larger.length - 3), "s").get("x")!.data[0]).toBe(
      Number("12345678901234567890.5"),
    );
  });
});

describe("refused, with the place", () => {
  test.each([
    // what is not JSON
    ["", "1:1 the input is empty | "],
    [" \n ", "2:2 the input is empty | "],
    ["[1, 2]", "1:1 input data must be one JSON object, not an array | ["],
    ["3", "1:1 input data must be one JSON object, not `3` | 3"],
    ['{"x": 1', "1:8 malformed JSON: expected `,` or `}`, found the end | "],
    ['{"x": 1} {', "1:10 malformed JSON: expected nothing after the object, found `{` | {"],
    ['{"x": 1,}', "1:9 malformed JSON: expected a name after the comma, found `}` | }"],
    ['{"x": [1, 2,]}', "1:13 malformed JSON in `x[2]`: expected a value after the comma, found `]` | ]"],
    ['{"x": [1, 2}', "1:12 malformed JSON in `x[1]`: expected `,` or `]`, found `}` | }"],
    ['{"x": [1 2]}', "1:10 malformed JSON in `x[0]`: expected `,` or `]`, found `2` | 2"],
    ['{"x": [,1]}', "1:8 malformed JSON in `x[0]`: expected a number or an array, found `,` | ,"],
    ['{"x" 1}', "1:6 malformed JSON: expected `:` after the name, found `1` | 1"],
    ["{x: 1}", "1:2 malformed JSON: expected a name in double quotes, found `x` | x"],
    ["{'x': 1}", "1:2 malformed JSON: expected a name in double quotes, found `'` | '"],
    ['{"x": }', "1:7 malformed JSON in `x`: expected a number or an array, found `}` | }"],
    [
      '{"x": undefined}',
      "1:7 malformed JSON in `x`: expected a number or an array, found `undefined` | undefined",
    ],
    ['{"x": é}', "1:7 malformed JSON in `x`: expected a number or an array, found `é` | é"],
    ['{"x', '1:4 malformed JSON: expected `"` at the end of the string, found the end | '],
    ['{"a\\x": 1}', "1:4 malformed JSON: expected an escape sequence, found `\\x` | \\x"],
    ['{"a\\u12g4": 1}', "1:4 malformed JSON: expected an escape sequence, found `\\u` | \\u"],
    [
      '{"a\tb": 1}',
      '1:4 malformed JSON: expected `"` at the end of the string, found the control character 0x09 | \t',
    ],
    ['{"\\ud800": 1}', '1:2 this name holds half of a surrogate pair, which is no character | "\\ud800"'],
    // numbers
    ['{"x": [1, 01]}', "1:11 `x[1]`: `01` is not a JSON number: it starts with a needless zero | 01"],
    ['{"x": +1}', "1:7 `x`: `+1` is not a JSON number: it starts with a plus sign | +1"],
    ['{"x": .5}', "1:7 `x`: `.5` is not a JSON number: a digit must stand before the decimal point | .5"],
    ['{"x": -.5}', "1:7 `x`: `-.5` is not a JSON number: a digit must stand before the decimal point | -.5"],
    ['{"x": 1.}', "1:7 `x`: `1.` is not a JSON number: a digit must follow the decimal point | 1."],
    ['{"x": 1.e5}', "1:7 `x`: `1.e5` is not a JSON number: a digit must follow the decimal point | 1.e5"],
    ['{"x": 1e+}', "1:7 `x`: `1e+` is not a JSON number: a digit must follow the exponent's `e` | 1e+"],
    ['{"x": 0x1f}', "1:8 malformed JSON: expected `,` or `}`, found `x1f` | x1f"],
    ['{"x": -}', "1:7 malformed JSON in `x`: expected a number or an array, found `-` | -"],
    ['{"x": [1, NaN]}', "1:11 `x[1]`: JSON has no number `NaN` | NaN"],
    ['{"x": -inf}', "1:7 `x`: JSON has no number `-inf` | -inf"],
    ['{"x": Infinity}', "1:7 `x`: JSON has no number `Infinity` | Infinity"],
    ['{"x": [[1e309]]}', "1:9 `x[0][0]`: 1e309 is too large for a 64-bit floating-point number | 1e309"],
    [
      '{"x": -1e999999999999}',
      "1:7 `x`: -1e999999999999 is too large for a 64-bit floating-point number | -1e999999999999",
    ],
    [
      '{"x": [9007199254740993]}',
      "1:8 `x[0]`: the integer 9007199254740993 cannot be held exactly | 9007199254740993",
    ],
    [
      '{"x": -123456789012345678901}',
      "1:7 `x`: the integer -123456789012345678901 cannot be held exactly | -123456789012345678901",
    ],
    // other values
    ['{"x": null}', "1:7 `x` is null, but inputs are numbers and arrays of numbers | null"],
    ['{"x": [1,\n true]}', "2:2 `x[1]` is true, but inputs are numbers and arrays of numbers | true"],
    ['{"x": {"y": 1}}', '1:8 `x.y` is no part of an input\'s value | "y"'],
    ['{"x": {"sigma": 1}}', '1:2 `x` is an object without a member `value` | "x"'],
    [
      '{"x": {"value": 1, "sigma": 1, "covariance": 1}}',
      '1:2 `x` has both `sigma` and `covariance`, where one says it | "x"',
    ],
    [
      '{"x": {"value": {"value": 1}}}',
      "1:17 `x.value` is an object, but inputs are numbers and arrays of numbers | {",
    ],
    ['{"x": ["a"]}', '1:8 `x[0]` is the string "a", but inputs are numbers and arrays of numbers | "a"'],
    // shapes
    ['{"x": [[1, 2],\n [3]]}', "2:2 ragged array: `x[1]` has length 1, but `x[0]` has length 2 | [3]"],
    [
      '{"x": [[[1]], [[2], [3]]]}',
      "1:15 ragged array: `x[1]` has length 2, but `x[0]` has length 1 | [[2], [3]]",
    ],
    [
      '{"x": [[[1], [2, 3]]]}',
      "1:14 ragged array: `x[0][1]` has length 2, but `x[0][0]` has length 1 | [2, 3]",
    ],
    ['{"x": [[1], []]}', "1:13 ragged array: `x[1]` has length 0, but `x[0]` has length 1 | []"],
    ['{"x": [[], [1]]}', "1:12 ragged array: `x[1]` has length 1, but `x[0]` has length 0 | [1]"],
    ['{"x": [[], [[1]]]}', "1:12 ragged array: `x[1]` has length 1 or more, but `x[0]` has length 0 | [["],
    ['{"x": [1, 2, [3]]}', "1:14 ragged array: `x[2]` is an array, but `x[0]` is a number | ["],
    ['{"x": [[1], 2]}', "1:13 ragged array: `x[1]` is a number, but `x[0]` is an array | 2"],
    ['{"x": [[[]], [1]]}', "1:15 ragged array: `x[1][0]` is a number, but `x[0][0]` is an array | 1"],
    // names
    ['{"x": 1,\n"y": 2, "x": 3}', '2:9 the name `x` is given twice | "x"'],
    ['{"é": 1, "e\\u0301": 3}', '1:10 the name `é` is given twice | "e\\u0301"'],
    ['{"a b": [1, null]}', '1:13 `"a b"[1]` is null, but inputs are numbers and arrays of numbers | null'],
  ])("%s", (text, expected) => {
    expect(complaint(text)).toBe(expected);
  });

  test.each([
    [[0x7b, 0x22, 0xff, 0x22], "1:3 not UTF-8 text: unexpected byte 0xff at position 2 | \ufffd"],
    [
      [0x7b, 0x22, 0xc3, 0xa9, 0xc0, 0x80, 0x22],
      "1:4 not UTF-8 text: unexpected byte 0xc0 at position 4 | \ufffd",
    ],
    [[0x7b, 0xed, 0xa0, 0x80], "1:2 not UTF-8 text: unexpected byte 0xed at position 1 | \ufffd"],
    [[0xff, 0xfe, 0x7b, 0x00], "1:1 not UTF-8 text: unexpected byte 0xff at position 0 | \ufffd"],
  ])("bytes %j", (bytes, expected) => {
    expect(complaint(Uint8Array.from(bytes))).toBe(expected);
  });

  test("hostile sizes", () => {
    expect(complaint(`{"deep": ${"[".repeat(100_000)}`)).toBe(
      "1:42 `deep` nests arrays more than 32 deep | [",
    );
    expect(complaint(`{"${"k".repeat(70_000)}": 1}`)).toMatch(
      /^1:2 a name is a string of 70000 bytes; at most 65536/,
    );
    expect(complaint(`{"x": 0.${"1".repeat(70_000)}}`)).toMatch(
      /^1:7 `x` is a number of 70002 characters; at most/,
    );
    const long = complaint(`{"${"k".repeat(100)}": null}`);
    expect(long.length).toBeLessThan(150);
  });

  test("a duplicate name shows both places; UTF-16 is recognised", () => {
    const [duplicate] = faultOf(encode('{"x": 1,\n"x": 2}')).diagnostics;
    expect(duplicate.notes.map((n) => locate(n.span.source, n.span.start).line)).toEqual([1]);
    expect(faultOf(Uint8Array.of(0xff, 0xfe, 0x7b, 0)).diagnostics[0].hint).toContain("UTF-16");
  });

  test("the source of an error in a long line is an excerpt that knows its place", () => {
    const text = `{"σ": [${"1,".repeat(100_000)}null]}`;
    const { span } = faultOf(encode(text)).diagnostics[0];
    expect(span!.source.text.length).toBeLessThan(4000);
    expect(locate(span!.source, span!.start).column).toBe(text.indexOf("null") + 1);
    expect(complaint(text)).toContain("`σ[100000]` is null");
  });
});

describe("properties", () => {
  const sameAsParse = (text: string) => {
    const value = readValue(encode(text), "t", "x").data[0];
    if (!Object.is(value, Number(text))) throw new Error(`${text}: ${value} is not ${Number(text)}`);
  };

  test("numbers are read as Number reads them", () => {
    const digits = (min: number, max: number) =>
      fc.array(fc.integer({ min: 0, max: 9 }), { minLength: min, maxLength: max }).map((d) => d.join(""));
    const decimal = fc
      .tuple(
        fc.boolean(),
        digits(1, 24),
        fc.option(digits(1, 40)),
        fc.option(fc.integer({ min: -340, max: 290 })),
      )
      .map(([minus, int, fraction, power]) => {
        const whole = int.replace(/^0+(?=\d)/, "");
        // Integers beyond 2^53 are another matter.
        const tail = fraction === null && power === null ? ".0" : fraction === null ? "" : `.${fraction}`;
        return `${minus ? "-" : ""}${whole}${tail}${power === null ? "" : `e${power}`}`;
      })
      .filter((text) => Number.isFinite(Number(text)));
    fc.assert(fc.property(decimal, sameAsParse), { numRuns: 20_000 });
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (x) => {
        for (const text of [x.toExponential(), x.toExponential(16), x.toExponential(20)]) sameAsParse(text);
      }),
      { numRuns: 5_000 },
    );
  });

  test("numbers near a tie between two doubles are rounded correctly", () => {
    // The exact decimal expansion of the midpoint of two neighbours, and texts a hair beside it.
    fc.assert(
      fc.property(
        fc.bigInt({ min: 2n ** 52n, max: 2n ** 53n - 2n }),
        fc.integer({ min: 1, max: 60 }),
        (m, shift) => {
          const doubled = 2n * m + 1n;
          const scaled = doubled * 5n ** BigInt(shift);
          const power = -shift;
          for (const text of [
            `${scaled}e${power}`,
            `${scaled}0001e${power - 4}`,
            `${scaled - 1n}9e${power - 1}`,
          ])
            sameAsParse(text);
        },
      ),
      { numRuns: 3_000 },
    );
  });

  test("arrays are read as JSON.parse reads them", () => {
    const number = fc.double({ noNaN: true, noDefaultInfinity: true }).filter((x) => Math.abs(x) < 2 ** 53);
    const tensor = fc
      .array(fc.integer({ min: 1, max: 4 }), { maxLength: 4 })
      .chain((shape) => {
        const size = shape.reduce((a, b) => a * b, 1);
        return fc.tuple(fc.constant(shape), fc.array(number, { minLength: size, maxLength: size }));
      })
      .map(([shape, data]) => nested({ shape, data: Float64Array.from(data) }));
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), tensor),
        fc.constantFrom(undefined, 1, "\t"),
        (object, indent) => {
          const text = JSON.stringify(object, null, indent);
          const parsed = Object.entries(JSON.parse(text) as Record<string, unknown>);
          const ours = [...read(text)].map(([name, t]) => [name, nested(t)]);
          expect(ours).toEqual(parsed.map(([name, value]) => [name.normalize("NFC"), value]));
        },
      ),
    );
  });

  test("whatever the bytes, nothing but a Fault is thrown, and only for what JSON.parse or the rules refuse", () => {
    const attempt = (bytes: Uint8Array) => {
      try {
        readInputs(bytes, "x");
      } catch (error) {
        if (!(error instanceof Fault)) throw error;
        const { span } = error.diagnostics[0];
        if (span === undefined) throw new Error("no place");
        locate(span.source, span.start);
        return;
      }
      JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    };
    fc.assert(fc.property(fc.uint8Array({ maxLength: 40 }), attempt), { numRuns: 2_000 });
    const token = fc.constantFrom(
      ...'{}[],:" \n\\',
      '"x"',
      '"y"',
      "1",
      "-2.5e3",
      "null",
      "NaN",
      '"NaN"',
      "0",
      ".",
      "e",
      "é",
    );
    const almost = fc.array(token, { maxLength: 20 }).map((tokens) => encode(`{"x":${tokens.join("")}`));
    fc.assert(fc.property(almost, attempt), { numRuns: 10_000 });
  });
});
