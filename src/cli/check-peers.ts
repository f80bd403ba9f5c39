import { existsSync } from "node:fs";
import { resolve } from "node:path";
import type { Command } from "commander";
import type { Check } from "../check/check.js";
import type { Claimant } from "../check/claims.js";
import type { Outcome, Place } from "../check/entries.js";
import { type CheckEntry, type Claims, failsByDefault } from "../check-results.js";
import { type Diagnostic, diagnose, Fault, fault } from "../diagnostics.js";
import { claimsOf, otherInputs } from "../io/claims.js";
import { readBytes } from "../io/files.js";
import { readResults } from "../io/json-gradients.js";
import { baselineParts, questionParts } from "../io/json-writer.js";
import { writeFileAtomically } from "../io/output.js";
import { Peer } from "../io/peer.js";
import { type Limits, limitFlags } from "../limits.js";
import { positiveNumber } from "./options.js";

/** With what derivatives are compared besides differences. */
export interface PeerOptions {
  readonly of?: readonly string[];
  readonly wrt?: readonly string[];
  readonly expected?: string;
  readonly against?: string;
  readonly timeout: number;
  readonly tolerance: number;
  readonly update: boolean;
  readonly baseline: boolean;
}

export function addPeerOptions(command: Command): Command {
  return command
    .option("--expected <file>", "compare with outputs and gradients in the form of `eval --json`")
    .option(
      "--against <command>",
      "compare with a program that answers each line of inputs by a line of gradients",
    )
    .option("--timeout <seconds>", "how long it may take for one answer", seconds, 10)
    .option(
      "--tolerance <x>",
      "how far these gradients may be from ours, by the larger of both",
      positiveNumber,
      1e-6,
    )
    .option("--update", "write the present gradients to a file beside the script (model.grads.json)")
    .option("--no-baseline", "do not compare with the file that --update has written");
}

/** How an entry of a command's numbers is called. */
const ofCommand = "of the command";

/** How often a command is asked again to make failing samples simpler. */
const mostQuestions = 60;

/** What a timer can wait for. */
const mostSeconds = 2_000_000;

const seconds = (text: string): number => Math.min(positiveNumber(text), mostSeconds);

/** `model.grads.json` beside `model.ag`. */
export const baselineOf = (script: string): string =>
  `${script.endsWith(".ag") ? script.slice(0, -".ag".length) : script}.grads.json`;

const fileName = (path: string): string => path.replace(/^.*[\\/]/, "");

/** In the order of the script, wherever the values come from. */
const inOrder = (values: Place["values"], names: readonly string[]): Place["values"] =>
  new Map(names.map((name) => [name, values.get(name)!]));

const isFile = (file: string | undefined): file is string => file !== undefined && file !== "-";

/** Somebody else's gradients: those in files, and those of a command, which runs as long as there are scripts to check. */
export class Peers {
  readonly #options: PeerOptions;
  readonly #scripts: number;
  readonly #limits: Limits;
  #peer: Peer | undefined;

  constructor(options: PeerOptions, scripts: number, limits: Limits) {
    this.#options = options;
    this.#scripts = scripts;
    this.#limits = limits;
  }

