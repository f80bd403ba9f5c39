export function isElementwise(file: string): boolean;
export function elementwiseReader(root: string): (file: string) => Promise<string>;
