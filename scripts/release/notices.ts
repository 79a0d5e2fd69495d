import {readFileSync} from 'node:fs';
import type {Base} from './bases.ts';
import type {BundledPackage} from './packages.ts';

const rule = '-'.repeat(80);

/** THIRD-PARTY-NOTICES: the licences of what an executable contains, Node's last. */
export function noticesOf(packages: readonly BundledPackage[], base: Base): string {
  const parts = [
    'The executable kubectl-psp contains the following software, under the terms given here.',
    ...packages.flatMap(contained => [rule, headOf(contained), ...textsOf(contained)]),
    rule,
    `Node.js ${base.version}, with what it contains\nhttps://nodejs.org/`,
    readFileSync(base.license, 'utf8'),
  ];
  return `${parts.map(part => part.replaceAll('\r\n', '\n').trim()).join('\n\n')}\n`;
}

function headOf({name, version, license, homepage}: BundledPackage): string {
  const head = `${name} ${version}\nLicence: ${license}`;
  return homepage === undefined ? head : `${head}\n${homepage}`;
}

function textsOf({texts, license, author}: BundledPackage): readonly string[] {
  if (texts.length > 0) return texts.map(({text}) => text);
  const by = author === undefined ? '' : ` by ${author}`;
  return [`Published${by} under ${license}; the package contains no licence text.`];
}
