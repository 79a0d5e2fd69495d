/** The elements below `root` that match a selector, in the page's order. */
export function elements(selector: string, root: ParentNode = document): readonly HTMLElement[] {
  return Array.from(root.querySelectorAll<HTMLElement>(selector));
}

/** The element with an id, if the page has it and it is of that class. */
export function elementOf<T extends HTMLElement>(id: string, type: new () => T): T | undefined {
  const element = document.getElementById(id);
  return element instanceof type ? element : undefined;
}

/** The element with an id, of any class, if the page has it. */
export function elementById(id: string): HTMLElement | undefined {
  return document.getElementById(id) ?? undefined;
}

/** What an element says; nothing if there is none. */
export function wordsOf(element: Element | null | undefined): string {
  return element?.textContent ?? '';
}

/** A button that does something when it is pressed. */
export function buttonOf(words: string, onPress: () => void): HTMLButtonElement {
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = words;
  button.addEventListener('click', onPress);
  return button;
}

/** Writes text into an element, if the page has it. */
export function say(id: string, words: string): void {
  const element = document.getElementById(id);
  if (element !== null) element.textContent = words;
}

/** Hides or shows an element, if the page has it. */
export function hide(id: string, isHidden: boolean): void {
  const element = document.getElementById(id);
  if (element !== null) element.hidden = isHidden;
}
