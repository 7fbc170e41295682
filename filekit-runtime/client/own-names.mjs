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
  "ids",
  "jobs",
  "kept",
  "listening",
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
