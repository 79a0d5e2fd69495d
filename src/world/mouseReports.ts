import type {Mouse, MouseEvent} from '../tui/mouse.ts';

/** Has the terminal tell of buttons and the wheel (xterm's mode 1000), in numbers (1006). */
export const listenToMouse = '\u001B[?1000h\u001B[?1006h';
/** Leaves the mouse to the terminal again. */
export const leaveMouse = '\u001B[?1006l\u001B[?1000l';

/**
 * What a mouse did, as a part of a regular expression (flags s and u): button, column and line, and whether it was
 * pressed (M) or let go (m); or in three characters, as terminals do that know no 1006.
 */
export const mouseReport = String.raw`\u001B\[<[\d;]*[Mm]|\u001B\[M.{3}`;

const report = new RegExp(`^(?:${mouseReport})$`, 'su');

/** Whether this is what a mouse did, and so no key. */
export function isMouseReport(token: string): boolean {
  return report.test(token);
}

/** The bits of a report's button that say which keys were held, and that the mouse was moved. */
const modifiers = 4 + 8 + 16;
const wheelUp = 64;

/** A notch of the wheel, or the first button pressed alone; undefined for all else. */
export function mouseEventOf(token: string): MouseEvent | undefined {
  const parts = /^\u001B\[<(\d+);(\d+);(\d+)M$/u.exec(token);
  if (parts === null) return undefined;
  const [button = 0, column = 0, line = 0] = parts.slice(1).map(Number);
  const turned = button & ~modifiers;
  if (turned === wheelUp || turned === wheelUp + 1) {
    return {kind: 'wheel', direction: turned === wheelUp ? -1 : 1};
  }
  return button === 0 ? {kind: 'click', column: column - 1, line: line - 1} : undefined;
}

/** A mouse, and what tells of it. */
export function createMouse(): Mouse & {tell(event: MouseEvent): void} {
  const listeners = new Set<(event: MouseEvent) => void>();
  return {
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    tell(event) {
      for (const listener of listeners) listener(event);
    },
  };
}
