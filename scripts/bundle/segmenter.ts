/** Text in which every code unit is one grapheme: printable ASCII, and the symbols that the session draws. */
const plain =
  /^[\n\t\u001B\u0020-\u007E\u2010-\u2015\u2022\u2026\u2190-\u2193\u2500-\u257F\u276F\u2713\u2714\u2717]*$/;

/**
 * Stands in for Intl.Segmenter in Ink and its packages. The real one loads ICU's tables when it is made, which
 * takes tens of milliseconds, and four of them are made when Ink is loaded. This one makes
 * it for text that needs it.
 */
export class LazySegmenter {
  #real: Intl.Segmenter | undefined;
  readonly #locales: string | undefined;
  readonly #options: Intl.SegmenterOptions | undefined;

  constructor(locales?: string, options?: Intl.SegmenterOptions) {
    this.#locales = locales;
    this.#options = options;
  }

  /** The graphemes of a text, as Intl.Segmenter gives them. */
  segment(input: string): Iterable<Intl.SegmentData> {
    const {granularity = 'grapheme'} = this.#options ?? {};
    if (granularity === 'grapheme' && plain.test(input)) {
      return Array.from(input, (segment, index) => ({segment, index, input}));
    }
    this.#real ??= new Intl.Segmenter(this.#locales, this.#options);
    return this.#real.segment(input);
  }
}
