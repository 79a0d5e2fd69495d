/** One line of the table: what was measured, here and beside it. */
export interface Row {
  readonly what: string;
  readonly ours: string;
  /** What it is compared with, if that is there: "Go 2,600". */
  readonly peer?: string;
  /** Ours to theirs; absent without a peer. */
  readonly ratio?: string;
  readonly goal: string;
  /** The most memory resident, here and beside it; absent where it was not measured. */
  readonly peak?: string;
}

/** What one module of this folder found out. */
export interface Section {
  readonly title: string;
  /** Its key in the figures for machines. */
  readonly id: string;
  /** How it was done, and what could not be. */
  readonly notes: readonly string[];
  readonly rows: readonly Row[];
  /** All figures, for machines. */
  readonly figures: Readonly<Record<string, unknown>>;
}

/** The sections as one table for people. */
export function tableOf(sections: readonly Section[]): string {
  return sections
    .map(({title, notes, rows}) => {
      const cells = [
        ['', 'kubectl psp', 'beside', 'ratio', 'goal', 'peak RSS'],
        ...rows.map(({what, ours, peer = '-', ratio = '-', goal, peak = '-'}) => [
          what,
          ours,
          peer,
          ratio,
          goal,
          peak,
        ]),
      ];
      const lines = rows.length === 0 ? [] : columns(cells);
      return `${[title, ...lines, ...notes].join('\n')}\n`;
    })
    .join('\n');
}

function columns(lines: readonly (readonly string[])[]): readonly string[] {
  const widths = (lines[0] ?? []).map((_, column) =>
    lines.reduce((widest, line) => Math.max(widest, line[column]?.length ?? 0), 0),
  );
  return lines.map(line =>
    line
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

/** A number for people: three digits that matter, thousands apart. */
export function figure(value: number): string {
  return new Intl.NumberFormat('en-US', {maximumSignificantDigits: 3}).format(value);
}

/** A section that could not be measured, and why. */
export function skipped(id: string, title: string, reason: string): Section {
  return {id, title, notes: [reason], rows: [], figures: {skipped: reason}};
}
