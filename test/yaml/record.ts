import {writeFileSync} from 'node:fs';
import {printJson} from '../../src/kube/json.ts';
import {cases} from './cases.ts';
import {askKubectl} from './kubectl.ts';

/* Records what kubectl's reader makes of cases.ts. Run it after a change of them. */

const answers = askKubectl(cases);
const lines = cases.map((input, index) => printJson({input, ...answers[index]}));
writeFileSync(
  new URL('../fixtures/yaml/recorded.json', import.meta.url),
  `[\n${lines.join(',\n')}\n]\n`,
);
