import {exitCodes, UserError} from '../../errors.ts';
import {isObject, type Json} from '../../kube/json.ts';
import {table} from '../table.ts';
import {Reader, readSteps, type Step} from './path.ts';
import {textOfValue, valuesAt} from './values.ts';

interface Column {
  readonly title: string;
  readonly steps: readonly Step[];
}

/** What kubectl's `-o custom-columns=TITLE:PATH,...` prints of a document: a row for each of its items. */
export function customColumnsText(spec: string, document: Json, headers: boolean): string {
  const columns = spec.split(/,(?![^[]*\])/).map(columnOf);
  const {items} = isObject(document) ? document : {items: undefined};
  const rows = (Array.isArray(items) ? items : [document]).map(item =>
    columns.map(({steps}) => {
      const values = valuesAt(steps, item, item).map(textOfValue);
      return values.length === 0 || values.every(text => text === '') ? '<none>' : values.join(',');
    }),
  );
  return table(headers ? columns.map(({title}) => title) : undefined, rows);
}

function columnOf(text: string): Column {
  const [, title = '', path = ''] = /^([^:]+):(.+)$/s.exec(text) ?? [];
  if (title === '') {
    const about = `-o custom-columns: ${JSON.stringify(text)} is not TITLE:PATH, as NAME:.name`;
    throw new UserError(about, exitCodes.usage);
  }
  const bare = path.replace(/^\{(.*)\}$/s, '$1').replace(/^\$/, '');
  const reader = new Reader(/^[.[]/.test(bare) ? bare : `.${bare}`);
  const steps = readSteps(reader);
  if (reader.rest !== '') reader.fail('the end of the path');
  return {title, steps};
}
