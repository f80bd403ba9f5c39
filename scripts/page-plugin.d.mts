export function pageModule(root: string): Promise<string>;
