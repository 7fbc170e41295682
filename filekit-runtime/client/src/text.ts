/**
 * Every fixed word that the client shows or announces, in one place to be translated; it does not decide when.
 */

/** `1 file`, `3 files`. */
function files(count: number): string {
  return count === 1 ? "1 file" : `${count} files`;
}

export const TEXT = {
  selected: (count: number) => `${files(count)} selected`,
  noneSelected: "No files selected",
  alreadySelected: "Already selected",
  uploading: (count: number) => (count === 0 ? "Sending" : `Uploading ${files(count)}`),
  percent: (percent: number) => `${percent} %`,
  processing: "Processing",
  done: "Upload finished",
  cancelled: "Upload cancelled",
  onlyOneFile: "Only one file can be chosen here.",
  network: "The server could not be reached. Please check your connection and try again.",
  badReply: (status: number) => `The server gave an answer that could not be understood (${status}). Please try again.`,
  tooLarge: "That is more than the server accepts at once.",
  outOfDate: "This page is out of date. Please reload it.",
  reference: (reference: string) => `Reference: ${reference}`,
  close: "Close",
  notifications: "Notifications",
  secondsLeft: (seconds: number) => `${seconds} s left`,
  minutesLeft: (minutes: number) => `${minutes} min left`,
  hoursLeft: (hours: number) => `${hours} h left`,
} as const;
