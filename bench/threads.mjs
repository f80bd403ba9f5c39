/** One thread for every library that reads these when it is loaded, since the program that they are compared with has one. */
export const singleThread = {
  OMP_NUM_THREADS: "1",
  MKL_NUM_THREADS: "1",
  OPENBLAS_NUM_THREADS: "1",
};
