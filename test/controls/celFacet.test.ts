import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import type {Cel} from '../../src/cel/cel.ts';
import type {CelCheck} from '../../src/controls/celFacet.ts';
import {controls} from '../../src/controls/index.ts';
import {covers} from '../../src/controls/shared/ranges.ts';
import type {Policy} from '../../src/kube/objects.ts';
import {lastRelease} from '../../src/kube/release.ts';
import {builtinPolicy} from '../../src/policy/builtin.ts';
import {anyPolicy} from '../support/builders/anyPolicy.ts';
import {celTokens, expectBalanced} from '../support/builders/celTokens.ts';
import {policy} from '../support/builders/policies.ts';

/** All expressions of a policy: what it asks, what is at fault, what it writes. */
function expressionsOf(one: Policy): readonly Cel[] {
  return controls.flatMap(control => {
    const {pod, volume, container, writes = {}} = control.cel.rules(one, lastRelease);
    const ofCheck = (check: CelCheck | undefined) =>
      check === undefined ? [] : [check.unchanged, check.filled ?? check.unchanged, check.fault];
    return [...[pod, volume, container].flatMap(ofCheck), ...Object.values(writes)];
  });
}

/** A policy that has the text wherever a policy can have one. */
function policyWith(text: string): Policy {
  const list = [text];
  return policy(
    {
      allowedCapabilities: list,
      defaultAddCapabilities: list,
      requiredDropCapabilities: list,
      volumes: list,
      allowedHostPaths: [{pathPrefix: text}, {pathPrefix: text, readOnly: true}],
      allowedFlexVolumes: [{driver: text}],
      allowedCSIDrivers: [{name: text}],
      allowedUnsafeSysctls: list,
      forbiddenSysctls: list,
      allowedProcMountTypes: list,
      runtimeClass: {allowedRuntimeClassNames: list, defaultRuntimeClassName: text},
      seLinux: {
        rule: 'MustRunAs',
        seLinuxOptions: {user: text, role: text, type: text, level: `${text}:${text},${text}`},
      },
      runAsUser: {rule: text},
      fsGroup: {rule: text},
    },
    {
      annotations: {
        'seccomp.security.alpha.kubernetes.io/allowedProfileNames': text,
        'seccomp.security.alpha.kubernetes.io/defaultProfileName': text,
        'apparmor.security.beta.kubernetes.io/allowedProfileNames': text,
        'apparmor.security.beta.kubernetes.io/defaultProfileName': text,
      },
    },
  );
}

