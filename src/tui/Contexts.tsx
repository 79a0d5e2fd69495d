import {Box, Text} from 'ink';
import SelectInput from 'ink-select-input';
import {useMemo} from 'react';
import {TextLine} from './StyledLine.tsx';

interface Props {
  /** The contexts of the kubeconfig; at least one. */
  readonly names: readonly string[];
  readonly width: number;
  onChoose(name: string): void;
}

/** More of them are there as the cursor goes on. */
const mostInSight = 6;

/** How many lines the choice takes. */
export function contextsHeight(names: readonly string[]): number {
  return 1 + Math.min(names.length, mostInSight);
}

/** Asks at the bottom of the screen which context of the kubeconfig to go on to. */
export function Contexts({names, width, onChoose}: Props) {
  const items = useMemo(() => names.map(name => ({label: name, value: name})), [names]);
  const more = names.length > mostInSight ? ` (${names.length})` : '';
  return (
    <Box flexDirection="column" height={contextsHeight(names)}>
      <TextLine text={`Go on to the context${more}:`} width={width} bold={true} />
      <SelectInput
        items={items}
        limit={mostInSight}
        indicatorComponent={Indicator}
        itemComponent={({label, isSelected = false}) => (
          <TextLine
            text={label}
            width={Math.max(1, width - 2)}
            {...(isSelected ? {on: 'chosen'} : {})}
          />
        )}
        onSelect={({value}) => onChoose(value)}
      />
    </Box>
  );
}

function Indicator({isSelected = false}: {readonly isSelected?: boolean}) {
  return <Text>{isSelected ? '> ' : '  '}</Text>;
}