  /** Throws a `Fault` where the options do not go with a script. */
  accept(file: string | undefined): void {
    const { expected, update } = this.#options;
    if (expected !== undefined && this.#scripts > 1) throw fault("expected-many", { count: this.#scripts });
    if (update && !isFile(file)) throw fault("baseline-nowhere", { script: file ?? "-e" });
  }

  /**
   * Looks at every point of a script, and compares there. What goes wrong with others ends the comparing, not the check.
   * `looked` is told after each point how many are done.
   */
  async check(
    check: Check,
    file: string | undefined,
    inputs: readonly string[],
    looked: (done: number) => Promise<void>,
  ): Promise<readonly Diagnostic[]> {
    let found: Diagnostic[] | undefined;
    let done = 0;
    for (const place of check.places()) {
      check.look(place);
      done += 1;
      await looked(done);
      if (found?.some(({ severity }) => severity === "error")) continue;
      try {
        if (place.at === "given") found = await this.#compareFiles(check, place, file, inputs);
        await this.#ask(check, place, file, inputs);
      } catch (error) {
        if (!(error instanceof Fault)) throw error;
        found = [...(found ?? []), ...error.diagnostics];
      }
    }
    const hasFailed = found?.some(({ severity }) => severity === "error");
    if (!hasFailed) await this.#simplify(check, file, inputs);
    return found ?? [];
  }

  /**
   * Asks again at simpler points where answers have been wrong, a bounded number of times, and for no longer than one
   * answer may take. What goes wrong then is not told: the failure has been found already.
   */
  async #simplify(check: Check, file: string | undefined, inputs: readonly string[]): Promise<void> {
    const end = performance.now() + this.#options.timeout * 1000;
    let questions = 0;
    try {
      for (const failure of check.failures()) {
        const attempts = failure.attempts();
        let next = attempts.next();
        while (!next.done && questions < mostQuestions && performance.now() < end) {
          questions += 1;
          const place = next.value;
          const claims = await this.#claimsAt(check, place, file, inputs);
          const isSeen =
            claims !== undefined && failure.isSeenAt(place, claims, this.#claimant("against", ofCommand));
          next = attempts.next(isSeen);
        }
      }
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
    }
  }

  /** What else the command has said, where it disagrees, unless `told` has it. */
  remarks(entries: readonly CheckEntry[], told: readonly Diagnostic[]): readonly Diagnostic[] {
    if (told.some(({ code }) => code === "peer-errors")) return [];
    const disagrees = entries.some((entry) => entry.kind === "against" && failsByDefault(entry));
    return disagrees ? (this.#peer?.errors() ?? []) : [];
  }

  /** The words of a command line that check the same derivatives again, and compare with the same. */
  words(claimed: Outcome["claimed"]): string[] {
    const { of, wrt, expected, against, tolerance } = this.#options;
    const chosen = [
      ...(of === undefined ? [] : ["--of", of.join(",")]),
      ...(wrt === undefined ? [] : ["--wrt", wrt.join(",")]),
    ];
    if (claimed === undefined) return chosen;
    const own = claimed === "against" ? ["--against", against!] : ["--expected", expected!];
    // A baseline is looked for anyway.
    const source = own[1] === undefined ? [] : own;
    return [...chosen, ...source, ...(tolerance === 1e-6 ? [] : ["--tolerance", String(tolerance)])];
  }

  async end(): Promise<void> {
    await this.#peer?.end();
  }

  async #compareFiles(
    check: Check,
    place: Place,
    file: string | undefined,
    inputs: readonly string[],
  ): Promise<Diagnostic[]> {
    const { expected, update } = this.#options;
    const both = this.#filesFor(file);
    if (expected !== undefined) {
      const others = await this.#compareFile(check, place, expected, both);
      if (others.length > 0) throw fault("expected-inputs", { file: expected, names: others });
    }
    if (!isFile(file)) return [];
    const beside = baselineOf(file);
    if (update) {
      writeFileAtomically(beside, baselineParts(inOrder(place.values, inputs), check.evaluationAt(place)));
      return [];
    }
    if (!both.includes(beside)) return [];
    const names = await this.#compareFile(check, place, beside, both);
    return names.length === 0 ? [] : [diagnose("baseline-inputs", { file: beside, names })];
  }

  /** The files that a script is compared with: the one that was named, and what --update has written. */
  #filesFor(file: string | undefined): readonly string[] {
    const { expected, baseline } = this.#options;
    const named = expected === undefined ? [] : [expected];
    if (!baseline || !isFile(file) || !existsSync(baselineOf(file))) return named;
    const isSame = expected !== undefined && resolve(expected) === resolve(baselineOf(file));
    return isSame ? named : [...named, baselineOf(file)];
  }

  /** Compares with a file, unless it was made at another point: returns the inputs that have other values there. */
  async #compareFile(
    check: Check,
    place: Place,
    path: string,
    names: readonly string[],
  ): Promise<readonly string[]> {
    const { name, bytes } = await readBytes(path, { bytes: this.#limits.input, flag: limitFlags.input });
    const stated = readResults(bytes, name);
    const others = otherInputs(stated, place.values) ?? [];
    if (others.length > 0) return others;
    const claims = claimsOf(stated, check.evaluationAt(place), this.#isPartial());
    const shown = names.filter((one) => fileName(one) === fileName(name)).length > 1 ? name : fileName(name);
    check.compare(place, claims, this.#claimant("expected", `in ${shown}`));
    return [];
  }

  async #ask(check: Check, place: Place, file: string | undefined, inputs: readonly string[]): Promise<void> {
    const claims = await this.#claimsAt(check, place, file, inputs);
    if (claims !== undefined) check.compare(place, claims, this.#claimant("against", ofCommand));
  }

  /** What the command answers; undefined where there is no command, or the script has no value. */
  async #claimsAt(
    check: Check,
    place: Place,
    file: string | undefined,
    inputs: readonly string[],
  ): Promise<Claims | undefined> {
    const { against, timeout } = this.#options;
    if (against === undefined) return undefined;
    let evaluation: ReturnType<Check["evaluationAt"]>;
    try {
      evaluation = check.evaluationAt(place);
    } catch (error) {
      // A sample at which the script has no value: that has been told already.
      if (error instanceof Fault) return undefined;
      throw error;
    }
    const limit = { bytes: this.#limits.input, flag: limitFlags.input };
    this.#peer ??= new Peer(against, { seconds: timeout, limit });
    const answer = await this.#peer.ask(questionParts(file ?? "-e", inOrder(place.values, inputs)));
    try {
      const at = place.at === "given" ? "the given inputs" : `sample ${place.at}`;
      return claimsOf(readResults(answer, `<answer at ${at}>`), evaluation, this.#isPartial());
    } catch (error) {
      throw error instanceof Fault ? this.#peer.explained(error) : error;
    }
  }

  #claimant(kind: Claimant["kind"], source: string): Claimant {
    return { kind, source, tolerance: this.#options.tolerance };
  }

  /** Whether a part of all derivatives was chosen, so that others may tell of more. */
  #isPartial(): boolean {
    const { of, wrt } = this.#options;
    return of !== undefined || wrt !== undefined;
  }
}