const words = (all: readonly Cel[]) =>
  all.flatMap(one => celTokens(String(one))).filter(token => !/^['\d]/.test(token));

describe('a policy in CEL', () => {
  test('no text of a policy gets out of its literals', () => {
    const known = new Set(words(expressionsOf(policyWith('x*'))));
    for (const word of words(expressionsOf(policyWith('x')))) known.add(word);
    const bad = fc.string({
      unit: fc.constantFrom("'", '\\', '\n', ')', ' || true', ',', '*', '/', 'q', '\u2028'),
    });
    fc.assert(
      fc.property(bad, text => {
        const all = expressionsOf(policyWith(text));
        for (const one of all) expectBalanced(celTokens(String(one)));
        expect(words(all).filter(word => !known.has(word))).toEqual([]);
      }),
    );
  });

  test('every expression is whole, whatever the policy', () => {
    fc.assert(
      fc.property(anyPolicy, one => {
        for (const each of expressionsOf(one)) expectBalanced(celTokens(String(each)));
      }),
    );
  });

  test('what is written has a patch, and no two patches have one name', () => {
    const names = controls.flatMap(control => Object.keys(control.cel.patches));
    expect(names).toEqual([...new Set(names)]);
    fc.assert(
      fc.property(anyPolicy, one => {
        for (const {cel} of controls) {
          const written = Object.keys(cel.rules(one, lastRelease).writes ?? {});
          expect(written.filter(name => cel.patches[name] === undefined)).toEqual([]);
        }
      }),
    );
  });

  test('a control asks something exactly where it enforces something', () => {
    fc.assert(
      fc.property(anyPolicy, one => {
        const asking = controls.filter(
          ({cel}) => Object.keys(cel.rules(one, lastRelease)).length > 0,
        );
        const enforcing = controls.filter(control => {
          const hooks = control.enforce(one, lastRelease);
          // The seccomp of every policy writes the annotation for a field: not kept, see the guide.
          if (control.id === 'seccomp') return hooks !== undefined && isStrict(one);
          // Where all ports are open, what is no port is left to the server's own validation.
          if (control.id === 'hostPorts') return hooks !== undefined && !opensAllPorts(one);
          return hooks !== undefined;
        });
        expect(asking.map(({id}) => id)).toEqual(enforcing.map(({id}) => id));
      }),
    );
  });
});

function opensAllPorts({spec: {hostPorts = []}}: Policy): boolean {
  return covers(hostPorts, [{min: 1, max: 65535}]);
}

function isStrict({metadata: {annotations = {}}}: Policy): boolean {
  const prefix = 'seccomp.security.alpha.kubernetes.io/';
  const [allowed, fill] = ['allowedProfileNames', 'defaultProfileName'].map(
    key => annotations[prefix + key],
  );
  return !allowed?.split(',').includes('*') || Boolean(fill);
}

test('restricted, control by control', () => {
  const restricted = builtinPolicy('restricted', {appArmor: true, release: lastRelease});
  const lines = controls.flatMap(control => {
    const {pod, volume, container, writes = {}} = control.cel.rules(restricted, lastRelease);
    return [
      ...Object.entries({pod, volume, container}).flatMap(([at, check]) =>
        check === undefined
          ? []
          : [
              `${control.id} ${at}: ${check.unchanged}`,
              ...(check.filled === undefined ? [] : [`  filled: ${check.filled}`]),
              `  fault: ${check.fault}`,
            ],
      ),
      ...Object.entries(writes).map(([name, value]) => `  writes ${name}: ${value}`),
    ];
  });
  expect(lines.join('\n')).toMatchInlineSnapshot(`
    "privileged container: !c.?securityContext.?privileged.orValue(false)
      fault: 'sets privileged: true; allowed: false'
    hostNetwork pod: !object.spec.?hostNetwork.orValue(false)
      fault: 'sets hostNetwork: true; allowed: false'
    hostPID pod: !object.spec.?hostPID.orValue(false)
      fault: 'sets hostPID: true; allowed: false'
    hostIPC pod: !object.spec.?hostIPC.orValue(false)
      fault: 'sets hostIPC: true; allowed: false'
    hostPorts container: c.?ports.orValue([]).all(p, p.?hostPort.orValue(0) <= 0)
      fault: ('claims host port ' + c.?ports.orValue([]).filter(p, !(p.?hostPort.orValue(0) <= 0)).map(p, string(p.hostPort)).join(', ')) + '; allowed: none'
    volumes volume: has(v.emptyDir)
    || has(v.secret)
    || has(v.persistentVolumeClaim)
    || has(v.downwardAPI)
    || has(v.configMap)
    || has(v.projected)
    || has(v.csi)
    || has(v.ephemeral)
      fault: ('is of type ' + variables.volumeTypes.filter(t, t[0] == v.name).map(t, t[1]).join(', ')) + '; allowed: configMap, csi, downwardAPI, emptyDir, ephemeral, persistentVolumeClaim, projected, secret'
    runAsUser container: c.?securityContext.?runAsNonRoot.or(object.spec.?securityContext.?runAsNonRoot).orValue(c.?securityContext.?runAsUser.or(object.spec.?securityContext.?runAsUser).hasValue()) && c.?securityContext.?runAsUser.or(object.spec.?securityContext.?runAsUser).orValue(1) != 0
      filled: c.?securityContext.?runAsNonRoot.or(object.spec.?securityContext.?runAsNonRoot).orValue(true) && c.?securityContext.?runAsUser.or(object.spec.?securityContext.?runAsUser).orValue(1) != 0
      fault: !c.?securityContext.?runAsNonRoot.or(object.spec.?securityContext.?runAsNonRoot).orValue(true)
    ? 'sets runAsNonRoot: false; allowed: true'
    : c.?securityContext.?runAsUser.or(object.spec.?securityContext.?runAsUser).orValue(1) == 0
    ? 'runs as user 0; allowed: all but 0'
    : 'does not set runAsNonRoot; allowed: true, or a user other than 0'
      writes runAsNonRoot: true
    seLinux pod: object.spec.?securityContext.?seLinuxOptions.optMap(s, s.?level.orValue('') == ''
    && s.?role.orValue('') == ''
    && s.?type.orValue('') == ''
    && s.?user.orValue('') == '').orValue(false)
      filled: object.spec.?securityContext.?seLinuxOptions.optMap(s, s.?level.orValue('') == ''
    && s.?role.orValue('') == ''
    && s.?type.orValue('') == ''
    && s.?user.orValue('') == '').orValue(true)
      fault: object.spec.?securityContext.?seLinuxOptions.optMap(s, 'has SELinux context ' + [s.?user.orValue(''), s.?role.orValue(''), s.?type.orValue(''), s.?level.orValue('')].join(':')).orValue('has no SELinux context') + '; allowed: none set'
    seLinux container: c.?securityContext.?seLinuxOptions.optMap(s, s.?level.orValue('') == ''
    && s.?role.orValue('') == ''
    && s.?type.orValue('') == ''
    && s.?user.orValue('') == '').orValue(true)
      fault: c.?securityContext.?seLinuxOptions.optMap(s, 'has SELinux context ' + [s.?user.orValue(''), s.?role.orValue(''), s.?type.orValue(''), s.?level.orValue('')].join(':')).orValue('has no SELinux context') + '; allowed: none set'
      writes seLinuxOptions: {}
    capabilities container: c.?securityContext.?capabilities.?add.orValue([]).all(x, x in ['NET_BIND_SERVICE'])
    && ['ALL'].all(x, x in c.?securityContext.?capabilities.?drop.orValue([]))
      filled: c.?securityContext.?capabilities.?add.orValue([]).all(x, x in ['NET_BIND_SERVICE'])
      fault: c.?securityContext.?capabilities.?add.orValue([]).all(x, x in ['NET_BIND_SERVICE']) ? 'does not add or drop what the policy does; added: none, dropped: ALL' : ('capabilities added beyond what is allowed: ' + c.?securityContext.?capabilities.?add.orValue([]).filter(x, !(x in ['NET_BIND_SERVICE'])).join(', ') + '; allowed: NET_BIND_SERVICE')
      writes capabilities: {'drop': ['ALL']}
    allowPrivilegeEscalation container: !c.?securityContext.?allowPrivilegeEscalation.orValue(true)
      filled: !c.?securityContext.?allowPrivilegeEscalation.orValue(false)
      fault: c.?securityContext.?allowPrivilegeEscalation.hasValue() ? 'sets allowPrivilegeEscalation: true; allowed: false' : 'does not set allowPrivilegeEscalation; allowed: false'
      writes allowPrivilegeEscalation: false
    allowedProcMountTypes container: c.?securityContext.?procMount.orValue('Default') in ['Default']
      fault: ('has procMount ' + c.?securityContext.?procMount.orValue('Default')) + '; allowed: Default'
    seccomp pod: variables.podSeccomp in ['docker/default', 'runtime/default']
    && !(variables.podSeccomp == '' && !object.spec.?securityContext.?seccompProfile.hasValue())
      filled: ((variables.podSeccomp == '' && !object.spec.?securityContext.?seccompProfile.hasValue()) ? 'runtime/default' : variables.podSeccomp) in ['docker/default', 'runtime/default']
      fault: [variables.podSeccomp].map(p, p == '' ? 'has no seccomp profile' : 'has seccomp profile ' + p)[0] + '; allowed: runtime/default'
    seccomp container: c.?securityContext.?seccompProfile.optMap(s, s.type == 'RuntimeDefault' ? 'runtime/default' : s.type == 'Unconfined' ? 'unconfined' : s.type == 'Localhost' ? s.?localhostProfile.optMap(l, 'localhost/' + l).orValue('') : '').or(variables.seccompAnnotations[?'container.seccomp.security.alpha.kubernetes.io/' + c.name]).orValue(variables.sharedSeccomp) in ['docker/default', 'runtime/default']
      filled: c.?securityContext.?seccompProfile.optMap(s, s.type == 'RuntimeDefault' ? 'runtime/default' : s.type == 'Unconfined' ? 'unconfined' : s.type == 'Localhost' ? s.?localhostProfile.optMap(l, 'localhost/' + l).orValue('') : '').or(variables.seccompAnnotations[?'container.seccomp.security.alpha.kubernetes.io/' + c.name]).orValue((variables.sharedSeccomp == '' && !object.spec.?securityContext.?seccompProfile.hasValue()) ? 'runtime/default' : variables.sharedSeccomp) in ['docker/default', 'runtime/default']
      fault: [c.?securityContext.?seccompProfile.optMap(s, s.type == 'RuntimeDefault' ? 'runtime/default' : s.type == 'Unconfined' ? 'unconfined' : s.type == 'Localhost' ? s.?localhostProfile.optMap(l, 'localhost/' + l).orValue('') : '').or(variables.seccompAnnotations[?'container.seccomp.security.alpha.kubernetes.io/' + c.name]).orValue(variables.sharedSeccomp)].map(p, p == '' ? 'has no seccomp profile' : 'has seccomp profile ' + p)[0] + '; allowed: runtime/default'
      writes seccompProfile: 'runtime/default'
    appArmor container: (variables.annotations[?'container.apparmor.security.beta.kubernetes.io/' + c.name].orValue('') != '' ? variables.annotations[?'container.apparmor.security.beta.kubernetes.io/' + c.name].orValue('') : c.?securityContext.?appArmorProfile.optMap(s, s.type == 'RuntimeDefault' ? 'runtime/default' : s.type == 'Unconfined' ? 'unconfined' : s.type == 'Localhost' ? s.?localhostProfile.optMap(l, 'localhost/' + l).orValue('') : '').orValue(variables.podAppArmor)) in ['runtime/default']
      filled: (variables.annotations[?'container.apparmor.security.beta.kubernetes.io/' + c.name].orValue('') != '' ? variables.annotations[?'container.apparmor.security.beta.kubernetes.io/' + c.name].orValue('') : c.?securityContext.?appArmorProfile.optMap(s, s.type == 'RuntimeDefault' ? 'runtime/default' : s.type == 'Unconfined' ? 'unconfined' : s.type == 'Localhost' ? s.?localhostProfile.optMap(l, 'localhost/' + l).orValue('') : '').orValue(variables.podAppArmor != '' ? variables.podAppArmor : 'runtime/default')) in ['runtime/default']
      fault: [variables.annotations[?'container.apparmor.security.beta.kubernetes.io/' + c.name].orValue('') != '' ? variables.annotations[?'container.apparmor.security.beta.kubernetes.io/' + c.name].orValue('') : c.?securityContext.?appArmorProfile.optMap(s, s.type == 'RuntimeDefault' ? 'runtime/default' : s.type == 'Unconfined' ? 'unconfined' : s.type == 'Localhost' ? s.?localhostProfile.optMap(l, 'localhost/' + l).orValue('') : '').orValue(variables.podAppArmor)].map(p, p == '' ? 'has no AppArmor profile' : 'has AppArmor profile ' + p)[0] + '; allowed: runtime/default'
      writes appArmorProfile: 'runtime/default'
    sysctls pod: object.spec.?securityContext.?sysctls.orValue([]).all(s, s.name in ['kernel.shm_rmid_forced', 'net.ipv4.ip_local_port_range', 'net.ipv4.ip_unprivileged_port_start', 'net.ipv4.ping_group_range', 'net.ipv4.tcp_syncookies'])
      fault: ('sets sysctl ' + object.spec.?securityContext.?sysctls.orValue([]).filter(s, !(s.name in ['kernel.shm_rmid_forced', 'net.ipv4.ip_local_port_range', 'net.ipv4.ip_unprivileged_port_start', 'net.ipv4.ping_group_range', 'net.ipv4.tcp_syncookies'])).map(s, s.name).join(', ')) + '; allowed: the safe ones'"
  `);
});
