/**
 * Tells when an element comes near the screen, so that elements off screen cost nothing.
 */

const waiting = new WeakMap<Element, () => void>();
let observer: IntersectionObserver | undefined;

/** Calls back once, as soon as the element is less than a screen away. */
export function onceNear(element: Element, then: () => void): void {
  observer ??= new IntersectionObserver(notice, { rootMargin: "100%" });
  waiting.set(element, then);
  observer.observe(element);
}

function notice(entries: readonly IntersectionObserverEntry[], all: IntersectionObserver): void {
  for (const { isIntersecting, target } of entries) {
    if (!isIntersecting) continue;
    all.unobserve(target);
    waiting.get(target)?.();
  }
}
