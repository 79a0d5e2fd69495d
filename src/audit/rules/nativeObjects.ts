import {nativeHomeOf} from '../../inventory/native/nativeHome.ts';
import {nativeName} from '../../inventory/native/nativePolicies.ts';
import {isObject} from '../../kube/json.ts';
import {admissionWriters} from '../../rbac/admissionWriters.ts';
import {count} from '../../text.ts';
import {defineRule} from '../rule.ts';
import {firstOf, objectText, rbacReference} from '../words.ts';

const object = {kind: 'ValidatingAdmissionPolicy', namespace: undefined, name: nativeName};

/** Policies that live in admission policies which refuse nothing, or not everywhere. */
export const notEverywhere = defineRule({
  id: 'not-in-force-everywhere',
  severity: 'high',
  milder: 'medium if they are in force in some namespaces.',
  title: 'Admission policies that refuse nothing, or only in some namespaces',
  why: 'Policies that live in admission policies are in force where these are bound with Deny. Elsewhere any pod is let in that the level of its namespace allows.',
  remedy: 'Go on to the next stage, up to enforce.',
  needs: [],
  breadth: 'cluster',
  find({inventory: {admissionPolicies}}) {
    const home = admissionPolicies && nativeHomeOf(admissionPolicies);
    if (home === undefined || (home.isInForce && home.isUniform)) return [];
    const bindings = (admissionPolicies ?? []).flatMap(({kind, metadata, spec}) => {
      if (kind !== 'ValidatingAdmissionPolicyBinding') return [];
      const name = isObject(metadata) ? String(metadata.name) : '';
      const {validationActions} = isObject(spec) ? spec : {};
      const actions = Array.isArray(validationActions) ? validationActions : [];
      return [`binding ${name}: ${actions.join(', ') || 'no action'}`];
    });
    return [
      {
        object,
        message: home.isInForce
          ? 'the policies are in force in some namespaces only'
          : 'the policies are not in force: nothing is refused',
        evidence: bindings.length === 0 ? ['no binding'] : bindings,
        remedy: 'kubectl psp migrate policies --apply --stage enforce',
        ...(home.isInForce ? {severity: 'medium' as const} : {}),
      },
    ];
  },
});

/** Who may switch policies off that live in admission policies. */
export const mayChangeAdmission = defineRule({
  id: 'may-change-admission',
  severity: 'medium',
  title: 'Who may change the admission policies that policies live in',
  why: 'Who may update or delete an admission policy or its binding can let any pod in, and then run it. So this right is worth as much as the node.',
  remedy:
    'Bind the right to admins alone, or give the objects to the API server as files (migrate policies --static).',
  needs: ['rbac'],
  breadth: 'cluster',
  find({inventory: {admissionPolicies = [], rbac}}) {
    const names = admissionPolicies.flatMap(({metadata}) =>
      isObject(metadata) ? [String(metadata.name)] : [],
    );
    if (names.length === 0) return [];
    const writers = admissionWriters(rbac, names).filter(
      ({subject: {kind, name}}) => kind !== 'Group' || name !== 'system:masters',
    );
    const byBinding = Map.groupBy(writers, ({binding}) => binding.name);
    return [...byBinding.values()].flatMap(same => {
      const [first] = same;
      if (first === undefined) return [];
      const {binding, role} = first;
      return [
        {
          object: rbacReference(binding),
          message: `${count(same.length, 'subject')} may change the admission policies that policies live in`,
          evidence: firstOf([
            `through ${objectText(rbacReference(role))}`,
            ...same.map(({subject: {kind, namespace, name}}) =>
              objectText({kind, namespace, name}),
            ),
          ]),
          remedy: `kubectl describe clusterrolebinding ${binding.name}`,
        },
      ];
    });
  },
});
