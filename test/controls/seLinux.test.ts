import {seLinux} from '../../src/controls/seLinux.ts';
import type {JsonObject} from '../../src/kube/json.ts';
import {pod, podWith} from '../support/builders/pods.ts';
import {testControl} from '../support/laws/testControl.ts';

const labelled = (seLinuxOptions: JsonObject, ...containers: readonly JsonObject[]) =>
  podWith(
    {securityContext: {seLinuxOptions}},
    ...containers.map(options => ({securityContext: {seLinuxOptions: options}})),
  );
const must = (seLinuxOptions: JsonObject) => ({seLinux: {rule: 'MustRunAs', seLinuxOptions}});
const any = {seLinux: {rule: 'RunAsAny'}};
const onPod = 'spec.securityContext.seLinuxOptions';
const onContainer = 'spec.containers[0].securityContext.seLinuxOptions';
const full = {user: 'u', role: 'r', type: 't', level: 's0:c1,c2'};

testControl(seLinux, {
  admits: [
    {when: 'any context under RunAsAny', spec: any, pod: labelled({type: 'spc_t'})},
    {when: 'the very context', spec: must(full), pod: labelled(full)},
    {
      when: 'categories in another order',
      spec: must({level: 's0:c6,c0'}),
      pod: labelled({level: 's0:c0,c6'}),
    },
    {when: 'an empty context where that is wanted', spec: must({}), pod: labelled({user: ''})},
    {when: 'a container that repeats it', spec: must(full), pod: labelled(full, full)},
  ],
  denies: [
    {
      when: 'another one, on the pod and on each container that takes it over',
      spec: must({level: 's0', role: 'r', type: 't', user: 'u'}),
      pod: labelled({level: 's1', role: 'x', type: 't', user: 'y'}),
      because: [
        `${onPod}.level: Invalid value: "s1": must be s0`,
        `${onPod}.role: Invalid value: "x": must be r`,
        `${onPod}.user: Invalid value: "y": must be u`,
        `${onContainer}.level: Invalid value: "s1": must be s0`,
        `${onContainer}.role: Invalid value: "x": must be r`,
        `${onContainer}.user: Invalid value: "y": must be u`,
      ],
    },
    {
      when: 'a type where none is wanted',
      spec: must({}),
      pod: labelled({}, {type: 'spc_t'}),
      because: [`${onContainer}.type: Invalid value: "spc_t": must be `],
    },
    {
      when: 'a container that leaves out what the pod says: contexts are not mixed',
      spec: must({type: 't', level: 's0'}),
      pod: labelled({type: 't', level: 's0'}, {type: 't'}),
      because: [`${onContainer}.level: Invalid value: "": must be s0`],
    },
    {
      when: 'a range of categories: it is not understood',
      spec: must({level: 's0:c0.c3'}),
      pod: labelled({level: 's0:c0,c1,c2,c3'}),
      because: [
        `${onPod}.level: Invalid value: "s0:c0,c1,c2,c3": must be s0:c0.c3`,
        `${onContainer}.level: Invalid value: "s0:c0,c1,c2,c3": must be s0:c0.c3`,
      ],
    },
    {
      when: 'no categories where the list of them is empty',
      spec: must({level: 's0:'}),
      pod: labelled({level: 's0'}),
      because: [
        `${onPod}.level: Invalid value: "s0": must be s0:`,
        `${onContainer}.level: Invalid value: "s0": must be s0:`,
      ],
    },
  ],
  changes: [
    {
      when: 'an unset context to the wanted one',
      spec: must({type: 't', level: 's0'}),
      pod: pod(),
      writes: {'/spec/securityContext/seLinuxOptions': {type: 't', level: 's0'}},
    },
    {
      when: 'an unset context to an empty one',
      spec: must({}),
      pod: pod(),
      writes: {'/spec/securityContext/seLinuxOptions': {}},
    },
    {
      when: 'the pod alone, even if all containers have their own',
      spec: must({type: 't'}),
      pod: pod({securityContext: {seLinuxOptions: {type: 'x'}}}),
      writes: {'/spec/securityContext/seLinuxOptions': {type: 't'}},
      because: [`${onContainer}.type: Invalid value: "x": must be t`],
    },
  ],
  needs: [
    {when: 'any context where a pod has none', spec: any, pods: [pod(), labelled({type: 't'})]},
    {when: 'any context where they differ', spec: any, pods: [labelled({type: 't'}), labelled({})]},
    {
      when: 'any context where a container differs',
      spec: any,
      pods: [labelled({type: 't'}, {type: 'x'})],
    },
    {
      when: 'the one context',
      spec: must(full),
      pods: [labelled(full), labelled({...full, level: 's0:c2,c1'}, full)],
    },
  ],
  refuses: [
    {
      when: 'an unknown rule',
      spec: {seLinux: {rule: 'MayRunAs'}},
      because: [
        'spec.seLinux.rule: Unsupported value: "MayRunAs": supported values: "MustRunAs", "RunAsAny"',
      ],
    },
  ],
  unusable: [
    {spec: {seLinux: {rule: 'MustRunAs'}}, because: 'MustRunAs requires SELinuxOptions'},
    {spec: {}, because: 'Unrecognized SELinuxContext strategy type '},
  ],
  moreSettings: [{spec: must({level: 's0:c1,c2'})}, {spec: must({...full, level: 's0:c2,c1'})}],
  morePods: [
    labelled({level: 's0:c2,c1'}),
    labelled({type: 't', level: 's0'}),
    labelled({level: 's0:c0.c3'}),
    labelled({level: 's0:'}),
    labelled({level: 's0', role: 'r', type: 't', user: 'u'}),
  ],
});
