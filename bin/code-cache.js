"use strict";
// Keeps V8's compiled form of the bundle for the next run. Loaded only by the run that writes it.
const fs = require("node:fs");
const path = require("node:path");

/** Enough for every command under two versions of Node; older files go. */
const most = 24;

/**
 * Keeps what this run and those before it have compiled. Whatever prevents this, a read-only folder or a full disk,
 * only costs the next run its quick start.
 */
function store(script, files, uses, headerSize) {
  const text = uses.map((use) => `${use}\n`).join("");
  // So many uses are known by now that hardly a function can be missing.
  if (text.length > headerSize) return;
  const header = Buffer.alloc(headerSize);
  header.latin1Write(text);
  const data = script.createCachedData();
  files.some((file) => {
    try {
      // Twice the same bytes: see `parse` in the launcher.
      write(file, [header, data, data]);
      return true;
    } catch {
      return false;
    }
  });
}

function write(file, parts) {
  const folder = path.dirname(file);
  fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
  const { uid, mode } = fs.statSync(folder);
  if (process.getuid && (uid !== process.getuid() || mode & 0o022)) throw new Error("others can write here");
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    const descriptor = fs.openSync(temporary, "wx", 0o600);
    try {
      fs.writevSync(descriptor, parts);
      // A rename can reach the disk before the bytes do; after a power cut the file would be full of zeros.
      fs.fsyncSync(descriptor);
      const size = parts.reduce((sum, { length }) => sum + length, 0);
      if (fs.fstatSync(descriptor).size !== size) throw new Error("short write");
    } finally {
      fs.closeSync(descriptor);
    }
    fs.renameSync(temporary, file);
  } catch (error) {
    fs.rmSync(temporary, { force: true });
    throw error;
  }
  prune(folder);
}

function prune(folder) {
  const byAge = fs
    .readdirSync(folder)
    .map((name) => path.join(folder, name))
    .map((file) => ({ file, time: fs.statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0 }))
    .sort((a, b) => b.time - a.time);
  for (const { file } of byAge.slice(most)) fs.rmSync(file, { force: true });
}

module.exports = { store };
