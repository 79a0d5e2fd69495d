import {allowedHostPaths} from '../../src/controls/allowedHostPaths.ts';
import {pod, podWith} from '../support/builders/pods.ts';
import {testControl} from '../support/laws/testControl.ts';

const asking = (path: string) => podWith({volumes: [{name: 'v', hostPath: {path}}]});
const reading = (path: string) =>
  podWith(
    {volumes: [{name: 'v', hostPath: {path}}]},
    {volumeMounts: [{name: 'v', mountPath: '/m', readOnly: true}]},
  );
const writing = (path: string) =>
  podWith(
    {volumes: [{name: 'v', hostPath: {path}}]},
    {volumeMounts: [{name: 'v', mountPath: '/m'}]},
  );
const allow = (...paths: readonly string[]) => ({
  allowedHostPaths: paths.map(path => ({pathPrefix: path})),
});
const readOnly = (path: string) => ({pathPrefix: path, readOnly: true});
const forbidden = (path: string) =>
  `spec.volumes[0].hostPath.pathPrefix: Invalid value: "${path}": is not allowed to be used`;
const mustRead = (mount: string) => `${mount}.readOnly: Invalid value: false: must be read-only`;

const under = (prefix: string, ...paths: readonly string[]) =>
  paths.map(path => ({
    when: `${path} under ${prefix}`,
    spec: allow(prefix),
    pod: writing(path),
  }));
const beside = (prefix: string, ...paths: readonly string[]) =>
  paths.map(path => ({
    when: `${path} beside ${prefix}`,
    spec: allow(prefix),
    pod: writing(path),
    because: [forbidden(path)],
  }));

testControl(allowedHostPaths, {
  admits: [
    {when: 'a pod without host paths', spec: allow('/foo'), pod: pod()},
    {when: 'every path without a list', pod: writing('/etc')},
    ...under('/foo', '/foo', '/foo/', '/foo/bar', '/foo//bar', '/foo//'),
    ...under('/foo/', '/foo'),
    ...under('/', '/', '/anything'),
    ...under('//', '//x'),
    {
      when: 'writing where one match allows it, whatever the order',
      spec: {allowedHostPaths: [readOnly('/foo'), {pathPrefix: '/foo/bar'}]},
      pod: writing('/foo/bar/x'),
    },
    {
      when: 'a volume that nobody mounts, though it may only be read',
      spec: {allowedHostPaths: [readOnly('/foo')]},
      pod: asking('/foo'),
    },
  ],
  denies: [
    ...beside('/foo', '/food', '//foo', '/etc/foo', 'foo/bar'),
    ...beside('/', 'rel'),
    ...beside('//', '/foo', '/'),
    {
      when: 'each mount that could write where all matches are read-only',
      spec: {allowedHostPaths: [readOnly('/foo')]},
      pod: podWith(
        {
          volumes: [{name: 'v', hostPath: {path: '/foo/bar'}}],
          initContainers: [{name: 'i', volumeMounts: [{name: 'v', mountPath: '/a'}]}],
        },
        {
          volumeMounts: [
            {name: 'v', mountPath: '/a', readOnly: true},
            {name: 'v', mountPath: '/b', readOnly: false},
            {name: 'other', mountPath: '/c'},
          ],
        },
      ),
      because: [
        mustRead('spec.initContainers[0].volumeMounts[0]'),
        mustRead('spec.containers[0].volumeMounts[1]'),
      ],
    },
  ],
  needs: [
    {when: 'no list where no pod has host paths', pods: [pod()]},
    {when: 'the very path', spec: allow('/a'), pods: [writing('/a')]},
    {when: 'it read-only', spec: {allowedHostPaths: [readOnly('/a')]}, pods: [reading('/a')]},
    {
      when: 'the outermost paths',
      spec: {allowedHostPaths: [{pathPrefix: '/a'}, readOnly('/b')]},
      pods: [reading('/a/b'), writing('/a'), reading('/b'), reading('/b/c')],
    },
    {
      when: 'a path to write below one to read',
      spec: {allowedHostPaths: [readOnly('/a'), {pathPrefix: '/a/b'}]},
      pods: [writing('/a/b'), reading('/a')],
    },
  ],
  refuses: [
    {
      when: 'an empty prefix, and looks no further',
      spec: {allowedHostPaths: [{pathPrefix: '/a/../b'}, {pathPrefix: ''}, {pathPrefix: '..'}]},
      because: [
        'spec.allowedHostPaths[0]: Invalid value: "/a/../b": must not contain \'..\'',
        'spec.allowedHostPaths[1]: Required value: is required',
      ],
    },
  ],
  moreSettings: [
    {spec: allow('/a', '/a/b')},
    {spec: allow('/foo', '/foo/bar')},
    {spec: {allowedHostPaths: [readOnly('/')]}},
    {spec: {allowedHostPaths: [readOnly('/'), readOnly('rel')]}},
    {spec: allow('rel')},
  ],
  morePods: ['/foo', '/foo/bar', '/food', '/a', '/a/b', '/b', 'rel', '//x', '/foo//'].flatMap(
    path => [reading(path), writing(path)],
  ),
});
