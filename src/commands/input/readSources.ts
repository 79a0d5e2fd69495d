import type {SourceDocument} from '../../yaml/documents.ts';
import type {World} from '../world.ts';

/** The flags that name files. */
export interface FileRequest {
  readonly filename?: readonly string[];
  readonly kustomize?: readonly string[];
}

/** What -f and -k name, for messages. */
export function sourceNames({filename = [], kustomize = []}: FileRequest): readonly string[] {
  return [...filename, ...kustomize];
}

/** The documents of -f, and those that the folders of -k are rendered to. */
export async function readSources(
  world: World,
  {filename = [], kustomize = []}: FileRequest,
): Promise<readonly SourceDocument[]> {
  const documents = filename.length === 0 ? [] : await world.readDocuments(filename);
  const rendered: SourceDocument[] = [];
  for (const folder of kustomize) rendered.push(...(await world.renderKustomization(folder)));
  return [...documents, ...rendered];
}
