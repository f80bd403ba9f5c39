import { hostname } from "node:os";
import type { CheckEntry, CheckReport } from "../check-results.js";
import { appendToFile } from "../io/output.js";
import { pathsFromRoot } from "../io/repository.js";
import type { Look } from "./messages.js";

export const checkFormats = ["table", "json", "junit", "github", "gitlab", "tap", "markdown"] as const;
export type CheckFormat = (typeof checkFormats)[number];

/** A format, and the file that it goes to: standard output if it has none. */
export interface CheckOutput {
  readonly format: CheckFormat;
  readonly file?: string;
}

export interface CheckLook extends Look {
  readonly onlyFailures: boolean;
  readonly verbose: boolean;
  readonly isFailure: (entry: CheckEntry) => boolean;
}

/** Each format is loaded only where it is asked for. */
const writers: Readonly<Record<CheckFormat, (report: CheckReport, look: CheckLook) => Promise<string>>> = {
  table: async (report, look) => (await import("../report/check/table.js")).checkTable(report, look),
  json: async (report, look) => (await import("../report/check/json.js")).checkJson(report, look),
  junit: async (report, { isFailure }) => {
    const { checkJUnit } = await import("../report/check/junit.js");
    return checkJUnit(report, {
      isFailure,
      fromRoot: pathsFromRoot(["github", "gitlab"]),
      hostname: hostname(),
      timestamp: new Date(),
    });
  },
  github: async (report, look) => {
    const { checkAnnotations } = await import("../report/check/github.js");
    return checkAnnotations(report, { ...look, fromRoot: pathsFromRoot(["github"]) });
  },
  gitlab: async (report, look) => {
    const { checkCodeQuality } = await import("../report/check/gitlab.js");
    return checkCodeQuality(report, { ...look, fromRoot: pathsFromRoot(["gitlab"]) });
  },
  tap: async (report, look) => (await import("../report/check/tap.js")).checkTap(report, look),
  markdown: async (report) => (await import("../report/check/github.js")).checkSummary(report),
};

export const formatReport = (format: CheckFormat, report: CheckReport, look: CheckLook): Promise<string> =>
  writers[format](report, look);

/** Adds the summary of a step to the file that the runner names. */
export async function summaryFile(path: string, report: CheckReport): Promise<void> {
  const { checkSummary } = await import("../report/check/github.js");
  appendToFile(path, checkSummary(report));
}
