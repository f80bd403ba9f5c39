/** Files that belong together: a library, and what has its LAPACK where that is a library of its own. */
export type Candidate = readonly [blas: string, lapack?: string];

const accelerate = "/System/Library/Frameworks/Accelerate.framework/Accelerate";

const onUnix: readonly Candidate[] = [
  ["libopenblas.so.0"],
  ["libopenblas.so"],
  ["libmkl_rt.so.2"],
  ["libmkl_rt.so"],
  ["libblis.so.4", "liblapack.so.3"],
  ["libopenblas64.so.0"],
  ["libopenblas64_.so.0"],
  ["libblas.so.3", "liblapack.so.3"],
];

/** By platform, what `auto` looks for, the best first. The loader knows where libraries lie. */
const byPlatform: Readonly<Record<string, readonly Candidate[]>> = {
  darwin: [
    [accelerate],
    ["libopenblas.dylib"],
    // Homebrew keeps it out of the loader's way.
    ["/opt/homebrew/opt/openblas/lib/libopenblas.dylib"],
    ["/usr/local/opt/openblas/lib/libopenblas.dylib"],
  ],
  win32: [["libopenblas.dll"], ["openblas.dll"], ["mkl_rt.2.dll"], ["mkl_rt.dll"]],
};

export const candidatesOf = (platform: string): readonly Candidate[] => byPlatform[platform] ?? onUnix;
