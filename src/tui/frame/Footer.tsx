import {memo} from 'react';
import type {KeyHint} from '../keys.ts';
import type {Piece} from '../paint.ts';
import {StyledLine} from '../StyledLine.tsx';

interface Props {
  readonly lines: readonly (readonly KeyHint[])[];
  readonly width: number;
}

/** The keys of a view, each told from what it does. */
export const Footer = memo(function Footer({lines, width}: Props) {
  return lines.map(hints => (
    <StyledLine
      key={hints.map(({key}) => key).join()}
      spans={hints.flatMap(hintSpans)}
      width={width}
      on="band"
    />
  ));
});

function hintSpans({key, does}: KeyHint, index: number): readonly Piece[] {
  return [
    {text: `${index === 0 ? '' : '  '}${key}`, bold: true},
    {text: ` ${does}`, tone: 'dim'},
  ];
}
