import type { Profile } from "../results.js";
import { markdownTable } from "./markdown.js";
import { profileSheets } from "./profile.js";

/** Where a run has spent its time and its memory, as tables of GitHub Markdown. */
export const profileMarkdown = (profile: Profile): string =>
  profileSheets(profile)
    .map((columns) => {
      const firstSource = columns.findIndex(({ kind }) => kind === "source");
      return markdownTable(
        columns.map(({ heading }) => heading),
        firstSource < 0 ? columns.length : firstSource,
        columns[0]!.cells.map((_, row) => columns.map(({ cells }) => cells[row]!)),
      );
    })
    .join("\n");
