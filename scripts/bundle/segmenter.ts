/** Text in which every code unit is one grapheme: printable ASCII, and the symbols that the session draws. */
const plain =
  /^[\n\t\u001B\u0020-\u007E\u2010-\u2015\u2022\u2026\u2190-\u2193\u2500-\u257F\u276F\u2713\u2714\u2717]*$/;

/**
 * Stands in for Intl.Segmenter in Ink and its packages, with all of its interface. The real one loads ICU's
 * tables when it is made, which takes tens of milliseconds, and four of them are made when Ink is loaded. This
 * one makes it for text that needs it, or for other options than those for graphemes in the default locale.
 */
export class LazySegmenter implements Intl.Segmenter {
  #real: Intl.Segmenter | undefined;
  readonly #knowsPlain: boolean;

  constructor(locales?: Intl.LocalesArgument, options?: Intl.SegmenterOptions) {
    const {granularity = 'grapheme', localeMatcher} = options ?? {};
    this.#knowsPlain =
      locales === undefined && granularity === 'grapheme' && localeMatcher === undefined;
    if (!this.#knowsPlain) this.#real = new Intl.Segmenter(locales, options);
  }

  /** As Intl.Segmenter tells it. */
  static supportedLocalesOf(
    locales: Intl.LocalesArgument,
    options?: Pick<Intl.SegmenterOptions, 'localeMatcher'>,
  ): string[] {
    return Intl.Segmenter.supportedLocalesOf(locales, options);
  }

  /** The segments of a text, as Intl.Segmenter gives them. */
  segment(input: string): Intl.Segments {
    const text = `${input}`;
    if (this.#knowsPlain && plain.test(text)) return plainSegments(text);
    return this.#made().segment(text);
  }

  resolvedOptions(): Intl.ResolvedSegmenterOptions {
    return this.#made().resolvedOptions();
  }

  get [Symbol.toStringTag](): 'Intl.Segmenter' {
    return 'Intl.Segmenter';
  }

  #made(): Intl.Segmenter {
    this.#real ??= new Intl.Segmenter();
    return this.#real;
  }
}

/** The graphemes of a plain text: its code units. */
function plainSegments(input: string): Intl.Segments {
  const at = (index: number): Intl.SegmentData => ({
    segment: input.charAt(index),
    index,
    input,
  });
  function* segments() {
    for (let index = 0; index < input.length; index += 1) yield at(index);
  }
  return {
    // Where there is no such place the answer is undefined, which TypeScript's types leave out.
    containing(codeUnitIndex?: number) {
      const index = Math.trunc(codeUnitIndex ?? 0) || 0;
      return (index >= 0 && index < input.length ? at(index) : undefined) as Intl.SegmentData;
    },
    [Symbol.iterator]: () => segments() as unknown as Intl.SegmentIterator<Intl.SegmentData>,
  };
}
