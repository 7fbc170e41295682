/**
 * Every fixed word that the client shows or announces, in one place to be translated; it does not decide when. To be
 * imported whole, as `TEXT`.
 */

/** `1 file`, `3 files`. */
function files(count: number): string {
  return count === 1 ? "1 file" : `${count} files`;
}

export const selected = (count: number): string => `${files(count)} selected`;
export const noneSelected = "No files selected";
export const alreadySelected = "Already selected";
export const uploading = (count: number): string => (count === 0 ? "Sending" : `Uploading ${files(count)}`);
export const percent = (value: number): string => `${value} %`;
export const processing = "Processing";
export const done = "Upload finished";
export const cancelled = "Upload cancelled";
export const onlyOneFile = "Only one file can be chosen here.";
export const network = "The server could not be reached. Please check your connection and try again.";
export const badReply = (status: number): string => `The server's answer could not be read (${status}). Please try again.`;
export const tooLarge = "That is more than the server accepts at once.";
export const outOfDate = "This page is out of date. Please reload it.";
export const reference = (value: string): string => `Reference: ${value}`;
export const close = "Close";
export const notifications = "Notifications";
export const secondsLeft = (seconds: number): string => `${seconds} s left`;
export const minutesLeft = (minutes: number): string => `${minutes} min left`;
export const hoursLeft = (hours: number): string => `${hours} h left`;
