import {buttonOf, elements, wordsOf} from './dom.ts';

/** How long a button says what it did, in milliseconds. */
const saidFor = 2000;

/** Gives each command a button that copies it; what is copied is what is seen. */
export function startCopying(): void {
  for (const command of elements('.command')) {
    const code = command.querySelector('code');
    if (code === null) continue;
    const button = buttonOf('Copy', async () => {
      button.textContent = (await copied(code)) ? 'Copied' : 'Press Ctrl+C';
      setTimeout(() => {
        button.textContent = 'Copy';
      }, saidFor);
    });
    command.append(button);
  }
}

/** Copies what an element says; where the browser forbids it, selects it. */
async function copied(element: Element): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(wordsOf(element));
    return true;
  } catch {
    getSelection()?.selectAllChildren(element);
    return false;
  }
}
