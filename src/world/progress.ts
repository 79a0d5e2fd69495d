/** One thing that takes time. */
export interface Undertaking {
  /** How many are done, and how many there are in total, if that is known. */
  count(done: number, total: number | undefined): void;
  end(): void;
}

/** Tells people who wait what is going on, on one line that comes and goes. */
export interface Progress {
  /** Something begins: `reading pods`. There may be several of the same name at once. */
  begin(what: string): Undertaking;
  /** Removes the line, for other text. */
  clear(): void;
  /** Stays silent from now on: the terminal belongs to somebody else. */
  stop(): void;
}

/** What progress is written to. */
export interface ProgressLine {
  write(text: string): void;
  /** How wide the terminal is now. */
  columns(): number;
  /** Calls `task` after this many milliseconds, unless the process ends before that. */
  after(ms: number, task: () => void): void;
}

/** What takes less than this is not worth a line, in milliseconds. */
const patienceMs = 1000;
/** The least time between two redraws, in milliseconds. */
const redrawMs = 100;
/** How many things a line names. */
const mostNamed = 2;

interface Count {
  readonly what: string;
  done: number;
  total: number | undefined;
}

export function createProgress(line: ProgressLine): Progress {
  const underWay = new Set<Count>();
  /** What is finished counts as well: pages and namespaces of one kind come one after another. */
  const before = new Map<string, number>();
  let drawn = 0;
  let isAwaited = false;
  let isStopped = false;
  const erase = (): void => {
    if (drawn > 0) line.write(`\r${' '.repeat(drawn)}\r`);
    drawn = 0;
  };
  const draw = (): void => {
    isAwaited = false;
    if (isStopped || underWay.size === 0) return;
    const text = lineOf([...underWay], before).slice(0, Math.max(0, line.columns() - 1));
    line.write(`\r${text.padEnd(drawn)}`);
    drawn = text.length;
    awaitTurn(redrawMs);
  };
  const awaitTurn = (ms: number): void => {
    if (isAwaited || isStopped) return;
    isAwaited = true;
    line.after(ms, draw);
  };
  return {
    begin(what) {
      const count: Count = {what, done: 0, total: undefined};
      underWay.add(count);
      awaitTurn(patienceMs);
      return {
        count(done, total) {
          count.done = done;
          count.total = total;
        },
        end() {
          if (!underWay.delete(count)) return;
          before.set(what, (before.get(what) ?? 0) + count.done);
          if (underWay.size === 0) erase();
        },
      };
    },
    clear: erase,
    stop() {
      isStopped = true;
      erase();
    },
  };
}

/** What has most left to do comes first. */
function lineOf(counts: readonly Count[], before: ReadonlyMap<string, number>): string {
  const named = [...Map.groupBy(counts, ({what}) => what)].map(([what, group]) => {
    const earlier = before.get(what) ?? 0;
    const done = group.reduce((sum, count) => sum + count.done, earlier);
    const total = group.reduce<number | undefined>(
      (sum, count) =>
        sum === undefined || count.total === undefined ? undefined : sum + count.total,
      earlier,
    );
    return {what, done, total, left: total === undefined ? 0 : total - done};
  });
  const most = named.sort(
    (a, b) => b.left - a.left || b.done - a.done || (a.what < b.what ? -1 : 1),
  );
  const texts = most.slice(0, mostNamed).map(({what, done, total}) => {
    if (total !== undefined) return `${what}: ${done} of about ${total}`;
    return done > 0 ? `${what}: ${done}` : what;
  });
  const more = most.length - texts.length;
  return `${texts.join(', ')}${more > 0 ? `, and ${more} more` : ''} ...`;
}
