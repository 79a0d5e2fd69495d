import type {Inventory} from '../inventory/inventory.ts';
import {mayReadFiles} from '../inventory/native/nativePolicies.ts';
import {isByLabels} from '../inventory/regime.ts';
import {minorOf} from '../kube/release.ts';
import {newestStandard} from '../podSecurity/version.ts';
import {isOfPolicies} from './panes.ts';
import type {View} from './session.ts';

/** Whether a view says nothing where the labels of namespaces decide, and not policies. */
export function isVoid(view: View, inventory: Inventory): boolean {
  return isOfPolicies(view) && isByLabels(inventory);
}

/** What a view that says nothing has instead. */
export function voidLines(inventory: Inventory): readonly string[] {
  const {serverVersion = 'of this version'} = inventory;
  return [
    `This view is about policies, and this cluster (${serverVersion}) has none:`,
    'Kubernetes removed PodSecurityPolicy in 1.25. The labels of namespaces decide',
    'about pods here: :ns shows them.',
    '',
    ...policiesHere(inventory),
  ];
}

/** How policies come to a cluster whose version has none of its own. */
export function policiesHere({serverVersion}: Inventory): readonly string[] {
  const minor = minorOf(serverVersion) ?? newestStandard;
  const mode = minor >= firstWithMutating ? '' : ' --mode validate';
  return [
    'Policies that its workloads would need (:advise shows them):',
    '  kubectl psp advise -A --grant > psp.yaml',
    'Its roles and bindings (kubectl says that it knows no PodSecurityPolicy):',
    '  kubectl apply -f psp.yaml',
    ...(minor < firstWithObjects
      ? ['Objects that enforce them: from v1.30 on, with kubectl psp migrate policies.']
      : [
          'The same as objects that this cluster enforces:',
          `  kubectl psp migrate policies --from psp.yaml --server v1.${minor}${mode}`,
          'The same brought into force stage by stage, at first with warnings alone:',
          `  kubectl psp migrate policies --from psp.yaml --apply${mode}`,
        ]),
    ...(mayReadFiles(serverVersion)
      ? [
          'Policies in files of the API server, which no API shows:',
          '  kubectl psp --static-policies PATH',
        ]
      : []),
    'A snapshot of an older cluster: kubectl psp --from FILE',
  ];
}

/** The first versions with ValidatingAdmissionPolicy and with MutatingAdmissionPolicy for everybody. */
const firstWithObjects = 30;
const firstWithMutating = 36;
