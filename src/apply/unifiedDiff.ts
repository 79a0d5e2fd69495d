import {createTwoFilesPatch, FILE_HEADERS_ONLY} from 'diff';

/** How many unchanged lines are shown around a change. */
const context = 3;

/** What the two sides of a diff are. */
export interface DiffNames {
  readonly before: string;
  readonly after: string;
}

/**
 * The unified diff of two texts with 3 lines of context, its lines ended by line breaks; empty if the
 * texts are the same. The names stand after `---` and `+++`.
 */
export function unifiedDiff(before: string, after: string, names: DiffNames): string {
  if (before === after) return '';
  return createTwoFilesPatch(names.before, names.after, before, after, undefined, undefined, {
    context,
    headerOptions: FILE_HEADERS_ONLY,
  });
}
