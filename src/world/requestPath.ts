/** What a request is about, in RBAC's words. */
export interface Doing {
  readonly verb: string;
  /** Empty if the path is not that of an API's resource. */
  readonly resource: string;
  /** For a message: `list pods in namespace "a"`. */
  readonly text: string;
}

const resourcePath =
  /^\/(?:api\/[^/]+|apis\/[^/]+\/[^/]+)(?:\/namespaces\/([^/]+)(?=\/[^/]))?\/([^/]+)(?:\/([^/]+))?(?:\/([^/]+))?$/;

/** Derives verb and resource from a request, as the API server does (apiserver requestinfo.go). */
export function doingOf(asked: {readonly method: string; readonly path: string}): Doing {
  const path = asked.path.split('?')[0] ?? '';
  const match = resourcePath.exec(path);
  if (!match) {
    const verb = asked.method.toLowerCase();
    return {verb, resource: '', text: `${verb} ${path}`};
  }
  const [, namespace, kind = '', name, subresource] = match.map(decoded);
  const verb = verbOf(asked.method, name !== undefined);
  const resource = subresource ? `${kind}/${subresource}` : kind;
  const which = name === undefined ? '' : ` ${JSON.stringify(name)}`;
  const where = namespace === undefined ? '' : ` in namespace ${JSON.stringify(namespace)}`;
  return {verb, resource, text: `${verb} ${resource}${which}${where}`};
}

function verbOf(method: string, named: boolean): string {
  if (method === 'GET') return named ? 'get' : 'list';
  return {POST: 'create', PUT: 'update', PATCH: 'patch', WATCH: 'watch'}[method] ?? 'delete';
}

function decoded(part: string | undefined): string | undefined {
  if (part === undefined) return undefined;
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
