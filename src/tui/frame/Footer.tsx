import type {KeyHint} from '../keys.ts';
import {Line} from '../Line.tsx';
import type {Span} from '../paint.ts';

interface Props {
  readonly lines: readonly (readonly KeyHint[])[];
  readonly width: number;
}

/** The keys of a view, each told from what it does. */
export function Footer({lines, width}: Props) {
  return lines.map(hints => (
    <Line
      key={hints.map(({key}) => key).join()}
      spans={hints.flatMap(hintSpans)}
      width={width}
      on="band"
    />
  ));
}

function hintSpans({key, does}: KeyHint, index: number): readonly Span[] {
  return [
    {text: `${index === 0 ? '' : '  '}${key}`, bold: true},
    {text: ` ${does}`, tone: 'dim'},
  ];
}
