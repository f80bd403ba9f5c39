/** The kernels as `scripts/build-wasm.mjs` compiles them, in base 64. */
declare module "*/kernels.wasm" {
  const base64: () => string;
  export default base64;
}
