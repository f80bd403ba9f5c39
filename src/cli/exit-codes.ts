/** What the process tells its caller; see docs/language.md and the README. */
export const exitCode = {
  success: 0,
  /** A check or an assert failed. */
  failed: 1,
  /** The command line, the script or an input cannot be used. */
  unusable: 2,
  /** The answer is inconclusive or not finite. */
  inconclusive: 3,
  /** Stopped by the user, as a shell tells of SIGINT. */
  interrupted: 130,
} as const;
