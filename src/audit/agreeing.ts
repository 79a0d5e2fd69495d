import type {Finding} from './finding.ts';
import {commandLine} from './remedies.ts';

/** What a command of this program begins with, and the policy that it names. */
const commands = {bind: /\bkubectl psp bind (\S+)/g, delete: /\bkubectl psp delete (\S+)/g};

/** Findings whose remedies agree: a policy that one of them gives to somebody is not deleted by another. */
export function agreeing(findings: readonly Finding[]): readonly Finding[] {
  const named = (line: string, command: keyof typeof commands) =>
    [...line.matchAll(commands[command])].map(([, policy = '']) => policy);
  const given = new Set(findings.flatMap(({remedy}) => named(remedy, 'bind')));
  return findings.map(finding => {
    const kept = named(finding.remedy, 'delete').find(policy => given.has(policy));
    if (kept === undefined) return finding;
    return {
      ...finding,
      evidence: [...finding.evidence, `another finding says to bind ${kept}`],
      remedy: commandLine('kubectl', 'psp', 'who-can', 'use', kept, '-A'),
    };
  });
}
