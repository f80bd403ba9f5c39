import { spawn } from "node:child_process";
import { resolve } from "node:path";
import { fault } from "../diagnostics.js";
import { systemReason } from "./system-errors.js";

/** What each platform shows a file with. No shell reads the name. */
const openers: Partial<Record<NodeJS.Platform, readonly [program: string, ...args: string[]]>> = {
  darwin: ["open"],
  win32: ["rundll32", "url.dll,FileProtocolHandler"],
};

/** Shows a file with the program of the platform, which goes on by itself. Throws a `Fault` if there is none. */
export async function openFile(path: string): Promise<void> {
  const [program, ...args] = openers[process.platform] ?? ["xdg-open"];
  // An absolute path is never taken for an option.
  const child = spawn(program, [...args, resolve(path)], { detached: true, stdio: "ignore" });
  await new Promise<void>((done, fail) => {
    child.once("spawn", done);
    child.once("error", (error) =>
      fail(fault("open-failed", { path, program, reason: systemReason(error).reason })),
    );
  });
  child.unref();
}
