import {exitCodes, UserError} from '../../errors.ts';
import type {SourceDocument} from '../../yaml/documents.ts';
import type {World} from '../world.ts';

/** The flags that name files. */
export interface FileRequest {
  readonly filename?: readonly string[];
  readonly kustomize?: readonly string[];
  /** Whether a key that comes twice is an error. */
  readonly strict?: boolean;
}

/** What -f and -k name, for messages. */
export function sourceNames({filename = [], kustomize = []}: FileRequest): readonly string[] {
  return [...filename, ...kustomize];
}

/** The documents of -f, and those that the folders of -k are rendered to. */
export async function readSources(
  world: World,
  {filename = [], kustomize = [], strict = false}: FileRequest,
): Promise<readonly SourceDocument[]> {
  const documents = filename.length === 0 ? [] : await world.readDocuments(filename);
  const rendered: SourceDocument[] = [];
  for (const folder of kustomize) rendered.push(...(await world.renderKustomization(folder)));
  const all = [...documents, ...rendered];
  const [first, ...others] = strict ? repeatedKeyTexts(all) : [];
  if (first === undefined) return all;
  const more = others.length > 0 ? `, and ${others.length} more` : '';
  throw new UserError(`${first}${more}: --strict refuses that`, exitCodes.unreadable);
}

/** A text for each key that comes again in its mapping: where, and which, without a full stop. */
export function repeatedKeyTexts(documents: readonly SourceDocument[]): readonly string[] {
  return documents.flatMap(({file, index, repeated = []}) =>
    repeated.map(
      ({path, line}) => `${file}: document ${index}, line ${line}: the key ${path} comes twice`,
    ),
  );
}
