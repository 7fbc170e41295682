/**
 * One message to developers that stays as long as it is true. The messages themselves are the page's (`page/toast.ts`).
 */
import type { Page } from "../page/page.ts";

export interface Notice {
  readonly say: (text: string) => void;
  /** Says something after a while, unless something was said or cleared meanwhile. Asked again, it goes on waiting for the first time. */
  readonly sayLater: (text: string, ms: number) => void;
  readonly clear: () => void;
}

export function createNotice(page: Page): Notice {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let remove: (() => void) | undefined;
  const clear = (): void => {
    clearTimeout(timer);
    remove?.();
    timer = remove = undefined;
  };
  const say = (text: string): void => {
    clear();
    remove = page.toast("info", text, true);
  };
  const sayLater = (text: string, ms: number): void => {
    if (!remove) timer ??= setTimeout(() => say(text), ms);
  };
  return { say, sayLater, clear };
}
