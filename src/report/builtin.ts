import type {BuiltinObject} from '../grant/builtinObjects.ts';
import {rbacGroup} from '../kube/apiGroups.ts';
import {printYaml} from '../yaml/documents.ts';
import {printablePolicy} from './advice.ts';
import {jsonText} from './machine.ts';

/** A YAML stream for `kubectl apply -f -`, with comments. */
export function builtinYaml(objects: readonly BuiltinObject[]): string {
  return objects
    .map(object => {
      const header = object.header.map(line => `# ${line}\n`).join('');
      return header + printYaml(objectOf(object), {comments: object.comments});
    })
    .join('---\n');
}

/** The same objects as one `v1 List` in JSON, which `kubectl apply -f -` takes as well. */
export function builtinJson(objects: readonly BuiltinObject[]): string {
  return jsonText({apiVersion: 'v1', kind: 'List', items: objects.map(objectOf)});
}

/** A line an object, as `kubectl get -o name` writes it. */
export function builtinNames(objects: readonly BuiltinObject[]): string {
  return objects
    .map(object =>
      'policy' in object
        ? `podsecuritypolicy.policy/${object.policy.metadata.name}\n`
        : `${object.grant.kind.toLowerCase()}.${rbacGroup}/${object.grant.metadata.name}\n`,
    )
    .join('');
}

function objectOf(object: BuiltinObject): object {
  return 'policy' in object ? printablePolicy(object.policy) : object.grant;
}
