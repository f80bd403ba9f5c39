/** The script and the style sheet of the page in `src/page`, as `scripts/page-plugin.mjs` puts them together. */
declare module "*/page.bundle" {
  export const script: string;
  /** SHA-256, in base 64: the only script that the page's policy lets run. */
  export const scriptHash: string;
  export const style: string;
}
