/**
 * AssemblyScript's names for numbers. Kernels are compiled twice, to JavaScript and to WebAssembly, from the same text;
 * in JavaScript all of these are numbers, and `i32` values must be whole numbers of 32 bits.
 */
declare type f64 = number;
declare type i32 = number;
declare type bool = boolean;
