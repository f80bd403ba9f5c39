// Inputs of the examples from the files of ADBench (as JSON):
//   node bench/adbench.mjs gmm FILE | autograd eval examples/gmm.ag -i -
import { command } from "./converter.mjs";

/** For examples/gmm.ag: the data without their sizes, which follow from the shapes. */
export const gmm = ({ alpha, mu, q, l, x, gamma, m }) => ({ alpha, mu, q, l, x, gamma, m });

/** For examples/bundle-adjustment.ag: n cameras, m points and p observations, each of them a copy of the one in the file. */
export const ba = ({ n, m, p, camera, point, w, feature }) => ({
  cameras: Array(n).fill(camera),
  points: Array(m).fill(point),
  weights: Array(p).fill(w),
  features: Array(p).fill(feature),
});

/** For examples/lstm.ag: the data without their sizes. */
export const lstm = ({ main, extra, state, seq }) => ({ main, extra, state, seq });

/**
 * For examples/hand-tracking.ag: the corners of the triangle that each point belongs to. Where points belong to vertices
 * instead, the three corners are that vertex.
 */
export function hand(model, { corr, points, us, theta }) {
  const corners = corr.map((k) => (us === null ? [k, k, k] : model.triangles[k]));
  const ofCorners = (rows) =>
    [0, 1, 2].map((i) => corners.map((corner) => rows.map((row) => row[corner[i]])));
  return {
    theta,
    points,
    us: us ?? corr.map(() => [1, 0]),
    positions: ofCorners(model.base_positions_4xM),
    weights: ofCorners(model.weights_22xM),
    base_relatives: model.base_relatives,
    inverse_base_absolutes: model.inverse_base_absolutes,
  };
}

command(import.meta.url, { gmm, ba, lstm, hand });
