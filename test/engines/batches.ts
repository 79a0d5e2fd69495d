interface Waiting<Question, Answer> {
  readonly question: Question;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

/** Collects questions that come at one time, and has those of one kind answered together, kind after kind. */
export class Batches<Question, Answer> {
  readonly #kindOf: (question: Question) => string;
  readonly #answerAll: (questions: readonly Question[]) => Promise<readonly Answer[]>;
  #waiting: Waiting<Question, Answer>[] = [];

  constructor(
    kindOf: (question: Question) => string,
    answerAll: (questions: readonly Question[]) => Promise<readonly Answer[]>,
  ) {
    this.#kindOf = kindOf;
    this.#answerAll = answerAll;
  }

  ask(question: Question): Promise<Answer> {
    if (this.#waiting.length === 0) setImmediate(() => this.#answer());
    return new Promise((resolve, reject) => this.#waiting.push({question, resolve, reject}));
  }

  async #answer(): Promise<void> {
    const all = Map.groupBy(this.#waiting, ({question}) => this.#kindOf(question));
    this.#waiting = [];
    for (const batch of all.values()) {
      try {
        const answers = await this.#answerAll(batch.map(({question}) => question));
        for (const [index, {resolve}] of batch.entries()) resolve(answers[index] as Answer);
      } catch (error) {
        for (const {reject} of batch) reject(error);
      }
    }
  }
}
