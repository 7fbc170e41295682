/**
 * Names of properties that never leave the client: bundling makes them short. Not here: names that travel as JSON, that
 * browsers have, or that those use who call `start` themselves.
 */
export const OWN_NAMES = [
  "added",
  "announce",
  "asking",
  "base",
  "dragging",
  "due",
  "early",
  "ids",
  "isCancelled",
  "isUploading",
  "jobs",
  "kept",
  "listening",
  "network",
  "nodes",
  "outer",
  "parts",
  "picked",
  "place",
  "quarters",
  "rejected",
  "retire",
  "sent",
  "shown",
  "taken",
  "turns",
  "unreadable",
  "uploads",
];
