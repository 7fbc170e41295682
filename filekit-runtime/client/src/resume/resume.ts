/**
 * The third bundle's entry: the modules that only large, broken and remembered uploads need.
 */
export { borrow } from "./lent.ts";
export { goOn, pause } from "./pause.ts";
export { send } from "./send.ts";
export { adopt, discard, recall } from "./unfinished.ts";
