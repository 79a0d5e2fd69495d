import type {JsonObject} from '../../kube/json.ts';
import {printYaml} from '../../yaml/documents.ts';

/** A file below the folder, and what it holds. */
export interface StaticFile {
  readonly path: string;
  readonly text: string;
}

/** The file that the API server is told of, by --admission-control-config-file. */
export const configurationFile = 'admission.yaml';

/**
 * The objects as files that an API server reads by itself, with the AdmissionConfiguration that names them. Each
 * admission plugin has a folder of its own: it refuses to start where it finds an object of another kind
 * (k8s.io/apiserver v0.37, pkg/admission/plugin/policy/manifest/loader). `place` is the folder on the server's machine,
 * whose path has to be absolute (policy/config).
 */
export function staticFiles(objects: readonly JsonObject[], place: string): readonly StaticFile[] {
  const plugins = [
    {name: 'MutatingAdmissionPolicy', folder: 'mutating'},
    {name: 'ValidatingAdmissionPolicy', folder: 'validating'},
  ].flatMap(({name, folder}) => {
    const own = objects.filter(({kind}) => String(kind).startsWith(name));
    return own.length === 0 ? [] : [{name, folder, own}];
  });
  const apiVersion = 'apiserver.config.k8s.io/v1';
  const configuration = {
    apiVersion,
    kind: 'AdmissionConfiguration',
    plugins: plugins.map(({name, folder}) => ({
      name,
      configuration: {
        apiVersion,
        kind: `${name}Configuration`,
        staticManifestsDir: `${place}/${folder}`,
      },
    })),
  };
  return [
    ...plugins.map(({folder, own}) => ({
      path: `${folder}/policies.yaml`,
      text: own.map(object => printYaml(object)).join('---\n'),
    })),
    {path: configurationFile, text: printYaml(configuration)},
  ];
}
