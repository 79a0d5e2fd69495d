import type {JsonObject} from '../kube/json.ts';
import {type PodSecurityLevel, standardLevels} from './judge.ts';
import {parseStandardVersion, type StandardVersion, standardVersionText} from './version.ts';

/** What begins the names of the labels that Pod Security Admission reads. */
export const podSecurityPrefix = 'pod-security.kubernetes.io/';

/** What Pod Security Admission does about a pod that is above the level, from mild to strict. */
export const podSecurityModes = ['warn', 'audit', 'enforce'] as const;
export type PodSecurityMode = (typeof podSecurityModes)[number];

/** A level, and the version whose checks it means. */
export interface PinnedLevel {
  readonly level: PodSecurityLevel;
  readonly version: StandardVersion;
}

/** What the server's AdmissionConfiguration says where a label says nothing. */
export type PodSecurityDefaults = Readonly<Record<PodSecurityMode, PinnedLevel>>;

/** The defaults of a server that is told nothing else (admission/api/v1/defaults.go). */
export const builtInDefaults: PodSecurityDefaults = {
  warn: {level: 'privileged', version: 'latest'},
  audit: {level: 'privileged', version: 'latest'},
  enforce: {level: 'privileged', version: 'latest'},
};

/** What a namespace asks for in one mode. */
export interface ModeLevel extends PinnedLevel {
  /** Whether a label says the level; else it is the server's default, or follows from `enforce`. */
  readonly levelFrom: 'label' | 'enforce' | 'default';
  readonly versionFrom: ModeLevel['levelFrom'];
  /** What is wrong with its labels, in words; undefined if nothing is. */
  readonly mistake: string | undefined;
}

/** What a namespace asks for, mode by mode. */
export type NamespaceLevel = Readonly<Record<PodSecurityMode, ModeLevel>>;

/**
 * What the labels of a namespace ask for (pod-security-admission v0.37, api/helpers.go, PolicyToEvaluate):
 * an `enforce` level that is none is taken for restricted, one of `audit` or `warn` for privileged, a version
 * that is none for the newest. Without a `warn` label, `enforce` warns as well if that is stricter.
 */
export function namespaceLevel(
  labels: JsonObject,
  defaults: PodSecurityDefaults = builtInDefaults,
): NamespaceLevel {
  const enforce = modeLevel('enforce', labels, defaults);
  const audit = modeLevel('audit', labels, defaults);
  const warn = modeLevel('warn', labels, defaults);
  const isFollowing =
    warn.levelFrom === 'default' &&
    enforce.levelFrom === 'label' &&
    wrongLevel('enforce', labels) === undefined &&
    isStricter(enforce.level, warn.level);
  if (!isFollowing) return {enforce, audit, warn};
  const {version} = enforce;
  const isPinned = warn.versionFrom === 'label';
  return {
    enforce,
    audit,
    warn: {
      ...warn,
      level: enforce.level,
      levelFrom: 'enforce',
      ...(isPinned ? {} : {version, versionFrom: 'enforce'}),
    },
  };
}

/** What the labels enforce on a server of this minor version, as far as its defaults are not changed. */
export function enforcedBy(labels: JsonObject, minor: number): PinnedLevel {
  const {level, version} = namespaceLevel(labels).enforce;
  return {level, version: heldVersion(version, minor)};
}

/** The minor version whose checks a server runs for a version: never a newer one than its own. */
export function heldVersion(version: StandardVersion, minor: number): number {
  return version === 'latest' ? minor : Math.min(minor, version);
}

/** How far the labels of a namespace are: the strictest mode that has one; undefined without any. */
export function stageOf(labels: Readonly<Record<string, string>>): PodSecurityMode | undefined {
  return podSecurityModes.findLast(mode => labels[podSecurityPrefix + mode] !== undefined);
}

/** As the server's messages write it: `baseline:v1.31`. */
export function pinnedText({level, version}: PinnedLevel): string {
  return `${level}:${standardVersionText(version)}`;
}

/** Whether a level lets in less than another one. */
export function isStricter(level: PodSecurityLevel, than: PodSecurityLevel): boolean {
  return standardLevels.indexOf(level) > standardLevels.indexOf(than);
}

/** The laxest of some levels; undefined for none. */
export function laxest(levels: readonly PodSecurityLevel[]): PodSecurityLevel | undefined {
  return standardLevels.find(level => levels.includes(level));
}

function modeLevel(
  mode: PodSecurityMode,
  labels: JsonObject,
  defaults: PodSecurityDefaults,
): ModeLevel {
  const [named, pin] = [labels[podSecurityPrefix + mode], labels[versionKey(mode)]];
  const fallback = mode === 'enforce' ? 'restricted' : 'privileged';
  const level = standardLevels.find(known => known === named) ?? fallback;
  const version = pin === undefined ? undefined : parseStandardVersion(String(pin));
  const wrongVersion =
    pin !== undefined && version === undefined
      ? `${mode}-version ${JSON.stringify(pin)} is no version: taken for latest`
      : undefined;
  return {
    level: named === undefined ? defaults[mode].level : level,
    levelFrom: named === undefined ? 'default' : 'label',
    version: pin === undefined ? defaults[mode].version : (version ?? 'latest'),
    versionFrom: pin === undefined ? 'default' : 'label',
    mistake: wrongLevel(mode, labels) ?? wrongVersion,
  };
}

function versionKey(mode: PodSecurityMode): string {
  return `${podSecurityPrefix}${mode}-version`;
}

function wrongLevel(mode: PodSecurityMode, labels: JsonObject): string | undefined {
  const named = labels[podSecurityPrefix + mode];
  if (named === undefined || standardLevels.some(known => known === named)) return undefined;
  const taken = mode === 'enforce' ? 'restricted' : 'privileged';
  return `${mode} ${JSON.stringify(named)} is no level: taken for ${taken}`;
}
