/** The generated texts, by file name. */
export function generate(): Promise<Record<string, string>>;
