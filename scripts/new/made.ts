/** A file that is new. */
export interface NewFile {
  readonly path: string;
  readonly text: string;
}

/** Lines that go into a file that is there, before or after a line of it that occurs once. */
export interface Addition {
  readonly path: string;
  /** The line, or the lines, as they stand in the file. */
  readonly at: string;
  readonly where: 'before' | 'after';
  readonly text: string;
}

/** What the name is in each way of writing. */
export interface Name {
  /** `near-miss`, as it is typed. */
  readonly kebab: string;
  /** `nearMiss` */
  readonly camel: string;
  /** `NearMiss` */
  readonly pascal: string;
}

/** All that a new thing needs, and what is left to its author. */
export interface Scaffold {
  readonly files: readonly NewFile[];
  readonly additions: readonly Addition[];
  /** The test that fails until the thing is written, as arguments of vitest. */
  readonly test: readonly string[];
  /** What to do next, in order. */
  readonly steps: readonly string[];
}
