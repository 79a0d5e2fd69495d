import type {ValueField} from '../control.ts';
import {namesField} from './fields.ts';

interface Profiles {
  /** A list with commas; undefined if the annotation is not set. */
  readonly allowed: string | undefined;
  /** '' fills in nothing. */
  readonly fill: string;
}

interface ProfileParts {
  /** What an empty list means. */
  readonly ifEmpty: string;
  readonly wildcards: readonly string[];
  readonly profiles: readonly string[];
  readonly hint: string;
}

/** Profiles that are held in two annotations: a list of allowed ones, and the default. */
export function profileFields(parts: ProfileParts): readonly ValueField<Profiles>[] {
  const {ifEmpty, wildcards, profiles, hint} = parts;
  return [
    namesField<Profiles>({
      label: `Allowed profiles (${ifEmpty} if empty)`,
      choices: [...wildcards, ...profiles],
      hint,
      problem: name => (name.includes(',') ? 'a comma ends a name: add one at a time' : undefined),
      items: ({allowed}) => allowed?.split(',') ?? [],
      set: (value, names) => ({
        ...value,
        allowed: names.length === 0 ? undefined : names.join(','),
      }),
    }),
    namesField<Profiles>({
      label: 'Default profile',
      choices: profiles,
      hint,
      most: 1,
      items: ({fill}) => (fill === '' ? [] : [fill]),
      set: (value, [fill = '']) => ({...value, fill}),
    }),
  ];
}
