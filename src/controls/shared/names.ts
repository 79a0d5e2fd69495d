import {type Release, sinceRelease} from '../../kube/release.ts';

/** Each name once, in the order of their bytes (valid objects have ASCII names). */
export function unique(names: readonly string[]): readonly string[] {
  return [...new Set(names)].sort();
}

/** Whether every name of `inner` is in `outer`. */
export function containsAll(outer: readonly string[], inner: readonly string[]): boolean {
  return inner.every(name => outer.includes(name));
}

/** Ways to shorten a list of names by one, or to empty it. */
export function shorter(
  names: readonly string[],
  verb: string,
): readonly {readonly label: string; readonly value: readonly string[]}[] {
  return unique(names).map(name => ({
    label: `${verb} ${name}`,
    value: names.filter(other => other !== name),
  }));
}

/** What apimachinery puts before its names for these formats (pkg/util/validation/validation.go of v0.19.16 and v0.20.15). */
const formatOf = sinceRelease({16: 'a DNS-1123', 20: 'a lowercase RFC 1123'});

const subdomainFormat = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

/** What is wrong with a DNS subdomain name, in apimachinery's words of a release; none if nothing is. */
export function dnsSubdomainProblems(name: string, release: Release): readonly string[] {
  return [
    ...(name.length > 253 ? ['must be no more than 253 characters'] : []),
    ...(subdomainFormat.test(name)
      ? []
      : [
          `${formatOf(release)} subdomain must consist of lower case alphanumeric characters, '-' or '.', ` +
            "and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is " +
            "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
        ]),
  ];
}

const labelFormat = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;

/** The same of a DNS label. */
export function dnsLabelProblems(name: string, release: Release): readonly string[] {
  return [
    ...(name.length > 63 ? ['must be no more than 63 characters'] : []),
    ...(labelFormat.test(name)
      ? []
      : [
          `${formatOf(release)} label must consist of lower case alphanumeric characters or '-', and must ` +
            "start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for " +
            "validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')",
        ]),
  ];
}
