export function isInstalled(root: string): boolean;
export function isBuilt(root: string): boolean;
export function fingerprint(root: string): string;
export function setup(options?: { root?: string; types?: boolean }): Promise<void>;
