import { realpathSync } from "node:fs";
import { isAbsolute, relative, sep } from "node:path";

/** The variables in which those who run checks tell where the repository lies. */
const roots = { github: "GITHUB_WORKSPACE", gitlab: "CI_PROJECT_DIR" } as const;

/**
 * The paths of files from the root of the repository, as GitHub and GitLab want them; as they are where the root is not
 * known, or they lie outside.
 */
export function pathsFromRoot(
  runners: readonly (keyof typeof roots)[],
  environment: Readonly<Record<string, string | undefined>> = process.env,
): (file: string) => string {
  const [root] = runners.map((runner) => environment[roots[runner]]).filter((path) => path);
  const base = root === undefined ? undefined : real(root);
  return (file) => {
    const path = base === undefined ? undefined : real(file);
    if (path === undefined) return file;
    const found = relative(base!, path);
    const isInside = found !== "" && found !== ".." && !found.startsWith(`..${sep}`) && !isAbsolute(found);
    return isInside ? found.split(sep).join("/") : file;
  };
}

/** Without links; undefined for what is no file, such as a script on the command line. */
function real(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}
