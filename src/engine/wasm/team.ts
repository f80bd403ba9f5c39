import {
  columnsAt,
  instructionsAt,
  isSequence,
  partialsAt,
  parts,
  rowsAt,
  shareAt,
} from "../interpreter/strip-layout";
import { finishShare, joinShares, joinsLines, pendingElements } from "../interpreter/strip-reductions";
import { runUnits } from "../interpreter/strips";
import * as host from "./host";
import { matmulRows } from "./matmul";
import type { Memory, Words } from "./memory";

/**
 * Threads that share work. Each is an instance of these kernels over the same memory. They take shares of a job one
 * after the other until none is left; the shares, and so the results, do not depend on how many threads there are.
 */

/** Words of the control block: the first is what threads wait for, and all of them count up `next`. */
const generation: usize = 0;
const open: usize = 4;
const next: usize = 8;
const kind: usize = 12;
const shares: usize = 16;
const job: usize = 20;
/** What each thread but the first is doing. */
const states: usize = 128;

const idle: i32 = 0;
const working: i32 = 1;
/** It has ended with a share half done. */
const lost: i32 = 2;

const strips: i32 = 0;
const product: i32 = 1;

/** The control block; 0 where there is no team. */
let control: usize = 0;
/** Of this instance: room for buffers of strips, and its place in the team. */
let room: usize = 0;
let member: i32 = 0;
/** Only the first of them gives out work, and has to know. */
let threads: i32 = 1;

/** Has to be called in each instance before it works in a team: as which member, and of how many. */
export function joinTeam(address: usize, buffers: usize, place: i32, count: i32): void {
  control = address;
  room = buffers;
  member = place;
  threads = count;
}

function stateOf(which: i32): usize {
  return control + states + 4 * which;
}

/** Work that is less than this, in elements or multiplications, is not worth waking anybody. */
const leastWork: f64 = 50_000;

/** Takes shares of the present job until none is left. */
export function help(): void {
  atomic.store<i32>(stateOf(member), working);
  if (atomic.load<i32>(control + open) === 1) work();
  leave(idle);
}

/** What a thread calls that an exception has taken out of its work. */
export function giveUp(): void {
  leave(lost);
}

function leave(state: i32): void {
  atomic.store<i32>(stateOf(member), state);
  atomic.notify(stateOf(member), -1);
}

function work(): void {
  const count = load<i32>(control + shares);
  const isProduct = load<i32>(control + kind) === product;
  let share = atomic.add<i32>(control + next, 1);
  while (share < count) {
    if (isProduct) multiply(share);
    else runShare(share);
    share = atomic.add<i32>(control + next, 1);
  }
}

/** Runs a job of so many shares with all threads, and returns when it is done. */
function run(what: i32, count: i32): void {
  store<i32>(control + kind, what);
  store<i32>(control + shares, count);
  atomic.store<i32>(control + next, 0);
  atomic.store<i32>(control + open, 1);
  atomic.add<i32>(control + generation, 1);
  atomic.notify(control + generation, -1);
  work();
  // All shares are taken. Who comes late finds nothing, and who is there has a share, or is looking for one.
  atomic.store<i32>(control + open, 0);
  let isWhole = true;
  for (let k = 1; k < threads; k++) isWhole = awaitMember(k) && isWhole;
  // Strips may take over their operands, so nobody can do again what is half done.
  if (!isWhole) host.failTeam();
}

/** Nanoseconds after which to ask whether a thread is still there: one that is ended from outside does not say so. */
const patience: i64 = 1_000_000_000;
const timedOut: i32 = 2;

/** Waits until a thread is not at work; false where it has ended before that. Such a one is not waited for again. */
function awaitMember(which: i32): bool {
  const at = stateOf(which);
  let state = atomic.load<i32>(at);
  while (state === working) {
    if (atomic.wait<i32>(at, working, patience) === timedOut && !host.isAlive(which))
      atomic.cmpxchg<i32>(at, working, lost);
    state = atomic.load<i32>(at);
  }
  if (state === lost) atomic.store<i32>(at, idle);
  return state !== lost;
}

/** Room for a job's own words: what the functions below get, in the order that they store it in. */
function argument(k: usize): usize {
  return control + job + 4 * k;
}

/** Shares a product of matrices by rows; false where it is not worth it. */
export function shareProduct(
  m: Memory,
  rows: i32,
  inner: i32,
  columns: i32,
  c: i32,
  a: i32,
  ar: i32,
  ac: i32,
  b: i32,
  br: i32,
  bc: i32,
): bool {
  if (threads === 1 || rows < 2 * threads || <f64>rows * <f64>inner * <f64>columns < 10 * leastWork)
    return false;
  // Each share packs the right matrix again, so they are few and high.
  const height = ((rows + 2 * threads - 1) / (2 * threads) + 7) & ~7;
  store<usize>(argument(0), changetype<usize>(m));
  store<i32>(argument(1), rows);
  store<i32>(argument(2), inner);
  store<i32>(argument(3), columns);
  store<i32>(argument(4), c);
  store<i32>(argument(5), a);
  store<i32>(argument(6), ar);
  store<i32>(argument(7), ac);
  store<i32>(argument(8), b);
  store<i32>(argument(9), br);
  store<i32>(argument(10), bc);
  store<i32>(argument(11), height);
  run(product, (rows + height - 1) / height);
  return true;
}

function multiply(share: i32): void {
  const rows = load<i32>(argument(1));
  const height = load<i32>(argument(11));
  const start = share * height;
  matmulRows(
    changetype<Memory>(load<usize>(argument(0))),
    start,
    min(start + height, rows),
    load<i32>(argument(2)),
    load<i32>(argument(3)),
    load<i32>(argument(4)),
    load<i32>(argument(5)),
    load<i32>(argument(6)),
    load<i32>(argument(7)),
    load<i32>(argument(8)),
    load<i32>(argument(9)),
    load<i32>(argument(10)),
  );
}

/** Shares strips; false where it is not worth it, or where their results cannot be joined in the same order. */
export function shareStrips(code: Words, pc: i32, m: Memory, units: i32): bool {
  if (threads === 1) return false;
  const size = <f64>code[pc + rowsAt] * <f64>code[pc + columnsAt];
  if (size * <f64>(code[pc + instructionsAt] + 1) < leastWork) return false;
  if (!isSequence(code, pc) && joinsLines(code, pc)) return false;
  const count = parts(units, code[pc + shareAt]);
  if (count === 1) return false;
  store<usize>(argument(0), changetype<usize>(m));
  store<usize>(argument(1), changetype<usize>(code));
  store<i32>(argument(2), pc);
  store<i32>(argument(3), units);
  run(strips, count);
  if (isSequence(code, pc)) joinShares(code, pc, m, count);
  return true;
}

function runShare(share: i32): void {
  const m = changetype<Memory>(load<usize>(argument(0)));
  const code = changetype<Words>(load<usize>(argument(1)));
  const pc = load<i32>(argument(2));
  const units = load<i32>(argument(3));
  // Offsets count from the arena, which lies behind.
  const buffers = <i32>(room - changetype<usize>(m)) >> 3;
  const from = share * code[pc + shareAt];
  const count = runUnits(code, pc, m, from, min(from + code[pc + shareAt], units), buffers);
  const to = code[pc + partialsAt] + share * pendingElements(code, pc);
  if (isSequence(code, pc)) finishShare(code, pc, m, count, buffers, to);
}
