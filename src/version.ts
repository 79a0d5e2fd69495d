declare const __VERSION__: string;
declare const __COMMIT__: string;

/** Which program this is; the build puts in version and commit. */
export function build() {
  return {
    version: typeof __VERSION__ === 'string' ? __VERSION__ : 'dev',
    commit: typeof __COMMIT__ === 'string' ? __COMMIT__ : 'unknown',
    node: process.version,
    platform: `${process.platform}/${process.arch}`,
  };
}
