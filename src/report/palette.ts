/** A colour for a light ground and the one for a dark ground, as `#rrggbb`. */
export interface Pair {
  readonly light: string;
  readonly dark: string;
}

/** The colour of one meaning, for all that it is used for. */
export interface Hue {
  /** Areas: bars, edges, marks. */
  readonly fill: Pair;
  /** Words on the bare ground, and on a row that is chosen. */
  readonly text: Pair;
  /** A quiet ground for words. */
  readonly tint: Pair;
  /** Words on that ground. */
  readonly ink: Pair;
}

/** What a colour can mean; each means the same on the page of an audit and in the session. */
export type HueName = 'bad' | 'warn' | 'moved' | 'good' | 'unknown';

/**
 * The colours of meanings. `bad`: denied, the level privileged, a finding of high severity. `warn`: changed
 * by a policy, baseline, medium. `moved`: another policy than before, low. `good`: as it is, restricted.
 */
export const hues: Readonly<Record<HueName, Hue>> = {
  bad: {
    fill: pair('#bf3350', '#e8637f'),
    text: pair('#b01f3f', '#ff7a92'),
    tint: pair('#fbdde2', '#461a25'),
    ink: pair('#8c1230', '#ffb1c0'),
  },
  warn: {
    fill: pair('#c98a1b', '#d9a441'),
    text: pair('#8a5a00', '#e0ad4c'),
    tint: pair('#fbebc8', '#3a2c0c'),
    ink: pair('#6b4504', '#f3cf85'),
  },
  moved: {
    fill: pair('#3f74b5', '#6fa3e0'),
    text: pair('#2f62a8', '#86b4f0'),
    tint: pair('#dfeaf8', '#182c46'),
    ink: pair('#1d4c85', '#b5d3fa'),
  },
  good: {
    fill: pair('#1f8a7a', '#3fb3a1'),
    text: pair('#17705f', '#45bdaa'),
    tint: pair('#d9efea', '#12332f'),
    ink: pair('#0b5348', '#8be0d1'),
  },
  unknown: {
    fill: pair('#8a63bd', '#a98ad6'),
    text: pair('#7446b0', '#c09cf0'),
    tint: pair('#ece3f7', '#2f2344'),
    ink: pair('#54308a', '#d9c4f7'),
  },
};

/** Grounds and lines, and the words that mean no more than they say. */
export const neutrals = {
  paper: pair('#f6f5f1', '#13151a'),
  sheet: pair('#fff', '#1b1e25'),
  sunk: pair('#eeece5', '#22262f'),
  ink: pair('#1a1d23', '#eae8e3'),
  soft: pair('#565c67', '#a7adb9'),
  line: pair('#dcd8cd', '#323743'),
  edge: pair('#7d8290', '#7b8292'),
  link: pair('#1c559c', '#8dbbff'),
  /** What is chosen, under words of any hue. */
  chosen: pair('#dfe6f2', '#2b3345'),
} as const satisfies Readonly<Record<string, Pair>>;

function pair(light: string, dark: string): Pair {
  return {light, dark};
}
