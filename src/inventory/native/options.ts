import {isObject, type Json, parseJson} from '../../kube/json.ts';

/** How much of PodSecurityPolicy the objects do: choose, write defaults and refuse; only refuse; only tell. */
export const nativeModes = ['full', 'validate', 'audit'] as const;
export type NativeMode = (typeof nativeModes)[number];

export interface NativeOptions {
  readonly mode: NativeMode;
  /** The minor version of the server that is to have them. */
  readonly server: number;
  /** For files that the server reads by itself, and nobody can change over its API. */
  readonly static: boolean;
  /** Whether ephemeral containers and resizes are judged, which PodSecurityPolicy never was asked about. */
  readonly closeGaps: boolean;
  /** Whether roles grant the use of policies in the API group `extensions`. */
  readonly extensions: boolean;
}

/** The options as an annotation keeps them; undefined if they can't be read. */
export function readOptions(text: Json | undefined): NativeOptions | undefined {
  if (typeof text !== 'string') return undefined;
  let value: Json;
  try {
    value = parseJson(text);
  } catch {
    return undefined;
  }
  if (!isObject(value)) return undefined;
  const {mode, server, static: isStatic, closeGaps, extensions} = value;
  return (mode === 'full' || mode === 'validate' || mode === 'audit') && typeof server === 'number'
    ? {
        mode,
        server,
        static: isStatic === true,
        closeGaps: closeGaps === true,
        extensions: extensions === true,
      }
    : undefined;
}
