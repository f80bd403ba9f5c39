import { quote, type Wording } from "./wording.js";

const command = (text: string) => {
  const characters = [...text];
  return quote(characters.length > 60 ? `${characters.slice(0, 59).join("")}…` : text);
};

const few = (names: readonly string[]) => {
  const shown = names.slice(0, 6).map(quote).join(", ");
  return names.length > 6 ? `${shown}, …` : shown;
};

/** What is wrong with somebody else's outputs and gradients, and with the programs that compute them. */
export const peers = {
  "claim-member": (p: { path: string }) => ({
    message: `${quote(p.path)} is no member that is known`,
    hint: 'write what `autograd eval --json` prints: `{"outputs": {"w": …}, "gradients": {"w": {"x": …}}}`',
  }),
  "claim-unknown": (p: { path: string; what: "output" | "input"; known: readonly string[] }) => ({
    message: `${quote(p.path)} belongs to no ${p.what} of this check`,
    hint: p.known.length === 0 ? `there is no ${p.what}` : `the ${p.what}s are ${few(p.known)}`,
  }),
  "claim-missing": (p: { output: string; input: string }) => ({
    message: `the gradient of ${quote(p.output)} by ${quote(p.input)} is missing`,
    hint: "`--of` and `--wrt` choose what is checked; a file that `--update` has written is renewed by it",
  }),
  "claim-shape": (p: { path: string; actual: string; expected: string }) => ({
    message: `${quote(p.path)} has the shape ${p.actual}, but what it is compared with has the shape ${p.expected}`,
    hint: "a gradient has the shape of the input for a scalar output, and that of the output before it for others",
  }),
  "claim-sparse": (p: { path: string; reason: string }) => ({
    message: `${quote(p.path)} ${p.reason}`,
    hint: 'a sparse derivative is `{"shape": [m, n], "rows": […], "cols": […], "values": […]}`, its indices from 0 on',
  }),
  "expected-inputs": (p: { file: string; names: readonly string[] }) => ({
    message: `${quote(p.file)} was made with other values of ${few(p.names)}, so it tells nothing of these`,
    hint: "`--input` and `--set` give inputs their values",
  }),
  "baseline-inputs": (p: { file: string; names: readonly string[] }) => ({
    warning: true as const,
    message: `${quote(p.file)} was made with other values of ${few(p.names)}, so nothing is compared with it`,
    hint: "`--update` makes it anew, `--no-baseline` does without it",
  }),
  "baseline-nowhere": (p: { script: string }) => ({
    message: `the script ${quote(p.script)} is no file, so there is no place beside it for its gradients`,
    hint: "leave out `--update`, or save the script",
  }),
  "expected-many": (p: { count: number }) => ({
    message: `\`--expected\` tells of one script, and ${p.count} are to be checked`,
    hint: "check them one by one; `--update` keeps a file beside each",
  }),
  "peer-start": (p: { command: string; reason: string }) => ({
    message: `the command ${command(p.command)} cannot be started: ${p.reason}`,
  }),
  "peer-ended": (p: { command: string; how: string; answers: number }) => ({
    message: `the command ${command(p.command)} ${p.how}${p.answers === 0 ? " without an answer" : ` after ${p.answers} answer${p.answers === 1 ? "" : "s"}`}`,
    hint: "it is started once, and reads a line and answers by a line for every point, until its input ends",
  }),
  "peer-silent": (p: { command: string; seconds: number }) => ({
    message: `the command ${command(p.command)} has not answered in ${p.seconds} s`,
    hint: "it may have to flush its output after each line; `--timeout` gives it more time",
  }),
  "peer-talks": (p: { command: string; text: string }) => ({
    message: `the command ${command(p.command)} writes what it was not asked for: ${quote(p.text)}`,
    hint: "it answers each line that it reads by one line; other messages belong on its standard error",
  }),
  "peer-long": (p: { command: string; limit: string; flag: string }) => ({
    message: `an answer of the command ${command(p.command)} is longer than ${p.limit}`,
    hint: `raise the limit with \`${p.flag}\``,
  }),
  "peer-errors": (p: { command: string; lines: readonly string[] }) => ({
    warning: true as const,
    message: `the command ${command(p.command)} has written to its standard error, at last:`,
    lines: p.lines,
  }),
} satisfies Record<string, (p: never) => Wording>;
