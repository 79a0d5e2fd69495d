import {minorOf} from '../kube/release.ts';

/** Something that a server does otherwise than v1.24 did, and what that means for verdicts. */
interface Difference {
  /** The minor version that does it by default. */
  readonly since: number;
  /** Where policies live in admission policies, or wherever pods are judged. */
  readonly about: 'policies' | 'pods';
  readonly says: string;
}

/**
 * What is different from v1.24 for somebody who knows PodSecurityPolicy: by the feature gates, and the validation, of
 * v1.30, v1.35 and v1.37 (pkg/features/kube_features.go, pkg/apis/core/validation/validation.go).
 */
const differences: readonly Difference[] = [
  {
    since: 25,
    about: 'policies',
    says: 'members of system:masters may use every policy, whatever is bound',
  },
  {
    since: 25,
    about: 'policies',
    says: 'sysctls count as safe that were safe in v1.24, and volumes of later types are let in by * alone',
  },
  {
    since: 25,
    about: 'policies',
    says: 'a pod that spells out supplementalGroups: [] gets the group of its policy, as expressions see no empty lists',
  },
  {
    since: 27,
    about: 'pods',
    says: 'seccomp annotations mean nothing any more, only fields do',
  },
  {
    since: 27,
    about: 'policies',
    says: 'the mutating policy turns seccomp annotations into fields; where it writes nothing, nobody looks at them',
  },
  {
    since: 29,
    about: 'pods',
    says: 'init containers may go on running (restartPolicy: Always): they are judged as all init containers are',
  },
  {
    since: 30,
    about: 'pods',
    says: "sysctls of net.* are refused with hostNetwork, and those of IPC with hostIPC, whatever a policy allows: the namespace is the host's",
  },
  {
    since: 30,
    about: 'pods',
    says: 'AppArmor has fields (appArmorProfile) beside its annotations: they mean the same, have to agree, and are judged alike',
  },
  {
    since: 33,
    about: 'pods',
    says: 'procMount counts (before, it was reset to Default), and Unmasked needs hostUsers: false',
  },
  {
    since: 33,
    about: 'pods',
    says: 'hostUsers: false gives a pod its own users; hostNetwork, hostPID and hostIPC are then refused',
  },
  {
    since: 33,
    about: 'policies',
    says: 'resizes, as ephemeral containers, are judged with migrate policies --close-gaps alone',
  },
];

/** What such a server does otherwise than v1.24 did, a sentence each; nothing for one that has policies itself. */
export function differencesOf(
  version: string | undefined,
  hasPolicies: boolean,
): readonly string[] {
  const minor = minorOf(version);
  if (minor === undefined) return [];
  return differences
    .filter(({since, about}) => minor >= Math.max(since, 25) && (hasPolicies || about === 'pods'))
    .map(({says}) => says);
}
