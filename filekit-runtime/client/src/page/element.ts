/**
 * Makes the few elements that are the client's own; the page's come from the server.
 */

/** Makes an element with attributes and children; text among these stays text. */
export function newElement(tag: string, attributes: Readonly<Record<string, string>>, ...children: (Node | string)[]): HTMLElement {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}
