/** `KUBECONFIG URL FOLDER policy|advice`: one apply of a session, as a process that can be killed. */
import {advicesFor, applyIn, draftOf, openBareSession} from '../faults/session.ts';

const [kubeconfig = '', server = '', folder = '', what = ''] = process.argv.slice(2);
const session = await openBareSession({kubeconfig, server}, folder);
const {inventory, end} = session;
const result = await applyIn(
  session,
  what === 'policy'
    ? {kind: 'policy', draft: draftOf(inventory, 'tight')}
    : {kind: 'advice', advices: advicesFor(inventory, 'shop')},
);
process.stdout.write(`${JSON.stringify(result)}\n`);
end();
