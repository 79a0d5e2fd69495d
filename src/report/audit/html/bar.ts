import {html, type Markup} from './markup.ts';

/** A bar of so many pods in parts. It repeats numbers that stand beside it, so it has no words. */
export function barOf(
  parts: readonly {readonly name: string; readonly pods: number}[],
  style: 'bar-large' | 'bar-small',
): Markup {
  const total = parts.reduce((sum, {pods}) => sum + pods, 0);
  let left = 0;
  const rects = parts.flatMap(({name, pods}) => {
    if (pods === 0) return [];
    const width = (pods / total) * 1000;
    const rect = html`<rect class="${name}" x="${round(left)}" width="${round(width)}" height="10"/>`;
    left += width;
    return [rect];
  });
  return html`<svg class="${style}" viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true">${rects}</svg>`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
