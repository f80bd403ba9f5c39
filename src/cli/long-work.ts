import { setImmediate } from "node:timers/promises";
import { writeStderr } from "../io/output.js";
import { lookOf, type MessageOptions, showsProgress } from "./messages.js";

/** How long work may go on without a look at what else happens, and between two lines of progress, in milliseconds. */
const slice = 20;
const pace = 100;

/** What is shown of long work, where a terminal shows it. */
export interface WorkProgress {
  readonly done: number;
  readonly total: number;
  readonly note: string;
}

/**
 * Does work bit by bit until it is done or the user interrupts it (SIGINT), and returns whether that happened. `bit` does
 * one piece of it and returns whether there is more.
 */
export async function workUntilInterrupted(
  bit: () => boolean,
  progress: () => WorkProgress,
  options: MessageOptions,
): Promise<boolean> {
  let interrupted = false;
  const interrupt = () => {
    interrupted = true;
  };
  const line = showsProgress(options) ? new ProgressLine(options.color) : undefined;
  process.on("SIGINT", interrupt);
  try {
    let pause = performance.now() + slice;
    while (bit()) {
      if (performance.now() < pause) continue;
      // Signals are delivered between two turns of the event loop only.
      await setImmediate();
      if (interrupted) return true;
      await line?.show(progress);
      pause = performance.now() + slice;
    }
    return false;
  } finally {
    process.off("SIGINT", interrupt);
    await line?.clear();
  }
}

/** Work whose pieces are long: told of each, shows how far it is where a terminal shows that, and lets signals in. */
export class PiecewiseWork {
  readonly #line: ProgressLine | undefined;

  constructor(options: MessageOptions) {
    this.#line = showsProgress(options) ? new ProgressLine(options.color) : undefined;
  }

  async did(progress: () => WorkProgress): Promise<void> {
    await setImmediate();
    await this.#line?.show(progress);
  }

  async end(): Promise<void> {
    await this.#line?.clear();
  }
}

/** A line on standard error that is written again and again. */
class ProgressLine {
  readonly #color: boolean;
  #next = performance.now() + pace;
  #isShown = false;

  constructor(color: boolean) {
    this.#color = color;
  }

  async show(progress: () => WorkProgress): Promise<void> {
    if (performance.now() < this.#next) return;
    const { progressLine } = await import("../report/progress.js");
    const { done, total, note } = progress();
    await writeStderr([`\r${progressLine(done, total, note, lookOf("stderr", this.#color))}\u001b[K`]);
    this.#next = performance.now() + pace;
    this.#isShown = true;
  }

  async clear(): Promise<void> {
    if (this.#isShown) await writeStderr(["\r\u001b[K"]);
  }
}
