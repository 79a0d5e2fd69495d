/** `KUBECONFIG URL FOLDER policy|advice`: one apply of a session, as a process that can be killed. */
import {advicesFor, draftOf, openBareSession} from '../faults/session.ts';

const [kubeconfig = '', server = '', folder = '', what = ''] = process.argv.slice(2);
const {services, inventory, end} = await openBareSession({kubeconfig, server}, folder);
const result =
  what === 'policy'
    ? await services.applyPolicy(draftOf(inventory, 'tight'))
    : await services.applyAdvice(advicesFor(inventory, 'shop'));
process.stdout.write(`${JSON.stringify(result)}\n`);
end();
