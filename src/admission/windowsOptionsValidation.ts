import {dnsSubdomainProblems} from '../controls/shared/names.ts';
import {type FieldError, invalid} from '../kube/fieldError.ts';
import {longestCredentialSpec, type WindowsOptions} from '../kube/pod.ts';
import type {Release} from '../kube/release.ts';

/**
 * validateWindowsSecurityContextOptions (pkg/apis/core/validation/validation.go, the same from v1.16 to v1.24): `at` is
 * the path of the options.
 */
export function windowsOptionErrors(
  options: WindowsOptions | undefined,
  {at, release}: {readonly at: string; readonly release: Release},
): readonly FieldError[] {
  if (options === undefined) return [];
  const {gmsaCredentialSpecName: name, gmsaCredentialSpec: spec, runAsUserName: user} = options;
  return [
    ...(name === undefined ? [] : dnsSubdomainProblems(name, release)).map(problem =>
      invalid(`${at}.gmsaCredentialSpecName`, name ?? '', problem),
    ),
    ...(spec === undefined
      ? []
      : [invalid(`${at}.gmsaCredentialSpec`, spec, credentialSpecFault(spec))]),
    ...(user === undefined ? [] : userNameFaults(user)).map(fault =>
      invalid(`${at}.runAsUserName`, user ?? '', `runAsUserName${fault}`),
    ),
  ];
}

/** Of a spec that is refused at all. */
function credentialSpecFault(spec: string): string {
  return spec === ''
    ? 'gmsaCredentialSpec cannot be an empty string'
    : `gmsaCredentialSpec size must be under ${longestCredentialSpec / 1024} KiB`;
}

/** What is wrong with the name of a user, with or without a domain before a backslash. */
function userNameFaults(name: string): readonly string[] {
  if (name === '') return [' cannot be an empty string'];
  if (/[\0-\x1f\x7f]/.test(name)) return [' cannot contain control characters'];
  const parts = name.split('\\');
  if (parts.length > 2) return [' cannot contain more than one backslash'];
  const [domain, user = ''] = parts.length === 1 ? [undefined, name] : parts;
  return [...(domain === undefined ? [] : domainFaults(domain)), ...userFaults(user)];
}

/** In bytes: maxRunAsUserNameDomainLength and maxRunAsUserNameUserLength. */
const domainLimit = 256;
const longestUser = 104;

const netBios = /^[^\\/:*?"<>|.][^\\/:*?"<>|]{0,14}$/u;
const dnsLabel = '[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?';
const dnsName = new RegExp(`^${dnsLabel}(?:\\.${dnsLabel})*$`);

function domainFaults(domain: string): readonly string[] {
  const isDomain = netBios.test(domain) || dnsName.test(domain);
  return [
    ...(Buffer.byteLength(domain) < domainLimit
      ? []
      : [`'s Domain length must be under ${domainLimit} characters`]),
    ...(isDomain ? [] : ["'s Domain doesn't match the NetBios nor the DNS format"]),
  ];
}

function userFaults(user: string): readonly string[] {
  return [
    ...(user === '' ? ["'s User cannot be empty"] : []),
    ...(Buffer.byteLength(user) <= longestUser
      ? []
      : [`'s User length must not be longer than ${longestUser} characters`]),
    ...(/^[. ]+$/.test(user) ? ["'s User cannot contain only periods or spaces"] : []),
    ...(/["/\\:;|=,+*?<>@[\]]/.test(user)
      ? [`'s User cannot contain the following characters: "/\\:;|=,+*?<>@[]`]
      : []),
  ];
}
