import {builtOrSkipped} from './built.ts';

/** The command line of another policy engine, which test/engines/build.sh has built; undefined and a line on stderr if not. */
export function engineProgram(name: 'kyverno' | 'gator'): string | undefined {
  return builtOrSkipped({script: 'engines/build.sh', args: [name], program: name}, name);
}
