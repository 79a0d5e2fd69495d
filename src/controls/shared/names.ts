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

const subdomainFormat = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

/** What apimachinery calls such a name (pkg/util/validation/validation.go of v0.19.16 and v0.20.15). */
const subdomain = sinceRelease({16: 'a DNS-1123 subdomain', 20: 'a lowercase RFC 1123 subdomain'});

/** What is wrong with a DNS subdomain name, in apimachinery's words of a release; none if nothing is. */
export function dnsSubdomainProblems(name: string, release: Release): readonly string[] {
  return [
    ...(name.length > 253 ? ['must be no more than 253 characters'] : []),
    ...(subdomainFormat.test(name)
      ? []
      : [
          `${subdomain(release)} must consist of lower case alphanumeric characters, '-' or '.', ` +
            "and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is " +
            "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
        ]),
  ];
}
