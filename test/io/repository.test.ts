import { mkdirSync, symlinkSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { pathsFromRoot } from "../../src/io/repository.js";
import { temporaryFolder } from "../support/cli.js";

function repository() {
  const folder = temporaryFolder(new Map([["model.ag", ""]]));
  const inside = path.join(folder, "deep", "er");
  mkdirSync(inside, { recursive: true });
  symlinkSync(path.join(folder, "model.ag"), path.join(inside, "linked.ag"));
  return { folder, inside, file: path.join(folder, "model.ag") };
}

type Row = readonly [environment: Record<string, string>, from: string, to: string];

describe("paths from the root of a repository", () => {
  it.each<[string, (own: ReturnType<typeof repository>) => Row]>([
    [
      "what is inside",
      ({ folder, file }) => [
        { GITHUB_WORKSPACE: path.dirname(folder) },
        file,
        `${path.basename(folder)}/model.ag`,
      ],
    ],
    ["what is in the root itself", ({ folder, file }) => [{ GITHUB_WORKSPACE: folder }, file, "model.ag"]],
    [
      "a link to it",
      ({ folder, inside }) => [{ GITHUB_WORKSPACE: folder }, path.join(inside, "linked.ag"), "model.ag"],
    ],
    [
      "a path with points",
      ({ folder, inside }) => [{ GITHUB_WORKSPACE: folder }, `${inside}/../../model.ag`, "model.ag"],
    ],
    ["what is outside", ({ inside, file }) => [{ GITHUB_WORKSPACE: inside }, file, file]],
    ["what is no file", ({ folder }) => [{ GITHUB_WORKSPACE: folder }, "-e", "-e"]],
    ["a root that is not there", ({ folder, file }) => [{ GITHUB_WORKSPACE: `${folder}/none` }, file, file]],
    [
      "an empty variable",
      ({ folder, file }) => [{ GITHUB_WORKSPACE: "", CI_PROJECT_DIR: folder }, file, "model.ag"],
    ],
    ["no variable", ({ file }) => [{}, file, file]],
  ])("tell %s", (_title, rowOf) => {
    const [environment, from, to] = rowOf(repository());
    expect(pathsFromRoot(["github", "gitlab"], environment)(from)).toBe(to);
  });

  it("are those of one runner only", () => {
    const { folder, file } = repository();
    expect(pathsFromRoot(["gitlab"], { GITHUB_WORKSPACE: folder })(file)).toBe(file);
  });
});
