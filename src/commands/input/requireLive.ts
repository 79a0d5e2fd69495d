import {exitCodes, UserError} from '../../errors.ts';
import type {SourceRequest} from './load.ts';
import {sourceNames} from './readSources.ts';

/** Refuses -w for what does not change. */
export function requireLive(flags: SourceRequest): void {
  const fixed =
    (flags.demo && '--demo') ||
    ((flags.from ?? []).length > 0 && '--from') ||
    (sourceNames(flags).length > 0 && '-f');
  if (fixed) {
    throw new UserError(`-w follows a live cluster: leave out ${fixed}`, exitCodes.usage);
  }
}
