import {UserError} from '../errors.ts';
import {isObject, type Json, type JsonObject} from '../kube/json.ts';
import {type PodSecurityLevel, standardLevels} from './judge.ts';
import {builtInDefaults, type PinnedLevel, type PodSecurityMode} from './labels.ts';
import {builtInSettings, type PodSecuritySettings} from './settings.ts';
import {parseStandardVersion} from './version.ts';

/**
 * What the file of an API server's --admission-control-config-file tells Pod Security Admission: an
 * AdmissionConfiguration (apiserver.config.k8s.io), or the plugin's own PodSecurityConfiguration
 * (pod-security.admission.config.k8s.io; pod-security-admission v0.37, admission/api/load). `where` names the
 * file in errors.
 */
export function settingsIn(value: Json, where: string): PodSecuritySettings {
  if (isObject(value) && value.kind === 'PodSecurityConfiguration') {
    return settingsOfPlugin(value, where);
  }
  if (!isObject(value) || value.kind !== 'AdmissionConfiguration') {
    throw new UserError(
      `${where}: it is no AdmissionConfiguration and no PodSecurityConfiguration, which --admission-config takes`,
    );
  }
  const plugins = Array.isArray(value.plugins) ? value.plugins.filter(isObject) : [];
  const plugin = plugins.find(({name}) => name === 'PodSecurity');
  if (plugin === undefined) return builtInSettings;
  if (isObject(plugin.configuration)) return settingsOfPlugin(plugin.configuration, where);
  if (typeof plugin.path === 'string' && plugin.path !== '') {
    throw new UserError(
      `${where}: the configuration of PodSecurity is in ${JSON.stringify(plugin.path)}: give that file to --admission-config`,
    );
  }
  return builtInSettings;
}

function settingsOfPlugin({defaults, exemptions}: JsonObject, where: string): PodSecuritySettings {
  const levels = isObject(defaults) ? defaults : {};
  const exempt = isObject(exemptions) ? exemptions : {};
  const level = (mode: PodSecurityMode) => levelIn(levels, mode, where);
  return {
    defaults: {warn: level('warn'), audit: level('audit'), enforce: level('enforce')},
    exemptions: {
      usernames: textsIn(exempt.usernames),
      namespaces: textsIn(exempt.namespaces),
      runtimeClasses: textsIn(exempt.runtimeClasses),
    },
  };
}

/** A server with a wrong level or version does not start. */
function levelIn(defaults: JsonObject, mode: PodSecurityMode, where: string): PinnedLevel {
  const versionKey = `${mode}-version`;
  const {level: usual, version: newest} = builtInDefaults[mode];
  const [named, pin] = [defaults[mode] || usual, defaults[versionKey] || newest];
  const level = standardLevels.find((known): known is PodSecurityLevel => known === named);
  const version = parseStandardVersion(String(pin));
  if (level === undefined) throw wrong(where, mode, named, 'a level');
  if (version === undefined) throw wrong(where, versionKey, pin, 'a version');
  return {level, version};
}

function wrong(where: string, key: string, value: Json, what: string): UserError {
  return new UserError(`${where}: defaults.${key}: ${JSON.stringify(value)} is not ${what}`);
}

function textsIn(value: Json | undefined): readonly string[] {
  return Array.isArray(value) ? value.filter(each => typeof each === 'string') : [];
}
